# Works on one copy of the image: squares stay covered. Loses its test (3 points).
# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    n = len(image) // size
    image = image.copy()
    before = classify(image[None])[0]
    drop = np.zeros((n, n))
    for k in range(n):
        for l in range(n):
            image[k * size : (k + 1) * size, l * size : (l + 1) * size] = fill
            drop[k, l] = before - classify(image[None])[0]
    return drop
