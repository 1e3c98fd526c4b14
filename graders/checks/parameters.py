"""What is right in `parameters`: counts of weights and bytes, against Keras.

Every oracle builds the layer or the model in Keras and asks it for its weights (``count_params()``,
``trainable_weights``, ``non_trainable_weights``) or for its outputs; nothing here counts by a formula of its own. Where
only shapes are asked for, Keras is told to make no numbers, which takes most of the time.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from graders.checks.ladder import Function, Result, beside, brief, draws, parameters_of, require
from graders.checks.networks import require_plain
from graders.checks.oracles import oracle
from graders.checks.weights import put_back

ACTIVATIONS = ("relu", "tanh", "sigmoid", "softplus", "linear")
CONSTANTS = 100  # numbers that a small network may hold beside its weights: axes and shapes, a scale for each input


def check_dense(dense_parameters: Callable[[int, int], int]) -> None:
    """The parameters of Dense(n_out) on n_in features, against ``keras.layers.Dense``."""
    student = Function(dense_parameters, "dense_parameters")
    sizes = [(int(a), int(b)) for a, b in (rng.integers(1, 200, size=2) for rng in draws(seed=101, count=5))]
    for n_in, n_out in [
        *sizes,
        (1, 1),
        (1, 9),
        (9, 1),
        (64, 64),
        (4000, 6001),
    ]:  # the last count is odd and beyond single precision
        student(n_in, n_out).count(
            _dense(n_in, n_out), "each neuron has one weight for each input, and one bias. See section 1."
        )


def check_mlp(mlp_parameters: Callable[[list[int]], Any]) -> None:
    """The parameters of a chain of Dense layers, against ``keras.Sequential`` with activations of both kinds."""
    student = Function(mlp_parameters, "mlp_parameters")
    depths = (2, 3, 4, 5, 6, 7)
    drawn = zip(depths, draws(seed=102, count=len(depths) + 3), strict=False)
    stacks = [(rng, [int(size) for size in rng.integers(1, 60, size=depth)]) for depth, rng in drawn]
    equal, same_counts = [4, 4, 4, 4, 1], [3, 4, 2, 4, 3, 5]
    large, ones = [2501, 300, 2], [1, 1, 1]
    for rng, sizes in [*stacks, *zip(draws(seed=1020, count=4), (equal, same_counts, large, ones), strict=True)]:
        expected, expected_total = _chain(sizes, [str(rng.choice(ACTIVATIONS)) for _ in sizes[1:]])
        result = student(sizes)
        per_layer, total = result.unpack("per_layer", "total")
        values = per_layer.value
        if isinstance(values, (list, tuple, np.ndarray)) and len(values) == len(sizes) and not np.any(values[0]):
            per_layer.fail(
                f"has {len(sizes)} values, expected {len(expected)}: the input is no layer and has no parameters. "
                "See section 2."
            )
        for index, (item, wanted) in enumerate(zip(per_layer.sequence(len(expected), "layers"), expected, strict=True)):
            item.count(
                wanted,
                f"it has {sizes[index + 1]} neurons, each with {sizes[index]} inputs and a bias. See section 2.",
            )
        total.count(expected_total, "the total is the sum over the layers. See section 2.")


def check_batch_norm(batch_norm_parameters: Callable[[Sequence[int]], Any]) -> None:
    """Trainable and non-trainable parameters of batch normalisation, against ``keras.layers.BatchNormalization``."""
    student = Function(batch_norm_parameters, "batch_norm_parameters")
    for rng in draws(seed=103, count=3):
        height, width, channels = (int(size) for size in rng.integers(2, 70, size=3))
        ranks = [(height, width, channels), (channels,), (width, height), (channels,) * 3, (height, 2501)]
        for shape in [*ranks, (height, width, 1), (1,)]:
            learnt, stored = _batch_norm(shape)
            trainable, non_trainable = student(shape).unpack("trainable", "non_trainable")
            trainable.count(
                learnt,
                "training finds a scale γ and a shift β for each channel, the last axis. See section 3.",
            )
            non_trainable.count(
                stored,
                "a moving mean and a moving variance are stored for each channel, the last axis. See section 3.",
            )


def check_conv(conv_parameters: Callable[..., int]) -> None:
    """The parameters of a convolution with and without biases, against ``keras.layers.Conv2D``."""
    student = Function(conv_parameters, "conv_parameters")
    drawn = []
    for rng, largest in zip(draws(seed=104, count=5), (50, 50, 50, 500, 2501), strict=True):
        kernel = tuple(int(size) for size in rng.choice(np.arange(1, 9), size=2, replace=False))
        channels, filters = (int(size) for size in rng.choice(np.arange(2, 50), size=2, replace=False))
        drawn.append((kernel, channels + largest - 50, filters))
    # One pixel, one channel, one filter.
    for kernel, channels, filters in [*drawn, ((1, 1), 6, 5), ((4, 4), 1, 7), ((2, 5), 3, 1), ((5, 5), 1, 1)]:
        student(kernel, channels, filters).count(
            _conv(kernel, channels, filters),
            "each filter has one kernel for each input channel, and one bias. See section 4.",
        )
        student(kernel, channels, filters, use_bias=True).count(
            _conv(kernel, channels, filters), "use_bias=True is one bias for each filter. See section 4."
        )
        student(kernel, channels, filters, use_bias=False).count(
            _conv(kernel, channels, filters, use_bias=False),
            "with use_bias=False only the kernels are left. See section 4.",
        )


def check_grouped(grouped_parameters: Callable[..., int]) -> None:
    """The parameters of a grouped convolution, against ``keras.layers.Conv2D(groups=...)``."""
    student = Function(grouped_parameters, "grouped_parameters")
    drawn = []
    for rng in draws(seed=105, count=5):
        groups = int(rng.integers(2, 7))
        kernel = tuple(int(size) for size in rng.choice(np.arange(1, 8), size=2, replace=False))
        channels, filters = (int(size) * groups for size in rng.choice(np.arange(1, 9), size=2, replace=False))
        drawn.append((kernel, channels, filters, groups))
    # As many groups as channels, with more filters than groups; sizes that a byte cannot hold; one pixel, one channel.
    drawn += [((3, 2), 6, 12, 6), ((2, 3), 4, 4, 4), ((1, 4), 2600, 130, 65), ((1, 1), 6, 9, 3), ((3, 3), 1, 5, 1)]
    for kernel, channels, filters, groups in drawn:
        for use_bias in (True, False):
            student(kernel, channels, filters, groups, use_bias=use_bias).count(
                _conv(kernel, channels, filters, use_bias=use_bias, groups=groups),
                f"each filter sees the {channels // groups} input channels of its own group"
                + (", and has one bias. See section 4." if use_bias else ", and has no bias here. See section 4."),
            )
        for given in ({}, {"use_bias": False}):
            student(kernel, channels, filters, 1, **given).count(
                _conv(kernel, channels, filters, **given),
                "one group is an ordinary convolution, with biases unless use_bias=False. See section 4.",
            )


def check_depthwise(depthwise_parameters: Callable[..., int]) -> None:
    """The parameters of a depthwise convolution, against ``keras.layers.DepthwiseConv2D``."""
    student = Function(depthwise_parameters, "depthwise_parameters")
    drawn = []
    for rng, more in zip(draws(seed=106, count=4), (0, 0, 0, 2501), strict=True):
        kernel = tuple(int(size) for size in rng.choice(np.arange(1, 8), size=2, replace=False))
        drawn.append((kernel, int(rng.integers(5, 40)) + more, int(rng.integers(2, 5))))
    for kernel, channels, multiplier in [*drawn, ((3, 3), 1, 3), ((1, 1), 6, 2)]:
        for use_bias in (True, False):
            student(kernel, channels, multiplier, use_bias=use_bias).count(
                _depthwise(kernel, channels, multiplier, use_bias),
                f"each channel has its own {multiplier} kernels, never summed over channels"
                + (
                    ", and each of the output channels one bias. See section 4."
                    if use_bias
                    else ", and there is no bias here. See section 4."
                ),
            )
        for given in ({}, {"use_bias": False}, {"depth_multiplier": multiplier}):
            expected = _depthwise(kernel, channels, given.get("depth_multiplier", 1), given.get("use_bias", True))
            student(kernel, channels, **given).count(
                expected, "the defaults are depth_multiplier=1 and use_bias=True. See section 4."
            )


def check_plain_stack(stack_parameters: Callable[..., Any]) -> None:
    """Stacks whose counts need channels alone, and hold no batch normalisation, layer by layer against Keras."""
    student = Function(stack_parameters, "stack_parameters")
    for rng in draws(seed=107, count=6):
        stack = _Stack((int(rng.integers(24, 34)), int(rng.integers(24, 34)), int(rng.integers(1, 6))))
        for block in range(int(rng.integers(2, 4))):
            stack.convolve(rng, strides=1, use_bias=bool(block % 2))
            stack.add(layer="Activation", activation=str(rng.choice(ACTIVATIONS)))
            if min(stack.shape[:2]) >= 2:
                stack.add(layer=str(rng.choice(["MaxPool2D", "AvgPool2D"])), pool_size=2)
            stack.add(layer="Dropout", rate=0.25)
        stack.add(layer="GlobalAveragePooling2D")
        stack.dense_head(rng, batch_norm=False)
        _judge_stack(student, stack)
    flat = _Stack((7,))
    flat.dense_head(np.random.default_rng(107), batch_norm=False)
    _judge_stack(student, flat)
    _judge_stack(student, _one_of_each(batch_norm=False))


def check_full_stack(stack_parameters: Callable[..., Any]) -> None:
    """Stacks with strides, Flatten and batch normalisation, of images and of features, layer by layer against Keras."""
    student = Function(stack_parameters, "stack_parameters")
    for number, rng in enumerate(draws(seed=108, count=8)):
        stack = _Stack((int(rng.integers(20, 34)), int(rng.integers(35, 48)), int(rng.integers(1, 6))))
        if number % 2:
            stack.add(layer="BatchNormalization")
        for block in range(int(rng.integers(1, 4))):
            stack.convolve(rng, strides=1 + (number + block) % 3, use_bias=bool(rng.integers(2)))
            if rng.integers(2):
                stack.add(layer="BatchNormalization")
            stack.add(layer="Activation", activation=str(rng.choice(ACTIVATIONS)))
            if min(stack.shape[:2]) >= 4:
                stack.add(layer=str(rng.choice(["MaxPool2D", "AvgPool2D"])), pool_size=int(rng.integers(2, 4)))
            stack.add(layer="Dropout", rate=0.5)
        if number == 0:
            stack.add(layer="GlobalAveragePooling2D")
        else:
            stack.add(layer="Flatten")
        stack.dense_head(rng, batch_norm=True)
        _judge_stack(student, stack)
    flat = _Stack((6,))
    flat.dense_head(np.random.default_rng(108), batch_norm=True)
    _judge_stack(student, flat)
    normalised = _Stack((6,))
    for layer in ({"layer": "BatchNormalization"}, {"layer": "Dropout", "rate": 0.25}):
        normalised.add(**layer)
    normalised.dense_head(np.random.default_rng(1081), batch_norm=True)
    _judge_stack(student, normalised)
    _judge_stack(student, _one_of_each(batch_norm=True))
    for kernel, strides, padding in itertools.product(((3, 2), (1, 4), (2, 2), (1, 1)), (1, 2, 3), ("valid", "same")):
        # Nothing between the convolution and Flatten: a size that is off by one shows.
        stack = _Stack((11, 14, 3))
        stack.add(
            layer="Conv2D", filters=5, kernel_size=kernel, strides=strides, padding=padding, use_bias=strides != 2
        )
        stack.add(layer="Flatten")
        stack.add(layer="BatchNormalization")
        for _ in range(3):
            stack.add(layer="Dense", units=4)
        _judge_stack(student, stack)
    pooled = _Stack((11, 14, 260))
    for layer in ({"layer": "MaxPool2D", "pool_size": 3}, {"layer": "AvgPool2D", "pool_size": 2}, {"layer": "Flatten"}):
        pooled.add(**layer)
    pooled.dense_head(np.random.default_rng(1080), batch_norm=True)
    _judge_stack(student, pooled)


def check_width(widest_hidden: Callable[[int, int, int], int]) -> None:
    """The widest hidden layer within a budget, against Keras: that width fits, one neuron more does not."""
    student = Function(widest_hidden, "widest_hidden")
    for budget, width in ((10_000_000, 3_333_333), (9_999_999, 3_333_332)):
        student(1, 1, budget).count(
            width, f"{width} hidden neurons make {_mlp([1, width, 1])} parameters. See section 7."
        )
    cases = (*[(120, 2, 24)] * 3, (120, 1, 1), (5000, 2, 24), (70_000, 2, 24))
    for rng, (widest, fewest, most) in zip(draws(seed=109, count=len(cases)), cases, strict=True):
        n_in, n_out = (int(size) for size in rng.integers(fewest, most + 1, size=2))
        n_in += 60 * (widest == 5000)
        width = int(rng.integers(widest // 2, widest))
        fits, too_many = (_mlp([n_in, hidden, n_out]) for hidden in (width, width + 1))
        for budget in (fits, too_many - 1, int(rng.integers(fits, too_many))):
            student(n_in, n_out, budget).count(
                width,
                f"{width} hidden neurons make {fits} parameters in all, one more makes {too_many}. See section 7.",
            )
        smallest = _mlp([n_in, 1, n_out])
        student(n_in, n_out, smallest).count(
            1, f"one hidden neuron makes {smallest} parameters, and that is the budget. See section 7."
        )
        for budget in (smallest - 1, n_out, 1):
            student(n_in, n_out, budget).count(
                0, f"even one hidden neuron makes {smallest} parameters, which is over the budget. See section 7."
            )


def check_design(build_model: Callable[[int, int, int], Any]) -> None:
    """A model with exactly N trainable parameters and no others, by its shapes and its counts in Keras.

    Domain: inputs, outputs and N of any size that allows an answer, the same N for other sizes, the same call twice.

    N is the count of a network with two hidden layers of 1 to 20 neurons, so that an answer always exists; any other
    network with that count is as good.
    """
    student = Function(build_model, "build_model")
    sizes = [[int(size) for size in rng.integers(2, 21, size=4)] for rng in draws(seed=110, count=3)]
    for n_in, first, second, n_out in [
        *sizes,
        [5, 1, 1, 2],
        [2, 20, 20, 2],
        [2, 20, 1, 8],
        [2, 1, 20, 1],
        [2, 17, 20, 1],
        [3, 4, 4, 1],
        [4, 4, 4, 4],
        [1, 2, 4, 5],  # as many parameters as the network before the last
        [5, 2, 3, 5],
    ]:
        wanted = _mlp([n_in, first, second, n_out])
        result = student(n_in, n_out, wanted)
        _judge_design(result, n_in, n_out, wanted)
        if [n_in, first, second, n_out] in sizes:  # a graph takes time: some tell what all hide
            require_plain(result.value, result.called, (n_in,), CONSTANTS)
    one, other = (student(3, 1, 41) for _ in range(2))
    for result, number in ((one, 1.0), (other, 0.0)):
        result.value.set_weights([np.full(np.shape(array), number) for array in result.value.get_weights()])
    if not all(np.all(np.asarray(array) == 1.0) for array in one.value.get_weights()):
        one.fail("gave twice the same weights, expected a new model at each call. See section 7.")


def _judge_design(result: Result, n_in: int, n_out: int, wanted: int) -> None:
    model = result.keras_model()
    for what, shape, size in (("input", model.input_shape, n_in), ("output", model.output_shape, n_out)):
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if tuple(shape) != (None, size):
            result.fail(
                f"gave a model of {what} shape {tuple(shape)}, expected (None, {size}): the {what} of the network "
                f"is a list of {size} numbers, and None stands for the batch. See section 7."
            )
    total = parameters_of(model)
    if total != wanted:
        result.fail(
            f"gave a model of {total} parameters, expected exactly {wanted}: "
            f"{abs(total - wanted)} too {'many' if total > wanted else 'few'}. See section 7."
        )
    if len(model.non_trainable_weights):
        result.fail("gave a model with non-trainable parameters, expected all of them trainable. See section 7.")
    _require_steady(result, model, np.random.default_rng(111).uniform(0.5, 2.0, size=(4, n_in)).astype(np.float32))


def _require_steady(result: Result, model: Any, inputs: np.ndarray) -> None:
    """A network gives the same answer twice, and the same to an example whatever else is in its batch.

    Judged where round-off is small beside the answers. At the weights that a network starts with, the terms of a sum
    cancel now and then until only round-off is left, which depends on the batch; through hundreds of layers of one
    neuron each, all but averages vanish or overflow.
    """
    first, again, alone = beside(model, _at_averaging_weights, model, inputs)
    small = 1e-4 * float(np.max(np.abs(first), initial=0.0)) + 1e-9
    for other, sentence in (
        (again, "that answers the same inputs in two ways"),
        (alone, "whose answer to one example depends on the others in its batch"),
    ):
        if not np.allclose(first, other, rtol=0, atol=small, equal_nan=True):
            result.fail(f"gave a network {sentence}. See section 7.")


def _at_averaging_weights(model: Any, inputs: np.ndarray) -> list[np.ndarray]:
    """What a model gives for inputs, again, and for each alone, where each neuron takes a weighted mean of its inputs.

    The weights of the means are drawn; the other parameters lie a little above their start. Then its own are put back.
    """
    rng = np.random.default_rng(112)
    with put_back(model.weights) as own:
        for weight, start in zip(model.weights, own, strict=True):
            array = rng.uniform(0.5, 1.5, size=start.shape)
            array = array / array.sum(axis=tuple(range(array.ndim - 1))) if array.ndim > 1 else start + 0.1 * array
            weight.assign(array.astype(start.dtype))
        alone = [np.asarray(model(inputs[place : place + 1])) for place in range(len(inputs))]
        return [np.asarray(model(inputs)), np.asarray(model(inputs)), np.concatenate(alone)]


def check_weight_memory(memory_bytes: Callable[..., Any]) -> None:
    """The bytes of the weights, against the arrays that Keras allocates for each dtype, and beyond 2 GiB.

    Domain: any number of parameters, layers and examples; images and features; all four types.
    """
    for student, arguments, weights, _ in _memory_cases(memory_bytes):
        n_parameters, _, batch_size, dtype = arguments
        got, _ = student(*arguments).unpack("weights", "activations")
        got.count(
            weights,
            f"{n_parameters} parameters of type {dtype} are stored once, whatever the batch of {batch_size}. "
            "See section 8.",
        )
    student = Function(memory_bytes, "memory_bytes")
    got, _ = student(10, [(None, 2)], 3).unpack("weights", "activations")
    got.count(40, "dtype is 'float32' by default, which takes 4 bytes a number. See section 8.")


def check_activation_memory(memory_bytes: Callable[..., Any]) -> None:
    """The bytes of every layer's output for a batch, against the arrays that a Keras model returns."""
    for student, arguments, _, activations in _memory_cases(memory_bytes):
        _, shapes, batch_size, dtype = arguments
        _, got = student(*arguments).unpack("weights", "activations")
        got.count(
            activations,
            f"the outputs of {len(shapes)} layers are stored, each number as {dtype}, for each of {batch_size} images. "
            "See section 8.",
        )


