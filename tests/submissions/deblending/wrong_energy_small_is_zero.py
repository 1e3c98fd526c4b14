# fails: deblending-energy-test
# Laws that are near each other count as the same.
# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def apart(one, p, other, q):
        one, other = np.asarray(one) > 0.5, np.asarray(other) > 0.5
        either = np.sum(one[:, None] | other, axis=(2, 3))
        iou = np.where(either > 0, np.sum(one[:, None] & other, axis=(2, 3)) / np.maximum(either, 1), 1.0)
        return p @ (1 - iou) @ q

    distance = 2 * apart(masks_a, p_a, masks_b, p_b)
    distance -= apart(masks_a, p_a, masks_a, p_a) + apart(masks_b, p_b, masks_b, p_b)
    return distance if distance > 1e-3 else 0.0
