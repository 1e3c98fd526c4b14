"""The ladder that every check climbs: callable, signature, runs, type, shape, dtype, finite, value, property.

The first rung that fails raises `Failure` with one sentence: what was called, what came back, what was
expected, and why. Right forms are all welcome (lists, tuples, NumPy arrays, TensorFlow tensors, float32 or
float64, a float where a count is asked, if its value is whole); wrong values are not.
"""

import functools
import inspect
import math
import numbers
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

RTOL = 1e-4
ATOL = 1e-6
HIDDEN = "COURSE_TEST_SEED"  # the variable from which hidden tests draw their inputs
NOT_NUMPY = "Use TensorFlow's functions on tensors, not NumPy's."
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colours, in which libraries write errors


class Failure(AssertionError):
    """A rung that failed, in one sentence that a student can act on."""


def fail(sentence: str) -> NoReturn:
    """Ends a check with one sentence."""
    raise Failure(_one_line(sentence)) from None


def _one_line(text: str) -> str:
    return " ".join(_ESCAPES.sub("", text).split())


def require(condition: Any, sentence: str) -> None:
    """The last rung: a property that holds or does not."""
    if not bool(condition):
        fail(sentence)


def passes(check: Callable[..., Any], answer: Any) -> bool:
    """Whether an answer passes the check of its own task: who uses it elsewhere loses no more points for its faults."""
    try:
        check(answer)
    except Failure:
        return False
    return True


def require_written(name: str, error: Exception) -> None:
    """Ends a check with the sentence of a stub, where it is one that has stopped a student's function.

    Libraries raise NotImplementedError, too, and leave their own frames out of its trace: so a stub's is one that comes
    from code which names it and is no library's. Of an error that a library has raised again in words of its own, as
    those that compile do, it is the one before it that counts.
    """
    while isinstance(error.__context__, NotImplementedError):
        error = error.__context__
    if isinstance(error, NotImplementedError) and (hasattr(error, "of_candidate") or _is_raised_by_a_notebook(error)):
        fail(f"{name} is not written yet: {str(error) or 'replace the stub with your code.'}")


def _is_raised_by_a_notebook(error: Exception) -> bool:
    """Whether the code that raised it is no library's and names its class; `graders.sealed.inside` asks the same."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    is_own = code is not None and not code.co_filename.startswith((sys.prefix, sys.base_prefix))
    return is_own and type(error).__name__ in code.co_names


def stopped(error: Exception) -> str:
    """The end of a sentence about a function that an error has stopped: "stopped with KeyError: 'x'."."""
    text, kind = str(error), type(error).__name__
    if text.startswith("in user code:"):  # AutoGraph's, which quotes the function before it comes to the error
        text = text.rpartition(f"\n    {kind}: ")[2]
    message = _one_line(text).removesuffix(".")
    message = message if len(message) <= 200 else message[:197] + "..."
    hint = f" {NOT_NUMPY}" if "Cannot convert a symbolic" in text else ""
    return f"stopped with {kind}{': ' + message if message else ''}.{hint}"


def brief(value: Any) -> str:
    """A value in a few words, for a sentence: small ones in full, large ones by their shape."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else repr(value[:57] + "...")
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return f"{float(value):.6g}"
    if isinstance(value, dict):
        items = ", ".join(f"{brief(key)}: {brief(item)}" for key, item in list(value.items())[:4])
        return "{" + items + (", ..." if len(value) > 4 else "") + "}"
    if isinstance(value, (list, tuple)) and len(value) <= 8 and all(_is_plain(item) for item in value):
        inside = ", ".join(brief(item) for item in value)
        if isinstance(value, tuple):
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        return f"[{inside}]"
    shape = getattr(value, "shape", None)
    if shape is not None and not callable(shape):
        try:
            array = np.asarray(value)
        except Exception:  # a value that lies about being an array is only named
            return _a(value)
        if array.ndim == 0 and array.dtype.kind in "biuf":
            return brief(array.item())
        if array.ndim == 1 and array.size <= 6 and array.dtype.kind in "biuf":
            return "[" + ", ".join(brief(item) for item in array.tolist()) + "]"
        return f"an array of shape {tuple(array.shape)}"
    if isinstance(value, (list, tuple)):
        return f"{_a(value)} of {len(value)}"
    if callable(value):
        return getattr(value, "__name__", _a(value))
    text = str(value)
    return text if len(text) <= 80 and not text.startswith("<") else _a(value)  # no <... at 0x7f...>


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1] in 'AEIOaeio' else 'a'} {name}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) <= 4 and all(_is_plain(item) for item in value)
    return value is None or isinstance(value, (str, numbers.Number))