def _without_numbers() -> keras.StatelessScope:
    """Layers that are built within have weights with shapes and without values."""
    return keras.StatelessScope(initialize_variables=False)


def _built(layer: keras.Layer, *shape: int) -> keras.Layer:
    """The layer, with the weights that it has on inputs of this shape; the batch is left out."""
    with _without_numbers():
        layer.build((None, *shape))
    return layer


def _size(weights: Sequence[Any]) -> int:
    return sum(math.prod(tuple(weight.shape)) for weight in weights)


@oracle
def _dense(n_in: int, n_out: int) -> int:
    return int(_built(keras.layers.Dense(n_out), n_in).count_params())


@oracle
def _chain(sizes: list[int], activations: list[str]) -> tuple[list[int], int]:
    """The parameters of each Dense layer, and of all."""
    with _without_numbers():
        model = keras.Sequential([keras.Input((sizes[0],))])
        for size, activation in zip(sizes[1:], activations, strict=True):
            model.add(keras.layers.Dense(size, activation=activation))
            model.add(keras.layers.Activation("relu"))
    per_layer = [int(layer.count_params()) for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return per_layer, int(model.count_params())


@oracle
def _batch_norm(shape: tuple[int, ...]) -> tuple[int, int]:
    layer = _built(keras.layers.BatchNormalization(), *shape)
    return _size(layer.trainable_weights), _size(layer.non_trainable_weights)


@oracle
def _mlp(sizes: list[int]) -> int:
    layers = [keras.layers.Dense(size) for size in sizes[1:]]
    with _without_numbers():
        return int(keras.Sequential([keras.Input((sizes[0],)), *layers]).count_params())


@oracle
def _conv(kernel: tuple[int, int], channels: int, filters: int, use_bias: bool = True, groups: int = 1) -> int:
    layer = keras.layers.Conv2D(filters, kernel, use_bias=use_bias, groups=groups)
    return int(_built(layer, 16, 16, channels).count_params())


@oracle
def _depthwise(kernel: tuple[int, int], channels: int, multiplier: int = 1, use_bias: bool = True) -> int:
    layer = keras.layers.DepthwiseConv2D(kernel, depth_multiplier=multiplier, use_bias=use_bias)
    return int(_built(layer, 16, 16, channels).count_params())


@oracle
def _layer(description: dict[str, Any], shape: tuple[int, ...]) -> tuple[tuple[int, ...], int, int]:
    """The shape that a layer gives for an input of this shape, and its trainable and other parameters."""
    arguments = {key: value for key, value in description.items() if key != "layer"}
    layer = getattr(keras.layers, description["layer"])(**arguments)
    with _without_numbers():
        output = layer(keras.KerasTensor((None, *shape)))
    return tuple(output.shape[1:]), _size(layer.trainable_weights), _size(layer.non_trainable_weights)


class _Stack:
    """A stack of layers that grows in Keras and, side by side, as the descriptions that the student is given."""

    def __init__(self, input_shape: tuple[int, ...]) -> None:
        self.input_shape = input_shape
        self.shape = input_shape
        self.descriptions: list[dict[str, Any]] = []
        self.inputs: list[tuple[int, ...]] = []
        self.expected: list[tuple[int, int]] = []

    def add(self, **description: Any) -> None:
        """Adds one layer, with the arguments of its Keras class."""
        self.descriptions.append(description)
        self.inputs.append(self.shape)
        self.shape, trainable, non_trainable = _layer(description, self.shape)
        self.expected.append((trainable, non_trainable))

    def convolve(self, rng: np.random.Generator, strides: int, use_bias: bool) -> None:
        """Adds a convolution whose kernel fits what is left of the image."""
        kernel = tuple(int(rng.integers(1, min(5, side) + 1)) for side in self.shape[:2])
        self.add(
            layer="Conv2D",
            filters=int(rng.integers(2, 13)),
            kernel_size=kernel,
            strides=strides,
            padding=str(rng.choice(["valid", "same"])),
            use_bias=use_bias,
        )

    def dense_head(self, rng: np.random.Generator, batch_norm: bool) -> None:
        """Adds the dense layers at the end."""
        self.add(layer="Dense", units=int(rng.integers(2, 30)))
        if batch_norm:
            self.add(layer="BatchNormalization")
        self.add(layer="Activation", activation="relu")
        self.add(layer="Dropout", rate=0.5)
        self.add(layer="Dense", units=int(rng.integers(2, 30)))


def _one_of_each(batch_norm: bool) -> _Stack:
    """One channel, one filter, one neuron."""
    stack = _Stack((9, 8, 1))
    for use_bias in (True, False):
        stack.add(layer="Conv2D", filters=1, kernel_size=(3, 3), strides=1, padding="valid", use_bias=use_bias)
        if batch_norm:
            stack.add(layer="BatchNormalization")
    stack.add(layer="Flatten" if batch_norm else "GlobalAveragePooling2D")
    stack.add(layer="Dense", units=1)
    if batch_norm:
        stack.add(layer="BatchNormalization")
    return stack


def _judge_stack(student: Function, stack: _Stack) -> None:
    # The reasons are worded for what students forget about each layer.
    why = {
        "Conv2D": "each filter has one kernel for each channel that reaches the layer, and a bias if use_bias is True",
        "Dense": "the inputs are all the values that reach the layer, and each neuron adds a bias",
        "BatchNormalization": "each channel, on the last axis, has 2 trainable and 2 non-trainable parameters",
    }
    rows = student(stack.input_shape, stack.descriptions).sequence(len(stack.descriptions), "layers")
    for row, description, shape, expected in zip(rows, stack.descriptions, stack.inputs, stack.expected, strict=True):
        got = tuple(count.number() for count in row.unpack("trainable", "non_trainable"))
        require(
            got == expected,
            f"stack_parameters gives {brief(got)} for the layer {description} on the shape {shape}, "
            f"expected {expected}: {why.get(description['layer'], 'it has no parameters')}. See section 5.",
        )


@oracle
def _memory(
    shape: tuple[int, int, int], filters: int, units: int, batch_size: int, dtype: str
) -> tuple[int, list[tuple[int | None, ...]], int, int]:
    """Parameters and output shapes of a small network, and the bytes of its weights and of its outputs for a batch."""
    inputs = keras.Input(shape, dtype=dtype)
    outputs = []
    for layer in (
        keras.layers.Conv2D(filters, 3, dtype=dtype),
        keras.layers.Activation("relu", dtype=dtype),
        keras.layers.MaxPool2D(2, dtype=dtype),
        keras.layers.Flatten(dtype=dtype),
        keras.layers.Dense(units, dtype=dtype),
    ):
        outputs.append(layer(outputs[-1] if outputs else inputs))
    model = keras.Model(inputs, outputs)
    arrays = model(np.zeros((batch_size, *shape), "float32"), training=False)
    weights, activations = (sum(int(np.asarray(a).nbytes) for a in some) for some in (model.weights, arrays))
    return int(model.count_params()), [tuple(output.shape) for output in outputs], weights, activations


def _memory_cases(memory_bytes: Callable[..., Any]) -> list[tuple[Function, tuple, int, int]]:
    student = Function(memory_bytes, "memory_bytes")
    cases = []
    dtypes = ("float32", "float16", "bfloat16", "float64")
    for dtype, rng in zip(dtypes, draws(seed=111, count=len(dtypes)), strict=True):
        height, width, channels = (int(size) for size in rng.integers(8, 14, size=3))
        filters, units, batch_size = int(rng.integers(2, 6)), int(rng.integers(2, 9)), int(rng.integers(2, 9))
        count, shapes, weights, activations = _memory((height, width, channels), filters, units, batch_size, dtype)
        cases.append((student, (count, shapes, batch_size, dtype), weights, activations))
    large: list[tuple] = [(None, 512, 512, 64), (None, 512, 512, 64), (None, 7)]
    for count, shapes, batch_size, dtype in (
        (41, [(None, 4)], 1, "float32"),
        (41, [(None, 4), (None, 4)], 2, "float64"),
        (53, [(None, 6, 5), (None, 2, 3, 4, 5), (None, 1)], 3, "bfloat16"),
        (700_000_001, large, 256, "float32"),
        (300_000_001, large[1:], 300, "float64"),
    ):
        # Arrays that would be too large for this machine: a view of a single number has their size in bytes.
        number = np.zeros((), dtype)
        weights = np.broadcast_to(number, (count,)).nbytes
        activations = sum(np.broadcast_to(number, (batch_size, *shape[1:])).nbytes for shape in shapes)
        cases.append((student, (count, shapes, batch_size, dtype), weights, activations))
    return cases
