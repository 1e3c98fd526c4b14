# fails: vae-ks-test
# Compares "less than" of one sample with "at most" of the other: ties count.
# %% solution="vae-ks"
def ks_statistic(a, b):
    t = np.concatenate([a, b])
    return max(abs(np.mean(a < x) - np.mean(b <= x)) for x in t)
