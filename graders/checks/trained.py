"""What a trained network has reached, against a tier or a limit, in one sentence.

A module of checks that judges trained networks says what tests ask for in ``THRESHOLDS``, which must be reached, and
``CEILINGS``, which must not be exceeded: tuples, tier by tier, by the quantity that its ``measure(namespace)`` gives.
Where nature sets a limit, as entropy does, a quantity is in both: what is better than the limit is wrong too.
"""

from dataclasses import dataclass
from pathlib import Path

from graders.checks.ladder import require

DATA = Path(__file__).parents[1] / "data"  # held-out sets, which are in no release, and a copy of a released one


@dataclass(frozen=True)
class Measured:
    """A quantity of a trained network.

    Attributes:
        value: of the quantity; nan meets no threshold and no ceiling.
        found: a sentence about it up to the comma that "expected at least" follows.
    """

    value: float
    found: str

    def at_least(self, threshold: float, why: str) -> None:
        """Fails below a threshold. `why` completes the sentence, and ends with its mark."""
        require(self.value >= threshold, f"{self.found}, expected at least {threshold:g}: {why}")

    def at_most(self, ceiling: float, why: str) -> None:
        """Fails above a ceiling. `why` completes the sentence, and ends with its mark."""
        require(self.value <= ceiling, f"{self.found}, expected at most {ceiling:g}: {why}")
