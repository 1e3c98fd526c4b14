"""What is right in `convolutions`: sizes, values and properties, against TensorFlow, Keras and SciPy.

No oracle here knows a formula of convolution arithmetic: sizes are those of tensors that a layer returned,
zeros are counted by a kernel of powers of two, receptive fields are supports of gradients.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import scipy.ndimage
import tensorflow as tf

from graders.checks import domains
from graders.checks.ladder import Function, Result, draws, require
from graders.checks.networks import ORDINARY, built
from graders.checks.oracles import oracle

Layer = dict[str, Any]


# --- section 1: one convolution -------------------------------------------------------------------------------


@oracle
def _tf_conv2d(images: np.ndarray, kernel: np.ndarray, bias: np.ndarray, strides: tuple[int, int]) -> np.ndarray:
    return (tf.nn.conv2d(images, kernel, strides=(1, *strides, 1), padding="VALID") + bias).numpy()


def _conv2d_case(
    rng: np.random.Generator, images: int, size: tuple[int, int], kernel: tuple[int, int], channels: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        rng.normal(size=(images, *size, channels[0])),
        rng.normal(size=(*kernel, *channels)),
        rng.normal(size=channels[1]),
    )


def _conv2d_extremes(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Images of any scale, the same ones with other kernels, arrays in another order in memory, and many images."""
    (rng,) = draws(seed, count=1)
    images, kernel, bias = _conv2d_case(rng, 3, (3, 3), (3, 3), (3, 3))
    yield images, kernel, bias
    for scale in (1e-9, 1e-3, 100.0, 1e9):
        yield scale * images, kernel, scale * bias
    yield images, kernel + 0.003, bias
    yield images + 0.003, -kernel, 60 * bias
    yield np.asfortranarray(images), np.asfortranarray(kernel), np.zeros(3)
    yield _conv2d_case(rng, 1100, (2, 2), (2, 1), (1, 1))
    yield _conv2d_case(rng, 3, (4, 3), (1, 1), (2, 2))  # maps of the shape of the images
    yield _conv2d_case(rng, 2, (4, 3), (2, 2), (1, 3))  # one channel, several filters


def check_conv2d(conv2d: Callable[..., Any]) -> None:
    """Values of a valid convolution with strides (1, 1), against ``tf.nn.conv2d`` in float64.

    Domain: any number of images, channels and filters, windows that fit, square or not; numbers of any size.
    """
    student = Function(conv2d, "conv2d")
    cases = [
        ((1, (5, 5), (3, 3), (1, 1)), "the kernel is not flipped: tap (u, v) meets pixel (i + u, j + v)"),
        ((1, (4, 6), (2, 3), (1, 1)), "height comes before width, in the image and in the kernel"),
        ((1, (5, 4), (3, 2), (3, 1)), "the products are summed over the input channels too"),
        ((2, (6, 5), (2, 2), (2, 3)), "each filter has its own kernel slice w[:, :, :, f] and its own bias"),
        ((3, (7, 5), (1, 4), (2, 2)), "every image of the batch is treated alike"),
        ((2, (3, 4), (3, 4), (2, 4)), "a kernel as large as the image gives one pixel for each filter"),
    ]
    for rng, (case, why) in zip(draws(seed=311, count=len(cases)), cases, strict=True):
        images, kernel, bias = _conv2d_case(rng, *case)
        student(images, kernel, bias).close(_tf_conv2d(images, kernel, bias, (1, 1)), f"{why}. See section 1.")
    for images, kernel, bias in _conv2d_extremes(seed=3110):
        expected = _tf_conv2d(images, kernel, bias, (1, 1))
        student(images, kernel, bias).close(expected, "See section 1.", atol=10 * domains.tiny(expected))


def check_conv2d_strides(conv2d: Callable[..., Any]) -> None:
    """Values of a valid convolution with other strides, against ``tf.nn.conv2d`` in float64.

    Each is asked twice, with other numbers of the same shapes.
    """
    student = Function(conv2d, "conv2d")
    cases = [
        ((1, (7, 7), (3, 3), (1, 1)), (2, 2), "output (i, j) looks at the pixels from (i s_h, j s_w) on"),
        ((2, (8, 9), (3, 2), (2, 3)), (2, 3), "the first stride is for the height, the second for the width"),
        ((2, (9, 6), (2, 3), (1, 2)), (3, 1), "the first stride is for the height, the second for the width"),
        ((1, (10, 8), (2, 2), (3, 2)), (4, 3), "a stride may be larger than the kernel: pixels are skipped"),
        ((2, (6, 6), (3, 3), (2, 2)), (2, 2), "pixels that do not fill a last window are left out"),
        ((1, (9, 9), (1, 3), (1, 1)), (1, 2), "the first stride is for the height, the second for the width"),
        ((3, (3, 3), (3, 3), (3, 3)), (5, 5), "a single window fits, whatever the strides"),
        ((2, (8, 7), (1, 1), (1, 3)), (3, 2), "a window of one pixel fits at the last pixel too"),
        ((1100, (3, 2), (2, 1), (1, 1)), (1, 2), "every image of the batch is treated alike"),
    ]
    for rng, (case, strides, why) in zip(draws(seed=312, count=len(cases)), cases, strict=True):
        images, kernel, bias = _conv2d_case(rng, *case)
        student(images, kernel, bias, strides).close(
            _tf_conv2d(images, kernel, bias, strides), f"{why}. See section 1."
        )
        expected = _tf_conv2d(1e3 * images, kernel, bias, strides)
        result = student(1e3 * images, kernel, bias, strides)
        result.close(expected, "See section 1.", atol=10 * domains.tiny(expected))


