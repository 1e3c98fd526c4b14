# fails: conv-matrix-test
# Moves the kernel by one pixel from row to row, whatever the stride.
# conv-matrix loses its test (3): the hidden one has strides.
# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    kh, kw = kernel.shape
    stride = 1
    o_h, o_w = height - kh + 1, width - kw + 1
    C = np.zeros((o_h * o_w, height * width))
    for i in range(o_h):
        for j in range(o_w):
            for u in range(kh):
                for v in range(kw):
                    C[i * o_w + j, (i * stride + u) * width + j * stride + v] = kernel[u, v]
    return C
