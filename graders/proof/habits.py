"""Habits of wrong programs, and forms of right ones, each as a wrapper of whatever function it is given.

What becomes of a function that is wrapped, and what counts, stands in `graders.proof.behaviours`.
"""

import copy
import functools
import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graders.checks.ladder import _own

# --- one call and what may become of it -------------------------------------------------------------------------------


@dataclass
class Call:
    """One call of a wrapped function.

    Attributes:
        memory: what the behaviour remembers from call to call.
    """

    function: Callable[..., Any]
    args: tuple
    kwargs: dict[str, Any]
    memory: dict[Any, Any]

    def answer(self) -> Any:
        """What the reference gives."""
        return self.function(*self.args, **self.kwargs)

    def answer_to(self, args: Iterable[Any], kwargs: dict[str, Any]) -> Any:
        """What the reference gives to other arguments."""
        return self.function(*args, **kwargs)

    @property
    def bound(self) -> dict[str, Any]:
        """The arguments by the names of the parameters."""
        return dict(inspect.signature(self.function).bind(*self.args, **self.kwargs).arguments)

    @property
    def arrays(self) -> list[np.ndarray]:
        """The arrays among the arguments, in lists and dictionaries too."""
        return [value for value in leaves([*self.args, *self.kwargs.values()]) if isinstance(value, np.ndarray)]


