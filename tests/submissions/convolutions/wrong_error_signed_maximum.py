# fails: conv-error-test
# Takes the maximum before the absolute value: negative differences do not count.
# conv-error loses its test (2).
# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def f(x):
        return tf.nn.conv2d(x[None, :, :, None], kernel[:, :, None, None], 1, "SAME").numpy()[0, :, :, 0]

    dy, dx = shift
    gap = f(translate(image, dy, dx)) - translate(f(image), dy, dx)
    return abs(gap.max()) / np.abs(f(image)).max()
