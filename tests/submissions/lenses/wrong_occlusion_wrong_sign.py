# fails: lenses-occlusion-test
# The change of the probability, not its drop.
# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    n = len(image) // size
    batch = np.array([image] * (n * n + 1))
    for i in range(n * n):
        k, l = divmod(i, n)
        batch[i, k * size : (k + 1) * size, l * size : (l + 1) * size] = fill
    p = classify(batch)
    return (p[:-1] - p[-1]).reshape(n, n)
