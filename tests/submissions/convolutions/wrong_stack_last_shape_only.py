# fails: conv-stack-test
# Returns the last shape instead of all of them.
# conv-stack loses its test (2).
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
        shapes.append(shape)
    return shapes[-1]
