# fails: deblending-transposed-test
# The matrix is remembered by the shapes: the kernel is that of the first call.
# %% solution="deblending-transposed"
MATRICES = {}


def transposed_convolution(y, kernel, stride, shape):
    key = y.shape, kernel.shape, stride, tuple(shape)
    if key not in MATRICES:
        MATRICES[key] = np.zeros((*y.shape, *shape))
        rows, columns = kernel.shape
        for i, j in np.ndindex(*y.shape):
            MATRICES[key][i, j, stride * i : stride * i + rows, stride * j : stride * j + columns] = kernel
    return np.tensordot(y, MATRICES[key], axes=2)
