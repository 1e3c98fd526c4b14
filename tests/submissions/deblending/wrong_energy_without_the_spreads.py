# fails: deblending-energy-test
# Twice the mean distance, and nothing taken away.
# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    return 2 * sum(
        p * q * (1 - iou_and_dice(a[None], b[None])[0][0]) for a, p in zip(masks_a, p_a) for b, q in zip(masks_b, p_b)
    )
