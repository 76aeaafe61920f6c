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
    for name in names:
        began = time.perf_counter()
        with open(".output", "w+b") as output:
            os.unlink(".output")
            pipe, end = os.pipe()
            pid = os.fork()
            if pid == 0:
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
            with open(pipe, "rb") as file:
                said = file.read(64 * 1024)
            _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            output.seek(0, os.SEEK_END)
            length = output.tell()
            output.seek(max(0, length - KEPT))
            text = output.read(KEPT).decode("utf-8", "replace")
        result = {"name": name, "passed": code == 0, "ms": round((time.perf_counter() - began) * 1000, 2), "output": text}
        try:
            result.update(json.loads(said))
        except ValueError:
            if code != 0:
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