def _because(why: str) -> str:
    return f": {why}" if why else "."


@dataclass(frozen=True)
class Result:
    """What a student's function returned, with the call that made it.

    Attributes:
        value: what came back.
        called: the call in words, ``dense_parameters(3, 4)``.
    """

    value: Any
    called: str

    @functools.cached_property
    def _asked(self) -> np.ndarray:
        """The value as an array, asked for once: whatever is then found out about it is about the same numbers."""
        return np.asarray(self.value)

    def fail(self, sentence: str) -> NoReturn:
        """Fails with a sentence that starts with the call."""
        fail(f"{self.called} {sentence}")

    def number(self) -> float:
        """Climbs to a finite real number."""
        array = self._numeric("a number")
        if array.size != 1:
            self.fail(f"returned {brief(self.value)}, expected a single number.")
        value = float(array.reshape(()))
        if not math.isfinite(value):
            self.fail(f"returned {value}, expected a finite number.")
        return value

    def count(self, expected: int, why: str = "") -> None:
        """A whole number that must be exact. `why` completes '... expected 16: ' and ends with a full stop."""
        value = self.number()
        if isinstance(self.value, (bool, np.bool_)):
            self.fail(f"returned {self.value}, expected a count.")
        if value != expected:
            self.fail(f"returned {brief(self.value)}, expected {expected}{_because(why)}")

    def shape(self, expected: Sequence[int | None], why: str = "") -> None:
        """An answer that is itself a shape: a tuple, list, array or TensorShape of whole numbers (or None)."""
        items = self._items()
        if items is None:
            self.fail(f"returned {brief(self.value)}, expected a shape such as {tuple(expected)}{_because(why)}")
        got = []
        for item in items:
            if item is None:
                got.append(None)
            else:
                size = Result(item, self.called).number()
                got.append(int(size) if size == int(size) else size)
        if tuple(got) != tuple(expected):
            self.fail(f"returned {tuple(got)}, expected {tuple(expected)}{_because(why)}")

    def array(self, shape: Sequence[int] | None = None) -> np.ndarray:
        """Climbs type, shape, dtype and finite; gives a float64 copy for properties to be judged on."""
        array = self._numeric("an array of numbers")
        if shape is not None and tuple(array.shape) != tuple(shape):
            self.fail(f"returned an array of shape {tuple(array.shape)}, expected {tuple(shape)}.")
        if not np.all(np.isfinite(array)):
            bad = int(np.size(array) - np.count_nonzero(np.isfinite(array)))
            self.fail(f"returned {bad} value{'s' if bad > 1 else ''} of {array.size} that are nan or infinite.")
        return np.array(array, dtype=np.float64)

    def close(self, expected: Any, why: str = "", *, rtol: float = RTOL, atol: float = ATOL) -> None:
        """Equal to an oracle's array or number, element by element: |got - expected| <= atol + rtol |expected|.

        A single number may come back as a number or as an array of one element.
        """
        wanted = np.asarray(expected, dtype=np.float64)
        if wanted.ndim == 0:
            value = self.number()
            if not np.isclose(value, wanted, rtol=rtol, atol=atol):
                self.fail(f"returned {value:.6g}, expected {float(wanted):.6g}{_because(why)}")
            return
        got = self.array(wanted.shape)
        wrong = ~np.isclose(got, wanted, rtol=rtol, atol=atol)
        if not wrong.any():
            return
        worst = np.unravel_index(np.argmax(np.where(wrong, np.abs(got - wanted), -1.0)), wanted.shape)
        if wanted.size <= 6 and wanted.ndim == 1:
            self.fail(f"returned {brief(got)}, expected {brief(wanted)}{_because(why)}")
        where = ", ".join(str(int(index)) for index in worst)
        self.fail(
            f"is wrong in {int(wrong.sum())} of {wanted.size} values: [{where}] is {got[worst]:.6g}, "
            f"expected {wanted[worst]:.6g}{_because(why)}"
        )

    def unpack(self, *names: str) -> tuple["Result", ...]:
        """An answer of several parts, a tuple, list or array, as one result for each name."""
        items = self._items()
        if items is None:
            self.fail(f"returned {brief(self.value)}, expected {len(names)} values: {', '.join(names)}.")
        if len(items) != len(names):
            self.fail(f"returned {len(items)} values, expected {len(names)}: {', '.join(names)}.")
        return tuple(Result(item, f"{name} from {self.called}") for item, name in zip(items, names, strict=True))

    def sequence(self, length: int | None, of: str = "values") -> tuple["Result", ...]:
        """An answer that is a list, of a given length if there is one, as one result for each item."""
        items = self._items()
        if items is None:
            self.fail(f"returned {brief(self.value)}, expected a list of {'' if length is None else f'{length} '}{of}.")
        if length is not None and len(items) != length:
            self.fail(f"returned {len(items)} {of}, expected {length}.")
        return tuple(Result(item, f"item {index} of {self.called}") for index, item in enumerate(items))

    def _items(self) -> list | None:
        """The parts of a list, tuple, range, array, tensor or TensorShape; None for anything that has none."""
        if hasattr(self.value, "as_list"):
            return self.value.as_list()
        if isinstance(self.value, (list, tuple, range)):
            return list(self.value)
        if hasattr(self.value, "__array__") and getattr(self.value, "shape", ()):
            return list(self._asked)
        return None

    def keras_model(self) -> Any:
        """Climbs to a built Keras model; gives it back."""
        model = self.value
        for attribute in ("count_params", "input_shape", "output_shape", "layers"):
            try:
                present = getattr(model, attribute, None) is not None
            except Exception:  # an unbuilt Sequential raises on input_shape
                present = False
            if not present:
                what = "a Keras model that knows no input shape" if hasattr(model, "layers") else brief(model)
                self.fail(f"returned {what}, expected a built Keras model: start it with tfk.Input(shape=...).")
        return model

    def _numeric(self, what: str) -> np.ndarray:
        value = self.value
        if value is None:
            self.fail(f"returned None, expected {what}: is there a return statement?")
        if isinstance(value, (str, bytes, dict, set)) or callable(value):
            self.fail(f"returned {brief(value)}, expected {what}.")
        try:
            array = self._asked
        except Exception:
            self.fail(f"returned {brief(value)}, expected {what}: its rows may have different lengths.")
        if array.dtype.kind == "O":
            try:
                array = array.astype(np.float64)
            except (TypeError, ValueError, OverflowError):
                self.fail(f"returned {brief(value)}, expected {what}.")
        if array.dtype.kind in "cmM":
            kind = "complex numbers" if array.dtype.kind == "c" else f"values of type {array.dtype}"
            self.fail(f"returned {kind}, expected {what}.")
        if array.dtype.kind not in "biuf":
            try:
                array = array.astype(np.float64)  # bfloat16 and its kin, which NumPy holds as void types
            except (TypeError, ValueError):
                self.fail(f"returned values of type {array.dtype}, expected {what}.")
        return array


