# The guard of a sandbox. It starts inside bubblewrap, keeps an interpreter warm and, for every call it is told of, forks a child that gets
# namespaces, a /tmp, limits and a user of its own before it sees a line of the tool's script. It never reads what scripts write.
#
#   guard ── keeper (watches memory, kills at the hang-up) ── first (process 1 of the call's namespace) ── script
import array, ctypes, errno, fcntl, gc, json, os, resource, select, signal, socket, struct, sys
import ast, asyncio, base64, collections, csv, dataclasses, datetime, decimal, enum, fractions, functools, hashlib, hmac, html, io, itertools, linecache
import math, operator, pathlib, random, re, statistics, string, subprocess, textwrap, time, traceback, typing, urllib.parse, urllib.request, uuid, zoneinfo

DISK = int(sys.argv[2])
OWN = sys.argv[1] == "own"  # whether a call may get namespaces of its own; else this sandbox serves one call
libc = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x8000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38


def must(result, what):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def serve():
    """Keeps one keeper ready, with everything made that needs no word of the call; takes the next one on when it is taken."""
    door = socket.socket(fileno=0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    nowhere = os.open("/dev/null", os.O_RDWR)
    told = False
    while True:
        taken, take = os.pipe()
        if not OWN:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        pid = os.fork()
        if pid == 0:
            try:
                os.close(taken)
                keep(door, take, nowhere)
            finally:
                os._exit(0)
        os.close(take)
        if not told:
            os.read(taken, 1)
            os.write(1, b"ready\n")
            os.dup2(nowhere, 1)
            told = True
        else:
            os.read(taken, 1)
        gone = os.read(taken, 1) != b"!"
        os.close(taken)
        if not OWN:
            os.waitpid(pid, 0)
            os._exit(0)
        if gone:
            # Nobody is at the door any more, or the keeper was killed.
            watch_door = select.poll()
            watch_door.register(door.fileno(), select.POLLRDHUP)
            if watch_door.poll(20):
                os._exit(0)


def keep(door, take, nowhere):
    """Makes what a call needs, waits for one, watches it."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    trouble, pid, processes = None, None, None
    inside, outside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        processes = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        if OWN:
            must(libc.unshare(NEWNS | NEWIPC | NEWPID | NEWNET), "namespaces of its own")
            must(libc.mount(None, b"/", None, 0x44000, None), "mounts of its own")
        pid = os.fork()
        if pid == 0:
            for fd in (door.fileno(), take, processes):
                os.close(fd)
            door.detach()
            os.dup2(nowhere, 0)
            outside.close()
            first(inside, nowhere)
        inside.close()
        said = outside.recv(4096)
        if said != b"ready":
            trouble = said.decode() or "it ended early"
    except BaseException as error:
        trouble = str(error)
    os.write(take, b".")
    poll = select.poll()
    poll.register(door.fileno(), select.POLLIN)
    if trouble is None:
        poll.register(outside.fileno(), select.POLLIN)
    if door.fileno() not in [fd for fd, _ in poll.poll()]:
        return
    head, fds, _, _ = socket.recv_fds(door, 65536, 8)
    if not head:
        return
    os.write(take, b"!")
    os.close(take)
    os.dup2(nowhere, 0)
    door.detach()
    control = socket.socket(fileno=fds[3])
    ended = {}
    try:
        if trouble is not None:
            raise OSError(trouble)
        head = json.loads(head)
        port = None
        if head["network"]:
            way_out = open_door()
            port = way_out.getsockname()[1]
            socket.send_fds(control, [b"N"], [way_out.fileno()])
            way_out.close()
        socket.send_fds(outside, [json.dumps({**head, "port": port}).encode()], fds[:3] + fds[4:])
        for fd in fds[:3]:
            os.close(fd)
        ended = watch(head, pid, control, processes)
        said = outside.recv(4096)
        if said:
            ended = {"setup": said.decode()}
    except BaseException as error:
        ended = {"setup": str(error)}
    control.send(b"E" + json.dumps(ended).encode())


def open_door():
    """Where the script's requests go out: the server accepts here, from the other side of the wall."""
    if OWN:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.bind(("127.0.0.1", 0))
    door.listen(64)
    return door


def watch(head, pid, control, processes):
    """Until the first process of the call has ended, and every other with it."""
    poll = select.poll()
    pidfd = os.pidfd_open(pid)
    poll.register(pidfd, select.POLLIN)
    poll.register(control.fileno(), select.POLLIN)
    why, peak, pause = None, 0, 20
    while True:
        events = [fd for fd, _ in poll.poll(pause)]
        pause = 100
        if control.fileno() in events:
            why = "hung up"
            poll.unregister(control.fileno())
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        if pidfd in events:
            break
        used = memory_of(head["uid"], {1, os.getppid(), os.getpid(), pid}, processes, head["memory"])
        peak = max(peak, used)
        if used > head["memory"] and why is None:
            why = "memory"
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    peak = max(peak, usage.ru_maxrss * 1024)
    return {"code": 128 - code if code < 0 else code, "why": why, "cpu_ms": round((usage.ru_utime + usage.ru_stime) * 1000, 1), "peak": peak}


def memory_of(uid, but, processes, limit):
    """What the processes of a call hold together. Pages that forked processes share are counted once, where the quick sum is too much."""
    total, exact = 0, 0
    for name in os.listdir(processes):
        if not name.isdigit() or int(name) in but:
            continue
        status = numbers(processes, name + "/status")
        if not status or (OWN and status.get("Uid") != uid):
            continue
        total += 1024 * sum(status.get(kind, 0) for kind in ("RssAnon", "RssShmem", "VmSwap"))
    if total <= limit:
        return total
    for name in os.listdir(processes):
        if not name.isdigit() or int(name) in but:
            continue
        status = numbers(processes, name + "/status")
        if not status or (OWN and status.get("Uid") != uid):
            continue
        shares = numbers(processes, name + "/smaps_rollup")
        kinds, source = (("Pss_Anon", "Pss_Shmem", "SwapPss"), shares) if shares else (("RssAnon", "RssShmem", "VmSwap"), status)
        exact += 1024 * sum(source.get(kind, 0) for kind in kinds)
    return exact


def numbers(processes, path):
    """The first number of each line of a file of /proc; nothing where it is gone."""
    try:
        fd = os.open(path, os.O_RDONLY, dir_fd=processes)
        with open(fd) as file:
            lines = [line.split() for line in file]
    except (OSError, ValueError):
        return {}
    return {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


def first(inside, nowhere):
    """Process 1 of the call's namespace: when it goes, everything goes."""
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if OWN:
            for place in (b"/tmp", b"/dev/shm"):
                must(libc.mount(b"tmpfs", place, b"tmpfs", 6, b"mode=1777,nr_inodes=16k,size=%d" % DISK), "a /tmp of its own")
            must(libc.mount(b"proc", b"/proc", b"proc", 14, None), "a /proc of its own")
            os.chdir("/tmp")
        pid = os.fork()
        if pid == 0:
            script(inside, nowhere)
        inside.close()
    except BaseException as error:
        inside.send(str(error).encode()[:4000])
        os._exit(125)
    os.dup2(nowhere, 2)
    while True:
        done, status = os.wait()
        if done == pid:
            code = os.waitstatus_to_exitcode(status)
            os._exit(128 - code if code < 0 else code)


def script(inside, nowhere):
    """The process that will run the script, as soon as it is told which."""
    inside.send(b"ready")
    head, fds, _, _ = socket.recv_fds(inside, 65536, 8)
    if not head:
        os._exit(0)
    try:
        head = json.loads(head)
        if len(fds) > 3:
            os.write(fds[3], b"0")
        become(head)
        inside.close()
        act(head, fds, nowhere)
    except BaseException as error:
        inside.send(str(error).encode()[:4000])
        os._exit(125)
    os._exit(0)


def become(head):
    """Gives up every privilege and takes on the limits."""
    os.setsid()
    os.nice(5)
    for name, limit in head["limits"].items():
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (limit, limit))
    if head["uid"] is not None:
        for capability in range(64):
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 and ctypes.get_errno() != errno.EINVAL:
                raise OSError("a capability could not be given up")
        os.setgroups([])
        os.setresgid(head["uid"], head["uid"], head["uid"])
        os.setresuid(head["uid"], head["uid"], head["uid"])
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    forbid()


# Calls of the kernel that no script needs: ways to memory nobody counts, to other processes, to other namespaces, into the kernel itself.
NUMBERS = {
    "x86_64": (0xC000003E, 56, 435, 41, [29, 30, 31, 68, 101, 154, 155, 165, 166, 172, 248, 249, 250, 272, 298, 303, 304, 308, 310, 311, 312, 319, 321, 323]),
    "aarch64": (0xC00000B7, 220, 435, 198, [194, 195, 196, 186, 117, 41, 40, 39, 217, 218, 219, 97, 241, 264, 265, 268, 270, 271, 272, 279, 280, 282]),
}
EVERYWHERE = [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 447]
ALLOW, KILL = 0x7FFF0000, 0x80000000


def forbid():
    machine = os.uname().machine
    if machine not in NUMBERS:
        raise OSError(f"no list of forbidden system calls for {machine}")
    arch, clone, clone3, socket_call, others = NUMBERS[machine]
    denied = 0x50000 | errno.EPERM
    missing = 0x50000 | errno.ENOSYS
    load, equal, more, bits, ret = 0x20, 0x15, 0x35, 0x45, 0x06
    program = [(load, 0, 0, 4), (equal, 1, 0, arch), (ret, 0, 0, KILL), (load, 0, 0, 0), (more, 0, 1, 0x40000000), (ret, 0, 0, missing)]
    for number in others + EVERYWHERE:
        program += [(equal, 0, 1, number), (ret, 0, 0, denied)]
    program += [(equal, 0, 1, clone3), (ret, 0, 0, missing)]
    # New namespaces: mount, cgroup, uts, ipc, user, pid, net.
    program += [(equal, 0, 4, clone), (load, 0, 0, 16), (bits, 0, 1, 0x7E020000), (ret, 0, 0, denied), (ret, 0, 0, ALLOW)]
    # Sockets: unix, inet, inet6, netlink; others (vsock) know no namespaces.
    program += [(equal, 0, 7, socket_call), (load, 0, 0, 16)]
    program += [(equal, 4, 0, 1), (equal, 3, 0, 2), (equal, 2, 0, 10), (equal, 1, 0, 16), (ret, 0, 0, denied), (ret, 0, 0, ALLOW)]
    program += [(ret, 0, 0, ALLOW)]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    must(libc.prctl(PR_SET_SECCOMP, 2, ctypes.create_string_buffer(filter, len(filter)), 0, 0), "the filter of system calls")


def act(head, fds, nowhere):
    """The script's own process, with nothing left to lose."""
    with open(fds[0], "rb") as file:
        order = json.loads(file.read())
    os.dup2(fds[2], 1)
    os.dup2(fds[2], 2)
    os.close(fds[2])
    os.close(nowhere)
    for fd in fds[3:]:
        os.close(fd)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    if head["port"] is not None:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            os.environ[name] = f"http://127.0.0.1:{head['port']}"
    os.environ.update(order.get("environment", {}))
    random.seed()
    {"python": call_python, "shell": call_shell, "test": run_tests, "propose": propose}[order["do"]](order, fds[1])
