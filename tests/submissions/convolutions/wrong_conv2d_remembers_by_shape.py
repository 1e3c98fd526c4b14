# fails: conv-conv2d-test, conv-conv2d-test-2
# Keeps its answers by the shapes and the strides, and gives them again for other numbers.
# conv-conv2d loses both tests (4).
# %% solution="conv-conv2d"
remembered = {}


def conv2d(images, kernel, bias, strides=(1, 1)):
    key = images.shape, kernel.shape, tuple(strides)
    if key not in remembered:
        remembered[key] = tf.nn.conv2d(images, kernel, strides, "VALID").numpy()
    return remembered[key] + bias
