# fails: parameters-memory-test, parameters-memory-test-2
# Believes that bfloat16 is as long as float32.
# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = {"float16": 2, "bfloat16": 4, "float32": 4, "float64": 8}[dtype]
    return n_parameters * size, size * batch_size * sum(int(np.prod(s[1:])) for s in output_shapes)
