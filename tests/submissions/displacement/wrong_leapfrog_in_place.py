# fails: displacement-leapfrog-test
# Changes the arrays that it was given.
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    half_kick, drift = np.sqrt(b) - np.sqrt(a), 2 * (1 / np.sqrt(a) - 1 / np.sqrt(b))
    p += half_kick * force(x)
    x += drift * p
    p += half_kick * force(x)
    return x, p
