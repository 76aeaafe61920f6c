# An MCP server on standard input and output, of the revisions with `initialize`. As its first argument says, it misbehaves.
import json
import os
import resource
import sys
import time

mode = sys.argv[1] if len(sys.argv) > 1 else ""
if mode == "dies":
    print("there is no configuration", file=sys.stderr)
    sys.exit(3)
if mode == "babbles":
    print("Welcome to my server!", flush=True)
    time.sleep(60)

TOOLS = [
    {
        "name": "look_around",
        "description": "Says what a process sees.",
        "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
    }
]


def look_around(path):
    try:
        found = os.listdir(path)
    except OSError as error:
        found = str(error)
    try:
        import socket

        socket.create_connection(("127.0.0.1", 1), timeout=1)
        network = "connected"
    except OSError as error:
        network = str(error)
    mib = 1024 * 1024
    rooms = {place: os.statvfs(place).f_blocks * os.statvfs(place).f_frsize // mib for place in ("/tmp", "/dev/shm")}
    limits = {"data": resource.getrlimit(resource.RLIMIT_DATA)[0] // mib, "processes": resource.getrlimit(resource.RLIMIT_NPROC)[0]}
    return {"rooms": rooms, "limits": limits, "found": found, "user": os.getuid(), "network": network, "key": os.environ.get("API_KEY"), "home": os.environ.get("HOME")}


for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    method, params = message["method"], message.get("params", {})
    answer = {"jsonrpc": "2.0", "id": message["id"]}
    if method == "initialize":
        asked = params["protocolVersion"]
        version = asked if asked in ("2025-11-25", "2025-06-18") else "2025-11-25"
        answer["result"] = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "stdio-stand-in", "version": "1"}}
    elif method == "tools/list":
        answer["result"] = {"tools": TOOLS}
    elif method == "tools/call":
        if mode == "crashes":
            os._exit(1)
        seen = look_around(params["arguments"]["path"])
        answer["result"] = {"content": [{"type": "text", "text": json.dumps(seen)}], "structuredContent": seen}
    elif method == "ping":
        answer["result"] = {}
    else:
        answer["error"] = {"code": -32601, "message": "Method not found"}
    print(json.dumps(answer), flush=True)
