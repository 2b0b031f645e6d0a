"""A queue of training jobs for visitors of the page; each job runs in its own process.

    job = queue.start(Client("alice"), TrainingRequest("homeostatic_rich", seed=0))
    job.state()                                           progress
    job.stop()                                            ends after this step, with a result

Separate processes (`worker.py`) share no state, can be killed when they hang or use too much memory, and keep the page
responsive. `JobLimits` bounds them; a job that its client does not watch for `patience` seconds is killed.
"""

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tvae.errors import TrainingRefused
from tvae.training.jobs.device import Device
from tvae.training.jobs.job import UNEXPECTED, Client, Job
from tvae.training.jobs.request import JobLimits, TrainingRequest

_POLL: Final = 0.25  # seconds between two checks of the jobs that wait
_log = logging.getLogger(__name__)


class JobQueue:
    """All jobs of this server, waiting and training."""

    def __init__(self, limits: JobLimits, clock: Callable[[], float] = time.time, device: Device = "cpu") -> None:
        self.limits, self.device = limits, device
        self._clock = clock
        self._root = tempfile.TemporaryDirectory(prefix="tvae-")  # deleted with this object, or at exit
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._training: list[Job] = []
        self._begun: dict[str, list[float]] = {}  # times of the last hour

    def start(self, client: Client, request: TrainingRequest) -> Job:
        """A new job, training or waiting. Raises RecipeError or TrainingRefused, each with a sentence for the user.

        All visitors of one address together have `of_an_address` times a visitor's limits; an empty one has none.
        """
        recipe = request.to_recipe(self.limits)
        with self._changed:
            self._admit(client.name, client.address)
            directory = self._new_directory()
            job = Job(client, request, recipe, self.limits, directory, self.device)
            self._waiting.append(job)
        threading.Thread(target=self._attend, args=(job,), daemon=True).start()
        return job

    def _new_directory(self) -> Path:
        try:
            return Path(tempfile.mkdtemp(dir=self._root.name))
        except OSError as error:
            raise TrainingRefused(
                f"This server has no place for the files of a run ({error.strerror}). Try again in a few minutes, or "
                "train on your own machine: python -m tvae train."
            ) from error

    def _admit(self, visitor: str, address: str) -> None:
        limits = self.limits
        jobs = [job for job in (*self._waiting, *self._training) if not job.over]
        if sum(job.client.name == visitor for job in jobs) >= limits.of_a_visitor:
            raise TrainingRefused("You have a run in another tab or browser. Stop it there, or wait until it ends.")
        most = limits.of_a_visitor * limits.of_an_address
        if address and sum(job.client.address == address for job in jobs) >= most:
            raise TrainingRefused(
                f"The visitors of your network address already have {most} runs, which is the limit here. Try again "
                "when one has ended, or train on your own machine: python -m tvae train."
            )
        if len(self._waiting) >= limits.waiting:
            raise TrainingRefused(
                f"{limits.at_once} runs are training and {len(self._waiting)} wait, which is all that this server "
                "takes. Try again in a minute, or train on your own machine: python -m tvae train."
            )
        if limits.an_hour is not None:
            shares = {visitor: limits.an_hour}
            if address:
                shares[f"address {address}"] = limits.an_hour * limits.of_an_address
            self._admit_hourly(shares, self._clock())

    def _admit_hourly(self, shares: dict[str, int], now: float) -> None:
        """Note the start of a job for each of these, unless one has started its share within an hour."""
        begun = {who: [at for at in times if at > now - 3600] for who, times in self._begun.items()}
        for who, most in shares.items():
            times = begun.get(who, [])
            if len(times) >= most:
                minutes = int((times[0] + 3600 - now) // 60) + 1
                holder = "The visitors of your network address" if who.startswith("address ") else "You"
                raise TrainingRefused(
                    f"{holder} have started {most} runs within an hour, which is the limit here. Try again in "
                    f"{minutes} min, or train on your own machine: python -m tvae train."
                )
        self._begun = {who: times for who, times in begun.items() if times}
        for who in shares:
            self._begun.setdefault(who, []).append(now)

    def _attend(self, job: Job) -> None:
        """Wait until the job may run, and run it."""
        with self._changed:
            while not self._turn_of(job) and not self._given_up(job):
                self._changed.wait(_POLL)
            self._waiting.remove(job)
            if not job.over:
                self._training.append(job)
            self._changed.notify_all()
        try:
            job.run()
        except Exception:  # of any kind: the page must not wait for ever
            _log.exception("A training job failed")
            job.fail(UNEXPECTED)
        finally:
            if job.state().stage == "failed":
                shutil.rmtree(job.directory, ignore_errors=True)
            with self._changed:
                self._training = [other for other in self._training if other is not job]
                self._changed.notify_all()

    def _turn_of(self, job: Job) -> bool:
        job.update(ahead=self._waiting.index(job))
        return len(self._training) < self.limits.at_once and self._waiting[0] is job

    def _given_up(self, job: Job) -> bool:
        """Whether a waiting job was stopped or is no longer watched; it fails then."""
        if job.stopping:
            job.fail("Stopped before its turn came.")
        elif job.abandoned():
            job.give_up()
        return job.over
