# fails: conv-layer-test
# Counts a single bias where the image has one channel, however many filters there are.
# conv-layer loses its test (2).
# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    height, width, channels = input_shape
    (kh, kw), (s_h, s_w) = layer["kernel"], layer["strides"]
    o_h = conv_size(height, kh, s_h, layer["padding"])
    o_w = conv_size(width, kw, s_w, layer["padding"])
    if layer["kind"] == "pool":
        return (None, o_h, o_w, channels), 0
    filters = layer["filters"]
    return (None, o_h, o_w, filters), kh * kw * channels * filters + (1 if channels == 1 else filters)
