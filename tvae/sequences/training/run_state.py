"""The state file of a run on sequences: everything needed to continue it bit for bit."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import torch

from tvae.errors import TrainingError
from tvae.sequences.fasta import Alphabet
from tvae.sequences.training.data import Data, SequencePlan, plan_of, plan_values
from tvae.sequences.training.loop import ADJUSTED, SequenceRun, adjusted, optimiser_of, resume, start
from tvae.training.run_files.state import open_state, restore, state_of, write_state
from tvae.training.threads import THREADS

FORMAT: Final = "tvae sequence training state 1"


def save_state(path: Path, run: SequenceRun) -> Path:
    """Write the state of `run` for `load_state`; raises StorageError."""
    return write_state(
        path,
        {
            "format": FORMAT,
            "plan": plan_values(run.plan),
            "sequences_sha256": run.data.digest,
            **state_of(run),
            "order": run.order,
            "history": run.history,
        },
    )


def load_state(path: Path, alphabet: Alphabet, data_of: Callable[[SequencePlan, int], Data]) -> SequenceRun:
    """The run of a state file, ready for `loop.resume`; `data_of(plan, seed)` prepares its sequences again.

    Raises CheckpointFileError if the file cannot be read, TrainingError if it is not a state file, if it was damaged or
    edited, or is one of another alphabet or of other sequences.
    """
    refusal = (
        f"{path.name} is not the state of a stopped training run on sequences, or is damaged. Give the file that the "
        "interrupted command named, or train again."
    )
    with open_state(path, FORMAT, refusal) as state:
        next(resume(_run_of(path, state, alphabet, data_of), stop=lambda: True), None)  # a step in trial
    with open_state(path, FORMAT, refusal) as state:
        return _run_of(path, state, alphabet, data_of)


def _run_of(
    path: Path, state: Mapping[str, Any], alphabet: Alphabet, data_of: Callable[[SequencePlan, int], Data]
) -> SequenceRun:
    """The run of a state. Raises TrainingError, or another exception if a value is not what was written."""
    plan = plan_of(state["plan"])
    if plan.alphabet != alphabet:
        raise TrainingError(
            f"{path.name} is the state of a run on {plan.alphabet}, not on {alphabet}. Name that alphabet."
        )
    # Checks the settings.
    adjusted(plan, **{name: value for name, value in vars(plan).items() if name in ADJUSTED})
    data = data_of(plan, state["seed"])
    if data.digest != state["sequences_sha256"]:
        raise TrainingError(f"{path.name} was made with other sequences. Give the FASTA file of the first command.")
    threads = state.get("threads", THREADS)  # older files lack it
    run = start(plan, data, seed=state["seed"], device=state["device"], threads=threads)
    if state["optimiser"] is not None:
        run.optimiser = optimiser_of(run)
    restore(run, state)
    run.order = state["order"]
    if len(run.order) and not torch.equal(run.order.sort().values, torch.arange(len(data.inputs))):
        raise ValueError("this is not an order of the sequences")
    return run
