# Right: TensorFlow tensors everywhere.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    return tf.constant(n_in + 1) * n_out


# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    sizes = tf.constant(sizes)
    per_layer = (sizes[:-1] + 1) * sizes[1:]
    return per_layer, tf.reduce_sum(per_layer)


# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    return tf.constant(2 * input_shape[-1]), tf.constant(2 * input_shape[-1])


# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    kernels = tf.zeros((*kernel_size, channels_in, filters))
    return tf.size(kernels) + (filters if use_bias else 0)


# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    kernels = tf.zeros((*kernel_size, channels_in // groups, filters))
    return tf.size(kernels) + (filters if use_bias else 0)


# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    kernels = tf.zeros((*kernel_size, channels_in, depth_multiplier))
    return tf.cast(tf.size(kernels) + (channels_in * depth_multiplier if use_bias else 0), tf.float32)


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
    return tf.constant(result)


# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return tf.maximum(tf.constant(0), (budget - n_out) // (n_in + n_out + 1))


# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    b = tf.as_dtype(dtype).size
    values = tf.add_n([tf.reduce_prod(tf.constant(s[1:], tf.int64)) for s in output_shapes])
    return tf.constant(n_parameters * b), values * batch_size * b
