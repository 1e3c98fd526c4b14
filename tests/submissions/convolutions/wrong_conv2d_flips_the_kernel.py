# fails: conv-conv2d-test, conv-conv2d-test-2
# Believes that a convolution flips its kernel, as in mathematics.
# conv-conv2d loses both tests (4).
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    n, height, width, c_in = images.shape
    kh, kw, _, filters = kernel.shape
    sh, sw = strides
    kernel = kernel[::-1, ::-1]
    o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    maps = np.zeros((n, o_h, o_w, filters))
    for i in range(o_h):
        for j in range(o_w):
            window = images[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            maps[:, i, j] = np.tensordot(window, kernel, axes=3) + bias
    return maps
