"""Section 4: one step of each network, on small ones that the oracle has too."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from graders.checks.ladder import Function, Result, beside, draws, require
from graders.checks.steps import (
    as_compiled,
    dense_network,
    largest_difference,
    largest_move,
    nearly,
    optimizer_for,
    require_moves,
)


def _discriminator_loss(generator: Any, discriminator: Any, real: np.ndarray, z: np.ndarray) -> Any:
    on_real, on_fake = discriminator(real), discriminator(generator(z))
    return tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_fake))


def _generator_loss(generator: Any, discriminator: Any, _: np.ndarray, z: np.ndarray) -> Any:
    return tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))


@dataclass(frozen=True)
class _Turn:
    """One player's turn.

    Attributes:
        name: of the student's function.
        learner: who moves.
        frozen: who does not.
        loss: of the learner, from both networks, real samples and random numbers.
        in_words: that loss.
    """

    name: str
    learner: str
    frozen: str
    loss: Callable[..., Any]
    in_words: str


_OF_DISCRIMINATOR = _Turn("discriminator_step", "discriminator", "generator", _discriminator_loss, "loss")
_OF_GENERATOR = _Turn("generator_step", "generator", "discriminator", _generator_loss, "non-saturating loss")


@dataclass(frozen=True)
class _Game:
    """A generator of 3 numbers to 2, a discriminator of 2 numbers to a logit, and an optimiser that knows both."""

    players: dict[str, Any]
    optimizer: Any

    def weights(self) -> dict[str, list[np.ndarray]]:
        """Copies of the weights of both, by name."""
        return {name: [np.array(array) for array in player.get_weights()] for name, player in self.players.items()}

    def start_from(self, weights: dict[str, list[np.ndarray]]) -> None:
        """Takes these weights, so that each call is judged by itself."""
        for name, arrays in weights.items():
            self.players[name].set_weights(arrays)

    def trainable(self) -> dict[str, int]:
        """How many trainable variables each has."""
        return {name: len(player.trainable_variables) for name, player in self.players.items()}


def _drawn_weights(rng: np.random.Generator) -> dict[str, list[np.ndarray]]:
    sizes = {"generator": (3, 5, 2), "discriminator": (2, 6, 1)}
    return {
        name: [rng.normal(0, 0.7, size=shape) for shape in ((n, m), (m,), (m, k), (k,))]
        for name, (n, m, k) in sizes.items()
    }


def _game(step: Callable[..., Any], weights: dict[str, list], optimizer: tuple[str, float, dict]) -> _Game:
    """A game where the student's step lives."""
    players = {name: beside(step, dense_network, arrays) for name, arrays in weights.items()}
    return _Game(players, beside(step, optimizer_for, list(players.values()), *optimizer))


