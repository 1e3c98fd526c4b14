# fails: conv-transposed-test
# Writes each window over the last one instead of adding where they overlap.
# conv-transposed loses its test (2).
# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    image = np.zeros((height, width))
    for i in range(maps.shape[0]):
        for j in range(maps.shape[1]):
            rows = slice(i * stride, i * stride + kernel.shape[0])
            columns = slice(j * stride, j * stride + kernel.shape[1])
            image[rows, columns] = maps[i, j] * kernel
    return image
