# fails: conv-layer-test
# Believes that a layer has one bias, not one for each filter.
# conv-layer loses its test (2).
# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    height, width, channels = input_shape
    (kh, kw), (sh, sw) = layer["kernel"], layer["strides"]
    if layer["padding"] == "same":
        o_h, o_w = -(-height // sh), -(-width // sw)
    else:
        o_h, o_w = (height - kh) // sh + 1, (width - kw) // sw + 1
    if layer["kind"] == "pool":
        return (None, o_h, o_w, channels), 0
    return (None, o_h, o_w, layer["filters"]), kh * kw * channels * layer["filters"] + 1
