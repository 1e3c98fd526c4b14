# Right: functions of SciPy and the standard library, under the names that they have there.

# %% solution="conv-conv2d"
from itertools import count
from statistics import mean

from keras import layers
from scipy import signal


def conv2d(images, kernel, bias, strides=(1, 1)):
    maps = []
    for f in range(kernel.shape[-1]):
        seen = [
            [signal.correlate(image[:, :, c], kernel[:, :, c, f], mode="valid") for c in range(image.shape[-1])]
            for image in images
        ]
        maps.append(np.sum(seen, axis=1)[:, :: strides[0], :: strides[1]] + bias[f])
    return np.stack(maps, axis=-1)


# %% solution="conv-field"
def receptive_field(layers_of_it):
    fields, jumps = [1], [1]
    for place, (kernel, stride) in zip(count(), layers_of_it):
        fields.append(fields[place] + (kernel - 1) * jumps[place])
        jumps.append(jumps[place] * stride)
    return mean(fields[-1:]), jumps[-1]


# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    spread = np.zeros(((maps.shape[0] - 1) * stride + 1, (maps.shape[1] - 1) * stride + 1))
    spread[::stride, ::stride] = maps
    image = np.zeros((height, width))
    full = signal.convolve2d(spread, kernel)
    image[: full.shape[0], : full.shape[1]] = full
    return image


# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    def response(picture):
        return signal.correlate2d(picture, kernel, mode="same")

    before = response(image)
    difference = response(translate(image, *shift)) - translate(before, *shift)
    return np.max(np.abs(difference)) / np.max(np.abs(before))


# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([layers.Input((64, 64, 3))])
    for filters in (6, 8, 16):
        model.add(layers.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))
    return model
