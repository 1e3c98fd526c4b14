# fails: conv-error-test
# Moves the map with np.roll, which brings back at one edge what leaves at the other.
# conv-error loses its test (2).
# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def f(x):
        return tf.nn.conv2d(x[None, :, :, None], kernel[:, :, None, None], 1, "SAME").numpy()[0, :, :, 0]

    dy, dx = shift
    gap = f(translate(image, dy, dx)) - np.roll(f(image), (dy, dx), axis=(0, 1))
    return np.abs(gap).max() / np.abs(f(image)).max()
