"""Grading on other machines: submissions run on the workers of a Dask cluster, and nbgrader records them here.

Dask gives a run to another worker where one is lost, and to none that has not said that it may grade.
"""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field

from graders.course import Course
from graders.errors import CourseError, MissingError, NotFoundError
from graders.sealed.grader import GradedCell, Limits, Transcript

try:
    import cryptography  # noqa: F401  (Dask's keys need it)
    import dask
    import distributed
    import yaml
    from dask_jobqueue import SLURMCluster
    from distributed.security import Security

    from graders.sealed import remote
except ModuleNotFoundError as error:
    raise MissingError(
        f"{error.name} is not installed, which grading on a cluster needs: "
        "pip install 'deep-learning-for-cosmology-exercises[cluster]'"
    ) from None

SETTINGS = "cluster.yaml"
KINDS = ("slurm",)


class LostError(CourseError):
    """The cluster is gone; what it had finished is recorded."""


@dataclass
class Cluster:
    """The workers of a Dask scheduler, as a way to run submissions.

    Attributes:
        client: of the scheduler.
        asked_for: workers that were asked for and may still wait in a queue.
        refused: why a worker may not grade, by its address.
        told: those of which that was said.
        at_a_time: submissions that are on their way or run; more would fill the memory of this process.
    """

    client: "distributed.Client"
    asked_for: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    at_a_time: int = 128

    @property
    def said(self) -> str:
        """How many workers there are, in words."""
        workers, places = self.places
        return f"{workers} worker{'s'[: workers != 1]}, {places} at a time"

    def run(
        self, cells: Sequence[GradedCell], files: dict[str, bytes], environment: dict[str, str], limits: Limits
    ) -> Transcript:
        """Runs a submission on some worker that may grade; waits until there is one.

        Raises:
            LostError: if the scheduler is gone.
        """
        try:
            future = self.client.submit(
                remote.run, cells, files, environment, limits, resources={remote.RESOURCE: 1}, pure=False
            )
            return future.result()
        except distributed.KilledWorker:
            return Transcript([None] * len(cells), "each worker that ran it was lost", unfinished=True)
        except MissingError as error:  # a worker has lost its sandbox
            return Transcript([None] * len(cells), str(error), unfinished=True)
        except (CancelledError, OSError, RuntimeError) as error:
            raise LostError(
                f"the scheduler is gone ({type(error).__name__}): what was finished is recorded, and the same command "
                "goes on where it was"
            ) from None

    @property
    def places(self) -> tuple[int, int]:
        """How many workers may grade, and how many submissions at a time."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        offered = [int(worker["resources"].get(remote.RESOURCE, 0)) for worker in workers]
        return sum(map(bool, offered)), sum(offered)

    def news(self) -> Iterator[str]:
        """A sentence for each worker that may not grade, once."""
        for address, why in list(self.refused.items()):
            if address not in self.told:
                self.told.add(address)
                yield f"gets no work: {address}: {why}"

    def wait(self, patience_seconds: float = 5.0) -> Iterator[str]:
        """Waits for a first worker that may grade; gives a sentence for each that may not, and for a long wait.

        Raises:
            MissingError: if there are workers, none may grade, and no more are to come.
        """
        since, said = time.monotonic(), False
        while not self.places[0]:
            yield from self.news()
            there = len(self.client.scheduler_info(n_workers=-1)["workers"])
            if there and there == len(self.told) >= self.asked_for:
                raise MissingError("no worker may grade: see the lines above")
            if time.monotonic() - since > patience_seconds and not said:
                said = True
                many = f", {self.asked_for} asked for: `squeue --me` says what they wait for" if self.asked_for else ""
                yield f"waiting for workers: {there} there{many}"
            time.sleep(0.2)


def _quiet() -> None:
    """Keeps what Dask logs of lost connections off the terminal: a sentence says what it comes to."""
    for name in ("distributed", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("distributed.") and isinstance(logger, logging.Logger):
            logger.setLevel(logging.CRITICAL)


@contextlib.contextmanager
def connected(course: Course, kind: str | None, address: str | None, workers: int) -> Iterator[Cluster]:
    """A cluster, ready to be asked; what was started for it is ended afterwards.

    Args:
        course: whose ``cluster.yaml`` says what a job is to have, for a kind.
        kind: "slurm", whose jobs are started and ended here.
        address: of a scheduler that runs already, in place of a kind.
        workers: jobs that a queue is asked for.

    Raises:
        NotFoundError: where no scheduler answers, a kind is not known, or its settings are not there.
    """
    _quiet()
    with contextlib.ExitStack() as stack:
        if address:
            client = stack.enter_context(_client_of(address))
            cluster = Cluster(client)
        else:
            jobs = stack.enter_context(_slurm(course, kind, workers))
            cluster = Cluster(stack.enter_context(distributed.Client(jobs)), asked_for=workers)
        client = cluster.client
        client.subscribe_topic(
            remote.TOPIC, lambda event: cluster.refused.update({event[1]["worker"]: event[1]["why"]})
        )
        with contextlib.suppress(Exception):  # of a worker that does not even have this code: it offers nothing
            client.register_plugin(remote.Sealed(remote.versions()))
        yield cluster


def _client_of(address: str) -> "distributed.Client":
    try:
        return distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise NotFoundError(f"no Dask scheduler answers at {address}: {str(error).splitlines()[0]}") from None


def _slurm(course: Course, kind: str | None, workers: int) -> "SLURMCluster":
    if kind not in KINDS:
        raise NotFoundError(f"no kind of cluster '{kind}': there is {', '.join(KINDS)}")
    path = course.root / SETTINGS
    if not path.is_file():
        raise NotFoundError(
            f"no {SETTINGS} in the course, which says what a job is to have: docs/cluster.md has examples"
        )
    try:
        dask.config.update(dask.config.config, yaml.safe_load(path.read_text(encoding="utf-8")))
        private = course.root / ".cluster"  # the keys of this run: whoever has them can run code here
        private.mkdir(mode=0o700, exist_ok=True)
        cluster = SLURMCluster(
            security=Security.temporary(), shared_temp_directory=str(private), log_directory=str(private)
        )
        cluster.scale(jobs=workers)
    except (yaml.YAMLError, AttributeError, ValueError, TypeError, OSError) as error:
        raise NotFoundError(f"{SETTINGS}: {str(error).strip().splitlines()[-1]}") from None
    return cluster
