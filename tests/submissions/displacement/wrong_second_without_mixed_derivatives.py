# fails: displacement-second-test
# S without the mixed derivatives is not 0 for a wave along the diagonal.
# %% solution="displacement-second"
def second_order(delta):
    phi = tides(delta)
    return 3 / 7 * zeldovich(phi[..., 0, 0] * phi[..., 1, 1])
