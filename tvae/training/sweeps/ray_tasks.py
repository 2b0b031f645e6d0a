"""The executor of many machines: each job is a task of Ray, which finds a place for it, and another if that one dies.

Ray is the extra `ray`, and imported only when a sweep uses it.
"""

import logging
import os
import re
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tvae.errors import PackageMissing, TrainingError
from tvae.training.sweeps.executor import TRIES, Outcome, failed, work
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.local import MAX_WORKERS, available_cpus, check_workers

PROTOCOL: Final = "ray://"
MAX_TASKS: Final = 10_000
INSTALL: Final = "Ray is not installed, or not whole. Install it: pip install 'tvae[ray]'"
_PACKAGE: Final = Path(__file__).parents[2]
_ADDRESS: Final = re.compile(r"ray://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_SETTINGS: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",  # to another Ray, when this one is lost
    "RAY_task_oom_retries": str(TRIES - 1),  # of a Ray of our own; a cluster has its own number
}
_UNLESS_SET: Final = {
    "GRPC_VERBOSITY": "NONE",  # what it would print of a cluster that does not answer is in the error
    # Seconds of each of three tries to reach a cluster, and of the pause after it.
    "RAY_CLIENT_INITIAL_CONNECTION_TIMEOUT_S": "3",
    "RAY_CLIENT_MAX_CONNECTION_TIMEOUT_S": "3",
}
_STORE: Final = 2**27  # bytes of a Ray of our own for outcomes on their way, each 0.3 MB


class RayExecutor:
    """Runs jobs as tasks of the Ray that this process is connected to; see `ray_executor`."""

    def __init__(self, ray: Any, workers: int) -> None:
        self._ray, self.workers = ray, workers

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        """See `Executor.run`. Raises TrainingError if the cluster ends, or lacks a package."""
        under_way: dict[Any, tuple[Job, float]] = {}
        try:
            yield from self._run(jobs, under_way)
        except ConnectionError as error:
            raise TrainingError("The connection to Ray is lost. The same command continues.") from error
        except ImportError as error:
            raise TrainingError(
                f"The cluster lacks a package ({error}). Install tvae on each of its machines: pip install 'tvae[ray]'"
            ) from error
        finally:
            if self._ray.is_initialized():
                for one in under_way:
                    self._ray.cancel(one, force=True)

    def _run(self, jobs: Iterator[Job], under_way: dict[Any, tuple[Job, float]]) -> Generator[Outcome, None, None]:
        task = self._ray.remote(num_cpus=1, max_retries=TRIES - 1)(work)
        while True:
            while len(under_way) < self.workers and (job := next(jobs, None)):
                under_way[task.remote(job)] = job, time.perf_counter()
            if not under_way:
                return
            (ended, *_), _ = self._ray.wait(list(under_way), num_returns=1)
            yield self._outcome(ended, *under_way.pop(ended))

    def _outcome(self, ended: Any, job: Job, began: float) -> Outcome:
        """What a task gave. One that Ray has given up is a failure of its job."""
        try:
            outcome: Outcome = self._ray.get(ended)
        except self._ray.exceptions.RayError as error:
            return failed(job, _reason(error), time.perf_counter() - began)
        return outcome


def _reason(error: Exception) -> str:
    said = str(error).strip().partition("\n")[0].rstrip(".")
    return f"Ray has given it up after {TRIES} tries ({type(error).__name__}: {said}). Run the sweep again."


def is_ray(place: str) -> bool:
    """Whether a place is Ray: `ray`, or ray://HOST:PORT."""
    found = _ADDRESS.fullmatch(place)
    return place == "ray" or (found is not None and 1 <= int(found[1]) <= 65_535)


@contextmanager
def ray_executor(address: str | None, workers: int | None) -> Iterator[RayExecutor]:
    """An executor on the cluster at `address`, until the block ends.

    None: the cluster that RAY_ADDRESS names or that `ray start` has started on this machine, else a Ray of our own that
    ends with the block. `workers` None: as many as there are CPUs. Raises PackageMissing without Ray, InputError for a
    number out of range, and TrainingError if there is no Ray at the address.
    """
    if workers is not None:
        check_workers(workers, MAX_TASKS)
    os.environ.update({**_UNLESS_SET, **os.environ, **_SETTINGS})
    try:
        import ray
    except ImportError as error:
        raise PackageMissing(INSTALL) from error
    try:
        with warnings.catch_warnings(action="ignore"):  # what they say is in the error too
            _connect(ray, address or os.environ.get("RAY_ADDRESS"), workers)
    except ImportError as error:  # of what only the client of a cluster needs
        raise PackageMissing(INSTALL) from error
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise _unreachable(address, error) from error
    try:
        yield RayExecutor(ray, workers or max(1, min(MAX_TASKS, int(ray.cluster_resources().get("CPU", 1)))))
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str | None, workers: int | None) -> None:
    # The cluster gets the sources of this process, since a job of other sources is refused.
    needs = {"env_vars": {"OMP_NUM_THREADS": "1"}, "py_modules": [str(_PACKAGE)]}
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        cpus = min(MAX_WORKERS, workers or available_cpus())  # of a Ray of our own; further tasks wait in it
        own = {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": _STORE}
        try:
            ray.init(**own, **quiet, runtime_env={"env_vars": needs["env_vars"]})
        except ValueError:  # there is one on this machine already, and it knows its CPUs
            pass
        else:
            return
    ray.init(address, **quiet, runtime_env=needs)


def _unreachable(address: str | None, error: Exception) -> TrainingError:
    said = str(error).strip().partition("\n")[0].rstrip(".")
    return TrainingError(
        f"Ray at {address or 'this machine'} cannot be used ({said}). Check the address, and where a token "
        "is needed, RAY_AUTH_MODE=token and RAY_AUTH_TOKEN."
    )