# --- section 2: how large is the output -----------------------------------------------------------------------


@oracle
def _tf_size(size: int, kernel: int, stride: int, padding: str, dilation: int) -> int:
    image, taps = tf.zeros((1, size, 1, 1)), tf.zeros((kernel, 1, 1, 1))
    out = tf.nn.conv2d(image, taps, strides=(stride, 1), padding=padding.upper(), dilations=(dilation, 1))
    return int(out.shape[1])


ONE_PIXEL = ((7, 1, 2), (8, 1, 3), (1, 1, 4))  # size, kernel, stride: a kernel of one pixel, an image of one


def check_size(conv_size: Callable[..., Any]) -> None:
    """Output sizes for both paddings and several strides, against the shape that ``tf.nn.conv2d`` returns."""
    student = Function(conv_size, "conv_size")
    for size, kernel in ((7, 3), (9, 1), (6, 6)):
        student(size, kernel).count(
            _tf_size(size, kernel, 1, "valid", 1), "count the places where the whole kernel fits. See section 2."
        )
    for size, kernel, stride in (
        (10, 4, 3),
        (11, 4, 3),
        (12, 4, 3),
        (8, 3, 2),
        (9, 3, 2),
        (9, 2, 4),
        (5, 5, 2),
        *ONE_PIXEL,
    ):
        student(size, kernel, stride, "valid").count(
            _tf_size(size, kernel, stride, "valid", 1),
            "the kernel moves by whole strides, and a last step that does not fit is not taken. See section 2.",
        )
    for size, kernel, stride in (
        (8, 3, 1),
        (5, 3, 2),
        (6, 5, 2),
        (10, 2, 3),
        (11, 7, 3),
        (12, 1, 3),
        (7, 4, 1),
        (2, 5, 4),
        (1, 3, 2),
        *ONE_PIXEL,
    ):
        student(size, kernel, stride, "same").count(
            _tf_size(size, kernel, stride, "same", 1),
            "with 'same' a window starts every `stride` pixels and zeros complete it, so the size of the kernel "
            "plays no part. See section 2.",
        )
    for size, kernel, stride, padding in ((5001, 300, 7, "valid"), (5001, 300, 7, "same"), (300, 200, 150, "valid")):
        student(size, kernel, stride, padding).count(_tf_size(size, kernel, stride, padding, 1), "See section 2.")
    for rng in draws(seed=321, count=10):
        kernel, stride = (int(number) for number in rng.integers(1, 8, size=2))
        size = int(rng.integers(kernel, 60))
        padding = str(rng.choice(["valid", "same"]))
        student(size, kernel, stride, padding).count(_tf_size(size, kernel, stride, padding, 1), "See section 2.")


def check_dilation(conv_size: Callable[..., Any]) -> None:
    """Output sizes with dilation, against the shape that ``tf.nn.conv2d`` returns."""
    student = Function(conv_size, "conv_size")
    for size, kernel, stride, dilation in (
        (9, 3, 1, 2),
        (20, 4, 1, 3),
        (15, 2, 2, 5),
        (31, 3, 3, 4),
        (12, 1, 1, 6),
        (11, 1, 5, 2),
    ):
        student(size, kernel, stride, "valid", dilation).count(
            _tf_size(size, kernel, stride, "valid", dilation),
            f"with dilation {dilation} a kernel of {kernel} taps spans from its first to its last tap, with "
            f"{dilation - 1} skipped pixel{'s' if dilation > 2 else ''} between two taps. See section 2.",
        )
    for size, kernel, stride, dilation in (
        (9, 3, 1, 2),
        (14, 2, 1, 5),
        (9, 3, 2, 2),
        (14, 2, 5, 3),
        (17, 4, 3, 2),
        (4, 3, 1, 5),
    ):
        student(size, kernel, stride, "same", dilation).count(
            _tf_size(size, kernel, stride, "same", dilation),
            "with 'same' the size is that of the input divided by the stride, rounded up. See section 2.",
        )
    given = {"padding": "valid", "dilation": 3, "stride": 2}
    student(20, 3, **given).count(_tf_size(20, 3, 2, "valid", 3), "the options were named. See section 2.")
    student(9, 3, dilation=2).count(_tf_size(9, 3, 1, "valid", 2), "stride is 1 and padding 'valid'. See section 2.")


