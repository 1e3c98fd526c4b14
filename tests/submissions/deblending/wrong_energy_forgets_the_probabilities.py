# fails: deblending-energy-test
# All masks count the same.
# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def expected(one, other):
        return np.mean([[1 - iou_and_dice(a[None], b[None])[0][0] for b in other] for a in one])

    return 2 * expected(masks_a, masks_b) - expected(masks_a, masks_a) - expected(masks_b, masks_b)
