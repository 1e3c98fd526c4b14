# fails: displacement-augment-test
# Exchanges the axes first, so that shift and flips are along others.
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    if swap:
        fields = np.swapaxes(fields, 1, 2)[..., ::-1]
    fields = np.roll(fields, shift, axis=(1, 2))
    if flip[0]:
        fields = fields[:, ::-1] * np.array([-1, 1])
    if flip[1]:
        fields = fields[:, :, ::-1] * np.array([1, -1])
    return fields