@oracle
def _tf_zeros(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Which taps fall on zeros: on an image of ones, taps 1, 2, 4 ... write the taps that hit into binary digits."""
    image = tf.ones((1, size, 1, 1), tf.float64)
    taps = (2.0 ** np.arange(kernel)).reshape(kernel, 1, 1, 1)
    out = tf.nn.conv2d(image, taps, strides=(stride, 1), padding="SAME").numpy().ravel().astype(int)
    first = [tap for tap in range(kernel) if out[0] >> tap & 1]
    last = [tap for tap in range(kernel) if out[-1] >> tap & 1]
    return first[0], kernel - 1 - last[-1]


def check_same(same_padding: Callable[..., Any]) -> None:
    """The zeros of TensorFlow's 'same' padding, counted in ``tf.nn.conv2d`` itself by a kernel of powers of two."""
    student = Function(same_padding, "same_padding")
    cases = [(5, 3, 2), (6, 3, 2), (8, 4, 1), (8, 3, 1), (7, 2, 3), (9, 2, 3), (10, 7, 3), (11, 6, 4), (12, 1, 2)]
    cases += [
        (2, 5, 1),
        (3, 7, 2),
        (9, 3, 5),
        (8, 2, 4),
        (7, 2, 5),
        (300, 50, 60),
        (2501, 40, 7),
        (90, 52, 300),
        (300, 52, 1),
        (3, 7, 5),
        (1, 4, 2),
        (1, 1, 3),
    ]
    for rng in draws(seed=322, count=8):
        cases.append((int(rng.integers(4, 40)), int(rng.integers(1, 9)), int(rng.integers(1, 6))))
    for size, kernel, stride in cases:
        before, after = _tf_zeros(size, kernel, stride)
        if before + after == 0:
            why = "no window reaches beyond the image, and there are never less than 0 zeros"
        elif before != after:
            why = "an odd number of zeros cannot be shared evenly, and TensorFlow puts one more after"
        else:
            why = "add what the windows need in all, the stride included, and share it"
        student(size, kernel, stride).shape((before, after), f"{why}. See section 2.")
    for size, kernel in ((7, 4), (7, 3), (8, 4)):
        student(size, kernel).shape(_tf_zeros(size, kernel, 1), "stride is 1 where none is given. See section 2.")


def _keras_layer(layer: Layer) -> keras.layers.Layer:
    if layer["kind"] == "conv":
        return keras.layers.Conv2D(layer["filters"], layer["kernel"], layer["strides"], layer["padding"])
    return keras.layers.MaxPooling2D(layer["kernel"], layer["strides"], layer["padding"])


@oracle
def _layer(layer: Layer, shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """The shape (h, w, channels) that a layer gives for an input of this shape, and its parameters."""
    built = _keras_layer(layer)
    out = built(tf.zeros((1, *shape)))
    return tuple(int(size) for size in out.shape[1:]), int(built.count_params())


def _draw_layer(rng: np.random.Generator, kind: str) -> Layer:
    layer: Layer = {
        "kind": kind,
        "kernel": tuple(int(size) for size in rng.integers(1, 6, size=2)),
        "strides": tuple(int(step) for step in rng.integers(1, 4, size=2)),
        "padding": str(rng.choice(["valid", "same"])),
    }
    if kind == "conv":
        layer["filters"] = int(rng.integers(1, 40))
    return layer


def check_layer(layer_summary: Callable[..., Any]) -> None:
    """Output shape and parameters of one layer, against a Keras layer built on that input."""
    student = Function(layer_summary, "layer_summary")
    fixed: list[tuple[tuple[int, int, int], Layer]] = [
        ((9, 12, 4), {"kind": "conv", "kernel": (3, 3), "strides": (1, 1), "padding": "valid", "filters": 7}),
        ((9, 12, 4), {"kind": "conv", "kernel": (2, 5), "strides": (2, 3), "padding": "valid", "filters": 3}),
        ((9, 12, 4), {"kind": "conv", "kernel": (4, 3), "strides": (2, 5), "padding": "same", "filters": 5}),
        ((9, 13, 6), {"kind": "pool", "kernel": (2, 3), "strides": (2, 2), "padding": "valid"}),
        ((9, 13, 6), {"kind": "pool", "kernel": (3, 2), "strides": (2, 3), "padding": "same"}),
        ((9, 13, 6), {"kind": "conv", "kernel": (1, 1), "strides": (1, 1), "padding": "same", "filters": 1}),
        ((5, 5, 300), {"kind": "conv", "kernel": (3, 3), "strides": (2, 2), "padding": "same", "filters": 400}),
        ((5, 700, 1), {"kind": "pool", "kernel": (5, 60), "strides": (5, 55), "padding": "valid"}),
        ((7, 6, 1), {"kind": "conv", "kernel": (3, 2), "strides": (1, 2), "padding": "valid", "filters": 5}),
        ((2, 3, 2), {"kind": "conv", "kernel": (5, 4), "strides": (1, 2), "padding": "same", "filters": 2}),
        ((1, 5, 3), {"kind": "pool", "kernel": (2, 2), "strides": (3, 1), "padding": "same"}),
        ((9, 8, 3), {"kind": "conv", "kernel": (1, 1), "strides": (2, 3), "padding": "valid", "filters": 4}),
        ((9, 8, 3), {"kind": "conv", "kernel": (1, 1), "strides": (2, 3), "padding": "same", "filters": 4}),
        ((9, 8, 3), {"kind": "pool", "kernel": (1, 1), "strides": (2, 1), "padding": "valid"}),
        ((9, 8, 3), {"kind": "pool", "kernel": (1, 1), "strides": (1, 3), "padding": "same"}),
    ]
    drawn = [
        (tuple(int(size) for size in rng.integers(6, 30, size=3)), _draw_layer(rng, kind))
        for rng, kind in zip(draws(seed=323, count=6), ("conv", "conv", "conv", "conv", "pool", "pool"), strict=True)
    ]
    for shape, layer in fixed + drawn:
        expected_shape, expected_count = _layer(layer, shape)
        if layer["kind"] == "conv":
            kh, kw = layer["kernel"]
            last = "a convolution has one output channel for each filter"
            count = (
                f"each of the {layer['filters']} filters has {kh} x {kw} weights for each of {shape[2]} channels, "
                "and one bias"
            )
        else:
            last = "pooling keeps the number of channels"
            count = "pooling has nothing to learn"
        sizes = f"strides {layer['strides']}, padding '{layer['padding']}'; {last}. See section 2."
        got_shape, got_count = student(shape, layer).unpack("output_shape", "parameters")
        got_shape.shape((None, *expected_shape), sizes)
        got_count.count(expected_count, f"{count}. See section 2.")


def check_stack(stack_shapes: Callable[..., Any]) -> None:
    """The shape after every layer of a stack, against the tensors in a stack of Keras layers."""
    student = Function(stack_shapes, "stack_shapes")
    stacks: list[tuple[tuple[int, int, int], list[Layer]]] = [
        (
            (28, 45, 1),
            [
                {"kind": "conv", "kernel": (5, 3), "strides": (1, 1), "padding": "same", "filters": 6},
                {"kind": "pool", "kernel": (2, 2), "strides": (2, 2), "padding": "valid"},
                {"kind": "conv", "kernel": (3, 3), "strides": (2, 2), "padding": "same", "filters": 10},
                {"kind": "pool", "kernel": (3, 3), "strides": (2, 2), "padding": "same"},
            ],
        ),
        ((11, 9, 3), [{"kind": "pool", "kernel": (3, 2), "strides": (3, 2), "padding": "valid"}]),
        ((8, 8, 2), []),
        ((26, 26, 2), [{"kind": "conv", "kernel": (3, 3), "strides": (3, 3), "padding": "valid", "filters": 2}] * 2),
        ((8, 8, 2), [{"kind": "pool", "kernel": (3, 3), "strides": (3, 3), "padding": "same"}] * 2),
        ((8, 8, 2), [{"kind": "pool", "kernel": (2, 3), "strides": (2, 1), "padding": "valid"}] * 2),
        ((300, 9, 1), [{"kind": "conv", "kernel": (60, 2), "strides": (1, 1), "padding": "valid", "filters": 300}]),
        (
            (17, 6, 2),
            [
                layer
                for filters in (5, 3, 7)
                for layer in (
                    {"kind": "conv", "kernel": (1, 1), "strides": (2, 1), "padding": "valid", "filters": filters},
                    {"kind": "pool", "kernel": (2, 3), "strides": (1, 1), "padding": "same"},
                )
            ],
        ),
    ]
    for rng in draws(seed=324, count=4):
        shape = (*tuple(int(size) for size in rng.integers(60, 90, size=2)), int(rng.integers(1, 5)))
        layers = [_draw_layer(rng, str(rng.choice(["conv", "conv", "pool"]))) for _ in range(int(rng.integers(2, 5)))]
        # Strides up to 3 on both axes: keep the later kernels inside what is left of the image.
        for layer in layers[2:]:
            layer["kernel"] = tuple(min(size, 3) for size in layer["kernel"])
            layer["strides"] = tuple(min(step, 2) for step in layer["strides"])
        stacks.append((shape, layers))
    for shape, layers in stacks:
        items = student(shape, layers).sequence(len(layers), "shapes, one for each layer")
        after = shape
        for number, (item, layer) in enumerate(zip(items, layers, strict=True), start=1):
            before = after
            after, _ = _layer(layer, before)
            item.shape(
                after,
                f"layer {number}, a {layer['kind']} of kernel {layer['kernel']}, strides {layer['strides']}, padding "
                f"'{layer['padding']}', works on the output {before} of what comes before it. See section 2.",
            )


# --- section 3: receptive field -------------------------------------------------------------------------------

STACKS = [
    [(3, 1)],
    [(5, 3)],
    [(3, 1), (3, 1)],
    [(3, 2), (3, 1)],
    [(3, 1), (3, 2)],
    [(7, 2), (3, 2), (3, 1), (3, 2)],
    [(2, 2), (2, 2), (2, 2)],
    [(1, 3), (4, 1), (1, 2), (3, 3)],
    [(4, 3), (5, 2), (2, 1), (3, 2), (6, 1)],
    [(3, 1)] * 6,
    [(60, 1), (3, 7), (4, 1)],
    [(2, 13), (3, 11), (2, 2)],
    [(1, 1)],
    [(1, 2)],
    [(3, 2), (2, 1)] * 4,
]


@oracle
def _gradient_support(layers: list[tuple[int, int]]) -> tuple[int, int]:
    """Field and jump of a stack: where the gradients of two neighbouring outputs with respect to the image live."""
    size = 2
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    image = tf.ones((1, size, 1), tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        signal = image
        for kernel, stride in layers:
            signal = tf.nn.conv1d(signal, tf.ones((kernel, 1, 1), tf.float64), stride, "VALID")
        outputs = tf.reshape(signal, (2,))
    gradients = tape.jacobian(outputs, image, experimental_use_pfor=False).numpy().reshape(2, size)
    first, second = (np.flatnonzero(gradient) for gradient in gradients)
    return int(first[-1] - first[0] + 1), int(second[0] - first[0])


def _field_stacks() -> list[list[tuple[int, int]]]:
    drawn = [
        [(int(rng.integers(1, 6)), int(rng.integers(1, 4))) for _ in range(int(rng.integers(2, 6)))]
        for rng in draws(seed=331, count=5)
    ]
    return STACKS + drawn


def check_field(receptive_field: Callable[..., Any]) -> None:
    """Receptive fields of stacks, against the support of the gradient of one output pixel (autodiff, float64)."""
    student = Function(receptive_field, "receptive_field")
    for layers in _field_stacks():
        field, _ = _gradient_support(layers)
        got, _ = student(list(layers)).unpack("field", "jump")
        got.count(
            field,
            "a kernel adds its size minus 1, counted in pixels of the image: times the strides of the layers "
            "before it, and of those alone. See section 3.",
        )


def check_jump(receptive_field: Callable[..., Any]) -> None:
    """Jumps of stacks, against the distance between the gradients of two neighbouring output pixels."""
    student = Function(receptive_field, "receptive_field")
    for layers in _field_stacks():
        _, jump = _gradient_support(layers)
        _, got = student(list(layers)).unpack("field", "jump")
        got.count(jump, "each stride multiplies the step between two neighbours, the last one too. See section 3.")


# --- section 4: a convolution as a matrix ---------------------------------------------------------------------


@oracle
def _tf_map(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    four = (image[None, :, :, None].astype(float), kernel[:, :, None, None].astype(float))
    return tf.nn.conv2d(*four, stride, "VALID").numpy()[0, :, :, 0]


@oracle
def _tf_transposed(maps: np.ndarray, kernel: np.ndarray, size: tuple[int, int], stride: int) -> np.ndarray:
    four = (maps[None, :, :, None].astype(float), kernel[:, :, None, None].astype(float))
    return tf.nn.conv2d_transpose(*four, (1, *size, 1), stride, "VALID").numpy()[0, :, :, 0]


@oracle
def _tf_matrix(kernel: np.ndarray, height: int, width: int, stride: int) -> np.ndarray:
    """Column j of the matrix is what the convolution makes of an image that is 1 at pixel j and 0 elsewhere."""
    pixels = np.eye(height * width).reshape(height * width, height, width, 1)
    maps = tf.nn.conv2d(pixels, kernel[:, :, None, None].astype(float), stride, "VALID").numpy()
    return maps.reshape(height * width, -1).T


MATRIX_CASES = [  # taps, height and width, stride
    ((3, 3), (5, 5), 2),
    ((3, 3), (3, 3), 1),
    ((1, 1), (4, 3), 1),
    ((2, 2), (3, 3), 1),
    ((2, 3), (4, 5), 1),
    ((3, 1), (5, 2), 1),
    ((3, 2), (7, 6), 2),
    ((2, 2), (6, 7), 3),
    ((4, 3), (4, 3), 1),
    ((1, 2), (1, 7), 2),
    ((2, 1), (6, 1), 3),
    ((1, 1), (1, 1), 1),
    ((1, 1), (5, 4), 2),
]


def _numbers(rng: np.random.Generator, shape: tuple[int, int]) -> list[np.ndarray]:
    """Two arrays of floats alike, of other scales, of whole numbers, and one in another order in memory."""
    floats = rng.normal(size=shape)
    scaled = [scale * floats for scale in (1e-9, 1e-3, 60.0, 1e9)]
    return [floats, floats + 0.003, *scaled, rng.integers(-9, 10, size=shape), np.asfortranarray(-floats)]


def check_matrix(conv_matrix: Callable[..., Any]) -> None:
    """The matrix of a convolution, against ``tf.nn.conv2d`` on every image with a single bright pixel.

    Domain: kernels of floats of any size; images that they fit, square or not; any stride.
    """
    student = Function(conv_matrix, "conv_matrix")
    for rng, (taps, (height, width), stride) in zip(
        draws(seed=341, count=len(MATRIX_CASES)), MATRIX_CASES, strict=True
    ):
        for kernel in (numbers for numbers in _numbers(rng, taps) if numbers.dtype.kind == "f"):
            given = (height, width, stride) if stride > 1 else (height, width)
            expected = _tf_matrix(kernel, height, width, stride)
            student(kernel, *given).close(
                expected,
                "row r holds the kernel, not flipped, at the pixels that output pixel r looks at: pixel (i, j) of the "
                "image is column i * width + j. See section 4.",
                atol=domains.tiny(expected),
            )


def check_transposed(transposed_conv2d: Callable[..., Any]) -> None:
    """The transposed convolution, against ``tf.nn.conv2d_transpose`` and <Cx, y> = <x, C'y> (float64).

    Domain: maps and kernels of floats or whole numbers of any size, together in all ways; any stride.
    """
    student = Function(transposed_conv2d, "transposed_conv2d")
    for rng, (taps, (height, width), stride) in zip(
        draws(seed=342, count=len(MATRIX_CASES)), MATRIX_CASES, strict=True
    ):
        image = rng.normal(size=(height, width))
        size = _tf_map(image, np.ones(taps), stride).shape
        kernels, maps = _numbers(rng, taps), _numbers(rng, size)
        # All kinds of maps with one kernel, all kinds of kernels with one map, and each with its like.
        pairs = [(some, kernels[0]) for some in maps] + [(maps[0], kernel) for kernel in kernels[1:]]
        for some, kernel in [*pairs, *zip(maps[1:], kernels[1:], strict=True)]:
            given = (height, width, stride) if stride > 1 else (height, width)
            _judge_transposed(student(some, kernel, *given), some, kernel, image, stride)


def _judge_transposed(result: Result, maps: np.ndarray, kernel: np.ndarray, image: np.ndarray, stride: int) -> None:
    direct = _tf_map(image, kernel, stride)
    back = result.array(image.shape)
    left, right = float(np.sum(direct * maps)), float(np.sum(image * back))
    require(
        np.isclose(left, right, rtol=1e-4, atol=1e-4 * float(np.max(np.abs(direct)) * np.max(np.abs(maps)))),
        f"{result.called} is not the transpose: <Cx, y> is {left:.6g} and <x, C^T y> is {right:.6g} for an image x "
        "and a map y, and they must be equal. See section 4.",
    )
    expected = _tf_transposed(maps, kernel, image.shape, stride)
    result.close(
        expected,
        "each output pixel hands its value, times the kernel, back to the pixels it saw. See section 4.",
        atol=domains.tiny(expected),
    )


@oracle
def _keras_transposed_size(size: int, kernel: int, stride: int, padding: str, output_padding: int | None) -> int:
    extra = None if output_padding is None else (output_padding, 0)
    layer = keras.layers.Conv2DTranspose(1, (kernel, 1), (stride, 1), padding, output_padding=extra)
    return int(layer(tf.zeros((1, size, 1, 1))).shape[1])


def check_transposed_size(transposed_size: Callable[..., Any]) -> None:
    """Output sizes of transposed convolutions without output_padding, against ``keras.layers.Conv2DTranspose``."""
    student = Function(transposed_size, "transposed_size")
    cases = [
        (4, 3, 2),
        (5, 3, 1),
        (6, 2, 2),
        (3, 2, 4),
        (4, 1, 3),
        (7, 5, 3),
        (1, 4, 2),
        (1, 1, 5),
        (60, 3, 2),
        (3, 60, 2),
        (3, 2, 55),
    ]
    for rng in draws(seed=343, count=6):
        cases.append((int(rng.integers(2, 30)), int(rng.integers(1, 8)), int(rng.integers(1, 6))))
    student(5, 2, 3).count(_keras_transposed_size(5, 2, 3, "valid", None), "padding is 'valid'. See section 4.")
    for size, kernel, stride in cases:
        for padding in ("valid", "same"):
            why = (
                "Keras gives back the largest image of which a 'same' convolution would have made this size"
                if padding == "same"
                else "the windows start every `stride` pixels, and a kernel shorter than the stride still fills it"
            )
            student(size, kernel, stride, padding).count(
                _keras_transposed_size(size, kernel, stride, padding, None), f"{why}. See section 4."
            )


def check_output_padding(transposed_size: Callable[..., Any]) -> None:
    """Output sizes with output_padding, against ``keras.layers.Conv2DTranspose``."""
    student = Function(transposed_size, "transposed_size")
    valid = [
        (4, 3, 2, 0),
        (4, 3, 2, 1),
        (5, 2, 4, 0),
        (5, 2, 4, 1),
        (5, 2, 4, 3),
        (3, 5, 3, 2),
        (7, 4, 1, 0),
        (1, 3, 2, 1),
        (5, 1, 4, 0),
    ]
    # Keras itself stops at an even kernel with 'same' and output_padding 0.
    same = [
        (4, 3, 2, 0),
        (4, 3, 2, 1),
        (5, 5, 3, 2),
        (5, 1, 4, 3),
        (6, 4, 3, 1),
        (6, 2, 3, 2),
        (3, 7, 4, 0),
        (1, 5, 3, 0),
        (1, 3, 4, 2),
        (5, 3, 1, 0),
        (4, 1, 3, 0),
    ]
    for padding, cases in (("valid", valid), ("same", same)):
        for size, kernel, stride, extra in cases:
            student(size, kernel, stride, padding, extra).count(
                _keras_transposed_size(size, kernel, stride, padding, extra),
                "output_padding is the a of s(i - 1) + k - 2p + a: it replaces what Keras would have chosen, and 0 "
                "is a choice too. See section 4.",
            )
    student(2, 60, 70, output_padding=65).count(
        _keras_transposed_size(2, 60, 70, "valid", 65), "padding is 'valid' where none is given. See section 4."
    )


# --- section 5: equivariance ----------------------------------------------------------------------------------


@oracle
def _scipy_error(image: np.ndarray, kernel: np.ndarray, shift: tuple[int, int]) -> float:
    def response(picture: np.ndarray) -> np.ndarray:
        return scipy.ndimage.correlate(picture, kernel, mode="constant", cval=0.0)

    def moved(picture: np.ndarray) -> np.ndarray:
        return scipy.ndimage.shift(picture, shift, order=0, mode="constant", cval=0.0)

    before = response(image)
    return float(np.max(np.abs(response(moved(image)) - moved(before))) / np.max(np.abs(before)))


def check_error(equivariance_error: Callable[..., Any]) -> None:
    """The equivariance error of a zero-padded convolution, against ``scipy.ndimage`` (correlate and shift)."""
    student = Function(equivariance_error, "equivariance_error")
    back = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [-5.0, -5.0, -5.0]])
    corners = [((0, 10), (1, 0)), ((0, 10), (0, -1)), ((0, 10), (2, -2)), ((7, 0), (-1, 0)), ((7, 0), (0, 1))]
    for place, shift in corners:
        corner = np.zeros((8, 11))
        corner[place] = 3.0
        student(corner, back, shift).close(
            _scipy_error(corner, back, shift),
            "what the edge had cut off comes back, and is divided by the largest absolute value of conv(image), before "
            "the move. See section 5.",
        )
    small = [((2, 3), (3, 5), (0, 1)), ((2, 3), (5, 3), (-1, 0)), ((1, 6), (3, 3), (0, -2)), ((6, 1), (3, 1), (1, 0))]
    for rng, (size, taps, shift) in zip(draws(seed=353, count=len(small)), small, strict=True):
        image, kernel = rng.normal(size=size), rng.normal(size=taps)
        student(image, kernel, shift).close(
            _scipy_error(image, kernel, shift),
            "the image has few pixels, and counts as zero around them. See section 5.",
            atol=1e-5,
        )
    shifts = [(1, 0), (0, -2), (2, 3), (-3, 1), (0, 0), (-1, -4), (60, 2), (6, 6), (2, -60), (-1, 60)]
    sizes = [*[(3, 5), (3, 3), (5, 1), (1, 1)] * 2, (3, 3), (1, 3)]
    for rng, shift, taps in zip(draws(seed=351, count=len(shifts)), shifts, sizes, strict=True):
        height, width = (int(size) for size in rng.integers(8, 14, size=2)) if shift != (6, 6) else (9, 9)
        kernel = rng.normal(size=taps)
        inside = np.zeros((height + 14, width + 16))
        inside[7:-7, 8:-8] = rng.normal(size=(height, width))
        student(inside, kernel, shift).close(
            _scipy_error(inside, kernel, shift),
            "nothing here comes near an edge, so moving before or after the convolution is the same",
            atol=1e-5,
        )
        touching = rng.normal(size=(height, width)) * 3.0
        scaled = [scale * touching for scale in (1e-9, 1e-3, 60.0, 1e6)]
        pictures = [touching, *scaled, touching + 0.1, np.asfortranarray(-touching[::-1])]
        for picture, weights in [*((picture, kernel) for picture in pictures), (touching, 100 * kernel**2)]:
            student(picture, weights, shift).close(
                _scipy_error(picture, weights, shift),
                "compare conv(translate(image)) with translate(conv(image)): the largest absolute difference, divided "
                "by the largest absolute value of conv(image). Zeros enter at the edges. See section 5.",
                atol=1e-5,
            )


@oracle
def _copies(strides: list[int], kernels: list[np.ndarray], image: np.ndarray, largest: int) -> list[int]:
    """The shifts for which the map of a periodic image moves as a whole."""

    def feature_map(image: np.ndarray) -> np.ndarray:
        signal = image[None, :, None]
        for kernel, stride in zip(kernels, strides, strict=True):
            signal = tf.nn.conv1d(tf.concat([signal, signal[:, :2]], axis=1), kernel, stride, "VALID")
            signal = tf.tanh(signal)
        return np.asarray(signal).ravel()

    before = feature_map(image)
    found = []
    for shift in range(1, largest + 1):
        after = feature_map(np.roll(image, shift))
        if any(np.allclose(after, np.roll(before, step)) for step in range(before.size)):
            found.append(shift)
    return found


def check_shifts(equivariant_shifts: Callable[..., Any]) -> None:
    """Shifts that move the whole map, against periodic strided convolutions with random kernels, shift by shift."""
    student = Function(equivariant_shifts, "equivariant_shifts")
    cases = [
        ([1, 1], 4),
        ([2], 6),
        ([2, 2], 9),
        ([2, 1, 3], 12),
        ([3, 2], 5),
        ([4, 2], 16),
        ([2, 2, 2], 8),
        ([3, 3], 20),
        ([3, 1, 1], 7),
        ([2], 60),
        ([5, 7], 70),
        ([1], 1),
        ([2, 1, 3, 2], 26),
    ]
    for rng, (strides, largest) in zip(draws(seed=352, count=len(cases)), cases, strict=True):
        kernels = [rng.normal(size=(3, 1, 1)) for _ in strides]
        expected = _copies(strides, kernels, rng.normal(size=7 * int(np.prod(strides))), largest)
        result = student(list(strides), largest)
        if isinstance(result.value, (set, frozenset)):
            result = Result(list(result.value), result.called)
        got = sorted(item.number() for item in result.sequence(None, "shifts"))
        if got != expected:
            result.fail(
                f"returned {[int(item) if item == int(item) else item for item in got]}, expected {expected}: the map "
                "moves as a whole when the image moves by a whole number of jumps, and the jump of a stack is not "
                "that of one layer. See section 5."
            )


# --- section 6: a design of your own --------------------------------------------------------------------------

SIZE, BANDS, MAP, FILTERS = 64, 3, 8, 16
MOST_PARAMETERS = 5000
WEIGHTS = 3  # sets of drawn weights at which the field and the non-linearity are measured
SMALLEST_FIELD, LARGEST_FIELD = 24, 40


def _seen(predict: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator) -> tuple[int, int]:
    """Height and width of what the output pixel (4, 4) sees: replace ever larger borders until its values change.

    A side is searched by bisection: noise of 30 times the size of the image is written into the rows before
    `edge`, in 4 images; the edge is where the values of the pixel first react.
    """
    images = rng.normal(size=(4, SIZE, SIZE, BANDS)).astype(np.float32)
    noise = 30.0 * rng.normal(size=images.shape).astype(np.float32)
    before = predict(images)[:, 4, 4]
    tolerance = 1e-5 * float(np.max(np.abs(before))) + 1e-12
    # For each side, `free` border rows are known not to matter and `felt` are known to (all of them, if any).
    free, felt = [0] * 4, [SIZE + 1] * 4
    while any(felt[side] - free[side] > 1 for side in range(4)):
        batch, middle = [], [(free[side] + felt[side]) // 2 for side in range(4)]
        for side, rows in enumerate(middle):
            inside = slice(0, rows) if side % 2 == 0 else slice(SIZE - rows, SIZE)
            changed = images.copy()
            if side < 2:
                changed[:, inside] = noise[:, inside]
            else:
                changed[:, :, inside] = noise[:, :, inside]
            batch.append(changed)
        after = predict(np.concatenate(batch))[:, 4, 4].reshape(4, 4, -1)
        for side, rows in enumerate(middle):
            if np.max(np.abs(after[side] - before)) > tolerance:
                felt[side] = rows
            else:
                free[side] = rows
    top, bottom, left, right = free
    return max(SIZE - top - bottom, 0), max(SIZE - left - right, 0)


def _bends(predict: Callable[[np.ndarray], np.ndarray], one: np.ndarray, two: np.ndarray, size: float) -> bool:
    """Whether the answer to a sum of images, of this size, is not the sum of the answers."""
    batch = size * np.concatenate([one, two, one + two, np.zeros_like(one)])
    first, second, both, none = np.split(predict(batch), 4)
    return bool(np.max(np.abs(first + second - both - none)) > 1e-3 * np.max(np.abs(both)))


def check_design(build_encoder: Callable[[], Any]) -> None:
    """A model of one's own: shapes, number of parameters, receptive field and non-linearity, at drawn weights.

    The field is measured by changing the image (`_seen`). The smallest change is that of one row at the edge of
    the field, in 4 images and 16 channels, at `WEIGHTS` sets of weights. A right answer fails only if no channel reacts
    to it at any of them: a channel behind a final ReLU is silent at one pixel of one image with probability about 1/2,
    so all of them are with at most about 2**-48, before counting the 4 images.
    """
    network = built(
        build_encoder,
        "build_encoder",
        inputs=(SIZE, SIZE, BANDS),
        outputs=(MAP, MAP, FILTERS),
        most=MOST_PARAMETERS,
        see="See section 6.",
        alike=True,
    )

    def predict(images: np.ndarray) -> np.ndarray:
        """Maps (n, 8, 8, 16 for each set of weights)."""
        (maps,) = network.at(361, WEIGHTS, ORDINARY, images)
        return np.concatenate(list(maps), axis=-1)

    (rng,) = draws(seed=361, count=1)
    images = rng.normal(size=(4, SIZE, SIZE, BANDS)).astype(np.float32)
    network.require_steady(362, images)
    seen = _seen(predict, rng)
    for name, size in zip(("high", "wide"), seen, strict=True):
        if size < SMALLEST_FIELD:
            network.fails(
                f"sees too little: the receptive field of output pixel (4, 4) is {size} pixels {name}, and at least "
                f"{SMALLEST_FIELD} are asked. Try larger kernels or another layer."
            )
        if size > LARGEST_FIELD:
            network.fails(
                f"sees too much: the receptive field of output pixel (4, 4) is {size} pixels {name}, and at most "
                f"{LARGEST_FIELD} are allowed."
            )
    if not any(_bends(predict, images[:2], images[2:], size) for size in (1.0, 300.0)):
        network.fails(
            "is linear: its answer to the sum of two images is the sum of its answers. Give the convolutions an "
            "activation."
        )
