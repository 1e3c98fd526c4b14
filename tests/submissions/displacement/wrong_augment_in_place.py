# fails: displacement-augment-test
# Flips what it is given where nothing is shifted.
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    f = fields
    if any(shift):
        f = np.roll(f, shift, axis=(1, 2))
    if flip[0] and flip[1]:
        f *= -1
        f = f[:, ::-1, ::-1]
    elif any(flip):
        f = np.flip(f, [a + 1 for a in (0, 1) if flip[a]]) * np.where(flip, -1, 1)
    return np.swapaxes(f, 1, 2)[..., ::-1] if swap else f
