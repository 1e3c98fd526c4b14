# fails: conv-conv2d-test-2
# Takes the first stride for the width, as x comes before y.
# conv-conv2d loses its second test (2).
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    n, height, width, c_in = images.shape
    kh, kw, _, filters = kernel.shape
    sw, sh = strides
    o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    maps = np.zeros((n, o_h, o_w, filters))
    for i in range(o_h):
        for j in range(o_w):
            window = images[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            maps[:, i, j] = np.tensordot(window, kernel, axes=3) + bias
    return maps
