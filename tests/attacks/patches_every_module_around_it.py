"""Replaces all functions and classes of modules that are not of a library by ones that say 16. It must get 0."""

CODE = r"""
import sys
import types


def sixteen(*anything, **more):
    return 16


def dense_parameters(n_in, n_out):
    return 16


for name, module in list(sys.modules.items()):
    file = getattr(module, "__file__", None) or ""
    if "site-packages" in file or "/lib/python" in file or not file and name != "__main__":
        continue
    for attribute, found in list(vars(module).items()):
        if isinstance(found, types.FunctionType):
            setattr(module, attribute, sixteen)
        elif isinstance(found, type) and found.__module__ == name:
            for method in [m for m, f in vars(found).items() if isinstance(f, types.FunctionType)]:
                if method in ("answer", "find", "keep", "decode", "encode", "count", "close", "number"):
                    setattr(found, method, sixteen)
"""
