# fails: conv-matrix-test
# Takes column i + height * j for pixel (i, j), as in Fortran.
# conv-matrix loses its test (3).
# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    kh, kw = kernel.shape
    o_h, o_w = (height - kh) // stride + 1, (width - kw) // stride + 1
    C = np.zeros((o_h * o_w, height * width))
    for i in range(o_h):
        for j in range(o_w):
            for u in range(kh):
                for v in range(kw):
                    C[i * o_w + j, (j * stride + v) * height + i * stride + u] = kernel[u, v]
    return C