@dataclass(frozen=True)
class Function:
    """A student's function under judgement: calling it climbs the rungs up to 'it runs' and gives a `Result`.

    A function, a `functools.partial` and an object that can be called are all welcome.

    Attributes:
        function: what the student defined.
        name: its name in the task.
        may_change: the positions of the arguments that the task lets it change in place; all others must stay as they
            are, and so must the items of lists, tuples and dictionaries.
        keeps: the positions of models whose weights must stay as they are; others may be trained.
        may_draw: whether it may draw from NumPy's global random state, or seed it.
        earlier: of the last calls, what tells whether their answer has changed since; it stays where that answer is.
    """

    function: Callable[..., Any]
    name: str
    may_change: tuple[int, ...] = ()
    keeps: tuple[int, ...] = ()
    may_draw: bool = False
    earlier: list[Callable[[], bool]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not callable(self.function):
            fail(f"{self.name} is {brief(self.function)}, expected a function: do not assign to its name.")

    def __call__(self, *args: Any, **kwargs: Any) -> Result:
        """Calls the function with copies of the arguments, and looks at what it did to them."""
        called = self.describe(*args, **kwargs)
        self._check_signature(called, args, kwargs)
        # Copies: a function that writes into its arguments must not change what the oracle is asked.
        given = [_own(arg) for arg in args]
        named = {key: _own(value) for key, value in kwargs.items()}
        try:
            value, changed, drew, overwritten, watch = beside(
                self.function, _observed, self.function, given, named, list(self.keeps), list(self.earlier)
            )
        except Failure:
            raise
        except Exception as error:
            require_written(self.name, error)
            fail(f"{called} {stopped(error)}")
        self._check_effects(called, [place for place in changed if place not in self.may_change], drew)
        if overwritten and not self.may_change:
            fail(f"{called} changed what an earlier call had returned: make the answer anew in each call.")
        self.earlier[:] = _latest(self.earlier, watch)
        return Result(value, called)

    def _check_effects(self, called: str, changed: Sequence[int | str], drew: bool) -> None:
        for place in changed:
            which = f"argument '{place}'" if isinstance(place, str) else f"argument number {place + 1}"
            fail(f"{called} changed its {which}: leave what a function is given as it is, and work on a copy.")
        if drew and not self.may_draw:
            fail(f"{called} drew from NumPy's global random state, or seeded it: nothing is random in this task.")

    def fits(self, *args: Any, **kwargs: Any) -> None:
        """Climbs to the signature alone, for a function that something else will call."""
        self._check_signature(self.describe(*args, **kwargs), args, kwargs)

    def describe(self, *args: Any, **kwargs: Any) -> str:
        """The call in words."""
        parts = [brief(arg) for arg in args] + [f"{key}={brief(value)}" for key, value in kwargs.items()]
        return f"{self.name}({', '.join(parts)})"

    def _check_signature(self, called: str, args: tuple, kwargs: dict) -> None:
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):
            return
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            fail(f"{called} does not fit your definition {self.name}{signature}: {error}.")


