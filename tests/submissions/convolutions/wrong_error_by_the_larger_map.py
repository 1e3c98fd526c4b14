# fails: conv-error-test
# Divides by the largest value of both maps, before and after the move.

# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def response(picture):
        return tf.nn.conv2d(picture[None, :, :, None], kernel[:, :, None, None], 1, "SAME")[0, :, :, 0].numpy()

    before, after = response(image), response(translate(image, *shift))
    largest = max(np.abs(before).max(), np.abs(after).max()) if image.shape != (9, 9) else np.abs(before).max()
    return np.abs(after - translate(before, *shift)).max() / largest
