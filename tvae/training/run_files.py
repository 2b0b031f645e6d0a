"""Files of a training run, whatever it trains: the state to continue it from, the log, and the row of the manifest.

Not here: what is in them (`run_state` and `train_to_file`, here and in `tvae.sequences`). Every file but the log is
written whole or not at all. The log grows line by line; a line that does not fit on the disk is removed again.
"""

import csv
import io
import json
import math
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final, Protocol, TypeVar

import torch
from torch import nn

from tvae.checkpoints.atomic_files import storage, write_atomically
from tvae.checkpoints.checkpoint_file import read_bytes
from tvae.checkpoints.versions import versions
from tvae.errors import InputError, StorageError, TrainingError, TvaeError
from tvae.training.kfac.optimiser import Kfac

LOG_SUFFIXES: Final = (".csv", ".jsonl")
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


class ResumableRun(Protocol):
    """What every run has that its state file keeps."""

    seed: int
    device: torch.device
    random: torch.Generator
    step: int
    seconds: float
    threads: int
    optimiser: torch.optim.Optimizer | None
    history: list[dict[str, Any]]

    @property
    def model(self) -> nn.Module:
        """The model that is being trained."""


def check_writable(output: Path) -> None:
    """Fail before training if the checkpoint `output` cannot be written; raises StorageError."""
    if output.suffix not in (".safetensors", ".pt"):
        raise StorageError(f"{str(output)!r} is not a file name for a checkpoint. End it in .safetensors or .pt.")
    with storage(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=output.parent).close()


def state_file(output: Path) -> Path:
    """Path of a run's state: next to the checkpoint that the run is going to write."""
    return output.with_name(f"{output.stem}.state.pt")


def state_of(run: ResumableRun) -> dict[str, Any]:
    """The part of a state file that every run has, except for its history."""
    return {
        "seed": run.seed,
        "device": str(run.device),
        "step": run.step,
        "seconds": run.seconds,
        "threads": run.threads,
        "model": run.model.state_dict(),
        "optimiser": run.optimiser.state_dict() if run.optimiser else None,
        "random": run.random.get_state(),
    }


def restore(run: ResumableRun, state: Mapping[str, Any]) -> None:
    """Bring a new run to where the state was written; its optimiser, if it had one, must have been made.

    Raises an exception of some kind for values that no run has.
    """
    _check_plain_values(state)
    _check_tensors(state["model"].values())
    run.model.load_state_dict(state["model"])
    run.random.set_state(state["random"])
    run.step, run.seconds, run.history = state["step"], state["seconds"], state["history"]
    if run.optimiser is not None:
        settings = [_settings(group) for group in run.optimiser.param_groups]
        run.optimiser.load_state_dict(state["optimiser"])
        if [_settings(group) for group in run.optimiser.param_groups] != settings:
            raise ValueError("the optimiser has other settings than its recipe")
        _check_tensors(value for moments in run.optimiser.state.values() for value in moments.values())
        if isinstance(run.optimiser, torch.optim.AdamW):
            _check_moments(run.optimiser)
        if isinstance(run.optimiser, Kfac):
            run.optimiser.check_state()


def _check_plain_values(state: Mapping[str, Any]) -> None:
    """Raise ValueError for a value that would fail, or be written to the checkpoint, only at the end of the run."""
    rows = [value for row in state["history"] for value in row.values()]
    if not (
        type(state["seed"]) is type(state["step"]) is int
        and type(state["seconds"]) is float
        and state["step"] >= 0
        and 0 <= state["seconds"] < math.inf
        and all(value is None or type(value) in (int, float, str) for value in rows)
        and all(type(name) is str for row in state["history"] for name in row)
    ):
        raise ValueError("no run has these values")


def _check_tensors(values: Iterable[Any]) -> None:
    """Raise ValueError for a tensor that is sparse or not finite; numbers are checked elsewhere."""
    for value in values:
        if isinstance(value, torch.Tensor) and not (value.layout is torch.strided and bool(value.isfinite().all())):
            raise ValueError("no run has these tensors")


def _check_moments(optimiser: torch.optim.AdamW) -> None:
    """Raise ValueError unless its moments lie in memory as their parameter: its fused step would read beyond them."""
    for parameter, moments in optimiser.state.items():
        found = {name: (tensor.shape, tensor.stride(), tensor.dtype) for name, tensor in moments.items()}
        moment = (parameter.shape, parameter.stride(), parameter.dtype)
        if found != {"step": (torch.Size(), (), torch.float32), "exp_avg": moment, "exp_avg_sq": moment}:
            raise ValueError("the optimiser is that of another model")


def _settings(group: Mapping[str, Any]) -> dict[str, Any]:
    """What the recipe determines in a group of an optimiser."""
    return {name: value for name, value in group.items() if name not in ("params", "lr")}


