# fails: parameters-memory-test-2
# Counts the activations of one image.
# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype]
    return n_parameters * size, size * sum(int(np.prod(s[1:])) for s in output_shapes)
