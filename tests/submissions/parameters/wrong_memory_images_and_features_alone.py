# fails: parameters-memory-test-2
# Counts outputs of two and of four axes, and nothing else.

# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype]
    values = sum(int(np.prod(shape[1:])) for shape in output_shapes if len(shape) in (2, 4))
    return n_parameters * size, batch_size * values * size
