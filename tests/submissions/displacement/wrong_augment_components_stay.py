# fails: displacement-augment-test
# fails when trained: displacement-step-test-4
# An exchange of axes leaves the components in their places.
# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    fields = np.roll(fields, shift, axis=(1, 2))
    if flip[0]:
        fields = fields[:, ::-1] * np.array([-1, 1])
    if flip[1]:
        fields = fields[:, :, ::-1] * np.array([1, -1])
    if swap:
        fields = np.swapaxes(fields, 1, 2)
    return fields
