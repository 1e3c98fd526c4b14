# Right: counts one by one in loops.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    count = 0
    for neuron in range(n_out):
        for weight in range(n_in):
            count += 1
        count += 1
    return count


# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = []
    total = 0
    before = sizes[0]
    for size in sizes[1:]:
        per_layer.append(before * size + size)
        total += per_layer[-1]
        before = size
    return tuple(per_layer), total


# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    *_, c = input_shape
    gamma = beta = moving_mean = moving_variance = c
    return gamma + beta, moving_mean + moving_variance


# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    total = 0
    for _ in range(filters):
        for _ in range(channels_in):
            total += kernel_size[0] * kernel_size[1]
        if use_bias:
            total += 1
    return total


# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    total = 0
    for _ in range(groups):
        total += (filters // groups) * (channels_in // groups) * kernel_size[0] * kernel_size[1]
    if use_bias:
        total += filters
    return total


# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    total = 0
    for _ in range(channels_in * depth_multiplier):
        total += kernel_size[0] * kernel_size[1]
        if use_bias:
            total += 1
    return total


# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    shape = list(input_shape)
    result = []
    for layer in layers:
        kind = layer["layer"]
        pair = (0, 0)
        if kind == "Conv2D":
            a, b = layer["kernel_size"]
            pair = ((a * b * shape[-1] + int(layer["use_bias"])) * layer["filters"], 0)
            new = []
            for size, k in zip(shape[:2], (a, b)):
                if layer["padding"] == "same":
                    new.append(-(-size // layer["strides"]))
                else:
                    new.append((size - k) // layer["strides"] + 1)
            shape = new + [layer["filters"]]
        if kind == "BatchNormalization":
            pair = (2 * shape[-1], 2 * shape[-1])
        if "pool_size" in layer:
            p = layer["pool_size"]
            shape = [shape[0] // p, shape[1] // p, shape[2]]
        if kind == "Flatten":
            shape = [int(np.prod(shape))]
        if kind == "GlobalAveragePooling2D":
            shape = [shape[-1]]
        if kind == "Dense":
            pair = ((shape[0] + 1) * layer["units"], 0)
            shape = [layer["units"]]
        result.append(pair)
    return result


# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    h = 1
    while n_in * h + h + h * n_out + n_out <= budget:
        h += 1
    return h - 1


# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for h1 in range(1, 21):
        for h2 in range(1, 21):
            if n_in * h1 + h1 + h1 * h2 + h2 + h2 * n_out + n_out == n_parameters:
                model = tfk.models.Sequential()
                model.add(tfkl.InputLayer(shape=(n_in,)))
                model.add(tfkl.Dense(h1))
                model.add(tfkl.Activation("tanh"))
                model.add(tfkl.Dropout(0.1))
                model.add(tfkl.Dense(h2))
                model.add(tfkl.Dense(n_out))
                model.compile(optimizer="adam", loss="mse")
                return model


# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    if dtype == "float64":
        b = 8
    elif dtype == "float32":
        b = 4
    else:
        b = 2
    activations = 0
    for shape in output_shapes:
        n = batch_size
        for s in shape:
            if s is not None:
                n = n * s
        activations += n * b
    return n_parameters * b, activations
