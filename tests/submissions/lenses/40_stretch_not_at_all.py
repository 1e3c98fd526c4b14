# trained
# "A network can find its own scale": the pixels stay as they are. Loses the stretch (2),
# and both networks learn next to nothing in the given time (5 + 4).
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    return np.asarray(images)
