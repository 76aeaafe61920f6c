# Runs inside the sandbox, before and around a tool's script: gives up every privilege, takes on the limits, calls main, reports.
import os
import sys

report_to = os.dup(1)  # not inheritable: what the script starts cannot write here
os.dup2(2, 1)  # print goes to the log
sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
sys.stderr.reconfigure(errors="backslashreplace")

import json
import resource

order = json.loads(sys.stdin.buffer.read())
os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
for name, limit in order["limits"].items():
    resource.setrlimit(getattr(resource, "RLIMIT_" + name), (limit, limit))
if order["uid"] is not None:
    os.setgroups([])
    os.setresgid(order["uid"], order["uid"], order["uid"])
    os.setresuid(order["uid"], order["uid"], order["uid"])


def report(**what):
    try:
        text = json.dumps(what, allow_nan=False)
    except (TypeError, ValueError) as error:
        text = json.dumps({"error": f"main returned something that is not JSON: {error}"})
    except RecursionError:
        text = json.dumps({"error": "main returned something that contains itself, or is too deep"})
    data = text.encode()
    while data:
        data = data[os.write(report_to, data) :]
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def call(script, inputs):
    import linecache

    linecache.cache["tool.py"] = (len(script), None, script.splitlines(True), "tool.py")
    module = type(sys)("tool")
    module.__file__ = "tool.py"
    sys.modules["tool"] = module
    exec(compile(script, "tool.py", "exec"), module.__dict__)
    main = module.__dict__.get("main")
    if not callable(main):
        raise NameError("the script has no function main")
    value = main(**inputs)
    if hasattr(value, "__await__"):
        import asyncio

        async def wait():
            return await value

        value = asyncio.run(wait())
    return value


try:
    output = call(order["script"], order["inputs"])
except MemoryError:
    report(error="MemoryError: the script needed more memory than it may have")
except BaseException as error:
    import traceback

    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == "tool.py":
            lines.append(f"line {frame.lineno}, in {frame.name}: {frame.line}")
    if isinstance(error, SyntaxError) and error.filename == "tool.py":
        lines.append(f"line {error.lineno}: {(error.text or '').strip()}")
    said = "".join(traceback.format_exception_only(type(error), error)[-1:]).strip()
    report(error=said[:4000], traceback=lines[-20:])
report(output=output)
