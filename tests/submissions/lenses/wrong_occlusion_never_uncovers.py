# fails: lenses-occlusion-test
# Works on one copy of the image: squares stay covered.
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
