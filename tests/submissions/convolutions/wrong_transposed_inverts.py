# fails: conv-transposed-test
# Believes that a transposed convolution undoes the convolution: returns the least-squares inverse.
# conv-transposed loses its test (2).
# %% solution="conv-transposed"
def my_matrix(kernel, height, width, stride=1):
    kh, kw = kernel.shape
    o_h, o_w = (height - kh) // stride + 1, (width - kw) // stride + 1
    C = np.zeros((o_h * o_w, height * width))
    for i in range(o_h):
        for j in range(o_w):
            for u in range(kh):
                for v in range(kw):
                    C[i * o_w + j, (i * stride + u) * width + j * stride + v] = kernel[u, v]
    return C


def transposed_conv2d(maps, kernel, height, width, stride=1):
    C = my_matrix(kernel, height, width, stride)
    return (np.linalg.pinv(C) @ np.ravel(maps)).reshape(height, width)