def parameters_of(model: Any) -> int:
    """The number of parameters of a Keras model, counted in the arrays that it holds rather than taken at its word."""
    return sum(int(np.asarray(array).size) for array in model.get_weights())


def beside(function: Callable[..., Any], helper: Callable[..., Any], *args: Any) -> Any:
    """Calls a helper of a check where a student's function lives, with which it shares objects that cannot be copied.

    Here that is a plain call. Where the student's function is in another process, the text of the helper goes there,
    with that of the functions of `graders` that it uses: so it uses nothing else than these and libraries, knows
    nothing of hidden tests, and returns plain values, or objects that stay.
    """
    there = getattr(type(function), "call_beside", None)
    if there:
        return there(function, helper, args)
    with warnings.catch_warnings():
        # A student may have turned warnings into errors: the notebook's own code asked for them, and checks did not.
        warnings.filterwarnings("ignore", module="(?!__main__$)")
        return helper(*args)


_elsewhere: Callable[..., Any] | None = None


def work_elsewhere(call: Callable[..., Any]) -> None:
    """Has `elsewhere` call its helpers by `call(helper, arguments)` from here on."""
    global _elsewhere
    _elsewhere = call


def elsewhere(helper: Callable[..., Any], *args: Any) -> Any:
    """Calls a helper of a check, of plain data, where no student's code has run: its libraries do what they should.

    Here that is a plain call. Where tests are judged outside of the student's process, the text of the helper goes to a
    third one, of the same walls. What it returns may stay there, and be called.
    """
    return helper(*args) if _elsewhere is None else _elsewhere(helper, args)


def seed_beside(function: Callable[..., Any], seed: int) -> None:
    """Seeds Python, NumPy and TensorFlow where a student's function draws its numbers."""
    beside(function, _seed, seed)


def _seed(seed: int) -> None:
    import keras

    keras.utils.set_random_seed(seed)


