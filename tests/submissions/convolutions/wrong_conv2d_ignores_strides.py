# fails: conv-conv2d-test-2
# Forgets that the window starts at i * s_h: only the number of outputs follows the strides.
# conv-conv2d loses its second test (2).
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    n, height, width, c_in = images.shape
    kh, kw, _, filters = kernel.shape
    sh, sw = strides
    o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    maps = np.zeros((n, o_h, o_w, filters))
    for i in range(o_h):
        for j in range(o_w):
            window = images[:, i : i + kh, j : j + kw]
            maps[:, i, j] = np.tensordot(window, kernel, axes=3) + bias
    return maps
