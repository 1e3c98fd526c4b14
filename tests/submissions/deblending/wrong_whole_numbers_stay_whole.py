# fails: deblending-transposed-test
# The result has the type of y, which may hold whole numbers.
# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    image = np.zeros(shape, dtype=y.dtype)
    rows, columns = kernel.shape
    for i, j in np.ndindex(*y.shape):
        part = image[stride * i : stride * i + rows, stride * j : stride * j + columns]
        part += (y[i, j] * kernel).astype(y.dtype)
    return image
