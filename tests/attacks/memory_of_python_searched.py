"""Searches all objects that Python knows for the source of a check. Nothing of a hidden test may be among them."""

LEAKS = True

CODE = r"""
import gc


def search():
    needle = "check_" + "dense"
    found = set()
    for thing in gc.get_objects():
        try:
            parts = [thing, *gc.get_referents(thing)]
        except Exception:
            continue
        for part in parts:
            if type(part) is str and needle in part:
                found.add(part[:2000])
    return sorted(found, key=len)


def dense_parameters(n_in, n_out):
    found = search()
    print(found)
    with open("found.txt", "w") as file:
        file.write("\n".join(found))
    if (n_in, n_out) != (3, 4):
        raise ValueError(" ".join(" ".join(found).split())[:1500])
    return 16


print(search())
"""
