# fails: parameters-memory-test, parameters-memory-test-2
# Bytes are counted in 32 bits, which end at 2 GiB.

# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    size = np.int32({"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype])
    with np.errstate(all="ignore"):
        values = np.array([np.prod(shape[1:], dtype=np.int32) for shape in output_shapes]).sum(dtype=np.int32)
        return np.int32(n_parameters) * size, np.int32(batch_size) * values * size
