"""Calls its processes and threads by bytes that are no text. Whoever watches them must not stumble over that."""

CODE = r"""
import ctypes
import subprocess
import threading

library = ctypes.CDLL(None)


def called(name):
    library.prctl(15, ctypes.c_char_p(name), 0, 0, 0)
    sum(range(30_000_000))


for name in (b"\xff\xfe\xfd", b"a) R 1 (", b"\n\nThreads: 1\n"):
    thread = threading.Thread(target=called, args=(name,))
    thread.start()
    thread.join()
    called(name)
subprocess.run(["python3", "-c", "import ctypes; ctypes.CDLL(None).prctl(15, b'\\xff', 0, 0, 0); sum(range(10**7))"])


def dense_parameters(n_in, n_out):
    return 0
"""
