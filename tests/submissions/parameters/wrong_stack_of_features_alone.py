# fails: parameters-stack-test-2
# Features are known from a dense layer or from Flatten alone, not from the shape of the input.
# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    image = input_shape if len(input_shape) == 3 else None
    features = None
    counts = []
    for layer in layers:
        name = layer["layer"]
        t = n = 0
        if name == "Conv2D":
            h, w = layer["kernel_size"]
            t = (h * w * image[2] + (1 if layer["use_bias"] else 0)) * layer["filters"]
            image = (
                output_size(image[0], h, layer["strides"], layer["padding"]),
                output_size(image[1], w, layer["strides"], layer["padding"]),
                layer["filters"],
            )
        elif name == "Dense":
            n_in = input_shape[0] if features is None else features
            t = (n_in + 1) * layer["units"]
            features, image = layer["units"], None
        elif name == "BatchNormalization":
            t = n = 2 * (features if image is None else image[2])
        elif name in ("MaxPool2D", "AvgPool2D"):
            image = (image[0] // layer["pool_size"], image[1] // layer["pool_size"], image[2])
        elif name == "Flatten":
            features, image = image[0] * image[1] * image[2], None
        elif name == "GlobalAveragePooling2D":
            features, image = image[2], None
        counts.append((t, n))
    return counts
