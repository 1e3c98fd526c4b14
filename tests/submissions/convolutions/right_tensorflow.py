# Right, by asking TensorFlow and Keras: tensors are returned as they come, in float32 where that is Keras' way.
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    images, kernel = tf.cast(images, tf.float32), tf.cast(kernel, tf.float32)
    return tf.nn.bias_add(tf.nn.conv2d(images, kernel, (1, *strides, 1), "VALID"), tf.cast(bias, tf.float32))

# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    x, w = tf.zeros((1, size, 1, 1)), tf.zeros((kernel, 1, 1, 1))
    return tf.shape(tf.nn.conv2d(x, w, (stride, 1), padding.upper(), dilations=(dilation, 1)))[1]

# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    outputs = tf.math.ceil(size / stride)
    missing = tf.maximum((outputs - 1) * stride + kernel - size, 0)
    return tf.stack([tf.math.floor(missing / 2), tf.math.ceil(missing / 2)])

# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    if layer["kind"] == "conv":
        made = tfkl.Conv2D(layer["filters"], layer["kernel"], layer["strides"], layer["padding"])
    else:
        made = tfkl.AveragePooling2D(layer["kernel"], layer["strides"], layer["padding"])
    model = tfk.Sequential([tfk.Input(input_shape), made])
    return model.output_shape, model.count_params()

# %% solution="conv-stack"
def stack_shapes(input_shape, layers):
    x = tf.zeros((1, *input_shape))
    shapes = []
    for layer in layers:
        if layer["kind"] == "conv":
            x = tfkl.Conv2D(layer["filters"], layer["kernel"], layer["strides"], layer["padding"])(x)
        else:
            x = tfkl.MaxPool2D(layer["kernel"], layer["strides"], layer["padding"])(x)
        shapes.append(x.shape[1:])
    return shapes

# %% solution="conv-field"
def receptive_field(layers):
    kernels = np.array([kernel for kernel, _ in layers])
    strides = np.array([stride for _, stride in layers])
    jumps = np.concatenate([[1], np.cumprod(strides)])
    return tf.constant([1 + np.sum((kernels - 1) * jumps[:-1]), jumps[-1]])

# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    pixels = tf.reshape(tf.eye(height * width, dtype=tf.float64), (-1, height, width, 1))
    maps = tf.nn.conv2d(pixels, kernel[:, :, None, None], stride, "VALID")
    return tf.transpose(tf.reshape(maps, (height * width, -1)))

# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    y, w = (tf.constant(array, tf.float64) for array in (maps[None, :, :, None], kernel[:, :, None, None]))
    x = tf.Variable(tf.zeros((1, height, width, 1), tf.float64))
    with tf.GradientTape() as tape:
        product = tf.reduce_sum(tf.nn.conv2d(x, w, stride, "VALID") * y)
    return tape.gradient(product, x)[0, :, :, 0]

# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    layer = tfkl.Conv2DTranspose(1, kernel, stride, padding, output_padding=output_padding)
    return layer(tf.zeros((1, size, size, 1))).shape[1]

# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    both = np.stack([image, translate(image, shift[0], shift[1])]).astype("float32")
    maps = tf.nn.conv2d(both[..., None], kernel[..., None, None].astype("float32"), 1, "SAME").numpy()[..., 0]
    error = np.abs(maps[1] - translate(maps[0], *shift)).max() / np.abs(maps[0]).max()
    return tf.constant([error])

# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    jump = tf.reduce_prod(strides)
    return tf.range(jump, largest + 1, jump)

# %% solution="conv-design"
def build_encoder():
    inputs = tfk.Input((64, 64, 3), name="stamps")
    x = tfkl.Conv2D(6, 3, padding="same", activation="relu")(inputs)
    x = tfkl.MaxPool2D()(x)
    x = tfkl.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = tfkl.MaxPool2D()(x)
    x = tfkl.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = tfkl.MaxPool2D()(x)
    outputs = tfkl.Conv2D(16, 3, padding="same", activation="relu")(x)
    return tfk.Model(inputs=inputs, outputs=outputs, name="encoder")
