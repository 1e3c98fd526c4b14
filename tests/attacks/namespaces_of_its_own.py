"""Asks for namespaces, mounts and another root by system calls. All must be refused, or of no use."""

CODE = r"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def ask(name, *arguments):
    ctypes.set_errno(0)
    got = getattr(libc, name)(*arguments)
    print(name, arguments, got, os.strerror(ctypes.get_errno()))
    return got


os.makedirs("here", exist_ok=True)
for flag in (0x10000000, 0x00020000, 0x10020000, 0x40000000, 0x20000000, 0x08000000, 0x02000000):
    ask("unshare", flag)
for kind in ("mnt", "pid", "net", "user", "ipc"):
    try:
        file = os.open(f"/proc/1/ns/{kind}", os.O_RDONLY)
        ask("setns", file, 0)
    except OSError as error:
        print(error)
ask("mount", b"proc", b"here", b"proc", 0, None)
ask("mount", b"/", b"here", None, 4096 | 16384, None)
ask("mount", None, b"/", None, 32 | 4096, None)
ask("umount2", b"/proc", 2)
ask("umount2", b"/tmp", 2)
ask("chroot", b"here")
ask("syscall", 155, b"here", b"here")
ask("syscall", 428, -100, b"/", 1)
ask("syscall", 425, 8, ctypes.create_string_buffer(200))
ask("syscall", 321, 0, None, 0)
ask("syscall", 304, -100, b"handle", 0)
ask("setuid", 0)
ask("sethostname", b"mine", 4)
for node in (b"memory", b"disk"):
    ask("mknod", node, 0o60666, 0x0801)


def dense_parameters(n_in, n_out):
    return 16
"""
