"""The outer wall: bubblewrap around the warm parent of all candidates, and whether this machine can have it."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from graders.errors import MissingError
from graders.libraries import ONE_THREAD, QUIET
from graders.sealed.inside.isolation import WORK

INSIDE = Path(__file__).parent / "inside"
INSTALL = "Debian and Ubuntu: sudo apt-get install bubblewrap; Fedora: sudo dnf install bubblewrap"


class NoSandboxError(MissingError):
    """This machine cannot isolate; the text says why, and what to do."""


def command(threads: int) -> list[str]:
    """The command line before the program that is to run in the sandbox.

    It sees the system's programs and libraries, the Python environment and `graders/sealed/inside`, all of them
    read-only, and of the rest nothing: no home, no course, no network, no environment variable.
    """
    prefixes = dict.fromkeys(str(Path(path).resolve()) for path in (sys.base_prefix, sys.base_exec_prefix))
    system = [path for path in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64") if os.path.exists(path)]
    settings = [
        path
        for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/ssl")
        if os.path.exists(path)
    ]
    arguments = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    arguments += ["--tmpfs", WORK, "--tmpfs", "/tmp"]
    for path in system:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        else:
            arguments += ["--ro-bind", path, path]
    for path in settings:
        arguments += ["--ro-bind", path, path]
    for path in prefixes:
        if not path.startswith("/usr"):
            arguments += ["--ro-bind", path, path]
    if sys.prefix != sys.base_prefix:
        arguments += ["--ro-bind", sys.prefix, sys.prefix]
    arguments += ["--ro-bind", str(INSIDE), "/sealed/inside"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp"]
    for name, value in environment(threads).items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/", "--remount-ro", "/dev"]


def environment(threads: int) -> dict[str, str]:
    """The environment variables of a candidate: none of the instructor's."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": WORK,
        "USER": "student",
        "LANG": "C.UTF-8",
        "PYTHONPATH": "/sealed",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
        **QUIET,
        "NBGRADER_EXECUTION": "autograde",
        "SEALED": "1",
        **dict.fromkeys(ONE_THREAD, str(threads)),
    }


@functools.cache
def require_sandbox() -> None:
    """Tries the walls out, once.

    Raises:
        NoSandboxError: where they cannot be had.
    """
    if sys.platform != "linux":
        raise NoSandboxError(f"Sealed grading needs Linux, and this is {sys.platform}: grade in a virtual machine.")
    if shutil.which("bwrap") is None:
        raise NoSandboxError(f"Sealed grading needs bubblewrap, which is not installed. {INSTALL}.")
    program = [sys.executable, "-m", "inside.isolation"]
    tried = subprocess.run([*command(1), *program], capture_output=True, text=True, timeout=60, check=False)
    if tried.returncode != 0:
        said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoSandboxError(
            f"bubblewrap cannot isolate on this machine ({said}). Unprivileged user namespaces must be allowed: see "
            "docs/security.md."
        )
