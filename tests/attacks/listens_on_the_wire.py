"""Replaces what the candidate receives with, and prints all that the examiner asks. No hidden line may be in it."""

LEAKS = True

CODE = r"""
import gc
import json
import socket
import sys

heard = []
for name, module in list(sys.modules.items()):
    for attribute in ("receive", "_read", "loads"):
        kept = getattr(module, attribute, None)
        if callable(kept) and ("wire" in name or name == "json"):

            def listen(*anything, kept=kept, **more):
                result = kept(*anything, **more)
                heard.append(repr(result)[:3000])
                return result

            setattr(module, attribute, listen)
print([thing for thing in gc.get_objects() if isinstance(thing, socket.socket)])


def dense_parameters(n_in, n_out):
    print(heard)
    with open("heard.txt", "w") as file:
        file.write("\n".join(heard))
    if (n_in, n_out) != (3, 4):
        raise ValueError(" ".join(" ".join(heard).split())[-1500:])
    return 16
"""
