"""The state of a run, to continue it from."""

import io
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.checkpoint_file import read_bytes
from tvae.errors import TrainingError, TvaeError
from tvae.training.kfac.optimiser import Kfac


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
