# fails: parameters-memory-test
# Believes that each image of the batch has its own weights.
# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype]
    values = sum(int(np.prod(s[1:])) for s in output_shapes)
    return n_parameters * size * batch_size, values * size * batch_size
