# Right, in plain Python: loops over every index, lists where the reference has tuples or arrays.
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    n, height, width, c_in = images.shape
    kh, kw, _, c_out = kernel.shape
    maps = []
    for image in images:
        rows = []
        for i in range(0, height - kh + 1, strides[0]):
            row = []
            for j in range(0, width - kw + 1, strides[1]):
                pixel = [float(b) for b in bias]
                for u in range(kh):
                    for v in range(kw):
                        for c in range(c_in):
                            for f in range(c_out):
                                pixel[f] += image[i + u, j + v, c] * kernel[u, v, c, f]
                row.append(pixel)
            rows.append(row)
        maps.append(rows)
    return maps

# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    last_tap = (kernel - 1) * dilation
    count = 0
    for start in range(0, size, stride):
        if padding == "same" or start + last_tap < size:
            count += 1
    return float(count)

# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    missing = kernel - stride if size % stride == 0 else kernel - size % stride
    missing = max(missing, 0)
    return [missing // 2, (missing + 1) // 2]

# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    shape = [None]
    for axis in range(2):
        count = 0
        for start in range(0, input_shape[axis], layer["strides"][axis]):
            if layer["padding"] == "same" or start + layer["kernel"][axis] <= input_shape[axis]:
                count += 1
        shape.append(count)
    if layer["kind"] == "pool":
        return [shape + [input_shape[2]], 0]
    weights = layer["filters"]
    for size in (*layer["kernel"], input_shape[2]):
        weights *= size
    return [shape + [layer["filters"]], weights + layer["filters"]]

# %% solution="conv-stack"
def stack_shapes(input_shape, layers):
    if len(layers) == 0:
        return []
    shape, _ = layer_summary(input_shape, layers[0])
    return [shape[1:]] + stack_shapes(shape[1:], layers[1:])

# %% solution="conv-field"
def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    jump = 1
    for _, stride in layers:
        jump = jump * stride
    return [field, jump]

# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    kh, kw = kernel.shape
    o_h, o_w = (height - kh) // stride + 1, (width - kw) // stride + 1
    C = [[0.0] * (height * width) for _ in range(o_h * o_w)]
    for i in range(o_h):
        for j in range(o_w):
            for u in range(kh):
                for v in range(kw):
                    C[i * o_w + j][(i * stride + u) * width + j * stride + v] = kernel[u, v]
    return C

# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    image = [[0.0] * width for _ in range(height)]
    for y in range(height):
        for x in range(width):
            for i in range(maps.shape[0]):
                for j in range(maps.shape[1]):
                    u, v = y - i * stride, x - j * stride
                    if 0 <= u < kernel.shape[0] and 0 <= v < kernel.shape[1]:
                        image[y][x] += maps[i, j] * kernel[u, v]
    return image

# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    if padding == "same" and output_padding is None:
        return size * stride
    last = stride * (size - 1) + kernel
    if padding == "same":
        last = last - kernel + kernel % 2
    if output_padding is None:
        return last + max(0, stride - kernel)
    return last + output_padding

# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def convolve(x):
        kh, kw = kernel.shape
        padded = np.pad(x, ((kh // 2, kh // 2), (kw // 2, kw // 2)))
        out = np.zeros(x.shape)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                out[i, j] = (padded[i : i + kh, j : j + kw] * kernel).sum()
        return out

    largest_gap = 0.0
    f_of_moved, moved_f = convolve(translate(image, *shift)), translate(convolve(image), *shift)
    for a, b in zip(f_of_moved.ravel(), moved_f.ravel()):
        largest_gap = max(largest_gap, abs(a - b))
    return largest_gap / max(abs(value) for value in convolve(image).ravel())

# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    jump = 1
    for stride in strides:
        jump *= stride
    found = set()
    for d in range(largest, 0, -1):
        if d % jump == 0:
            found.add(d)
    return found
