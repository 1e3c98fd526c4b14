# fails: halos-cut-test
# A cut between equal values, which finds some of them.
# %% solution="halos-cut"
def best_cut(values, truth):
    order = np.argsort(-values.ravel(), kind="stable")
    both = np.cumsum(truth.ravel()[order] > 0.5)
    dice = 2 * both / (np.arange(len(both)) + 1 + both[-1])
    best = np.argmax(dice)
    return values.ravel()[order][best], dice[best]