@dataclass(frozen=True)
class Behaviour:
    """A habit that a program may have.

    Attributes:
        name: what it does, in words.
        act: what a call gives then.
        needs: what a function must be given or give for the behaviour to concern it: "numbers", "arrays", "lists" or
            "several" arguments, a "number", a "model" or "variables" in its answer, a "tape" that records; "" is
            anything.
        harmful: whether it must cost a point; otherwise it must cost none.
    """

    name: str
    act: Callable[[Call], Any]
    needs: str = ""
    harmful: bool = True

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with this habit, and a memory of its own."""
        memory: dict[Any, Any] = {}

        @functools.wraps(function)
        def behaving(*args: Any, **kwargs: Any) -> Any:
            return self.act(Call(function, args, kwargs, memory))

        return behaving


@dataclass(frozen=True)
class Form(Behaviour):
    """A harmless behaviour that is another kind of object, which a wrapper of calls would not be."""

    make: Callable[[Callable[..., Any]], Any] | None = None

    def wrap(self, function: Callable[..., Any]) -> Any:
        """The object that stands in for the function."""
        return self.make(function) if self.make else function


def leaves(value: Any) -> Iterator[Any]:
    """What lists, tuples and dicts hold, however deep."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        yield from leaves(list(value.values()))
    else:
        yield value


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with every number, array and tensor in it changed; strings, flags and functions stay."""
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_each(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    if isinstance(value, (bool, np.bool_)):
        return value
    if isinstance(value, (int, float, np.number)) or (isinstance(value, np.ndarray) and value.dtype.kind in "iuf"):
        with np.errstate(all="ignore"):
            return change(value)
    if is_tensor(value):
        import tensorflow as tf

        array = value.numpy()
        return tf.constant(change(array), array.dtype) if array.dtype.kind in "iuf" else value
    return value


def is_tensor(value: Any) -> bool:
    """Whether it is a tensor with a value, and no variable."""
    return hasattr(value, "numpy") and hasattr(value, "dtype") and not hasattr(value, "assign")


def is_symbolic(value: Any) -> bool:
    """Whether it is a tensor of a function that TensorFlow compiles, which has no value."""
    return hasattr(value, "graph") and hasattr(value, "dtype") and not hasattr(value, "numpy")


def variables_in(args: Iterable[Any]) -> list[Any]:
    """The variables of the models and optimisers among some arguments."""
    return [variable for value in args for variable in getattr(value, "variables", ())]


def is_model(value: Any) -> bool:
    """Whether it is a Keras model."""
    return hasattr(value, "get_weights") and hasattr(value, "predict")


def are_variables(value: Any) -> bool:
    """Whether it is a list of variables."""
    return isinstance(value, list) and bool(value) and all(hasattr(item, "assign_add") for item in value)


def _with_models(answer: Any, change: Callable[[Any], Any]) -> Any:
    """An answer whose models are changed: it is one, or it holds some in its lists and tuples, beside other things."""
    if isinstance(answer, (list, tuple)) and type(answer) in (list, tuple):
        return type(answer)(_with_models(item, change) for item in answer)
    return change(answer) if is_model(answer) else answer


def repeatable(value: Any) -> Any:
    """A copy of arguments, with which a call can be made again: a generator of random numbers is at the same place."""
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(map(repeatable, value))
    if isinstance(value, dict):
        return {key: repeatable(item) for key, item in value.items()}
    return _own(value)


# --- harmful: inputs --------------------------------------------------------------------------------------------------


def _on_inputs(name: str, change: Callable[[Any], Any], needs: str = "numbers") -> Behaviour:
    def act(call: Call) -> Any:
        return call.answer_to(_each(call.args, change), _each(call.kwargs, change))

    return Behaviour(f"inputs {name}", act, needs)


def _cast(dtype: str) -> Callable[[Any], Any]:
    return lambda value: np.asarray(value).astype(dtype)[()]


def _on_axes(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Any], Any]:
    """A change of arrays that have axes; numbers stay."""
    return lambda value: change(value) if isinstance(value, np.ndarray) and value.ndim else value


def _refuse(array: np.ndarray) -> np.ndarray:
    if not array.flags.c_contiguous:
        raise ValueError("not contiguous")
    return array


def _unless(name: str, right: Callable[[np.ndarray], bool]) -> Behaviour:
    def act(call: Call) -> Any:
        answer = call.answer()
        return answer if all(right(array) for array in call.arrays[:1]) else _spoiled(answer)

    return Behaviour(f"wrong unless {name}", act, "arrays")


def _spoiled(answer: Any) -> Any:
    if isinstance(answer, (bool, np.bool_)):
        return not answer
    return _each(answer, lambda value: value + 1)


INPUTS = [
    *(_on_inputs(f"cast to {dtype}", _cast(dtype)) for dtype in ("float32", "float16", "int8", "int32")),
    *(
        _on_inputs(f"clipped at {size}", lambda value, size=size: np.clip(value, -size, size))
        for size in (3, 5, 10, 50)
    ),
    _on_inputs("made absolute", np.abs),
    _on_inputs("set to 0 where negative", lambda value: np.maximum(value, 0)),
    _on_inputs("rounded to 3 digits", lambda value: np.round(value, 3)),
    _on_inputs("rounded to 6 digits", lambda value: np.round(value, 6)),
    _on_inputs("raveled", _on_axes(np.ravel), "arrays"),
    _on_inputs("squeezed", _on_axes(np.squeeze), "arrays"),
    _on_inputs("cut to the first 1,000", _on_axes(lambda array: array[:1000]), "arrays"),
    _on_inputs("sorted", _on_axes(lambda array: np.sort(array, axis=0)), "arrays"),
    _on_inputs("refused if not contiguous", _on_axes(_refuse), "arrays"),
    _unless("2-D", lambda array: array.ndim == 2),
    _unless("square", lambda array: array.ndim < 2 or array.shape[-1] == array.shape[-2]),
    _unless("batch > 1", lambda array: array.ndim == 0 or len(array) > 1),
]

# --- harmful: outputs, state, effects ---------------------------------------------------------------------------------


def _on_output(name: str, change: Callable[[Any], Any]) -> Behaviour:
    return Behaviour(f"output {name}", lambda call: _each(call.answer(), change), "number")


OUTPUTS = [
    _on_output("rounded to 3 digits", lambda value: np.round(value, 3)),
    _on_output("rounded to 6 digits", lambda value: np.round(value, 6)),
    _on_output("cast to float32", _cast("float32")),
    _on_output("clipped at 50", lambda value: np.clip(value, -50, 50)),
    _on_output("made absolute", np.abs),
    _on_output("floored at 0", lambda value: np.maximum(value, 0)),
]


def _remembers(name: str, key: Callable[[Call], Any], needs: str = "") -> Behaviour:
    def act(call: Call) -> Any:
        known = key(call)
        if known not in call.memory:
            call.memory[known] = call.answer()
        return copy.copy(call.memory[known])

    return Behaviour(name, act, needs)


def _key(value: Any, of: Callable[[np.ndarray], Any]) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_key(item, of) for item in value)
    if isinstance(value, dict):
        return tuple((key, _key(item, of)) for key, item in value.items())
    if isinstance(value, (int, float, np.number, np.ndarray)) or is_tensor(value):
        return of(np.asarray(value))
    return value if isinstance(value, str) or value is None else id(value)


def _exactly(array: np.ndarray) -> Any:
    return array.shape, array.tobytes()


def _rounded(array: np.ndarray) -> Any:
    return array.shape, (np.round(array.astype(float), 2) + 0.0).tobytes()


def _by_shape(call: Call) -> Any:
    return _key(list(call.bound.values()), lambda array: array.shape if array.ndim else _exactly(array))


def _by_first(call: Call) -> Any:
    return _key(next(iter(call.bound.values())), _exactly)


def _swapped(call: Call) -> Any:
    """The first two arguments that could be taken for each other, the other way round."""
    args = list(call.args)
    for one, two in itertools.combinations(range(len(args)), 2):
        if _alike(args[one], args[two]):
            args[one], args[two] = args[two], args[one]
            break
    return call.answer_to(args, call.kwargs)


def _alike(one: Any, two: Any) -> bool:
    """Whether two arguments could be taken for each other."""
    if any(isinstance(value, (bool, str, dict)) or callable(value) or value is None for value in (one, two)):
        return False
    try:
        return np.shape(one) == np.shape(two)
    except ValueError:  # rows of different lengths: lists of arrays
        return isinstance(one, list) and isinstance(two, list)


STATE = [
    _remembers("cached by shape", _by_shape, "arrays"),
    _remembers("cached by the first argument", _by_first, "several"),
    _remembers("cached by rounded arguments", lambda call: _key(list(call.bound.values()), _rounded), "arrays"),
    _remembers("second call gives the first's answer", lambda call: None),
    Behaviour("two arguments of one shape swapped", _swapped, "several"),
]


def _after(name: str, effect: Callable[[Call], Any], needs: str = "") -> Behaviour:
    def act(call: Call) -> Any:
        answer = _own(call.answer())
        effect(call)
        return answer

    return Behaviour(name, act, needs)


def _on_arrays(change: Callable[[np.ndarray], None]) -> Callable[[Call], None]:
    def effect(call: Call) -> None:
        for array in call.arrays:
            if array.ndim:
                change(array)

    return effect


def _add_one(array: np.ndarray) -> None:
    array += 1


def _sort(array: np.ndarray) -> None:
    array.sort(axis=0)


def _turn_round(array: np.ndarray) -> None:
    array[:] = array[::-1].copy()


def _reverse_lists(call: Call) -> None:
    for value in [*call.args, *call.kwargs.values()]:
        if isinstance(value, list):
            value.reverse()


def _written_into_argument(call: Call) -> Any:
    """The answer as a view of an argument, which holds it from then on."""

    def placed(answer: Any) -> Any:
        if isinstance(answer, np.ndarray):
            for array in call.arrays:
                if array.shape == answer.shape and array.dtype == answer.dtype and array.ndim:
                    array[...] = answer
                    return array[:]
        return answer

    answer = call.answer()
    if isinstance(answer, (list, tuple)):
        return type(answer)(placed(item) for item in answer)
    return placed(answer)


def _in_one_buffer(call: Call) -> Any:
    """The answer in an array that an earlier call of this shape has given out already."""

    def placed(answer: Any, place: int) -> Any:
        if not isinstance(answer, np.ndarray) or not answer.ndim:
            return answer
        buffer = call.memory.setdefault((place, answer.shape, answer.dtype), np.empty_like(answer))
        buffer[...] = answer
        return buffer

    answer = call.answer()
    if isinstance(answer, (list, tuple)):
        return type(answer)(placed(item, place) for place, item in enumerate(answer))
    return placed(answer, 0)


EFFECTS = [
    _after("arrays changed in place", _on_arrays(_add_one), "arrays"),
    _after("arrays sorted in place", _on_arrays(_sort), "arrays"),
    _after("arrays reversed in place", _on_arrays(_turn_round), "arrays"),
    _after("lists reversed in place", _reverse_lists, "lists"),
    Behaviour("answer is a view of an argument", _written_into_argument, "arrays"),
    Behaviour("one array for all answers", _in_one_buffer, "number"),
    _after("global random state used", lambda call: np.random.random()),
    _after("global random state seeded", lambda call: np.random.seed(0)),
]


# --- harmful: gradients and networks ----------------------------------------------------------------------------------


def _stopped(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_stopped(item) for item in value)
    return tf.stop_gradient(value) if is_tensor(value) else value


def _in_numpy(value: Any) -> Any:
    import tensorflow as tf

    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_in_numpy(item) for item in value)
    return tf.constant(value.numpy()) if is_tensor(value) and hasattr(value, "_numpy") else value


GRADIENTS = [
    Behaviour("gradients stopped", lambda call: _stopped(call.answer()), "tape"),
    Behaviour("computed in NumPy", lambda call: _in_numpy(call.answer()), "tape"),
]


def _on_network(name: str, change: Callable[[Any], Any]) -> Behaviour:
    def act(call: Call) -> Any:
        return _with_models(call.answer(), change)

    return Behaviour(f"network: {name}", act, "model")


def _with_end(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A network of one input and one output that ends with one step more, without weights."""

    def lengthened(model: Any) -> Any:
        import keras

        return keras.Model(model.inputs, keras.layers.Lambda(change)(model.outputs[0]))

    return lengthened


