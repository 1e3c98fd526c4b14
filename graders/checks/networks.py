"""What a network is, whatever its weights: judged at weights that the grader puts in, since a fresh one may start at 0.

A network must give the same answer to the same example, alone or in a batch; every input must count, every output must
be its own, and what the text leaves without bounds must have none. All it knows is in its weights: it is also taken as
a graph, in which no variable of another model, no memory and no call of Python can hide. The text of the helpers that
start with an underscore, and of `at_named_weights`, goes to where the model lives: `graders.checks.ladder.beside`.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow.python.eager.context as context

from graders.checks.changes import extent, one_pixel_changed
from graders.checks.graphs import fixed_numbers, more_than_computes
from graders.checks.ladder import Failure, Function, beside, brief, elsewhere, fail, parameters_of, require
from graders.checks.weights import drawn_like, kernel_width, mixing, put_back

ORDINARY = 1.5  # gain of the drawn kernels: answers of order one
LARGE = (30.0, 1000.0)  # gains that show whether answers have bounds
LARGER = (*LARGE, 1e6)  # and whether they have distant ones
FAR = 30.0  # what an answer without bounds goes beyond, at one of these gains
EFFECT = 0.005  # what a part of the input moves at least, in units of the range of all answers at drawn weights
DRAWS = 12  # sets of weights at each gain: an output has one sign in all 24 by chance with probability 2^-23


def _at_drawn_weights(model: Any, answer: Any, seed: int, number: int, gains: float | list, inputs: list) -> list:
    """What a model, as a graph, gives for each input at several sets of drawn weights; then its own are put back.

    Kernels are normal, of a width by the numbers of their inputs and outputs, times the gain, which may be another for
    each weight. Other weights stay near their start, variances positive. Constraints, such as masks, hold.
    """
    rng, answers = np.random.default_rng(seed), []
    with put_back(model.weights) as own:
        gains = gains if isinstance(gains, list) else [gains] * len(own)
        for _ in range(number):
            for weight, start, gain in zip(model.weights, own, gains, strict=True):
                if start.dtype.kind != "f":
                    continue
                drawn, constraint = drawn_like(weight, start, rng, gain), getattr(weight, "constraint", None)
                weight.assign(drawn if constraint is None else constraint(tf.constant(drawn)))
            answers.append([np.asarray(answer(x)) for x in inputs])
    return [np.stack(parts) for parts in zip(*answers, strict=True)]


def _with_mixed_neurons(model: Any, answer: Any, seed: int, gain: float, x: Any) -> list:
    """For each kernel its place, answers, those with its outputs mixed, and those where what follows undoes that.

    Where nothing bends between two kernels, their product alone counts. What follows is another kernel, or all later
    ones, as with two heads; around each there may be a skip, so that it is 1 + kernel. All are drawn, and then put
    back. Biases are 0 and normalisation is neutral: else it is another map of each neuron, and undoes no mixing.
    """
    rng, found = np.random.default_rng(seed), []
    neutral = {"bias": 0, "beta": 0, "moving_mean": 0, "gamma": 1, "moving_variance": 1}
    with put_back(model.weights) as own:
        for weight, start in zip(model.weights, own, strict=True):
            if start.ndim > 1:
                weight.assign(drawn_like(weight, start, rng, gain))
            elif weight.name in neutral:
                weight.assign(np.full_like(start, neutral[weight.name]))
        kernels = [weight for weight in model.weights if len(weight.shape) in (2, 4)]
        numbers = [np.array(kernel) for kernel in kernels]

        def given(changed: dict) -> np.ndarray:
            for place, kernel in changed.items():
                kernels[place].assign(kernel.astype(numbers[place].dtype))
            answers = np.asarray(answer(x))
            for place in changed:
                kernels[place].assign(numbers[place])
            return answers

        for place, kernel in enumerate(numbers):
            size = kernel.shape[-1]
            behind = [k for k, other in enumerate(numbers) if k != place and other.shape[-2] == size]
            later = [k for k in behind if k > place]
            if size == 1 or not behind:
                continue
            mix, answers = mixing(rng, size), []
            for around in (0, np.eye(size)) if kernel.shape == (size, size) else (0,):
                mixed = (kernel + around) @ mix - around
                for following in [*([k] for k in behind), *([later] if len(later) > 1 else [])]:
                    square = all(numbers[k].shape == (size, size) for k in following)
                    for skip in (0, np.eye(size)) if square else (0,):
                        undone = {k: np.linalg.solve(mix, numbers[k] + skip) - skip for k in following}
                        answers.append(given({place: mixed, **undone}))
            found.append((place, given({}), given({place: kernel @ mix}), answers))
    return found


def _along_kernels(model: Any, answer: Any, seed: int, width: int, x: Any) -> list:
    """At drawn kernels, answers with none, one and two times one of them, for each of so many neurons.

    After them come those with two times it and half of another kernel that may follow, for each of these. Other
    weights stay at their start, and all are put back.
    """
    rng, found = np.random.default_rng(seed), []
    with put_back(model.weights):
        kernels = [weight for weight in model.weights if len(weight.shape) == 2]
        for weight in kernels:
            weight.assign(rng.normal(0, np.sqrt(4 / np.mean(weight.shape)), size=weight.shape).astype(np.float32))
        for place, weight in enumerate(kernels):
            kernel, answers = np.array(weight), []
            if kernel.shape[-1] != width:
                continue
            for factor in (0, 1, 2):
                weight.assign(factor * kernel)
                answers.append(np.asarray(answer(x)))
            for other in kernels[place + 1 :]:
                if other.shape[0] == width:
                    behind = np.array(other)
                    other.assign(behind / 2)
                    answers.append(np.asarray(answer(x)))
                    other.assign(behind)
            weight.assign(kernel)
            found.append(answers)
    return found


def _differs_at_drawn_weights(model: Any, answer: Any, seed: int, cuts: list, x: np.ndarray, other: np.ndarray) -> list:
    """Where answers differ between two inputs, at drawn weights: a map for each cut; own weights are put back.

    A cut is the shape of kernels that are 0. Other kernels are normal, so that numbers keep their size; the rest stays
    near its start, variances positive.
    """
    maps = []
    with put_back(model.weights) as own:
        for cut in cuts:
            rng, differs = np.random.default_rng(seed), 0
            for _ in range(6):
                for weight, start in zip(model.weights, own, strict=True):
                    drawn = drawn_like(weight, start, rng)
                    weight.assign(0 * drawn if drawn.ndim > 1 and list(drawn.shape) == list(cut) else drawn)
                before, after = (np.asarray(answer(part)) for part in (x, other))
                scale = 1e-5 * np.abs(before).max()
                differs = differs + np.any(np.abs(after - before) > scale, axis=(0, -1))
            maps.append(differs > 0)
    return maps


def at_named_weights(model: Any, seed: int, x: np.ndarray, slopes: np.ndarray) -> tuple[list, list]:
    """What a model gives at weights that follow from their names and shapes; then its own are put back.

    So networks of the same layers agree, in whatever order they hold them. Gives of each weight the name, the shape,
    whether it learns and whether it has a constraint; and with these weights answers outside of training and in it, and
    the gradient for x of a sum of the former, each times its slope.
    """
    learns = {id(weight) for weight in model.trainable_weights}
    known = ["kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"]
    names = [
        [weight.name, list(weight.shape), id(weight) in learns, getattr(weight, "constraint", None) is not None]
        for weight in model.weights
    ]
    if not {name for name, *_ in names} <= {*known}:
        return names, []
    with put_back(model.weights):
        for weight, (name, shape, *_) in zip(model.weights, names, strict=True):
            noise = np.random.default_rng([seed, known.index(name), *shape]).normal(size=shape)
            if len(shape) > 1:
                noise *= kernel_width(shape)
            else:
                noise = np.exp(0.3 * noise) if name in ("gamma", "moving_variance") else 0.3 * noise
            weight.assign(noise.astype(np.float32))
        given = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(given)
            quiet = model(given, training=False)
            total = tf.reduce_sum(quiet * slopes)
        slope = tape.gradient(total, given)
        slope = np.zeros(x.shape) if slope is None else np.asarray(slope)
        return names, [np.asarray(quiet), np.asarray(model(given, training=True)), slope]


def _shares_of_gradients(model: Any, seed: int, shape: tuple, h: float) -> dict:
    """Which share of the change of the answers a tape knows of, when weights move by h: by its number, each direction.

    One quarter of the weights that learn after the other moves, from drawn ones, so that numbers keep their size; then
    their own are put back. For the change v of all answers along d, the gradient that v pulls back gives v J d, which
    is v v where J is the whole slope. Where an example has few answers, there are more examples: a maximum that another
    pixel takes over, or a ReLU at its bend, is felt by one of many.
    """
    rng = np.random.default_rng(seed)
    weights, shares = [one for one in model.trainable_weights if getattr(one, "constraint", None) is None], {}
    x = tf.constant(rng.normal(size=(48, *shape)), tf.float32)
    x = x[: max(3, 200 // int(np.prod(model(x[:1], training=False).shape)))]
    if not np.allclose(model(x, training=False), model(x, training=False), rtol=1e-5, atol=1e-7):
        return {}  # it draws numbers of its own, of which `require_steady` tells

    def drawn() -> list:
        shapes = [tuple(weight.shape) for weight in weights]
        return [(kernel_width(shape) if len(shape) > 1 else 0.3) * rng.normal(size=shape) for shape in shapes]

    def put(numbers: list) -> None:
        for weight, number in zip(weights, numbers, strict=True):
            weight.assign(tf.cast(number, weight.dtype))

    with put_back(weights) as own:
        middle = [new if new.ndim > 1 else start + new for start, new in zip(own, drawn(), strict=True)]
        for part in range(4):
            along = [step * (4 * place // len(weights) == part) for place, step in enumerate(drawn())]
            ends = []
            for sign in (1, -1):
                put([number + sign * h * step for number, step in zip(middle, along, strict=True)])
                ends.append(np.asarray(model(x, training=False)).astype(float))
            change = (ends[0] - ends[1]) / (2 * h)
            if not np.linalg.norm(change) > 1e-2 * np.linalg.norm(ends[0]):
                continue  # no weight moves that matters, or all answers are at a bound or no numbers
            put(middle)
            with tf.GradientTape() as tape:
                answers = model(x, training=False)
            found = tape.gradient(answers, weights, tf.cast(change, answers.dtype))
            parts = [(slope, step) for slope, step in zip(found, along, strict=True) if slope is not None]
            known = sum(float(np.sum(np.asarray(tf.convert_to_tensor(slope)) * step)) for slope, step in parts)
            shares[part] = known / np.sum(change**2)
        return shares


def _unreached_kernels(model: Any, shape: tuple) -> int:
    """How many kernels a training can never move, where some start at 0; then all weights are put back.

    Behind kernels of zeros, ReLU gives zeros and passes no gradient. What starts at 0 moves here, in steps by the
    gradient: a last layer of zeros, or the last of each residual block, is reached at once, and what is before it in a
    later step. A kernel counts as reached if any number of its gradient is not 0 in any step, from the weights as they
    start or from averages of what came before, at which no ReLU is off by chance: inputs have both signs.
    """
    weights, rng = list(model.trainable_weights), np.random.default_rng(0)
    x = rng.normal(size=(24 if len(shape) == 1 else 3, *shape))
    with put_back(weights) as own:
        empty = [start.size > 0 and not np.any(start) for start in own]
        if not any(zeros and start.ndim > 1 for zeros, start in zip(empty, own, strict=True)):
            return 0
        x = tf.constant(np.concatenate([x, -x]), tf.float32)
        wanted = rng.normal(size=tuple(model(x, training=False).shape))
        reached = [start.ndim < 2 or start.size == 0 for start in own]
        for averages in (False, True):
            for weight, start, zeros in zip(weights, own, empty, strict=True):
                mean = np.abs(rng.normal(size=start.shape)) / max(1, np.prod(start.shape[:-1]))
                weight.assign(mean.astype(start.dtype) if averages and start.ndim > 1 and not zeros else start)
            for _ in range(6):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean((tf.cast(model(x, training=False), tf.float64) - wanted) ** 2)
                for place, slope in enumerate(tape.gradient(loss, weights)):
                    if slope is None:  # it has no part in the answers
                        reached[place] = True
                        continue
                    slope = np.asarray(tf.convert_to_tensor(slope))
                    reached[place] |= bool(np.any(slope != 0))
                    if empty[place]:
                        step = 0.01 * slope / max(float(np.abs(slope).max()), 1e-30)
                        weights[place].assign(np.array(weights[place]) - step.astype(own[place].dtype))
                if all(reached):
                    return 0
        return reached.count(False)


@contextlib.contextmanager
def _nothing_written_into_graphs() -> Iterator[None]:
    """Has `tf.debugging` write nothing into graphs, such as checks for NaN after each operation, or what to dump."""
    writers = list(context.context().op_callbacks)
    for writer in writers:
        context.context().remove_op_callback(writer)
    try:
        yield
    finally:
        for writer in writers:
            context.context().add_op_callback(writer)


def _as_graph(model: Any, shape: tuple) -> tuple:
    """A model as a function that TensorFlow repeats without Python; and its graph."""
    compiled = tf.function(lambda x: model(x, training=False), autograph=False)
    with _nothing_written_into_graphs():
        concrete = compiled.get_concrete_function(tf.TensorSpec((None, *shape), tf.float32))
    return lambda x: concrete(tf.constant(x, tf.float32)), concrete


def _taken(model: Any, concrete: Any) -> dict[str, Any]:
    """A graph as plain data: its definition, its weights, and what it takes: a weight by its place, or an array.

    Of a variable that is no weight of the model, it is the number of its numbers, at least 1.
    """
    weights = [getattr(weight, "_value", weight) for weight in model.weights]
    places = {id(weight.handle): place for place, weight in enumerate(weights)}
    sizes = {id(variable.handle): int(np.prod(variable.shape)) for variable in concrete.variables}
    takes, arrays, foreign = {}, {}, {}
    for outer, inner in concrete.graph.captures:
        if id(outer) in places:
            takes[inner.name] = places[id(outer)]
        elif outer.dtype.is_floating or outer.dtype.is_integer or outer.dtype.is_bool or outer.dtype.is_complex:
            arrays[inner.name] = np.asarray(outer)
        else:  # a variable, or something that holds any number of numbers
            foreign[id(outer)] = sizes.get(id(outer), 1)
    return {
        "definition": concrete.graph.as_graph_def().SerializeToString(),
        "ends": [tensor.name for tensor in (concrete.inputs[0], *concrete.outputs)],
        "weights": [np.asarray(weight.numpy()) for weight in weights],
        "types": [weight.dtype.name for weight in weights],
        "takes": takes, "arrays": arrays, "foreign": sum(foreign.values()),
    }  # fmt: skip


def _made_again(definition: bytes, ends: list, weights: list, types: list, takes: dict, arrays: dict) -> Any:
    """The function of a graph that was taken somewhere else.

    The text of this function goes to where no student's code has run: `graders.checks.ladder.elsewhere`.
    """
    graph_def = tf.compat.v1.GraphDef.FromString(definition)
    for function in graph_def.library.function:  # loops and branches
        name, known = function.signature.name, context.context()
        if not known.has_function(name):
            known.add_function_def(function)
        elif known.get_function_def(name) != function:
            raise ValueError(f"{name} is another function already")
    variables = [tf.Variable(tf.cast(weight, kind), dtype=kind) for weight, kind in zip(weights, types, strict=True)]

    def call(x: Any) -> Any:
        graph = tf.compat.v1.get_default_graph()
        given = {name: graph.capture(variables[place].handle) for name, place in takes.items()}
        given |= {name: tf.constant(array) for name, array in arrays.items()}
        return tf.import_graph_def(graph_def, {ends[0]: x, **given}, ends[1:], name="")[0]

    placeholder = next(node for node in graph_def.node if f"{node.name}:0" == ends[0])
    shape = [None, *(part.size for part in placeholder.attr["shape"].shape.dim[1:])]
    concrete = tf.function(call, autograph=False).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return lambda x: (variables, concrete(tf.constant(x, tf.float32)))[1]


def _share(one: Any, other: Any) -> bool:
    """Whether two models have a weight in common."""
    return bool({id(weight) for weight in one.weights} & {id(weight) for weight in other.weights})


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


MOST_TEXT = 2**24  # bytes of the definition of a graph: real ones have a hundredth of it


def _graph(
    model: Any, called: str, inputs: Sequence[int], most: int | None, constants: int | None, free: bool = False
) -> tuple[Callable[[Any], Any], dict[str, Any]]:
    """A model as a graph where it lives, and as plain data, which has been looked at here.

    Args:
        model: the network.
        called: the call that made it, in words.
        inputs: the shape of one example.
        most: the number of parameters that the task allows, if it says one.
        constants: how many fixed numbers it may hold, where the task counts its parameters exactly.
        free: whether whole numbers by which it cuts and joins count for nothing.
    """
    try:
        compiled, concrete = beside(model, _as_graph, model, tuple(inputs))
        taken = beside(model, _taken, model, concrete)
    except Exception as error:
        fail(
            f"{called} cannot be compiled for inputs of shape {(None, *inputs)}: {type(error).__name__}: {error}"[:400]
        )
    try:
        foreign, text = int(taken["foreign"]), bytes(taken["definition"])
        require(len(text) <= MOST_TEXT, f"{called} has a graph of {len(text)} bytes: make it smaller.")
        definition = tf.compat.v1.GraphDef.FromString(text)
        fixed = fixed_numbers(definition, free) + sum(np.size(array) for array in taken["arrays"].values())
        count = sum(int(np.asarray(weight).size) for weight in taken["weights"])
    except Failure:
        raise
    except Exception as error:
        fail(f"{called} gave a graph that is none: {_in_short(error)}")
    require(
        foreign == 0,
        f"{called} uses {foreign} numbers of variables that are not among its weights: it must hold all it learns.",
    )
    odd = more_than_computes(definition)
    require(
        odd is None,
        f"{called} does more than compute when it is used, such as to call Python or to keep something ({odd}): use "
        "layers alone.",
    )
    require(
        fixed <= (max(1000, count) if constants is None else constants)
        and (most is None or count + fixed <= most + 1000),
        f"{called} holds {fixed} fixed numbers besides its {count} parameters: what it knows, it must learn.",
    )
    return compiled, taken


def require_plain(model: Any, called: str, inputs: Sequence[int], constants: int) -> None:
    """A model knows nothing but its weights and so many fixed numbers."""
    _graph(model, called, inputs, None, constants)


def graph_beside(
    model: Any, called: str, inputs: Sequence[int], most: int | None = None, constants: int | None = None
) -> Callable[[Any], Any]:
    """A model as a graph where it lives, so that its weights can be changed: for what it is, not for what it learnt."""
    return _graph(model, called, inputs, most, constants, free=True)[0]


def graph_of(
    model: Any, called: str, inputs: Sequence[int], most: int | None = None, constants: int | None = None
) -> Callable[[Any], Any]:
    """A trained model as a graph, that knows nothing but its weights and at most as many fixed numbers.

    Graph and weights are taken as data, and computed with where no student's code has run: so the answers are theirs,
    whatever became of the libraries beside the model, and what it is asked about is not seen there.

    Args:
        model: the network.
        called: the call that made it, in words.
        inputs: the shape of one example.
        most: the number of parameters that the task allows, if it says one.
        constants: how many fixed numbers it may hold, where these may be more.
    """
    _, taken = _graph(model, called, inputs, most, constants)
    count = sum(int(np.size(weight)) for weight in taken["weights"])
    require(most is None or count <= most, f"{called} has {count} parameters, expected at most {most}.")
    parts = [taken[name] for name in ("definition", "ends", "weights", "types", "takes", "arrays")]
    try:
        return elsewhere(_made_again, *parts)
    except Exception as error:
        fail(f"{called} cannot be computed with outside of the notebook: {_in_short(error)}")


def answers_of(model: Any, called: str, inputs: np.ndarray, most: int | None = None) -> np.ndarray:
    """What a trained model itself gives for inputs, as a graph, whatever the functions of the notebook say."""
    return answers(graph_of(model, called, inputs.shape[1:], most), called, inputs)


def answers(graph: Callable[[Any], Any], called: str, inputs: np.ndarray, batch: int = 500) -> np.ndarray:
    """What the graph of a model gives for inputs: finite numbers."""
    parts = [np.asarray(graph(inputs[k : k + batch]), dtype=np.float64) for k in range(0, len(inputs), batch)]
    found = np.concatenate(parts)
    require(bool(np.isfinite(found).all()), f"{called} gives values that are nan or infinite.")
    return found


def require_agreement(said: np.ndarray, own: np.ndarray, function: str, model: str) -> None:
    """What a function of the notebook says is what its network gives, but for single precision."""
    scale = float(np.abs(own).max())
    require(
        np.allclose(said, own, rtol=1e-2, atol=1e-3 * scale),
        f"{function} gives other values than the network {model} does, of which it is a view: leave the cells that are "
        "given as they are, and assign to no name that they make.",
    )


@dataclass(frozen=True)
class Network:
    """A student's network before training.

    Attributes:
        model: the Keras model, or one that was made by hand and called once.
        answer: the same as a graph, which is quick.
        called: the call that made it, in words.
        see: the section to read, "See section 2."
    """

    model: Any
    answer: Callable[[Any], Any]
    called: str
    see: str

    def at(self, seed: int, number: int, gain: float | list[float], *inputs: np.ndarray) -> list[np.ndarray]:
        """Answers at drawn weights, (number, n, ...) for each of the inputs (n, ...); one gain, or one a weight."""
        return self._at(self.answer, seed, number, gain, inputs)

    def _at(self, answer: Any, seed: int, number: int, gain: float | list[float], inputs: Sequence) -> list[np.ndarray]:
        try:
            found = beside(self.model, _at_drawn_weights, self.model, answer, seed, number, gain, list(inputs))
        except Exception as error:
            fail(f"{self.called} stopped: {_in_short(error)}")
        return [np.asarray(part, dtype=np.float64) for part in found]

    def differs(self, seed: int, cuts: Sequence, x: np.ndarray, other: np.ndarray) -> list[np.ndarray]:
        """Where answers (n, ..., c) differ between two inputs, for each cut: the shape of kernels that are then 0."""
        found = beside(self.model, _differs_at_drawn_weights, self.model, self.answer, seed, list(cuts), x, other)
        return [np.asarray(differs) for differs in found]

    def require_same(
        self,
        seed: int,
        x: np.ndarray,
        slopes: np.ndarray,
        expected: tuple[list, list],
        how: str,
        *others: tuple[list, list],
    ) -> None:
        """All weights learn that do in another network, and it computes the same; `expected`: `at_named_weights`.

        Where the task leaves something open, such as the order of what is concatenated, there are others that would do:
        it is held against that which is nearest to it. A network whose weights have other names or shapes may be the
        same, written in another way: it is not judged.
        """
        try:
            names, found = beside(self.model, at_named_weights, self.model, seed, x, slopes)
        except Exception as error:
            fail(f"{self.called} stopped: {_in_short(error)}")
        if found and others and np.isfinite(found[0]).all():
            expected = min((expected, *others), key=lambda one: float(np.abs(np.subtract(found[0], one[1][0])).max()))
        names, wanted = sorted(map(list, names)), sorted(map(list, expected[0]))
        if not found or [name[:2] for name in names] != [name[:2] for name in wanted]:
            return
        frozen = sum(one[2] != other[2] for one, other in zip(names, wanted, strict=True))
        require(
            not frozen,
            f"{self.called} has {frozen} weights that are frozen and should learn, or the other way round. {self.see}",
        )
        held = sum(name[3] for name in names)
        require(held == 0, f"{self.called} has a constraint on {held} of its weights, expected on none. {self.see}")
        whats = ("gives other answers than", "gives other answers in training than", "passes another gradient than")
        for what, got, right in zip(whats, found, expected[1], strict=True):
            got, right = np.asarray(got), np.asarray(right)
            if got.shape != right.shape or not np.isfinite(got).all():
                self.fails(f"{what} its layers should: {how}")
            if what == whats[-1]:  # where round-off puts a ReLU on the other side of its bend, a few numbers differ
                away, most = float(np.linalg.norm(got - right) / np.linalg.norm(right)), 0.05
            else:
                away, most = float(np.abs(got - right).max() / np.ptp(right)), 1e-3
            if away > most:
                self.fails(f"{what} its layers should, off by {away:.2g} of the size of all: {how}")

    def require_skips(
        self, seed: int, rng: np.random.Generator, shape: tuple[int, ...], widths: Sequence[int], one: str, whole: str
    ) -> None:
        """When the kernels that go up to a level are 0, one pixel reaches as far as the skip of this level carries it.

        This is a U-Net with so many filters at each level, the bottom last, and transposed convolutions of 2 x 2. Each
        of its blocks, one on the way down, one on the way up and one at the bottom, reaches 2 pixels of its own level
        to both sides. A pixel that is not in the middle of its cell in a pooled image reaches less.

        Args:
            seed: of the weights.
            rng: draws images
            shape: of this shape.
            widths: the numbers of filters.
            one: a pixel and
            whole: the image, in the words of the task.
        """
        bottom, cuts = len(widths) - 1, [(2, 2, a, b) for a, b in itertools.pairwise(widths)]
        x, other = one_pixel_changed(rng, shape, slice(None))
        for level, differs in enumerate(self.differs(seed, [*cuts, (0,)], x, other)):
            side = 2 * sum(2 * 2**k for k in range(level)) + (2 if level == bottom else 4) * 2**level
            size, least, most = extent(differs), 2 * side - 2**level, 2 * side + 2**level
            if not least <= size <= most:
                where = f"the skip of level {level}" if level < bottom else "the bottom"
                self.fails(
                    f"lets one {one} of {whole} reach {size} {one}s along an axis through {where}, expected {least} to "
                    f"{most}: does each level use its own skip?"
                )

    def require_gradients(self, inputs: Sequence[int]) -> None:
        """A tape knows of all ways on which weights that learn move the answers.

        Where a gradient stops, its way's part is missing. Of the bends of ReLUs, a step of a thousandth passes about
        one in a thousand: in small networks of one input, that is more than 10% at up to 4 in 1,000 sets of weights
        (by NumPy). So two sets have to show it, which for a right network has a chance of 2e-5 at most. Behind a
        normalisation of few channels that are nearly equal, a thousandth leaves the straight part: a step of 1e-5 has
        to show it too, in the same direction. What a stopped gradient misses is missing at any step.
        """
        away = []
        for seed in (1801, 1802):
            try:
                looks = [beside(self.model, _shares_of_gradients, self.model, seed, tuple(inputs), 1e-3)]
                if any(not abs(share - 1) < 0.1 for share in looks[0].values()):
                    looks.append(beside(self.model, _shares_of_gradients, self.model, seed, tuple(inputs), 1e-5))
            except Exception as error:
                self.fails(f"stopped under a GradientTape: {_in_short(error)}")
            both = [[abs(look[part] - 1) for look in looks if part in look] for part in looks[0]]
            away.append(max(map(min, both), default=0))
            if away[-1] < 0.1:
                break
        else:
            precision = getattr(self.model, "compute_dtype", None)
            if precision in ("float16", "bfloat16"):
                self.fails(f"computes in {precision}, which has too few digits to be judged: leave the precision of "
                           "Keras as it is, and set no policy.")  # fmt: skip
            self.fails(
                f"moves with its weights in a way that its gradient does not know of, by up to {min(away):.0%}: does "
                "something stop the gradient?"
            )

    def require_reached(self, inputs: Sequence[int]) -> None:
        """A training reaches each kernel from where it starts; one that is not connected, or is frozen, is not asked.

        Only kernels that start at 0 are looked at more closely: right networks have these where they are reached.
        """
        try:
            number = beside(self.model, _unreached_kernels, self.model, tuple(inputs))
        except Exception as error:
            self.fails(f"stopped under a GradientTape: {_in_short(error)}")
        require(
            number == 0,
            f"{self.called} starts with kernels of zeros, from which {number} of its kernels never get a gradient: it "
            f"cannot learn. Leave kernels in front of an activation to Keras. {self.see}",
        )

    def require_count(self, expected: int, what: str = "") -> None:
        """So many parameters, no more and no fewer. `what`: the network in words, where its call says too little."""
        count = parameters_of(self.model)
        require(count == expected, f"{what or self.called} has {count} parameters, expected {expected}. {self.see}")

    def fails(self, sentence: str) -> None:
        """Ends the check."""
        fail(f"With random weights, {self.called} {sentence} {self.see}")

    def require_steady(self, seed: int, x: np.ndarray, told: bool = False) -> np.ndarray:
        """Finite, the same again, and for each example the same alone as in a batch; gives the answers.

        A layer that is told to train, or a network that trains unless told otherwise, is off in the graph: so the model
        is also called as notebooks call it. Where these always say whether they train, it is `told`: a layer of Keras
        that turns images at random trains unless it is.
        """
        answers, again, alone, some = self.at(seed, 6, ORDINARY, x, x, x[:1], x[1:4])
        if not np.isfinite(answers).all():
            self.fails("gives values that are nan or infinite.")
        atol = 1e-4 * np.abs(answers).max()
        called, called_again = (answers[:2],) * 2 if told else self._at(self.model, seed, 2, ORDINARY, (x, x))
        if not all(
            np.allclose(one, other, rtol=1e-3, atol=atol)
            for one, other in ((answers, again), (answers[:2], called), (answers[:2], called_again))
        ):
            self.fails("gives another answer for the same input, outside of training too.")
        if not (np.allclose(answers[:, :1], alone, rtol=1e-3, atol=atol)
                and np.allclose(answers[:, 1:4], some, rtol=1e-3, atol=atol)):  # fmt: skip
            self.fails("gives an example another answer in another batch: each must be treated by itself.")
        return answers

    def require_outputs(self, answers: np.ndarray, what: str) -> None:
        """Each output changes with the input and with the weights, and none is a copy of another."""
        flat = answers.reshape(*answers.shape[:2], -1)
        scale = np.ptp(flat)
        if scale == 0:
            self.fails("gives the same for every input: does it depend on its input?")
        dead = (flat.std(axis=1).max(axis=0) < 1e-5 * scale) | (flat.std(axis=0).max(axis=0) < 1e-3 * scale)
        if dead.any():
            self.fails(f"has {int(dead.sum())} of {dead.size} {what} that do not change with its input or its weights.")
        if flat.shape[2] <= 64:
            columns = flat.reshape(-1, flat.shape[2])
            related = np.abs(np.corrcoef(columns.T)).reshape(flat.shape[2], -1) - np.eye(flat.shape[2])
            if (related > 1 - 1e-6).any():
                first, second = sorted(int(k) for k in np.argwhere(related > 1 - 1e-6)[0])
                self.fails(f"has {what} {first} and {second} that tell the same: each must be its own.")

    def require_hidden(self, hidden: int, inputs: int, outputs: int, layers: tuple[int, int]) -> None:
        """As many parameters as so many hidden layers have, `dense_sizes`; all are as wide, and none is frozen.

        A layer with no more neurons than there are outputs may be one that gives some of these.
        """
        count, (least, most) = parameters_of(self.model), dense_sizes(inputs, outputs, hidden, layers)
        kernels = [weight.shape for weight in self.model.get_weights() if weight.ndim > 1]
        widths = {kernel[-1] for kernel in kernels if kernel[-2:] != (hidden, inputs)}  # one that is transposed
        odd = max((width for width in widths - {hidden} if width > outputs), default=None)
        if any(len(weight.shape) > 1 for weight in self.model.non_trainable_weights):
            fail(f"{self.called} has a layer that is not trainable. {self.see}")
        if odd is not None:
            fail(f"{self.called} has a layer of {odd} neurons, expected {hidden} in each hidden layer. {self.see}")
        if not least <= count <= most:
            number = " to ".join(map(str, sorted({*layers})))
            fail(
                f"{self.called} has {count} parameters. With {number} hidden layers of {hidden} neurons it has {least} "
                f"to {most}. {self.see}"
            )

    def require_inputs(
        self, seed: int, x: np.ndarray, changed: Sequence[tuple[str, np.ndarray]], each: bool = False
    ) -> None:
        """Each part of the input counts for some weights. `changed`: inputs of which one part is another, by name.

        With `each`, it counts for every output.
        """
        everything = np.concatenate([x, *(other for _, other in changed)])
        answers = self.at(seed, 2 * DRAWS, ORDINARY, everything)[0].reshape(2 * DRAWS, 1 + len(changed), len(x), -1)
        effects = np.abs(answers[:, 1:] - answers[:, :1]).max(axis=(0, 2)) > EFFECT * np.ptp(answers)
        moved = effects.any(axis=1)
        idle = [name for (name, _), counts in zip(changed, moved, strict=True) if not counts]
        if idle:
            more = f", nor {len(idle) - 1} others" if len(idle) > 1 else ""
            self.fails(f"gives the same whatever {idle[0]} is{more}: every input must count.")
        if each and not effects.all():
            part, output = np.argwhere(~effects)[0]
            self.fails(f"has an output {output} that is the same whatever {changed[part][0]} is: each must see all.")

    def reach(
        self, seed: int, x: np.ndarray, below: float, above: float, gains: Sequence[float] = LARGE
    ) -> tuple[np.ndarray, np.ndarray]:
        """The smallest and the largest that each output gives at small and large weights.

        Until each is below the one number and above the other, single kernels are made large too, the last one first:
        behind a large kernel, what is 0 far away, such as a Gaussian, is 0 everywhere.
        """
        shapes = [np.shape(weight) for weight in self.model.get_weights()]
        kernels = [place for place, shape in enumerate(shapes) if len(shape) > 1]
        single = [[gains[-1] if place == k else ORDINARY for place in range(len(shapes))] for k in reversed(kernels)]
        low, high = np.inf, -np.inf
        for number, gain in enumerate([*gains, *single], start=1):
            answers = np.nan_to_num(self.at(seed, DRAWS, gain, x)[0], nan=0.0, posinf=1e30, neginf=-1e30)
            low, high = np.minimum(low, answers.min(axis=(0, 1))), np.maximum(high, answers.max(axis=(0, 1)))
            if number >= len(gains) and low.max() <= below and high.min() >= above:
                break
        return low, high

    def require_unbounded(self, seed: int, x: np.ndarray, far: float = FAR, gains: Sequence[float] = LARGE) -> None:
        """Every output is any real number: on both sides of 0 it goes beyond `far`, at one of the gains."""
        low, high = self.reach(seed, x, -far, far, gains)
        if low.max() > -far or high.min() < far:
            self.fails(
                f"made {gains[-1]:,.0f} times as large, gives values between {brief(low.max())} and {brief(high.min())}"
                " in one of its outputs, expected any real numbers: the last layer has no activation."
            )

    def require_activations(self, seed: int, x: np.ndarray, hidden: int, least: int) -> None:
        """At least so many kernels of hidden layers have an activation behind them that is not like ReLU.

        Where there is none, answers are linear in the kernel, or stay when it doubles and the next one is halved. A
        kernel whose size alone makes no difference is normalised, which bends as well.
        """
        found = beside(self.model, _along_kernels, self.model, self.answer, seed, hidden, x)
        away = [[none - 2 * once + twice, *(both - once for both in more)] for none, once, twice, *more in found]
        scales = [1e-3 * np.ptp(answers[1]) for answers in found]
        normed = [
            np.abs(twice - once).max() <= scale < np.abs(none - once).max()
            for (none, once, twice, *_), scale in zip(found, scales, strict=True)
        ]
        count = sum(
            same or min(np.abs(part).max() for part in parts) > scale
            for same, parts, scale in zip(normed, away, scales, strict=True)
        )
        if count < least:
            self.fails(f"has an activation behind {count} of its hidden layers, expected {least}.")

    def require_linear_outputs(self, seed: int, x: np.ndarray, widths: Sequence[int]) -> None:
        """Answers are linear in each kernel of so many neurons, as those of the output are: none has an activation.

        Right ones leave round-off, and an activation 0.1 of the spread or more.
        """
        for width in widths:
            for none, once, twice, *_ in beside(self.model, _along_kernels, self.model, self.answer, seed, width, x):
                is_normed = np.abs(twice - once).max() <= 1e-3 * np.ptp(once)  # its size makes no difference
                if not is_normed and np.abs(none - 2 * once + twice).max() > 1e-3 * np.ptp(once):
                    self.fails("bends with the weights of its output layer: the output has no activation.")

    def require_bent(self, seed: int, x: np.ndarray, step: np.ndarray) -> None:
        """Not affine: second differences along a direction."""
        low, middle, high = self.at(seed, 4, ORDINARY, x - step, x, x + step)
        if np.abs(low + high - 2 * middle).max() < 1e-3 * np.ptp(middle):
            self.fails("gives straight lines: its hidden layers need an activation.")

    def straight(self, seed: int, x: np.ndarray) -> list[tuple[int, tuple[int, ...]]]:
        """Place and shape of each kernel, dense or of a convolution, that is not bent before the next one.

        In units of the scatter of answers, those that are the same differ by 1e-6 in single precision. Behind an
        activation they differ by 0.01 or more (24 layers of each kind, 60 seeds); behind one of four softmaxes of 130
        neurons, by 7e-5.
        """
        shapes = [weight.shape for weight in self.model.get_weights() if weight.ndim in (2, 4)]
        try:
            found = beside(self.model, _with_mixed_neurons, self.model, self.answer, seed, ORDINARY, x)
        except Exception as error:
            fail(f"{self.called} stopped: {_in_short(error)}")
        places = []
        for place, own, mixed, answers in found:
            away = [float(np.abs(part - own).max()) for part in (mixed, *answers)]
            scale = 1e-5 * float(np.ptp(own))
            if away[0] > scale >= min(away[1:]):
                places.append((int(place), tuple(shapes[place])))
        return places

    def require_bends(self, seed: int, x: np.ndarray) -> None:
        """Each hidden layer has an activation: `straight`."""
        for place, _ in self.straight(seed, x):
            self.fails(f"has no activation behind hidden layer {place + 1}: with the next layer it is one linear map.")


def built(
    build: Callable[..., Any],
    name: str,
    *arguments: Any,
    inputs: Sequence[int],
    outputs: Sequence[int],
    most: int,
    see: str,
    alike: bool = False,
    constants: int | None = None,
) -> Network:
    """A network of the right shapes and size that holds all it knows in weights of its own, made anew by each call.

    With `alike`, all its kernels may start at one number: where a task leaves open how weights start. `constants`: how
    many fixed numbers it may hold, where these are more than a thousand and than its parameters.
    """
    result = Function(build, name)(*arguments)
    model, called = result.value, result.called
    if not callable(model) or getattr(model, "get_weights", None) is None:
        fail(f"{called} returned {brief(model)}, expected a Keras model. {see}")
    shape = getattr(model, "input_shape", None)
    if shape is not None and (
        len(shape) != 1 + len(inputs)
        or any(size not in (None, needed) for size, needed in zip(shape, (None, *inputs), strict=True))
    ):
        fail(f"{called} takes inputs of shape {tuple(shape)}, expected {(None, *inputs)}. {see}")
    try:
        got = np.asarray(model(np.zeros((3, *inputs), np.float32), training=False)).shape
    except Exception as error:
        fail(f"{called} stopped for inputs of shape {(3, *inputs)}: {_in_short(error)} {see}")
    require(
        got == (3, *outputs),
        f"{called} gives outputs of shape {(None, *got[1:])}, expected {(None, *outputs)}. {see}",
    )
    # Now that it has been called: the weights of a subclass of Model may be made by its first call, in `fit` too.
    require(len(model.get_weights()) > 0, f"{called} has no weights: it cannot learn. {see}")
    count = parameters_of(model)
    require(count <= most, f"{called} has {count} parameters, expected at most {most}: make its layers smaller. {see}")
    require(len(model.trainable_weights) > 0, f"{called} has no trainable parameters: it cannot learn. {see}")
    kernels = [kernel for kernel in map(np.asarray, model.get_weights()) if kernel.ndim > 1 and kernel.size > 1]
    require(
        alike or not kernels or any(np.ptp(kernel) > 0 for kernel in kernels),
        f"{called} starts with kernels of one number each: neurons that begin alike stay alike. {see}",
    )
    answer = graph_beside(model, called, inputs, most, constants)
    if beside(build, _share, model, Function(build, name)(*arguments).value):
        fail(f"Two networks from {called} share weights: make new layers in each call. {see}")
    network = Network(model, answer, called, see)
    network.require_gradients(inputs)
    if not alike:
        network.require_reached(inputs)
    return network


def dense_sizes(inputs: int, outputs: int, hidden: int, layers: tuple[int, int]) -> tuple[int, int]:
    """The numbers of parameters between which dense networks with so many hidden layers lie, the fewest and the most.

    The smallest has no biases. The largest has them, normalises each layer, gives its input again to each, and all
    layers to the outputs.
    """
    few, many = (hidden * inputs + (n - 1) * hidden**2 + outputs * hidden for n in layers)
    again = inputs * ((layers[1] - 1) * hidden + outputs) + (layers[1] - 1) * hidden * outputs
    return few, many + 5 * layers[1] * hidden + outputs + again
