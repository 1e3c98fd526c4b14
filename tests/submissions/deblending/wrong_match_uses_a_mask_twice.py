# fails: deblending-match-test
# Each true mask takes the best found one, which may be the same.
# %% solution="deblending-match"
def best_match(found, truth):
    K = len(truth)
    table = np.array([iou_and_dice(np.repeat(mask[None], K, axis=0), truth)[0] for mask in found])
    return table.argmax(axis=0), table.max(axis=0)
