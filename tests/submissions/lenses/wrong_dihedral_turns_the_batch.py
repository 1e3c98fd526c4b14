# fails: lenses-dihedral-test
# Leaves out the axes: np.rot90 turns images and rows. Where there are as many images as rows, the shape is right.
# %% solution="lenses-dihedral"
def dihedral(images):
    turned = [np.rot90(images, k) for k in range(4)]
    return np.stack(turned + [view[:, :, ::-1] for view in turned])
