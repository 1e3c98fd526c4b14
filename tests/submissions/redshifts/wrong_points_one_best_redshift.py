# fails: redshifts-points-test
# There is one best redshift, the mode.
# %% solution="redshifts-points"
def best_points(density, z):
    best = z[np.argmax(density, axis=1)]
    return best, best, best
