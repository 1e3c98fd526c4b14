# fails: displacement-phases-test
# Moves all waves by the same length.
# %% solution="displacement-phases"
def same_power(field):
    return np.roll(field, field.shape[0] // 4 + 1, axis=0)
