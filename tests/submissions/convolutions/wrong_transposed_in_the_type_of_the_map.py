# fails: conv-transposed-test
# A map of whole numbers makes an image of whole numbers, which cuts what the kernel adds.

# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    image = np.zeros((height, width), dtype=maps.dtype)
    kh, kw = kernel.shape
    for (i, j), value in np.ndenumerate(maps):
        window = image[i * stride : i * stride + kh, j * stride : j * stride + kw]
        window[:] = window + value * kernel
    return image
