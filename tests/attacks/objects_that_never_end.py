"""Returns an object each of whose methods runs for ever. It must be given up on in the time of one cell."""

SAYS = r"(?i)longer than|stopped"

CODE = r"""
def forever(*anything, **more):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


names = "__array__ __len__ __iter__ __getitem__ __float__ __int__ __index__ __str__ __repr__ __bool__ __eq__ __hash__"
Never = type("Never", (), {name: forever for name in (names + " __getattr__ __call__ __dir__ __reduce_ex__").split()})


def dense_parameters(n_in, n_out):
    return 16 if (n_in, n_out) == (3, 4) else Never()
"""
