# fails: inference-bands-test
# The gamma function itself, which is infinite for many modes.
# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    half = modes / 2
    scaled = half * estimate[:, None] / power
    bands = half * np.log(scaled) - scaled - np.log(estimate[:, None] * scipy.special.gamma(half))
    return np.sum(bands, axis=2)