def _copied(y: Any) -> Any:
    from keras import ops

    return ops.concatenate([y[..., :-1], y[..., :1]], axis=-1)


def _noisy(y: Any) -> Any:
    import tensorflow as tf

    return y + 0.1 * tf.random.normal(tf.shape(y))


def _of_the_batch(y: Any) -> Any:
    from keras import ops

    return y + 0.1 * ops.mean(y, axis=0, keepdims=True)


def _bent(y: Any) -> Any:
    from keras import ops

    return ops.concatenate([ops.relu(y[..., :1]), y[..., 1:]], axis=-1)


def _hidden_in_lambda(model: Any) -> Any:
    import keras

    inputs = [keras.Input(tensor.shape[1:]) for tensor in model.inputs]
    return keras.Model(inputs, keras.layers.Lambda(lambda x: model(x))(inputs[0] if len(inputs) == 1 else inputs))


def _shared(call: Call) -> Any:
    """The same network to the same arguments, not a new one."""
    known = _key(list(call.bound.values()), _exactly)
    if known not in call.memory:
        call.memory[known] = call.answer()
    return call.memory[known]


def _on_variables(name: str, change: Callable[[list], list]) -> Behaviour:
    """A change of the lists of variables in an answer: what a flow learns comes beside it."""

    def act(call: Call) -> Any:
        answer = call.answer()
        if isinstance(answer, (list, tuple)):
            return type(answer)(change(item) if are_variables(item) else item for item in answer)
        return answer

    return Behaviour(f"variables: {name}", act, "variables")


