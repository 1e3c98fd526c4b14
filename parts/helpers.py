# What public tests use to read an answer: `# %% include="helpers"` below the set-up.
# %%
def as_array(got, name, shape=()):
    """What a function returned, as an array of a shape (a number without one), or a sentence. The tests use it."""
    if got is None:
        raise AssertionError(f"{name} is None: is there a return statement?")
    try:
        array = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise AssertionError(f"{name} is a {type(got).__name__} that does not hold plain numbers in rows.") from None
    if shape == () and array.size == 1:
        return float(array.reshape(()))
    if array.shape != shape:
        raise AssertionError(f"{name} has shape {array.shape}, expected {shape or 'a single number'}.")
    return array


def as_parts(got, name, expected):
    """The parts of what a function returned, if there are as many as expected, or a sentence. The tests use it."""
    if got is None:
        raise AssertionError(f"{name} is None: is there a return statement?")
    try:
        count = len(got)
    except TypeError:
        count = 1
    if count != len(expected.split(", ")):
        raise AssertionError(f"{name} has {count} part{'s' if count != 1 else ''}, expected these: {expected}.")
    return list(got)
