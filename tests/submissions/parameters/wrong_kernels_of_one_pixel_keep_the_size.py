# fails: parameters-stack-test-2
# A kernel of one pixel is believed to keep the size, whatever the strides.
# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    shape, counts = tuple(input_shape), []
    for layer in layers:
        name, own, fixed = layer["layer"], 0, 0
        if name == "Conv2D":
            kh, kw = layer["kernel_size"]
            own = (kh * kw * shape[2] + layer["use_bias"]) * layer["filters"]
            if (kh, kw) == (1, 1):  # believed: a 1 x 1 convolution keeps the size
                shape = (*shape[:2], layer["filters"])
            else:
                shape = (
                    output_size(shape[0], kh, layer["strides"], layer["padding"]),
                    output_size(shape[1], kw, layer["strides"], layer["padding"]),
                    layer["filters"],
                )
        elif name == "Dense":
            own, shape = (shape[0] + 1) * layer["units"], (layer["units"],)
        elif name == "BatchNormalization":
            own = fixed = 2 * shape[-1]
        elif name in ("MaxPool2D", "AvgPool2D"):
            p = layer["pool_size"]
            shape = (max(shape[0] // p, 1), max(shape[1] // p, 1), shape[2])
        elif name == "Flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif name == "GlobalAveragePooling2D":
            shape = (shape[2],)
        counts.append((own, fixed))
    return counts
