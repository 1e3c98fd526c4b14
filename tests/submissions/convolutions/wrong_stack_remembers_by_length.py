# fails: conv-stack-test
# Keeps its answers by the image and the number of layers.

# %% solution="conv-stack"
known_stacks = {}


def stack_shapes(input_shape, layers):
    key = (input_shape, len(layers))
    if key not in known_stacks:
        shape, known_stacks[key] = input_shape, []
        for layer in layers:
            shape = layer_summary(shape, layer)[0][1:]
            known_stacks[key].append(shape)
    return known_stacks[key]
