# fails: displacement-second-test
# Each pair of axes is counted half.
# %% solution="displacement-second"
def second_order(delta):
    return 3 / 14 * zeldovich(np.linalg.det(tides(delta)))
