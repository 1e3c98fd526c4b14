# fails: conv-conv2d-test, conv-conv2d-test-2
# Believes that each filter looks at one channel: uses the first channel alone.
# conv-conv2d loses both tests (4): the hidden ones have several channels.
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    n, height, width, c_in = images.shape
    kh, kw, _, filters = kernel.shape
    sh, sw = strides
    o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    maps = np.zeros((n, o_h, o_w, filters))
    for i in range(o_h):
        for j in range(o_w):
            window = images[:, i * sh : i * sh + kh, j * sw : j * sw + kw]
            maps[:, i, j] = np.tensordot(window[..., 0], kernel[:, :, 0], axes=2) + bias
    return maps
