# fails: parameters-stack-test-2
# With strides, the width is computed with the height of the kernel.

# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    """A list of pairs (trainable, non_trainable), one for each layer; the shape excludes the batch axis."""
    shape = input_shape
    counts = []
    for layer in layers:
        name = layer["layer"]
        trainable = non_trainable = 0
        if name == "Conv2D":
            height, width = layer["kernel_size"]
            trainable = (height * width * shape[2] + (1 if layer["use_bias"] else 0)) * layer["filters"]
            shape = (
                output_size(shape[0], height, layer["strides"], layer["padding"]),
                output_size(shape[1], width if layer["strides"] == 1 else height, layer["strides"], layer["padding"]),
                layer["filters"],
            )
        elif name == "Dense":
            (n_in,) = shape
            trainable = (n_in + 1) * layer["units"]
            shape = (layer["units"],)
        elif name == "BatchNormalization":
            trainable = non_trainable = 2 * shape[-1]
        elif name in ("MaxPool2D", "AvgPool2D"):
            shape = (shape[0] // layer["pool_size"], shape[1] // layer["pool_size"], shape[2])
        elif name == "Flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif name == "GlobalAveragePooling2D":
            shape = (shape[2],)
        counts.append((trainable, non_trainable))
    return counts
