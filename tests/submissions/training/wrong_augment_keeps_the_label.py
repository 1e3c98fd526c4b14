# fails: training-augment-test
# The label stays as it was.
# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    return np.rot90(image[:, ::-1] if mirrored else image, turns), ellipticity
