"""Where the runs of a sweep are trained: from what `--on` says to an executor."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from tqdm import tqdm

from tvae.errors import InputError
from tvae.operations.validation import listed, quoted
from tvae.training.sweeps.executor import Executor
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.ray_tasks import PROTOCOL, is_ray, ray_executor

HF_JOBS: Final = "hf-jobs"
PLACES: Final = ("ray", f"{PROTOCOL}HOST:10001", HF_JOBS)


@dataclass(frozen=True)
class HubOptions:
    """Options of Jobs on the Hub alone, see `HfJobsExecutor`; None for one that was not given."""

    results: str | None = None
    flavor: str | None = None
    job_minutes: int | None = None


@contextmanager
def executor_on(place: str | None, workers: int | None, hub: HubOptions | None = None) -> Iterator[Executor]:
    """The executor of a place, one of `PLACES` or None for this machine, until the block ends.

    Raises InputError for any other place, and what the place raises if it cannot be used.
    """
    hub = hub or HubOptions()
    for name, value in vars(hub).items():
        if value is not None and place != HF_JOBS:
            option = f"--{name.replace('_', '-')}"
            raise InputError(f"{option} is for --on {HF_JOBS}. Add that, or leave {option} out.")
    if place is None:
        yield LocalExecutor(workers)
    elif is_ray(place):
        with ray_executor(None if place == "ray" else place, workers) as executor:
            yield executor
    elif place == HF_JOBS:
        yield _on_the_hub(workers, hub)
    else:
        raise InputError(f"{quoted(place)} is no place for runs. Give {listed('or', PLACES)}, or leave --on out.")


def _on_the_hub(workers: int | None, hub: HubOptions) -> Executor:
    from tvae.training.sweeps.hf_jobs.executor import FLAVOR, HfJobsExecutor  # here, since huggingface_hub takes time

    if hub.results is None:
        raise InputError(f"--on {HF_JOBS} needs a repository of yours for the results. Add --results OWNER/NAME.")
    say = partial(tqdm.write, file=sys.stderr)  # above the line of the progress
    return HfJobsExecutor(hub.results, workers, hub.flavor or FLAVOR, hub.job_minutes, say)