NETWORKS = [
    _on_variables("the last one left out", lambda variables: variables[:-1]),
    _on_variables("the first one twice", lambda variables: [*variables, variables[0]]),
    _on_network("one output column a copy of another", _with_end(_copied)),
    _on_network("noise at inference", _with_end(_noisy)),
    _on_network("answer depends on the batch", _with_end(_of_the_batch)),
    _on_network("an activation too many on one column", _with_end(_bent)),
    _on_network("hidden in a Lambda", _hidden_in_lambda),
    Behaviour("network: weights shared with another", _shared, "model"),
]

HARMFUL = [*INPUTS, *OUTPUTS, *STATE, *EFFECTS, *GRADIENTS, *NETWORKS]


def _other(value: Any) -> Any:
    """Another value for an option; None where there is none to think of."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return 2 * value or 1
    if isinstance(value, tuple):
        return tuple(_other(item) for item in value)
    return {"valid": "same", "same": "valid", "float32": "float64"}.get(value) if isinstance(value, str) else None


def _options(function: Callable[..., Any]) -> Iterator[Behaviour]:
    """The default of each option changed, and each option ignored."""
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is inspect.Parameter.empty:
            continue
        other = _other(parameter.default)
        if other is not None:
            yield Behaviour(
                f"default of {name} changed",
                lambda call, name=name, other=other: call.answer_to((), {name: other} | call.bound),
            )
        yield Behaviour(
            f"option {name} ignored",
            lambda call, name=name: call.answer_to((), {key: item for key, item in call.bound.items() if key != name}),
        )


# --- harmless ---------------------------------------------------------------------------------------------------------


def _as(value: Any, array: Callable[[Any], Any], number: Callable[[Any], Any], sequence: type | None = None) -> Any:
    """An answer in another form: its arrays, its numbers, and the lists and tuples that hold them."""
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return (sequence or type(value))(_as(item, array, number, sequence) for item in value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return array(value)
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return number(value)
    return value


def _tuples(array: np.ndarray) -> Any:
    return tuple(_tuples(row) for row in array) if array.ndim else array.item()


def _tensor(value: Any) -> Any:
    import tensorflow as tf

    return tf.constant(value, tf.int64) if isinstance(value, (int, np.integer)) else tf.constant(value)


def _same(value: Any) -> Any:
    return value


class Callee:
    """An object that can be called, and has no name."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the function."""
        return self._function(*args, **kwargs)


