# fails: deblending-transposed-test
# Where copies overlap, the last one stays.
# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    image = np.zeros(shape)
    for i, j in np.ndindex(*y.shape):
        a, b = stride * i, stride * j
        image[a : a + kernel.shape[0], b : b + kernel.shape[1]] = y[i, j] * kernel
    return image