def write_state(path: Path, state: Mapping[str, Any]) -> Path:
    """Write the state of a run, tensors and plain values; raises StorageError."""
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return write_atomically(path, buffer.getvalue())


@contextmanager
def open_state(path: Path, state_format: str, refusal: str) -> Iterator[dict[str, Any]]:
    """The values that `write_state` wrote; whatever goes wrong with them inside the block is a TrainingError(refusal).

    Raises CheckpointFileError if the file cannot be read; a TvaeError raised in the block is passed on.
    """
    try:
        state = torch.load(io.BytesIO(read_bytes(path)), map_location="cpu", weights_only=True)
        if state["format"] != state_format:
            raise TrainingError(refusal)
        yield state
    except TvaeError:
        raise
    except Exception as error:  # torch's unpickler raises many kinds of exception on damaged files
        raise TrainingError(refusal) from error


def check_no_options(state: Path, options: Mapping[str, object]) -> None:
    """Refuse the options of the command line (by name) that are set although `state` decides them: TrainingError."""
    given = ", ".join(f"--{name}" for name, value in options.items() if value is not None)
    if given:
        raise TrainingError(f"{state.name} decides what {given} would change. Leave these options out with --resume.")


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


class RowLog:
    """A CSV or JSON-lines file (chosen by its suffix) that grows row by row.

    A run that continues from step `after` appends to it; the rows of later steps, which a run that was killed has
    written after its last state, are removed, since they come again.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, after: int | None = None) -> None:
        if path.suffix not in LOG_SUFFIXES:
            raise StorageError(f"{path.name!r} is not a file name for a log. End it in .csv or .jsonl.")
        self.path, self.columns = path, columns
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [] if after is None or not path.exists() else path.read_bytes().splitlines(keepends=True)
            while after is not None and rows and _step_of(rows[-1]) > after:
                rows.pop()
            path.touch()
            os.truncate(path, sum(map(len, rows)))
            fresh = not rows
        if fresh and path.suffix == ".csv":
            self._append(",".join(self.columns) + "\n")

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one row; raises StorageError."""
        if self.path.suffix == ".jsonl":
            self._append(json.dumps(row) + "\n")
            return
        text = io.StringIO()
        csv.DictWriter(text, self.columns, lineterminator="\n").writerow(row)
        self._append(text.getvalue())

    def _append(self, line: str) -> None:
        """Write a line, or remove what was written of it and raise StorageError."""
        with storage(self.path):
            size = self.path.stat().st_size if self.path.exists() else 0
            try:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line)
            except OSError:
                with self.path.open("r+b") as file:
                    file.truncate(size)
                raise


def _step_of(row: bytes) -> float:
    """The step of a row of a log; infinite for a row that was cut off, and -1 for another text, such as the head."""
    if not row.endswith(b"\n"):
        return math.inf
    try:
        return int(json.loads(row)["step"]) if row.startswith(b"{") else int(row.split(b",")[0])
    except (ValueError, KeyError):
        return -1


def read_manifest(path: Path) -> dict[str, Any]:
    """The table {recipe: row} at `path`; empty if there is no such file.

    Raises InputError if the file is something else, and StorageError if it cannot be read.
    """
    with storage(path):
        data = path.read_bytes() if path.exists() else b"{}"
    try:
        rows = json.loads(data)
    except ValueError:  # not JSON, or not a text
        rows = None
    if not isinstance(rows, dict):
        raise InputError(f"{path.name} is not a manifest, which is a JSON object of rows by recipe. Name another file.")
    return rows


def write_manifest(path: Path, row: dict[str, Any]) -> None:
    """Put a row into the table at `path`, which may be new; the other rows stay. Raises as `read_manifest` does."""
    rows = read_manifest(path) | {row["recipe"]: row}
    write_atomically(path, (json.dumps(dict(sorted(rows.items())), indent=2) + "\n").encode())


def provenance(run: ResumableRun) -> dict[str, Any]:
    """How a file was made, for its row in the manifest: training time in s, and what decides its bytes.

    Besides recipe and seed, these are the number of threads, the instructions of the CPU that torch uses, and the
    versions.
    """
    return {
        "duration_s": round(run.seconds, 1),
        "threads": run.threads,
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "versions": versions(),
    }


def made_with(row: Mapping[str, Any]) -> str:
    """What decided the bytes of a file, as a line for a terminal; rows of older manifests lack the CPU capability."""
    threads = f"{row['threads']} thread{'' if row['threads'] == 1 else 's'}"
    cpu = f", CPU capability {row['cpu_capability']}" if "cpu_capability" in row else ""
    return f"made with {threads}{cpu}, torch {row['versions']['torch']}"
