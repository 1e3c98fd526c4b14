# fails: displacement-second-test
# The second order takes matter apart.
# %% solution="displacement-second"
def second_order(delta):
    return -3 / 7 * zeldovich(np.linalg.det(tides(delta)))
