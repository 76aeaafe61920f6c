# The tests of a tool: each one in a process of its own, its result told as soon as it is known.
KEPT = 16 * 1024


def run_tests(order, to):
    os.set_inheritable(to, False)
    python = order["kind"] == "python"
    pattern = r"^(?:async\s+)?def\s+(test_\w*)\s*\(" if python else r"^\s*(?:function\s+)?(test_\w*)\s*\(\s*\)"
    names = list(dict.fromkeys(re.findall(pattern, order["tests"], re.MULTILINE)))
    if not names and not python:
        names = ["test.sh"]
    answer(to, {"tests": names})
    until = time.monotonic() + order["seconds_for_all"]
    for name in names:
        began = time.perf_counter()
        left = min(order["seconds"], until - time.monotonic())
        if left <= 0:
            answer(to, {"name": name, "passed": False, "error": "did not run: the time of all tests was used up"})
            continue
        with open(".output", "w+b") as output:
            os.unlink(".output")
            pipe, end = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.setpgid(0, 0)
                os.close(pipe)
                os.close(to)
                os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                try:
                    (python_test if python else shell_test)(order, name)
                    what = {}
                except BaseException as error:
                    what = told(error)
                try:
                    sys.stdout.flush()
                    answer(end, what)
                finally:
                    os._exit(0 if not what else 1)
            os.close(end)
            handle = os.pidfd_open(pid)
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            late = not poll.poll(left * 1000)
            os.close(handle)
            # With all it started, as far as that is still in its group; the rest goes with the sandbox.
            for kill in (lambda: os.killpg(pid, signal.SIGKILL), lambda: os.kill(pid, signal.SIGKILL)):
                try:
                    kill()
                except OSError:
                    pass
            _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            os.set_blocking(pipe, False)
            try:
                said = os.read(pipe, 64 * 1024)
            except BlockingIOError:
                said = b""
            os.close(pipe)
            output.seek(0, os.SEEK_END)
            length = output.tell()
            output.seek(max(0, length - KEPT))
            text = output.read(KEPT).decode("utf-8", "replace")
        result = {"name": name, "passed": code == 0 and not late, "ms": round((time.perf_counter() - began) * 1000, 2), "output": text}
        try:
            result.update(json.loads(said))
        except ValueError:
            if python and code == 0 and not late:
                result.update(passed=False, error="the test ended the interpreter")
            elif late:
                result["error"] = f"no result within {left:g} s; it was stopped"
            elif code != 0:
                result["error"] = f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        answer(to, result)
    os._exit(0)


def python_test(order, name):
    tool, code = load("tool", order["script"])
    exec(code, tool.__dict__)
    test, code = load("test", order["tests"])
    # The tool's names are there without an import, as if the tests stood below the script.
    test.__dict__.update({key: value for key, value in tool.__dict__.items() if not key.startswith("__")})
    exec(code, test.__dict__)
    finished(test.__dict__[name]())


HARNESS = """
tool() { printf '%s' "${1:-}" | /usr/bin/python3 -I .tool.py; }
fail() { printf '%s\\n' "$*" >&2; return 1; }
"""


def shell_test(order, name):
    """`tool '{"name": "x"}'` in a test runs the tool with these inputs."""
    runner = "import json, os, re, signal, sys\n" + order["shell"] + "\ninputs = json.loads(sys.stdin.read() or '{}')\n"
    runner += f"become_shell({{'script': open('tool.sh').read()}}, inputs, 1)\n"
    for file, text in (("tool.sh", order["script"]), (".tool.py", runner), (".harness.sh", HARNESS), ("test.sh", order["tests"])):
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
    command = ". ./.harness.sh; set -eE; trap 'echo \"test.sh: line $LINENO: failed: $BASH_COMMAND\" >&2' ERR; . ./test.sh"
    if name != "test.sh":
        command += '; "$1"'
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve("/bin/bash", ["bash", "-c", command, "test.sh", name], dict(os.environ))
