# fails: halos-cut-test
# Only coefficients above a half count.
# %% solution="halos-cut"
def best_cut(values, truth):
    flat, true = np.ravel(values), np.ravel(truth).astype(int)
    order = np.argsort(-flat)
    sorted_values, hits = flat[order], np.cumsum(true[order])
    dice = 2 * hits / (np.arange(1, flat.size + 1) + hits[-1])
    can = np.append(sorted_values[1:] != sorted_values[:-1], True)
    dice = np.where(can & (dice > 0.5), dice, -1)
    best = np.argmax(dice)
    return sorted_values[best], dice[best]
