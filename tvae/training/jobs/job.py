"""One training job: its state, and the process that it runs in (`worker.py`). `queue.py` says when it may run."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from tvae.errors import TvaeError
from tvae.training.jobs.device import Device
from tvae.training.jobs.request import JobLimits, TrainingRequest
from tvae.training.recipes.recipe import Recipe

Stage = Literal["waiting", "training", "done", "failed"]
_POLL: Final = 0.25  # seconds between two checks of a job
_GRACE: Final = 20.0  # seconds for a job to save its model after the request to stop
UNEXPECTED: Final = "Training ended unexpectedly, and the server's log says why. Start it again."
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


@dataclass(frozen=True)
class Client:
    """Who asks for a job. The queue calls the two functions in threads of its own."""

    name: str  # of the visitor, to whom the limits apply
    address: str = ""  # of the visitor's network, or empty
    watches: Callable[[], bool] = lambda: True  # whether somebody still waits for the job
    keep: Callable[["Job"], Any] = lambda job: None  # stores the files of a job that is about to be done


class Job:
    """One waiting, running or finished request; made by `JobQueue.start`."""

    def __init__(
        self,
        client: Client,
        request: TrainingRequest,
        recipe: Recipe,
        limits: JobLimits,
        directory: Path,
        device: Device,
    ) -> None:
        self.client, self.request, self.recipe, self.limits = client, request, recipe, limits
        self.directory, self.device = directory, device
        self.kept: Any = None  # what the client's `keep` returned
        self._lock = threading.Lock()
        self._state = State("waiting", 0, 0, None, (), "", "", "")
        self._watched = time.monotonic()
        self._stop = threading.Event()
        self.process: subprocess.Popen[str] | None = None

    def state(self) -> State:
        """Progress of the job."""
        with self._lock:
            return self._state

    def abandoned(self) -> bool:
        """Whether nobody has watched it for `patience` seconds; the queue asks several times a second."""
        now = time.monotonic()
        if self.client.watches():
            self._watched = now
        return now - self._watched > self.limits.patience

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
        return self.state().stage in ("done", "failed")

    def give_up(self) -> None:
        """End it because it is `abandoned`."""
        closed = f"The page was closed for more than {self.limits.patience:g} s"
        self._kill(f"{closed}, which ended its run. Start it again.")

    def update(self, **changes: Any) -> None:
        """Change the state; that of a finished or failed job does not change."""
        with self._lock:
            if self._state.stage not in ("done", "failed"):
                self._state = replace(self._state, **changes)

    def fail(self, error: str) -> None:
        """End without a result. What was seen of it so far stays."""
        self.update(stage="failed", error=error)

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
            self.fail("Training could not be started. Try again in a minute.")
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
            self.fail(UNEXPECTED)
        if errors and self.state().stage == "failed":
            _log.warning("A training process failed: %s", "".join(errors))
        for pipe in (stdin, stdout, stderr):
            with contextlib.suppress(OSError):  # unread output
                pipe.close()

    def _hear(self, message: dict[str, Any]) -> None:
        if frame := message.get("frame"):
            state = self.state()
            row = {"step": frame["step"], "loss": frame["loss"], **frame["numbers"]}
            self.update(frames=state.frames + 1, frame=frame, curve=(*state.curve, row))
        elif done := message.get("done"):
            self._finish(done)
        else:
            self.fail(message["error"])

    def _finish(self, done: dict[str, Any]) -> None:
        """Let the client keep the files; the job is done when it has them."""
        early = done["step"] < self.recipe.steps
        note = self.state().note or ("Stopped on request." if early else "")
        self.update(sha256=done["sha256"], note=note if early else "")
        try:
            self.kept = self.client.keep(self)
        except TvaeError as error:
            self.fail(str(error))
        self.update(stage="done")

    def _watch(self, process: "subprocess.Popen[str]") -> None:
        """Ask the process to stop when the job should end, and kill it if it does not."""
        began = time.monotonic()
        asked_to_stop: float | None = None
        while process.poll() is None:
            now = time.monotonic()
            if self.abandoned():
                self.give_up()
            elif asked_to_stop is not None and now - asked_to_stop > _GRACE:
                self._kill(f"Training did not stop within {_GRACE:g} s and was ended. Start it again with fewer steps.")
            elif asked_to_stop is None and (self._stop.is_set() or now - began > self.limits.seconds):
                if not self._stop.is_set():
                    self.update(note=f"Stopped after {self.limits.seconds:g} s, the limit of a run.")
                asked_to_stop = now
                _write(process, "stop\n")
            time.sleep(_POLL)

    def _kill(self, why: str) -> None:
        self.fail(why)
        if self.process:
            self.process.kill()


def environment() -> dict[str, str]:
    """Environment of a job's process: one thread, the same module path, and no secrets."""
    public = {name: value for name, value in os.environ.items() if "TOKEN" not in name and "SECRET" not in name}
    return public | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _write(process: "subprocess.Popen[str]", text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the process has already ended
        assert process.stdin  # noqa: S101 (for the type checker)
        process.stdin.write(text)
        process.stdin.flush()
