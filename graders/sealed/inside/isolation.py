"""The inner wall: what a forked child does to itself before it runs the first line of a student's code.

The outer wall is bubblewrap (`graders.sealed.sandbox`), around the warm parent. Within it every child gets namespaces
of its own for processes, mounts, network and shared memory, a fresh file system to write to, limits, and no
capability. Linux alone; the calls that Python lacks are made with ctypes.
"""

import ctypes
import errno
import os
import platform
import resource
import socket
import struct
import sys

WORK = "/student"
_NOBODY = 65534
_USAGE = ("self/stat", "self/statm", "self/status", "meminfo")  # of /proc: files that are read, and say numbers alone

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND, _MS_REC = 1, 2, 4, 8, 32, 4096, 16384
_MNT_DETACH = 2
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_SET_CHILD_SUBREAPER = 36

# Numbers of system calls on x86_64 and aarch64 that no exercise needs.
_FORBIDDEN = {
    # They look into other processes, change mounts and namespaces, or have had many holes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "syslog": (103, 116),
    "modify_ldt": (154, 1000),  # there is none on aarch64: a number that is nothing
    # They take memory of the kernel that no process maps, so that no limit sees it.
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_setup": (206, 0),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "inotify_init1": (294, 26),
    "inotify_init": (253, 26),
    "fanotify_init": (300, 262),
    "splice": (275, 76),
    "tee": (276, 77),
    "vmsplice": (278, 75),
    "seccomp": (317, 277),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
}
# For others it depends on an argument: the number of the call, the place of the argument, and which values it may have
# ("only") or may not have ("not"); with a mask, the bits that must not be set together ("bits", mask, value).
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)  # others may reach past the network namespace
_OPTIONS = (
    socket.SO_REUSEADDR,
    socket.SO_KEEPALIVE,
    socket.SO_LINGER,
    socket.SO_REUSEPORT,
)  # none of them takes memory
_LOCKS = (6, 7, 37, 38, 1024, 1026)  # F_SETLK and its kin, F_SETLEASE, F_NOTIFY: each lock is memory of the kernel
_SIZE_OF_PIPE = 1031
_THREAD_WITH_FILES_OF_ITS_OWN = (0x00010400, 0x00010000)  # of CLONE_THREAD and CLONE_FILES the first alone
_SHARED_ANONYMOUS = (0x21, 0x21)  # shmem that outlives the pages which are counted
_HUGE_PAGES = (0x40000, 0x40000)
_PR_SET_SECCOMP_AGAIN = 22
_BY_ARGUMENT = (
    ((41, 198), 0, "only", _FAMILIES),  # socket
    ((54, 208), 1, "only", (socket.SOL_SOCKET,)),  # setsockopt: no larger buffers, no filters, no groups
    ((54, 208), 2, "only", _OPTIONS),
    ((72, 25), 1, "not", (*_LOCKS, _SIZE_OF_PIPE)),  # fcntl
    ((157, 167), 0, "not", (_PR_SET_SECCOMP_AGAIN,)),  # prctl
    ((56, 220), 0, "bits", _THREAD_WITH_FILES_OF_ITS_OWN),  # clone
    ((9, 222), 3, "bits", _SHARED_ANONYMOUS),  # mmap
    ((9, 222), 3, "bits", _HUGE_PAGES),
)
_NEWER = 452  # calls of Linux 6.6 and later, under one number everywhere: nobody has looked at them
_CLONE3 = (435, 435)  # its flags are out of a filter's sight: libraries take `clone` where it is not there
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int | bytes | None) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose parent has ended."""
    _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def become_nobody() -> None:
    """Gives up being root, so that files which only root may read stay unread; others keep who they are."""
    if os.getuid() != 0:
        return
    for folder in ("/tmp", WORK):  # where the imports keep their caches; a child gets its own in their place
        os.chmod(folder, 0o1777)
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)  # else the files of this process in /proc stay root's


def fork_into_namespaces() -> int:
    """Forks a child into namespaces of its own, where it is process 1; needs a single thread.

    Returns:
        0 in the child, the child's process number in the parent.

    Raises:
        OSError: in the parent, where the kernel forbids it.
    """
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            os.close(reading)
            user, group = os.getuid(), os.getgid()
            _call(
                "unshare",
                _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS,
            )
            maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
            for file, text in maps.items():
                with open(f"/proc/self/{file}", "w") as stream:
                    stream.write(text)
            child = os.fork()
            if child == 0:
                os.close(writing)
                return 0
            os.write(writing, str(child).encode())
        except BaseException as error:
            os.write(writing, f"!{error}".encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(between, 0)
    if not said.isdigit():
        raise OSError(said.lstrip("!") or "the child could not be isolated")
    return int(said)


def enclose(disk_bytes: int, limits: dict[int, int]) -> None:
    """Makes the walls of this process for good: mounts, limits, capabilities, system calls.

    Args:
        disk_bytes: size of what can be written to: /student, and as much again each of /tmp and /dev/shm.
        limits: by the numbers of the `resource` module.

    Raises:
        OSError: if any of it is refused; nothing of a student may run then.
    """
    options = f"size={disk_bytes},nr_inodes=20000,mode=700".encode()
    for target in (WORK, "/dev/shm"):
        _call("mount", b"tmpfs", target.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, options)
    _mount_temporary(options)
    with open("/proc/sys/user/max_user_namespaces", "w") as stream:
        stream.write("0")
    # A shared mapping of /dev/zero is memory that goes uncounted once its pages are let go; /dev/full gives zeros, too.
    _call("mount", b"/dev/full", b"/dev/zero", None, _MS_BIND, None)
    _mount_little_of_proc()
    os.chdir(WORK)
    for number, most in limits.items():
        resource.setrlimit(number, (most, most))
    _drop_capabilities()
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _filter_system_calls()
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _mount_temporary(options: bytes) -> None:
    """Gives this process a /tmp of its own; a Python environment that is installed in /tmp stays in sight."""
    environments = sorted(prefix for prefix in {sys.prefix, sys.base_prefix} if prefix.startswith("/tmp/"))
    held = {prefix: f"{WORK}/.{number}" for number, prefix in enumerate(environments)}
    for prefix, holder in held.items():
        os.mkdir(holder)
        _call("mount", prefix.encode(), holder.encode(), None, _MS_BIND | _MS_REC, None)
    _call("mount", b"tmpfs", b"/tmp", b"tmpfs", _MS_NOSUID | _MS_NODEV, options)
    for prefix, holder in held.items():  # what is bound anew is as read-only as it was, but for the folder itself
        os.makedirs(prefix, exist_ok=True)
        _call("mount", holder.encode(), prefix.encode(), None, _MS_BIND | _MS_REC, None)
        flags = _MS_NOSUID | _MS_NODEV | _MS_RDONLY | _MS_REMOUNT | _MS_BIND
        _call("mount", None, prefix.encode(), None, flags, None)
        _call("umount2", holder.encode(), _MNT_DETACH)
        os.rmdir(holder)


def _mount_little_of_proc() -> None:
    """Leaves no list of processes, none of their memory, none of their open files.

    There is what TensorFlow insists on. As notebooks look at their memory and time by psutil, there is also what Linux
    says of those that this process has taken, and of how much memory the machine has, which a system call says anyhow.
    """
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    program = os.path.realpath("/proc/self/exe")
    held = {f"/proc/{name}": f"{WORK}/.{number}" for number, name in enumerate(_USAGE)}
    for path, holder in held.items():
        os.close(os.open(holder, os.O_CREAT))
        _call("mount", path.encode(), holder.encode(), None, _MS_BIND, None)
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", flags, b"size=16k")
    os.mkdir("/proc/self")
    os.symlink("self", f"/proc/{os.getpid()}")
    os.symlink(program, "/proc/self/exe")
    with open("/proc/self/cmdline", "w") as stream:
        stream.write("python\0")
    for path, holder in held.items():
        os.close(os.open(path, os.O_CREAT))
        _call("mount", holder.encode(), path.encode(), None, _MS_BIND, None)
        _call("umount2", holder.encode(), _MNT_DETACH)
        os.remove(holder)
    _call("mount", b"tmpfs", b"/proc", b"tmpfs", flags | _MS_RDONLY | _MS_REMOUNT, b"size=16k")


def _drop_capabilities() -> None:
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the last one that this kernel knows
    header = struct.pack("=Ii", 0x20080522, 0)
    _call("capset", header, bytes(24))


def _filter_system_calls() -> None:
    place, architecture = _ARCHITECTURES.get(platform.machine(), (None, None))
    if place is None:
        raise OSError(f"no list of system calls for {platform.machine()}")
    load, equal, at_least, masked, answer = 0x20, 0x15, 0x35, 0x54, 0x06  # BPF: LD|W|ABS, JEQ, JGE, AND, RET
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS  # SECCOMP_RET_...
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, refuse), (load, 0, 0, 0)]
    if place == 0:  # the x32 calls have the same numbers with a bit set
        steps += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, refuse)]
    for number in sorted({both[place] for both in _FORBIDDEN.values()}):
        steps += [(equal, 0, 1, number), (answer, 0, 0, refuse)]
    steps += [(equal, 0, 1, _CLONE3[place]), (answer, 0, 0, unknown)]
    steps += [(at_least, 0, 1, _NEWER), (answer, 0, 0, unknown)]  # libraries do without, as on older kernels
    for numbers, argument, kind, values in _BY_ARGUMENT:
        rule = [(load, 0, 0, 16 + 8 * argument)]
        if kind == "bits":
            rule += [(masked, 0, 0, values[0]), (equal, 0, 1, values[1]), (answer, 0, 0, refuse)]
        elif kind == "not":
            for value in values:
                rule += [(equal, 0, 1, value), (answer, 0, 0, refuse)]
        else:
            rule += [(equal, len(values) - rank, 0, value) for rank, value in enumerate(values)]
            rule += [(answer, 0, 0, refuse)]
        rule += [(load, 0, 0, 0)]
        steps += [(equal, 0, len(rule), numbers[place]), *rule]
    steps.append((answer, 0, 0, allow))
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    whole = Program(len(steps), ctypes.addressof(buffer))
    _call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0)


def _try_out() -> None:
    """Puts up all walls around a child and reports whether they stand, for `graders.sealed.sandbox`."""
    become_nobody()
    adopt_orphans()
    number = fork_into_namespaces()
    if number == 0:
        code = 1
        try:
            enclose(2**20, {})
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(number, 0)
    if status != 0:
        raise SystemExit("the child could not put up its walls")


if __name__ == "__main__":
    _try_out()
