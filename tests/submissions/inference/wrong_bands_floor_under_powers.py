# fails: inference-bands-test
# Powers below 1e-12 are raised to it.
# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    half, seen = modes / 2, np.maximum(estimate, 1e-12)[:, None]
    ratio = half * seen / np.maximum(power, 1e-12)
    return (half * np.log(ratio) - ratio - np.log(seen) - scipy.special.gammaln(half)).sum(axis=-1)
