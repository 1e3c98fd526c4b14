# Right, but prints, warns of something deprecated and divides by zero on the way.
# %% solution="conv-conv2d"
import warnings


def conv2d(images, kernel, bias, strides=(1, 1)):
    print("shapes", images.shape, kernel.shape)
    warnings.warn("conv2d is old", DeprecationWarning, stacklevel=2)
    views = np.lib.stride_tricks.sliding_window_view(images, kernel.shape[:2], axis=(1, 2))
    views = views[:, :: strides[0], :: strides[1]]
    return np.einsum("nijcuv,uvcf->nijf", views, kernel) + bias

# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    np.array([1.0]) / np.array([0.0])
    if padding == "same":
        return -(-size // stride)
    span = kernel + (kernel - 1) * (dilation - 1)
    return (size - span) // stride + 1

# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    print(f"{missing} zeros")
    return np.array([missing // 2, missing - missing // 2], dtype=np.float32)

# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    height, width, channels = input_shape
    print(layer)
    (kh, kw), (sh, sw) = layer["kernel"], layer["strides"]
    if layer["padding"] == "same":
        o_h, o_w = -(-height // sh), -(-width // sw)
    else:
        o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    if layer["kind"] == "pool":
        return (None, o_h, o_w, channels), 0
    return (None, o_h, o_w, layer["filters"]), (kh * kw * channels + 1) * layer["filters"]

# %% solution="conv-stack"
def stack_shapes(input_shape, layers):
    shapes = []
    shape = input_shape
    for layer in layers:
        (kh, kw), (sh, sw) = layer["kernel"], layer["strides"]
        height, width, channels = shape
        if layer["padding"] == "same":
            height, width = -(-height // sh), -(-width // sw)
        else:
            height, width = (height - kh) // sh + 1, (width - kw) // sw + 1
        if layer["kind"] == "conv":
            channels = layer["filters"]
        shape = (height, width, channels)
        shapes.append(np.array(shape))
        print(shapes)
    return shapes

# %% solution="conv-field"
def receptive_field(layers):
    field, jump = np.float32(1), np.float32(1)
    np.log(np.zeros(2))
    for kernel, stride in layers:
        field, jump = field + (kernel - 1) * jump, jump * stride
    print(field, jump)
    return field, jump

# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    warnings.warn("a dense matrix is wasteful", DeprecationWarning, stacklevel=2)
    kh, kw = kernel.shape
    o_h, o_w = (height - kh) // stride + 1, (width - kw) // stride + 1
    C = np.zeros((o_h * o_w, height * width))
    for i in range(o_h):
        for j in range(o_w):
            for u in range(kh):
                for v in range(kw):
                    C[i * o_w + j, (i * stride + u) * width + j * stride + v] = kernel[u, v]
    return C

# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    print("going up")
    np.sqrt(np.array([-1.0]))
    return (conv_matrix(kernel, height, width, stride).T @ maps.ravel()).reshape(height, width).astype("float32")

# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    print(size, kernel)
    if output_padding is None:
        return size * stride if padding == "same" else (size - 1) * stride + max(kernel, stride)
    p = kernel // 2 if padding == "same" else 0
    return stride * (size - 1) + kernel - 2 * p + output_padding

# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def f(x):
        return tf.nn.conv2d(x[None, :, :, None], kernel[:, :, None, None], 1, "SAME").numpy()[0, :, :, 0]

    dy, dx = shift
    np.array([1]) / np.array([0])
    print(shift)
    gap = f(translate(image, dy, dx)) - translate(f(image), dy, dx)
    return np.abs(gap).max() / np.abs(f(image)).max()

# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    print(strides)
    return np.arange(1, largest + 1)[np.arange(1, largest + 1) % np.prod(strides) == 0]

# %% solution="conv-design"
def build_encoder():
    print("building")
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    model = tfk.Sequential()
    model.add(tfk.Input(shape=(64, 64, 3)))
    model.add(tfkl.Conv2D(4, 5, strides=2, padding="same"))
    model.add(tfkl.LeakyReLU())
    model.add(tfkl.Conv2D(8, 5, strides=2, padding="same"))
    model.add(tfkl.LeakyReLU())
    model.add(tfkl.Conv2D(16, 5, strides=2, padding="same"))
    model.summary()
    return model
