# fails: conv-same-test
# Puts the odd zero before the image.
# conv-same loses its test (2).
# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    outputs = int(np.ceil(size / stride))
    missing = max((outputs - 1) * stride + kernel - size, 0)
    return missing - missing // 2, missing // 2
