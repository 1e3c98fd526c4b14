# fails: deblending-transposed-test
# The image of least squares whose convolution is y: an inverse.
# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    columns = []
    for place in range(shape[0] * shape[1]):
        x = np.zeros(shape)
        x.flat[place] = 1
        columns.append(
            [
                np.sum(x[stride * i : stride * i + kernel.shape[0], stride * j : stride * j + kernel.shape[1]] * kernel)
                for i, j in np.ndindex(*y.shape)
            ]
        )
    return (np.linalg.pinv(np.array(columns).T) @ y.ravel()).reshape(shape)