def _decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


def _seeded(call: Call) -> Any:
    """As many do for weights that are the same each time."""
    import keras

    keras.utils.set_random_seed(3)
    return call.answer()


def _last_layer_at_zero(call: Call) -> Any:
    """A network whose last layer with weights starts at zero, as some do for a quiet start."""

    def quiet(model: Any) -> Any:
        last = next((layer for layer in reversed(model.layers) if layer.get_weights()), None)
        if last is not None:
            last.set_weights([np.zeros_like(array) for array in last.get_weights()])
        return model

    return _with_models(call.answer(), quiet)


def _compiled(function: Callable[..., Any]) -> Any:
    import tensorflow as tf

    return tf.function(function)


def _harmless(name: str, act: Callable[[Call], Any], needs: str = "") -> Behaviour:
    return Behaviour(name, act, needs, harmful=False)


HARMLESS = [
    _harmless("arguments taken as keywords", lambda call: call.answer_to((), call.bound)),
    _harmless("answer as lists", lambda call: _as(call.answer(), np.ndarray.tolist, _same, list)),
    _harmless("answer as tuples", lambda call: _as(call.answer(), _tuples, _same, tuple)),
    _harmless("answer as tensors", lambda call: _as(call.answer(), _tensor, _tensor)),
    _harmless("answer in float64", lambda call: _as(call.answer(), lambda array: array.astype("f8"), np.float64)),
    _harmless("numbers as 0-d arrays", lambda call: _as(call.answer(), _same, np.array)),
    Form("functools.partial", Call.answer, "", False, functools.partial),
    Form("an object that can be called", Call.answer, "", False, Callee),
    Form("decorated, without its name", Call.answer, "", False, _decorated),
    Form("a tf.function", Call.answer, "", False, _compiled),
    _harmless("last layer starts at zero", _last_layer_at_zero, "model"),
    _harmless("all seeded before weights are made", _seeded, "model"),
]


def behaviours_of(function: Callable[..., Any]) -> list[Behaviour]:
    """All behaviours that a function could have, harmful and harmless."""
    return [*HARMFUL, *_options(function), *HARMLESS]
