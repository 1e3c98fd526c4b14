# fails: deblending-energy-test
# The root of it.
# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def expected(one, p, other, q):
        return p @ np.array([[1 - iou_and_dice(a[None], b[None])[0][0] for b in other] for a in one]) @ q

    square = 2 * expected(masks_a, p_a, masks_b, p_b) - expected(masks_a, p_a, masks_a, p_a)
    return np.sqrt(max(0.0, square - expected(masks_b, p_b, masks_b, p_b)))
