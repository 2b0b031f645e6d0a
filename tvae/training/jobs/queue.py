"""A queue of training jobs for visitors of the page; each job runs in its own process.

    job = queue.start(visitor, TrainingRequest("homeostatic_rich", seed=0))    visitor: any name; also its address
    job.state()                                                                progress; poll it regularly
    job.stop()                                                                 ends after this step, with a result

Separate processes (`worker.py`) share no state, can be killed when they hang or use too much memory, and keep the page
responsive. `JobLimits` bounds them; a job that is not polled for `patience` seconds is killed.
"""

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from tvae.errors import TrainingRefused
from tvae.training.jobs.device import Device
from tvae.training.jobs.request import JobLimits, TrainingRequest
from tvae.training.recipes.recipe import Recipe

Stage = Literal["waiting", "training", "done", "failed"]
_POLL: Final = 0.25  # seconds between two checks of a job
_GRACE: Final = 20.0  # seconds for a job to save its model after the request to stop
_UNEXPECTED: Final = "Training ended unexpectedly, and the server's log says why. Start it again."
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """Progress of a job."""

    stage: Stage
    ahead: int  # jobs that wait before this one
    frames: int  # number of frames so far; it changes with every new frame
    frame: dict[str, Any] | None  # the latest; see `worker.py`
    curve: tuple[dict[str, Any], ...]  # step, loss and numbers of each frame so far
    error: str  # a sentence if it failed
    note: str  # why it ended before its last step, if it did
    sha256: str  # of the finished file


