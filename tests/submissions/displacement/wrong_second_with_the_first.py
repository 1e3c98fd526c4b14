# fails: displacement-second-test
# Returns the sum of both orders.
# %% solution="displacement-second"
def second_order(delta):
    return zeldovich(delta) + 3 / 7 * zeldovich(np.linalg.det(tides(delta)))
