# fails: conv-conv2d-test, conv-conv2d-test-2, conv-transposed-test
# Makes the array for the answer once for each shape, and hands it out again.
# %% solution="conv-conv2d"
made = {}


def conv2d(images, kernel, bias, strides=(1, 1)):
    answer = tf.nn.conv2d(images, kernel, strides, "VALID").numpy() + bias
    made.setdefault(answer.shape, np.empty(answer.shape))[...] = answer
    return made[answer.shape]


# %% solution="conv-transposed"
held = {}


def transposed_conv2d(maps, kernel, height, width, stride=1):
    out = held.setdefault((height, width), np.zeros((height, width)))
    out[...] = 0
    rows, columns = np.shape(kernel)
    for i, row in enumerate(np.asarray(maps, dtype=float)):
        for j, value in enumerate(row):
            out[i * stride : i * stride + rows, j * stride : j * stride + columns] += value * np.asarray(kernel)
    return out
