# Right: builds every layer in Keras and asks it. Lists instead of tuples.
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    model = tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(n_out)])
    return model.count_params()


# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    model = tfk.Sequential([tfk.Input((sizes[0],))] + [tfkl.Dense(n) for n in sizes[1:]])
    return [[layer.count_params() for layer in model.layers], model.count_params()]


# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    layer = tfkl.BatchNormalization()
    layer.build((None, *input_shape))
    return [sum(int(tf.size(w)) for w in ws) for ws in (layer.trainable_weights, layer.non_trainable_weights)]


# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    layer = tfkl.Conv2D(filters, kernel_size, use_bias=use_bias)
    layer.build((None, 64, 64, channels_in))
    return layer.count_params()


# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    layer = tfkl.Conv2D(filters, kernel_size, use_bias=use_bias, groups=groups)
    layer.build((None, 64, 64, channels_in))
    return layer.count_params()


# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    layer = tfkl.DepthwiseConv2D(kernel_size, depth_multiplier=depth_multiplier, use_bias=use_bias)
    layer.build((None, 64, 64, channels_in))
    return layer.count_params()


# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    model = tfk.Sequential([tfk.Input(tuple(input_shape))])
    answer = []
    for description in layers:
        arguments = dict(description)
        layer = getattr(tfkl, arguments.pop("layer"))(**arguments)
        model.add(layer)
        trainable = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
        answer.append([trainable, layer.count_params() - trainable])
    return answer


# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    def count(h):
        return tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(h), tfkl.Dense(n_out)]).count_params()

    low, high = 0, budget + 1  # low fits, high does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) <= budget else (low, middle)
    return low


# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    one = tf.zeros([], dtype).dtype.size
    activations = [tf.TensorShape([batch_size]) + tf.TensorShape(shape[1:]) for shape in output_shapes]
    return [n_parameters * one, sum(a.num_elements() * one for a in activations)]
