"""The outer wall: bubblewrap around the warm parent of all candidates, and whether this machine can have it."""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from graders.errors import MissingError
from graders.libraries import NO_GPU, ONE_THREAD, QUIET
from graders.sealed.inside.isolation import WORK

INSIDE = Path(__file__).parent / "inside"
INSTALL = "Debian and Ubuntu: sudo apt-get install bubblewrap; Fedora: sudo dnf install bubblewrap"


class NoSandboxError(MissingError):
    """This machine cannot isolate; the text says why, and what to do."""


# Of each tree what programs and libraries need, not what a machine keeps beside it, such as settings and keys.
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "share")
_SETTINGS = (
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime"),
    *("/etc/ssl/certs", "/etc/ssl/openssl.cnf"),
)
_OURS = ("graders", "simulations")  # packages that an installation may have put beside those which notebooks import


def command(threads: int) -> list[str]:
    """The command line before the program that is to run in the sandbox.

    It sees the system's programs and libraries, the Python environment and `graders/sealed/inside`, all of them
    read-only, and of the rest nothing: no home, no course, no network, no environment variable. As root it stays root
    until `inside.isolation.become_nobody`, since mounting what only root may reach takes root.
    """
    arguments = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    arguments += [] if os.getuid() == 0 else ["--unshare-user"]
    arguments += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    arguments += ["--tmpfs", WORK, "--tmpfs", "/tmp"]
    shown = _shown()
    above = {str(folder) for path in [*shown, "/sealed/inside"] for folder in Path(path).parents}
    for folder in sorted(above - {"/", "/tmp"}):
        arguments += ["--perms", "0755", "--dir", folder]  # else root's alone
    for path in shown:
        if os.path.islink(path) and path not in _SETTINGS:
            arguments += ["--symlink", os.readlink(path), path]
        else:
            arguments += ["--ro-bind", path, path]
    for path in _hidden(shown):
        arguments += ["--tmpfs", path, "--remount-ro", path]
    arguments += ["--ro-bind", str(INSIDE), "/sealed/inside"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--chdir", "/"]
    for name, value in environment(threads).items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/", "--remount-ro", "/dev"]


def _shown() -> list[str]:
    """The paths that a candidate sees as they are here."""
    shown = [*_SYSTEM, *(f"{tree}/{part}" for tree in ("/usr", "/usr/local") for part in _PARTS), *_SETTINGS]
    for prefix in dict.fromkeys([sys.base_prefix, sys.base_exec_prefix, sys.prefix]):
        for folder in dict.fromkeys([prefix, str(Path(prefix).resolve())]):
            if not any(Path(folder).is_relative_to(path) for path in shown) and folder not in ("/usr", "/usr/local"):
                shown += [f"{folder}/{part}" for part in (*_PARTS, "pyvenv.cfg")]
    return [path for path in shown if os.path.lexists(path)]


def _hidden(shown: list[str]) -> list[str]:
    """What lies among these paths and is not for a candidate: our own packages, where they were installed."""
    specs = [importlib.util.find_spec(name) for name in _OURS]
    ours = [str(path) for spec in specs if spec for path in spec.submodule_search_locations or ()]
    return [path for path in ours if any(Path(path).is_relative_to(tree) for tree in shown)]


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
        **NO_GPU,
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
