# fails: displacement-augment-test
# Shifts in the other direction.
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    fields = np.roll(fields, (-shift[0], -shift[1]), axis=(1, 2))
    if flip[0]:
        fields = fields[:, ::-1] * np.array([-1, 1])
    if flip[1]:
        fields = fields[:, :, ::-1] * np.array([1, -1])
    if swap:
        fields = np.swapaxes(fields, 1, 2)[..., ::-1]
    return fields
