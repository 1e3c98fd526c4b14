# fails: parameters-memory-test-2
# Counts the output of the network alone.
# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype]
    return n_parameters * size, size * batch_size * int(np.prod(output_shapes[-1][1:]))