class Job:
    """One waiting, running or finished request; made by `JobQueue.start`."""

    def __init__(
        self,
        who: tuple[str, str],
        request: TrainingRequest,
        recipe: Recipe,
        limits: JobLimits,
        directory: Path,
        device: Device,
    ) -> None:
        """`who` asked for it: a visitor, and the visitor's address or an empty text."""
        (self.visitor, self.address), self.request, self.recipe, self.limits = who, request, recipe, limits
        self.directory, self.device = directory, device
        self._lock = threading.Lock()
        self._state = State("waiting", 0, 0, None, (), "", "", "")
        self.asked = time.monotonic()
        self._stop = threading.Event()
        self.process: subprocess.Popen[str] | None = None

    def state(self) -> State:
        """Progress of the job; calling this keeps it alive."""
        self.asked = time.monotonic()
        return self.snapshot()

    def snapshot(self) -> State:
        """The same, without keeping the job alive."""
        with self._lock:
            return self._state

    def stop(self) -> None:
        """End after the current step, and keep the result."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    @property
    def over(self) -> bool:
        """Whether it has finished or failed."""
        return self.snapshot().stage in ("done", "failed")

    def discard(self) -> None:
        """Kill the job and delete its files."""
        self._kill("Discarded.")
        shutil.rmtree(self.directory, ignore_errors=True)

    def update(self, **changes: Any) -> None:
        """Change the state; that of a finished or failed job does not change."""
        with self._lock:
            if self._state.stage not in ("done", "failed"):
                self._state = replace(self._state, **changes)

    def run(self) -> None:
        """Run the process, and wait in this thread until it has ended."""
        if self.over:
            return
        command = [sys.executable, "-m", "tvae.training.jobs.worker", str(self.directory), self.device]
        try:
            self.process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment(),
            )
        except OSError as error:
            _log.warning("A training process cannot be started: %s", error)
            self.update(stage="failed", error="Training could not be started. Try again in a minute.")
            return
        self.update(stage="training", ahead=0)
        threading.Thread(target=self._watch, args=(self.process,), daemon=True).start()
        self._listen(self.process)

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise RuntimeError("the process was started without pipes")
        errors: deque[str] = deque(maxlen=50)  # lines
        reader = threading.Thread(target=lambda: errors.extend(stderr), daemon=True)
        reader.start()
        try:
            stdin.write(json.dumps(asdict(self.request)) + "\n")
            stdin.flush()
            for line in stdout:
                self._hear(json.loads(line))
        except (OSError, ValueError):  # killed in the middle of a line
            pass
        process.wait()
        reader.join(1)
        if not self.over:
            errors.append(f"exit status {process.returncode}")
            self.update(stage="failed", error=_UNEXPECTED)
        if errors and self.snapshot().stage == "failed":
            _log.warning("A training process failed: %s", "".join(errors))
        for pipe in (stdin, stdout, stderr):
            with contextlib.suppress(OSError):  # unread output
                pipe.close()

    def _hear(self, message: dict[str, Any]) -> None:
        if frame := message.get("frame"):
            state = self.snapshot()
            row = {"step": frame["step"], "loss": frame["loss"], **frame["numbers"]}
            self.update(frames=state.frames + 1, frame=frame, curve=(*state.curve, row))
        elif done := message.get("done"):
            early = done["step"] < self.recipe.steps
            note = self.snapshot().note or ("Stopped on request." if early else "")
            self.update(stage="done", sha256=done["sha256"], note=note if early else "")
        else:
            self.update(stage="failed", error=message["error"])

    def _watch(self, process: "subprocess.Popen[str]") -> None:
        """Ask the process to stop when the job should end, and kill it if it does not."""
        began = time.monotonic()
        asked_to_stop: float | None = None
        while process.poll() is None:
            now = time.monotonic()
            if now - self.asked > self.limits.patience:
                self._kill("Nobody watched this run any more, so it was ended. Start it again.")
            elif asked_to_stop is not None and now - asked_to_stop > _GRACE:
                self._kill(f"Training did not stop within {_GRACE:g} s and was ended. Start it again with fewer steps.")
            elif asked_to_stop is None and (self._stop.is_set() or now - began > self.limits.seconds):
                if not self._stop.is_set():
                    self.update(note=f"Stopped after {self.limits.seconds:g} s, the limit of a run.")
                asked_to_stop = now
                _write(process, "stop\n")
            time.sleep(_POLL)

    def _kill(self, why: str) -> None:
        self.update(stage="failed", error=why)
        if self.process:
            self.process.kill()


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

    def start(self, visitor: str, request: TrainingRequest, address: str = "") -> Job:
        """A new job, training or waiting. Raises RecipeError or TrainingRefused, each with a sentence for the user.

        All visitors of one `address` together have `of_an_address` times a visitor's limits; an empty one has none.
        """
        recipe = request.to_recipe(self.limits)
        with self._changed:
            self._admit(visitor, address)
            directory = self._new_directory()
            job = Job((visitor, address), request, recipe, self.limits, directory, self.device)
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
        if sum(job.visitor == visitor for job in jobs) >= limits.of_a_visitor:
            raise TrainingRefused(
                "You already have a run, perhaps in another tab. Stop it first, or wait until it ends."
            )
        most = limits.of_a_visitor * limits.of_an_address
        if address and sum(job.address == address for job in jobs) >= most:
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
            job.update(stage="failed", error=_UNEXPECTED)
        finally:
            if job.snapshot().stage == "failed":
                shutil.rmtree(job.directory, ignore_errors=True)
            with self._changed:
                self._training = [other for other in self._training if other is not job]
                self._changed.notify_all()

    def _turn_of(self, job: Job) -> bool:
        job.update(ahead=self._waiting.index(job))
        return len(self._training) < self.limits.at_once and self._waiting[0] is job

    def _given_up(self, job: Job) -> bool:
        """Whether a waiting job was stopped or is no longer polled; it fails then."""
        if job.stopping:
            job.update(stage="failed", error="Stopped before its turn came.")
        elif time.monotonic() - job.asked > self.limits.patience:
            job.update(stage="failed", error="Nobody waited for this run any more, so it was ended. Start it again.")
        return job.over


def environment() -> dict[str, str]:
    """Environment of a job's process: one thread, the same module path, and no secrets."""
    public = {name: value for name, value in os.environ.items() if "TOKEN" not in name and "SECRET" not in name}
    return public | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _write(process: "subprocess.Popen[str]", text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the process has already ended
        assert process.stdin  # noqa: S101 (for the type checker)
        process.stdin.write(text)
        process.stdin.flush()
