"""The executor of this machine: worker processes, each of which trains one run after another on one thread."""

import math
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tvae.errors import InputError, TrainingError
from tvae.training.jobs.job import environment
from tvae.training.sweeps.executor import TRIES, Outcome, failed
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.worker import job_line, of_line

MAX_WORKERS: Final = 256
CGROUP: Final = Path("/sys/fs/cgroup")


@dataclass
class _Worker:
    """A process, and the job that it has."""

    process: "subprocess.Popen[bytes]"
    job: Job
    tries: int  # of this job, with this one
    began: float


class LocalExecutor:
    """Runs jobs in `workers` processes of this machine, which end with this one, however it ends."""

    def __init__(self, workers: int | None = None) -> None:
        """None: as many as this process has CPUs, up to `MAX_WORKERS`. Raises InputError for a number out of range."""
        self.workers = min(available_cpus(), MAX_WORKERS) if workers is None else workers
        check_workers(self.workers, MAX_WORKERS)

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        """See `Executor.run`."""
        with selectors.DefaultSelector() as ready:
            try:
                for _ in range(self.workers):
                    if job := next(jobs, None):
                        _register(ready, _Worker(_start(), job, 1, time.perf_counter()))
                while ready.get_map():
                    for key, _ in ready.select():
                        if outcome := _heard(ready, key, jobs):
                            yield outcome
            finally:
                for key in list(ready.get_map().values()):
                    _end(key.data.process)


def check_workers(workers: int, most: int) -> None:
    """Raise InputError unless there are 1 to `most` workers."""
    if not 1 <= workers <= most:
        raise InputError(f"Found {workers} workers; give a whole number from 1 to {most:,}, such as 2.")


def available_cpus() -> int:
    """CPUs that this process may use; in a container, those that it has a share of."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.floor(min(cpus, _share_of_container())))


def _share_of_container() -> float:
    """CPUs' worth of time that a control group of Linux, version 2 or 1, allows; infinite without a limit."""
    for names in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = " ".join((CGROUP / name).read_text() for name in names).split()
            if quota not in ("max", "-1"):
                return int(quota) / int(period)
    return math.inf


def _start() -> "subprocess.Popen[bytes]":
    """A process in a session of its own, since Ctrl-C is for the sweep, which then ends its workers."""
    command = [sys.executable, "-m", "tvae.training.sweeps.worker"]
    try:
        return subprocess.Popen(  # noqa: S603 (our own module, no shell)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise TrainingError(
            f"A worker process cannot be started ({error.strerror}). Use fewer workers, or close other programs."
        ) from error


def _register(ready: selectors.BaseSelector, worker: _Worker) -> None:
    """Send the worker its job, and listen to it. One that is dead already is found by its end of output."""
    stdin, stdout = worker.process.stdin, worker.process.stdout
    assert stdin is not None  # noqa: S101 (for the type checker)
    assert stdout is not None  # noqa: S101 (for the type checker)
    with suppress(BrokenPipeError):
        stdin.write(job_line(worker.job))
        stdin.flush()
    ready.register(stdout, selectors.EVENT_READ, worker)


def _heard(ready: selectors.BaseSelector, key: selectors.SelectorKey, jobs: Iterator[Job]) -> Outcome | None:
    """The outcome of a worker that has answered or died, and its next job; None if its job is tried again."""
    worker: _Worker = key.data
    outcome = _outcome(worker)
    ready.unregister(key.fileobj)
    if outcome is None:
        _register(ready, _Worker(_start(), worker.job, worker.tries + 1, worker.began))
        return None
    job = next(jobs, None)
    if job is None:
        _end(worker.process)
    else:
        process = _start() if worker.process.poll() is not None else worker.process
        _register(ready, _Worker(process, job, 1, time.perf_counter()))
    return outcome


def _outcome(worker: _Worker) -> Outcome | None:
    """What the worker says of its job; None if it died and the job may be tried again."""
    assert worker.process.stdout is not None  # noqa: S101 (for the type checker)
    line = worker.process.stdout.readline()  # written at once, so what is ready is soon complete
    if line.endswith(b"\n"):
        return of_line(line)
    _end(worker.process)
    if worker.tries < TRIES:
        return None
    code = worker.process.returncode
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    memory = ", perhaps for lack of memory" if code == -9 else ""
    reason = f"Its process {how} {worker.tries} times{memory}. Run the sweep again, with fewer workers."
    return failed(worker.job, reason, time.perf_counter() - worker.began)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process if it still runs, and free what it used. It has no file that this could leave behind."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # unsent input
            if pipe:
                pipe.close()
