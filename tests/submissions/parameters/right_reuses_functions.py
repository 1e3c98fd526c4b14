# Right: later tasks call the functions of earlier ones. The model has two branches that are joined.
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    per_layer = list(map(dense_parameters, sizes, sizes[1:]))
    return per_layer, sum(per_layer)


# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    return groups * conv_parameters(kernel_size, channels_in // groups, filters // groups, use_bias)


# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    return grouped_parameters(kernel_size, channels_in, channels_in * depth_multiplier, channels_in, use_bias)


# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    *image, channels = input_shape
    counts = []
    for layer in layers:
        match layer["layer"]:
            case "Conv2D":
                counts.append((conv_parameters(layer["kernel_size"], channels, layer["filters"], layer["use_bias"]), 0))
                image = [output_size(*ik, layer["strides"], layer["padding"]) for ik in zip(image, layer["kernel_size"])]
                channels = layer["filters"]
            case "BatchNormalization":
                counts.append(batch_norm_parameters((*image, channels)))
            case "Dense":
                counts.append((dense_parameters(channels, layer["units"]), 0))
                channels = layer["units"]
            case other:
                counts.append((0, 0))
                if other in ("MaxPool2D", "AvgPool2D"):
                    image = [output_size(i, layer["pool_size"], layer["pool_size"], "valid") for i in image]
                elif other == "Flatten":
                    image, channels = [], channels * image[0] * image[1]
                elif other == "GlobalAveragePooling2D":
                    image = []
    return counts


# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    return max([h for h in range(1, budget) if mlp_parameters([n_in, h, n_out])[1] <= budget], default=0)


# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    h1, h2 = next(
        (a, b)
        for b in range(20, 0, -1)
        for a in range(20, 0, -1)
        if mlp_parameters([n_in, a, b, n_out])[1] == n_parameters
    )
    inputs = tfk.Input(shape=(n_in,))
    x = tfkl.Dense(h1, activation="selu")(inputs)
    x = tfkl.LeakyReLU()(x)
    y = tfkl.Dense(h2)(x)
    y = tfkl.Add()([y, y])
    return tfk.Model(inputs, tfkl.Dense(n_out)(y))
