# fails: conv-error-test
# Cuts a kernel that is larger than the image to its size, from the top left.
# conv-error loses its test (2).
# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    kernel = kernel[: image.shape[0], : image.shape[1]]

    def response(picture):
        return tf.nn.conv2d(picture[None, :, :, None], kernel[:, :, None, None], 1, "SAME").numpy()[0, :, :, 0]

    before = response(image)
    difference = response(translate(image, *shift)) - translate(before, *shift)
    return np.max(np.abs(difference)) / np.max(np.abs(before))
