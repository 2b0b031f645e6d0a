"""Keep the state of a run while it runs, and let Ctrl-C end it after a step."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final, Protocol, TypeVar

STATE_EVERY: Final = 60.0  # seconds between two states of a run; writing one takes 0.03 s, or 0.2 s with K-FAC


class StepCount(Protocol):
    """What the progress of every run says."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def steps(self) -> int:
        """Steps of the whole run."""


_P = TypeVar("_P", bound=StepCount)


class StateKeeper:
    """Writes the state of a run every minute, so that a run which is killed can continue from there."""

    def __init__(self, path: Path, write: Callable[[Path], Path]) -> None:
        """`write` saves the state to a path."""
        self.path, self.write, self.written = path, write, False

    def watch(self, run: Iterator[_P]) -> Iterator[_P]:
        """Pass on the progress of a run; raises StorageError if a state cannot be written."""
        due = time.monotonic() + STATE_EVERY
        for progress in run:
            yield progress  # first, so that a log is never behind the state
            if progress.step < progress.steps and time.monotonic() >= due:
                self.write(self.path)
                self.written = True
                due = time.monotonic() + STATE_EVERY

    def remove(self, resumed: Path | None, output: Path) -> None:
        """Once the checkpoint `output` is written, remove what was written here, and the state that was resumed."""
        for state in {resumed, self.path if self.written else None}:
            if state is not None and state.resolve() != output.resolve():
                with suppress(OSError):  # a state file that cannot be removed does no harm
                    state.unlink(missing_ok=True)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """A function that returns whether Ctrl-C was pressed; a second Ctrl-C interrupts as usual.

    This lets the current training step finish. Outside the main thread, which alone receives signals, it is always
    False.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
