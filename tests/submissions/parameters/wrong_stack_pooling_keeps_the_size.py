# fails: parameters-stack-test-2
# Forgets that pooling shrinks the image. Only Flatten notices: loses the second test of parameters-stack (2).
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
            shape = [shape[0], shape[1], shape[2]]
        if kind == "Flatten":
            shape = [int(np.prod(shape))]
        if kind == "GlobalAveragePooling2D":
            shape = [shape[-1]]
        if kind == "Dense":
            pair = ((shape[0] + 1) * layer["units"], 0)
            shape = [layer["units"]]
        result.append(pair)
    return result
