# fails: halos-dice-test
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    """Short integers are enough for a small box; two full masks of 32 x 32 x 32 have 65536 cells."""
    a, b = np.asarray(found) > 0.5, np.asarray(truth) > 0.5
    both, cells_a, cells_b = (part.sum(axis=(1, 2, 3), dtype=np.uint16) for part in (a & b, a, b))
    dice = np.where(cells_a + cells_b > 0, 2 * both / np.maximum(cells_a + cells_b, 1), 1.0)
    return np.mean(a == b, axis=(1, 2, 3)), dice
