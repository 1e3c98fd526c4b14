"""Reads and writes the memory of its parent and of process 1, through /proc and system calls. It must be refused."""

LEAKS = True

CODE = r"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
parent = os.getppid()
for number in {parent, 1, os.getpid()}:
    for name in ("mem", "maps", "environ", "auxv", "stack", "syscall"):
        try:
            with open(f"/proc/{number}/{name}", "rb") as file:
                print(number, name, file.read(300))
        except (OSError, ValueError) as error:
            print(number, name, error)
    for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
        if number != os.getpid() and number > 0:
            print(number, request, libc.ptrace(request, number, None, None), os.strerror(ctypes.get_errno()))


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(64)
here, there = Part(ctypes.addressof(buffer), 64), Part(id(int), 64)
for name in ("process_vm_readv", "process_vm_writev"):
    got = getattr(libc, name)(parent, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    print(name, got, os.strerror(ctypes.get_errno()))


def dense_parameters(n_in, n_out):
    return 16
"""
