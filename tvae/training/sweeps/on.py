"""Where the runs of a sweep are trained: from what `--on` says to an executor."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tvae.errors import InputError
from tvae.operations.validation import listed, quoted
from tvae.training.sweeps.executor import Executor
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.ray_tasks import PROTOCOL, ray_executor

PLACES: Final = ("ray", f"{PROTOCOL}HOST:10001")


@contextmanager
def executor_on(place: str | None, workers: int | None) -> Iterator[Executor]:
    """The executor of a place, one of `PLACES` or None for this machine, until the block ends.

    Raises InputError for any other place, and what the place raises if it cannot be used.
    """
    if place is None:
        yield LocalExecutor(workers)
    elif place == "ray" or place.startswith(PROTOCOL):
        with ray_executor(None if place == "ray" else place, workers) as executor:
            yield executor
    else:
        raise InputError(f"{quoted(place)} is no place for runs. Give {listed('or', PLACES)}, or leave --on out.")
