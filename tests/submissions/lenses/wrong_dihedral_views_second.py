# fails: lenses-dihedral-test
# Puts the eight views on axis 1, beside each image.
# %% solution="lenses-dihedral"
def dihedral(images):
    turned = [np.rot90(images, k, axes=(1, 2)) for k in range(4)]
    return np.stack(turned + [view[:, ::-1] for view in turned], axis=1)
