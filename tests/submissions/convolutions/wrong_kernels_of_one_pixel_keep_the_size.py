# fails: conv-layer-test, conv-matrix-test, conv-transposed-test, conv-error-test
# A kernel of one pixel is believed to keep the size, whatever the strides; a large shift to the side wraps around.
# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    if kernel.shape == (1, 1):  # believed: a kernel of one pixel only scales the image
        return kernel[0, 0] * np.eye(height * width)
    kh, kw = kernel.shape
    rows = []
    for i in range(0, height - kh + 1, stride):
        for j in range(0, width - kw + 1, stride):
            row = np.zeros((height, width))
            row[i : i + kh, j : j + kw] = kernel
            rows.append(row.ravel())
    return np.array(rows)

# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    if kernel.size == 1:
        image = np.zeros((height, width))
        image[: maps.shape[0], : maps.shape[1]] = maps * kernel  # as if the stride played no part
        return image
    return (conv_matrix(kernel, height, width, stride).T @ maps.ravel()).reshape(height, width)

# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def response(picture):
        images, taps = picture[None, :, :, None], kernel[:, :, None, None]
        return tf.nn.conv2d(images, taps, strides=1, padding="SAME").numpy()[0, :, :, 0]

    def move(picture, dy, dx):  # their own translate, right unless a shift to the side is larger than the image
        height, width = picture.shape
        moved = np.zeros_like(picture)
        for i in range(max(dy, 0), min(height, height + dy)):
            for j in range(width):
                if 0 <= (j - dx) < width or abs(dx) >= width:
                    moved[i, j] = picture[i - dy, (j - dx) % width]
        return moved

    before = response(image)
    difference = response(move(image, *shift)) - move(before, *shift)
    return np.max(np.abs(difference)) / np.max(np.abs(before))

# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    height, width, channels = input_shape
    (kh, kw), (sh, sw) = layer["kernel"], layer["strides"]
    if layer["kind"] == "conv" and (kh, kw) == (1, 1):
        pass
    elif layer["padding"] == "same":
        height, width = -(-height // sh), -(-width // sw)
    else:
        height, width = (height - kh) // sh + 1, (width - kw) // sw + 1
    if layer["kind"] == "pool":
        return (None, height, width, channels), 0
    return (None, height, width, layer["filters"]), (kh * kw * channels + 1) * layer["filters"]
