# What the guard does with a script, as the script's own user.
def answer(to, what):
    try:
        text = json.dumps(what, allow_nan=False)
    except (TypeError, ValueError) as error:
        text = json.dumps({"error": f"main returned something that is not JSON: {error}"})
    except RecursionError:
        text = json.dumps({"error": "main returned something that contains itself, or is too deep"})
    data = text.encode() + b"\n"
    while data:
        data = data[os.write(to, data) :]


def load(name, source):
    """A module of this name made of source; its lines are known to tracebacks."""
    file = name + ".py"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    module = type(sys)(name)
    module.__file__ = file
    sys.modules[name] = module
    code = compile(source, file, "exec")
    return module, code


def told(error):
    """The error as a sentence, and the lines of the script it went through."""
    if isinstance(error, MemoryError):
        return {"error": "MemoryError: the script needed more memory than it may have", "traceback": lines_of(error)}
    said = "".join(traceback.format_exception_only(type(error), error)[-1:]).strip()
    return {"error": said[:4000], "traceback": lines_of(error)}


def lines_of(error):
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in ("tool.py", "test.py"):
            where = "" if frame.filename == "tool.py" else "test "
            lines.append(f"{where}line {frame.lineno}, in {frame.name}: {frame.line}")
    if isinstance(error, SyntaxError) and error.filename in ("tool.py", "test.py"):
        where = "" if error.filename == "tool.py" else "test "
        lines.append(f"{where}line {error.lineno}: {(error.text or '').strip()}")
    return lines[-20:]


def finished(value):
    """What an async main gives in the end."""
    if hasattr(value, "__await__"):

        async def wait():
            return await value

        return asyncio.run(wait())
    return value


def call_python(order, to):
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    # What the script starts cannot write here.
    os.set_inheritable(to, False)
    try:
        module, code = load("tool", order["script"])
        exec(code, module.__dict__)
        main = module.__dict__.get("main")
        if not callable(main):
            raise NameError("the script has no function main")
        what = {"output": finished(main(**order["inputs"]))}
    except BaseException as error:
        what = told(error)
    answer(to, what)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        pass
    os._exit(0)


# Names an input may not take over: they decide which programs run and how.
RESERVED = re.compile(r"PATH|HOME|LANG|TZ|PWD|OLDPWD|IFS|ENV|SHELL|USER|LOGNAME|TMPDIR|CDPATH|GLOBIGNORE|UID|EUID|PPID|PS\d|TERM|TOOL_INPUT|NODE_OPTIONS|PROMPT_COMMAND|OPTIND|OPTARG|SHLVL|_|(HTTPS?|ALL|NO)_PROXY|(LD|LC|BASH|PYTHON|PERL|RUBY|GIT|GCONV|MALLOC|GLIBC)_?.*|SHELLOPTS|BASHOPTS|POSIXLY_CORRECT|LOCPATH|NLSPATH|RES_OPTIONS|HOSTALIASES|TZDIR|GETCONF_DIR")


def variables(inputs):
    """The inputs as variables: upper-case names, text as it is, everything else as JSON. What does not fit is in TOOL_INPUT."""
    found = {}
    for name, value in inputs.items():
        name = re.sub("[^A-Z0-9_]", "_", name.upper())
        if not name or name[0].isdigit() or RESERVED.fullmatch(name) or value is None:
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if "\0" not in text and len(text.encode("utf-8", "surrogatepass")) < 100_000:
            found[name] = text
    return found


def become_shell(order, inputs, out):
    """From here on this process is the shell."""
    with open("tool.sh", "w", encoding="utf-8") as file:
        file.write(order["script"])
    text = json.dumps(inputs, ensure_ascii=False)
    with open(".input", "w+", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        os.unlink(".input")
        os.dup2(file.fileno(), 0)
    environment = {**os.environ, **variables(inputs), **order.get("environment", {})}
    if len(text.encode("utf-8", "replace")) < 100_000 and "\0" not in text:
        environment["TOOL_INPUT"] = text
    os.dup2(out, 1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execve("/bin/bash", ["bash", "tool.sh"], environment)


def call_shell(order, to):
    become_shell(order, order["inputs"], to)
