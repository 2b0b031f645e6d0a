"""Files of a training run, whatever it trains: the state of a stopped run, the log, and the row of the manifest.

Not here: what is in them (`run_state` and `train_to_file`, here and in `tvae.sequences`). Every file but the log is
written whole or not at all. The log grows line by line; a line that does not fit on the disk is removed again.
"""

import csv
import io
import json
import math
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final, Protocol

import torch
from torch import nn

from tvae.checkpoints.atomic_files import storage, write_atomically
from tvae.checkpoints.checkpoint_file import read_bytes
from tvae.checkpoints.versions import versions
from tvae.errors import InputError, StorageError, TrainingError, TvaeError

LOG_SUFFIXES: Final = (".csv", ".jsonl")


class ResumableRun(Protocol):
    """What every run has that its state file keeps."""

    seed: int
    device: torch.device
    random: torch.Generator
    step: int
    seconds: float
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
    """Path of a stopped run's state: next to the checkpoint that the run was going to write."""
    return output.with_name(f"{output.stem}.state.pt")


def state_of(run: ResumableRun) -> dict[str, Any]:
    """The part of a state file that every run has, except for its history."""
    return {
        "seed": run.seed,
        "device": str(run.device),
        "step": run.step,
        "seconds": run.seconds,
        "model": run.model.state_dict(),
        "optimiser": run.optimiser.state_dict() if run.optimiser else None,
        "random": run.random.get_state(),
    }


def restore(run: ResumableRun, state: Mapping[str, Any]) -> None:
    """Bring a new run to where the state was written; its optimiser, if it had one, must have been made.

    Raises an exception of some kind for values that no run has.
    """
    _check_plain_values(state)
    run.model.load_state_dict(state["model"])
    run.random.set_state(state["random"])
    run.step, run.seconds, run.history = state["step"], state["seconds"], state["history"]
    if run.optimiser is not None:
        settings = [_settings(group) for group in run.optimiser.param_groups]
        run.optimiser.load_state_dict(state["optimiser"])
        if [_settings(group) for group in run.optimiser.param_groups] != settings:
            raise ValueError("the optimiser has other settings than its recipe")
        if isinstance(run.optimiser, torch.optim.AdamW):
            _check_moments(run.optimiser)


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


def _check_moments(optimiser: torch.optim.AdamW) -> None:
    """Raise ValueError unless its moments have the shape of their parameter: its fused step would read beyond them."""
    for parameter, moments in optimiser.state.items():
        found = {name: (tensor.shape, tensor.dtype) for name, tensor in moments.items()}
        moment = (parameter.shape, parameter.dtype)
        if found != {"step": (torch.Size(), torch.float32), "exp_avg": moment, "exp_avg_sq": moment}:
            raise ValueError("the optimiser is that of another model")


def _settings(group: Mapping[str, Any]) -> dict[str, Any]:
    """What the recipe determines in a group of an optimiser."""
    return {name: value for name, value in group.items() if name not in ("params", "lr")}


def write_state(path: Path, state: Mapping[str, Any]) -> Path:
    """Write the state of a stopped run, tensors and plain values; raises StorageError."""
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


def remove_state(state: Path | None, output: Path) -> None:
    """Remove the state of a resumed run once its checkpoint `output` is written."""
    if state is not None and state.resolve() != output.resolve():
        with suppress(OSError):  # a state file that cannot be removed does no harm
            state.unlink()


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
    """A CSV or JSON-lines file (chosen by its suffix) that grows row by row; a resumed run appends to it."""

    def __init__(self, path: Path, columns: Sequence[str], *, append: bool) -> None:
        if path.suffix not in LOG_SUFFIXES:
            raise StorageError(f"{path.name!r} is not a file name for a log. End it in .csv or .jsonl.")
        self.path, self.columns = path, columns
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not (append and path.exists() and path.stat().st_size)
            if fresh:
                path.write_bytes(b"")
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


def provenance(seconds: float) -> dict[str, Any]:
    """How a file was made, for its row in the manifest: training time in s, threads, and versions."""
    return {"duration_s": round(seconds, 1), "threads": torch.get_num_threads(), "versions": versions()}
