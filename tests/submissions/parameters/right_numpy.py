# Right: NumPy arrays and whole floats everywhere.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return np.zeros((n_in + 1, n_out)).size / 1.0


# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    sizes = np.array(sizes, dtype=float)
    per_layer = (sizes[:-1] + 1) * sizes[1:]
    return per_layer, per_layer.sum()


# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    n = np.float32(2.0) * input_shape[-1]
    return n, n


# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    return np.array((np.prod(kernel_size) * channels_in + use_bias) * filters)


# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    return np.prod(kernel_size) * channels_in / groups * filters + filters * use_bias


# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    return np.array([(np.prod(kernel_size) + float(use_bias)) * channels_in * depth_multiplier])


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
    return np.array(result)


# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return np.floor(np.maximum(0, (budget - n_out) / (n_in + n_out + 1)))


# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    b = 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize
    return np.array([n_parameters, batch_size * sum(np.prod(s[1:]) for s in output_shapes)]).tolist()[0] * b, float(
        b * batch_size * sum(np.prod(np.array(s[1:], dtype=float)) for s in output_shapes)
    )
