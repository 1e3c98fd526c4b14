# What public tests compare examples with: `# %% include="expect"` below the set-up.
# %%
def expect(got, expected, name, why="", rtol=1e-4, atol=1e-6):
    """Compares what a function returned with an example, or says in a sentence what differs. The tests use it.

    expected: a number, a list or an array; or a dictionary with each part of the answer under its name. Whole numbers
    must be exact, and `...` stands for whatever came back.
    """
    if expected is ...:
        return
    if got is None:
        raise AssertionError(f"{name} is None: is there a return statement?")
    if isinstance(expected, dict):
        count = len(got) if np.iterable(got) and hasattr(got, "__len__") else 1
        if count != len(expected):
            raise AssertionError(f"{name} has {count} part{'s'[: count != 1]}, expected these: {', '.join(expected)}.")
        for part, found in zip(expected, got, strict=True):
            expect(found, expected[part], f"{part} of {name}", why, rtol, atol)
        return

    def shown(numbers, digits=6):
        if np.size(numbers) > 6:
            return f"an array of shape {numbers.shape}"
        one = {"all": lambda number: f"{number:.{15 if float(number).is_integer() else digits}g}"}
        return " ".join(np.array2string(np.asarray(numbers), separator=", ", formatter=one).split())

    try:
        found = np.asarray(got)
        if found.dtype.kind in "USc":
            raise TypeError
        found = found.astype(float) + 0.0  # shows -0 as 0
    except (TypeError, ValueError):
        raise AssertionError(f"{name} is of type {type(got).__name__}, and holds no real numbers in rows.") from None
    wanted = np.asarray(expected)
    digits, rtol, atol = (17, 0, 0) if wanted.dtype.kind in "iu" else (6, rtol, atol)
    found = found.reshape(()) if found.size == 1 and wanted.ndim == 0 else found
    why = why if found.shape == wanted.shape else f"the shapes are {found.shape} and {wanted.shape}"
    if found.shape == wanted.shape:
        wrong = np.argwhere(~np.isclose(found, wanted, rtol, atol, equal_nan=True)).tolist()
        if not wrong:
            return
        if wanted.size > 6:
            name, found, wanted = f"value {wrong[0]} of {name}", found[*wrong[0]], wanted[*wrong[0]]
    end = "" if why.endswith((".", "?")) else "."
    raise AssertionError(f"{name} is {shown(found, digits)}, expected {shown(wanted)}{why and ': '}{why}{end}")
