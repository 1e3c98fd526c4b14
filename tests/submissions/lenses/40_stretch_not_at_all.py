# trained
# "Scale to 0 to 1, as with MNIST": the brightest pixel of the set becomes 1, and nearly all others become nearly 0.
# Loses the stretch (2), and both networks learn next to nothing in the given time (5 + 4).
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    return np.asarray(images) / np.max(np.abs(images))