def _batch(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Real points (n, 2) and random numbers (n, 3)."""
    return rng.normal(0.5, 1.0, size=(n, 2)).astype(np.float32), rng.normal(size=(n, 3)).astype(np.float32)


def _take(
    student: Function, turn: _Turn, game: _Game, batch: tuple[np.ndarray, np.ndarray], which: str, sure: float = 1.0
) -> Result:
    """The student's step; gives what it returned."""
    given = [tf.constant(array) for array in (batch if turn is _OF_DISCRIMINATOR else batch[1:])]
    result = student(game.players["generator"], game.players["discriminator"], game.optimizer, *given)
    called = f"The {which} call of {turn.name}, with a batch of {len(batch[1])},"
    if sure > 1:
        called = f"{called[:-1]} and a discriminator that is sure, with logits {sure:g} times as large,"
    return Result(result.value, called)


def _oracle_step(
    turn: _Turn, game: _Game, weights: dict[str, list[np.ndarray]], batch: tuple[np.ndarray, np.ndarray]
) -> tuple[float, list[np.ndarray]]:
    """The same step by automatic differentiation, with the same optimiser; gives the loss before it, and the moves."""
    game.start_from(weights)
    variables = game.players[turn.learner].trainable_variables
    with tf.GradientTape() as tape:
        loss = turn.loss(game.players["generator"], game.players["discriminator"], *batch)
    game.optimizer.apply(tape.gradient(loss, variables), variables)
    after = game.weights()[turn.learner]
    return float(loss), [new - old for new, old in zip(after, weights[turn.learner], strict=True)]


# Size of the batch, optimiser, its learning rate and options, whether the step is compiled, and how many times as large
# as drawn the discriminator's last kernel is: logits of 60 make long gradients, those of 400 round D to 0 and 1, and
# those of 100,000 are beyond any bound.
_CASES = (
    (16, ("SGD", 0.1, {}), False, 1.0),
    (5, ("SGD", 0.02, {}), True, 1.0),
    (1, ("SGD", 0.5, {"momentum": 0.9}), True, 1.0),
    (8, ("Adam", 0.01, {}), False, 1.0),
    (12, ("SGD", 0.2, {"decay": 0.25}), True, 1.0),
    (16, ("SGD", 0.01, {}), False, 60.0),
    (24, ("SGD", 0.002, {}), True, 400.0),
    (16, ("SGD", 1e-6, {}), False, 1e5),
)


def _check_step(step: Callable[..., Any], turn: _Turn) -> None:
    for rng, (n, optimizer, compiled, sure) in zip(draws(seed=681, count=len(_CASES)), _CASES, strict=True):
        student = Function(beside(step, as_compiled, step) if compiled else step, turn.name)
        weights = _drawn_weights(rng)
        weights["discriminator"][2] *= sure
        theirs = _game(step, weights, optimizer)
        players = {name: dense_network(arrays) for name, arrays in weights.items()}
        oracles = [_Game(players, optimizer_for([*players.values()], *optimizer)) for _ in range(4)]
        for which in ("first", "second"):
            batch, start = _batch(rng, n), theirs.weights()
            starts = [start, *({name: nearly(one, k) for name, one in start.items()} for k in range(3))]
            (loss, moves), *others = (
                _oracle_step(turn, oracle, one, batch) for oracle, one in zip(oracles, starts, strict=True)
            )
            result = _take(student, turn, theirs, batch, which, sure)
            _require_loss(result, turn, loss)
            before, after = start[turn.learner], theirs.weights()[turn.learner]
            expected = [old + move for old, move in zip(before, moves, strict=True)]
            noises = largest_difference(moves, [other for _, other in others])
            whose = f"the {turn.learner}'s weights"
            require_moves(result.called, before, after, expected, noises, optimizer, "See section 4.", whose)


def _require_loss(result: Result, turn: _Turn, loss: float) -> None:
    if isinstance(result.value, (int, float)):
        result.fail("returned a Python number, expected a tensor: the notebook compiles your step. See section 4.")
    got = np.asarray(result.value)
    if got.dtype.kind == "f" and got.size == 1 and not np.isfinite(got).all():
        result.fail(
            f"returned {got.item()}, expected {loss:.6g}: where a discriminator is sure the computer rounds D to 0 or "
            "1, so take a softplus that works on logits, as in section 2. See section 4."
        )
    result.close(loss, f"it is the {turn.in_words} of section 2 for this batch, before the update. See section 4.")


def _check_frozen(step: Callable[..., Any], turn: _Turn) -> None:
    for rng, optimizer in zip(draws(seed=682, count=2), (("SGD", 0.5, {}), ("Adam", 0.01, {})), strict=True):
        student = Function(step, turn.name)
        game = _game(step, _drawn_weights(rng), optimizer)
        trainable = game.trainable()
        for which in ("first", "second"):
            before = game.weights()
            _take(student, turn, game, _batch(rng, 12), which)
            after = game.weights()
            moved = largest_move(before[turn.frozen], after[turn.frozen])
            require(
                moved == 0,
                f"{turn.name} moved variables of the {turn.frozen} by up to {moved:.3g}: it is frozen while the "
                f"{turn.learner} learns. See section 4.",
            )
            require(
                largest_move(before[turn.learner], after[turn.learner]) > 0,
                f"{turn.name} moved none of the {turn.learner}'s variables: apply the gradients to them. "
                "See section 4.",
            )
        for name, left in game.trainable().items():
            require(
                left == trainable[name],
                f"After {turn.name} the {name} has {left} trainable variables, and had {trainable[name]} before: who "
                "freezes a network must thaw it again. See section 4.",
            )


def check_discriminator_step(discriminator_step: Callable[..., Any]) -> None:
    """Loss and update of two steps of several optimisers: automatic differentiation on networks like the given ones.

    Some discriminators are so sure that their probabilities are rounded to 0 and 1, as section 2 says.
    """
    _check_step(discriminator_step, _OF_DISCRIMINATOR)


def check_discriminator_step_frozen(discriminator_step: Callable[..., Any]) -> None:
    """The generator's weights are the same before and after, and all variables stay trainable. Exact."""
    _check_frozen(discriminator_step, _OF_DISCRIMINATOR)


def check_generator_step(generator_step: Callable[..., Any]) -> None:
    """Loss and update of two steps of several optimisers: automatic differentiation on networks like the given ones.

    Some discriminators are so sure that their probabilities are rounded to 0 and 1, as section 2 says.
    """
    _check_step(generator_step, _OF_GENERATOR)


def check_generator_step_frozen(generator_step: Callable[..., Any]) -> None:
    """The discriminator's weights are the same before and after, and all variables stay trainable. Exact."""
    _check_frozen(generator_step, _OF_GENERATOR)
