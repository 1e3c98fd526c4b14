# Right: loops over stamps and pixels, and lists for arrays.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks, shared = [], []
    for stamp in light:
        above = [[[bool(value > level) for value in pixel] for pixel in row] for row in stamp]
        counts = [sum(pixel) for row in above for pixel in row]
        owned = len([count for count in counts if count])
        masks.append(above)
        shared.append(len([count for count in counts if count > 1]) / owned if owned else 0.0)
    return masks, shared

# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    iou, dice = [], []
    for one, other in zip(found, truth):
        a, b = np.ravel(one).astype(int), np.ravel(other).astype(int)
        both, total = int((a * b).sum()), int(a.sum() + b.sum())
        iou.append(both / (total - both) if total else 1)
        dice.append(2 * both / total if total else 1)
    return iou, dice

# %% solution="deblending-match"
def best_match(found, truth):
    K = len(truth)

    def orders(left):
        return [[]] if not left else [[k, *rest] for k in left for rest in orders([j for j in left if j != k])]

    best = max(orders(list(range(K))), key=lambda order: sum(iou_and_dice([found[k] for k in order], truth)[0]))
    return best, iou_and_dice([found[k] for k in best], truth)[0]

# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    image = [[0.0] * shape[1] for _ in range(shape[0])]
    for i in range(len(y)):
        for j in range(len(y[0])):
            for a in range(len(kernel)):
                for b in range(len(kernel[0])):
                    image[stride * i + a][stride * j + b] += y[i][j] * kernel[a][b]
    return image

# %% solution="deblending-fluxes"
def fluxes(images, expected):
    result = np.zeros((len(images), expected.shape[3]))
    for i in range(len(images)):
        for k in range(expected.shape[3]):
            whole = np.zeros(images.shape[1:])
            for other in range(expected.shape[3]):
                whole = whole + expected[i, :, :, other]
            lit = whole > 0
            result[i, k] = (images[i][lit] * (expected[i, :, :, k][lit] / whole[lit])).sum()
    return result.tolist()

# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels = sum(p * np.asarray(mask, float) for mask, p in zip(masks, probabilities))
    best = (1.0, -1.0)
    for t in [1.0, *pixels.ravel()]:
        if t > 0:
            value = sum(p * iou_and_dice([pixels >= t], [mask])[0][0] for mask, p in zip(masks, probabilities))
            best = max(best, (t, value), key=lambda pair: pair[1])
    return best

# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def mean_iou(one, p, other, q):
        return sum(x * y * iou_and_dice([a], [b])[0][0] for a, x in zip(one, p) for b, y in zip(other, q))

    return mean_iou(masks_a, p_a, masks_a, p_a) + mean_iou(masks_b, p_b, masks_b, p_b) - 2 * mean_iou(masks_a, p_a, masks_b, p_b)

# %% solution="deblending-blind"
def same_map():
    return [[[1], [1], [1]], [[0], [0], [0]]], [0.5, 0.5], [[[1], [0], [0]], [[0], [1], [1]]], [0.5, 0.5]


def higher_iou():
    return [[[1, 1, 1]], [[0, 0, 0]]], [0.75, 0.25], [[[1, 1, 1]], [[0, 0, 0]]], [1.0, 0.0]
