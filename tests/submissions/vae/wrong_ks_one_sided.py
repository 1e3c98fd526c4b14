# fails: vae-ks-test
# The largest difference without its absolute value: only where the first sample is ahead.
# %% solution="vae-ks"
def ks_statistic(a, b):
    t = np.concatenate([a, b])
    return max(np.mean(a <= x) - np.mean(b <= x) for x in t)