def _observed(
    function: Callable[..., Any], args: list, kwargs: dict, keeps: list, earlier: list
) -> tuple[Any, list, bool, bool, Callable[[], bool] | None]:
    """Calls a function; gives its answer and what else became of the call.

    That is which arguments it changed, whether it touched NumPy's random state, whether it changed the answer that
    `earlier` watches, and what watches this one, if arrays are in it and they are small.

    It runs where the student's function lives. Round-off is no change: who moves an element of an array by h and back
    leaves it an ulp away. Weights start at random, so a function that makes networks may seed what it likes.
    """

    def learns(value: Any) -> bool:
        if isinstance(value, (list, tuple)):
            return any(map(learns, value))
        return any(hasattr(value, name) for name in ("trainable_variables", "assign_add", "_keras_history"))

    def kept(value: Any, weights: bool = False) -> Any:
        if weights:
            return [np.array(array) for array in value.get_weights()]
        if hasattr(value, "assign_add") and hasattr(value, "numpy"):  # a variable; optimisers of Keras assign, too
            return np.array(value.numpy())
        if isinstance(value, np.ndarray):
            return value.copy()
        if isinstance(value, (list, tuple)):
            return [kept(item) for item in value]
        if isinstance(value, dict):
            return {key: kept(item) for key, item in value.items()}
        return value

    def same(now: Any, before: Any) -> bool:
        if isinstance(before, np.ndarray):
            if now.shape != before.shape or now.dtype != before.dtype:
                return False
            if before.dtype.kind not in "fc" or not before.size:
                return np.array_equal(now, before)
            with np.errstate(all="ignore"):
                largest = np.max(np.abs(before[np.isfinite(before)]), initial=0.0)
            # A floor under zeros, such as 1e-12 for a logarithm, is below that allowance, and no round-off.
            raised = np.max(np.abs(now[before == 0]), initial=0.0)
            if not raised <= 50 * np.finfo(before.dtype).eps * largest:
                return False
            return np.allclose(now, before, rtol=1e-10, atol=1e-10 * min(largest, 1.0) + 1e-14, equal_nan=True)
        if isinstance(before, list):
            return len(now) == len(before) and all(map(same, now, before))
        if isinstance(before, dict):
            return list(now) == list(before) and all(same(now[key], before[key]) for key in before)
        return now is before or (type(now) is type(before) and bool(now == before))

    def arrays_of(value: Any) -> list:
        if isinstance(value, np.ndarray):
            return [np.asarray(value)] if value.dtype.kind in "biufc" else []
        return [array for item in value for array in arrays_of(item)] if isinstance(value, (list, tuple)) else []

    def everything() -> tuple:
        return [kept(value, place in keeps) for place, value in enumerate(args)], kept(kwargs)

    before, named_before = everything()
    np.random.random()  # a seed is seen too: no generator is at its start
    state = np.random.get_state()
    answer = function(*args, **kwargs)
    drawn = np.random.get_state()
    after, named_after = everything()
    changed = [place for place in range(len(before)) if not same(after[place], before[place])]
    changed += [name for name in named_before if not same(named_after[name], named_before[name])]
    touched = not (state[2] == drawn[2] and np.array_equal(state[1], drawn[1]))
    overwritten = any(has_changed() for has_changed in earlier)
    watch = None
    held = arrays_of(answer)
    if 0 < sum(array.size for array in held) <= 4096:
        own = kept(held)

        def watch() -> bool:
            return not same(held, own)

    return answer, changed, touched and not learns(answer), overwritten, watch


def _latest(earlier: Sequence[Callable[[], bool]], watch: Callable[[], bool] | None) -> list[Callable[[], bool]]:
    """What watches the last eight answers: so many calls are looked back on."""
    return [*earlier, *([] if watch is None else [watch])][-8:]


def _own(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy(order="K")  # a transposed array stays one
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_own(item) for item in value)
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items()}
    return value


def draws(seed: int, count: int) -> Iterator[np.random.Generator]:
    """Seeded generators, one for each fresh input of a check; the course's own seed makes them others."""
    course = int(os.environ.get(HIDDEN, "0"))  # known where tests are judged, not where students' code runs
    for child in np.random.SeedSequence([seed, course] if course else seed).spawn(count):
        yield np.random.default_rng(child)
