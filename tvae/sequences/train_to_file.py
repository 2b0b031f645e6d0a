"""FASTA -> a trained codon or amino-acid checkpoint and its row in a manifest: `python -m tvae train codons`."""

import shlex
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from tqdm import tqdm

from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.versions import versions
from tvae.errors import TrainingError, TrainingInterrupted
from tvae.sequences.checkpoint_file import save
from tvae.sequences.fasta import Alphabet, read_file
from tvae.sequences.training_loop import (
    Accuracy,
    Data,
    SequencePlan,
    SequenceProgress,
    SequenceRun,
    adjusted,
    measure,
    optimiser_of,
    prepared,
    resume,
    start,
)
from tvae.training.run_files import (
    RowLog,
    interruptible,
    reading_state,
    state_file,
    write_state,
)
from tvae.training.train_to_file import check_writable

ALPHABETS: Final[dict[str, Alphabet]] = {"codons": "codons", "amino-acids": "amino acids"}  # by the word of the command
FORMAT: Final = "tvae sequence training state 1"
_COLUMNS: Final = ("step", "seconds", "loss", "cross_entropy", "kl", "token_accuracy", "held_out_accuracy")


def train_to_file(
    name: str,
    fasta: Path,
    *,
    seed: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    held_out: float | None = None,
    device: str | None = None,
    output: Path,
    state: Path | None = None,
    log: Path | None = None,
    show: bool = True,
) -> dict[str, Any]:
    """Train on the sequences of a FASTA file, save the model, and return its manifest row (JSON values).

    `name` is a key of `ALPHABETS`. Everything else is as in `zoo.train_to_file`: `state` continues a stopped run, with
    the same sequences; the checkpoint holds nothing but what sequences, seed and settings decide; after Ctrl-C
    TrainingInterrupted says where the state is. Raises SequenceError, RecipeError, TrainingError, or StorageError.
    """
    check_writable(output)
    records = read_file(fasta)
    if state is None:
        plan = adjusted(SequencePlan(ALPHABETS[name]), epochs=epochs, learning_rate=learning_rate, held_out=held_out)
        run = start(plan, prepared(records, plan, seed or 0), seed=seed or 0, device=device or "cpu")
    else:
        options = {"seed": seed, "epochs": epochs, "lr": learning_rate, "held-out": held_out, "device": device}
        if given := ", ".join(f"--{word}" for word, value in options.items() if value is not None):
            raise TrainingError(
                f"{state.name} decides what {given} would change. Leave these options out with --resume."
            )
        run = load_state(state, name, lambda plan, drawn: prepared(records, plan, drawn))
    with interruptible() as stop:
        table = RowLog(log, _COLUMNS, append=state is not None) if log else None
        progress = None
        with tqdm(total=run.steps, initial=run.step, desc=name, unit="step", disable=not show) as bar:
            for progress in resume(run, stop=stop):
                _report(progress, bar, table)
        if run.step < run.steps:
            kept = save_state(state_file(output), run)
            raise TrainingInterrupted(f"{name} --fasta {shlex.quote(str(fasta))}", run.step, run.steps, kept, output)
        trained, held = _accuracies(run)
        save(output, run.model, _record(run, trained, held))
    if state is not None and state.resolve() != output.resolve():
        with suppress(OSError):  # a state that stays does no harm, and the checkpoint is there
            state.unlink()
    return _row(run, fasta, output, trained, held)


def _report(progress: SequenceProgress, bar: Any, table: RowLog | None) -> None:
    bar.update(progress.step - bar.n)
    bar.set_postfix_str(f"loss {progress.loss:.4f}")
    trained, held = progress.trained, progress.held_out
    if trained and held:
        bar.set_description_str(f"accuracy {_share(trained)}, held out {_share(held)}")
    if table:
        measured = (
            {}
            if trained is None or held is None
            else {"token_accuracy": trained.share, "held_out_accuracy": held.share}
        )
        numbers = {name: getattr(progress, name) for name in ("step", "loss", "cross_entropy", "kl")}
        table.add({**numbers, "seconds": round(progress.seconds, 3), **measured})


def _share(accuracy: Accuracy) -> str:
    return "-" if accuracy.share is None else f"{accuracy.share:.1%}"


def _accuracies(run: SequenceRun) -> tuple[Accuracy, Accuracy]:
    data = run.data
    return measure(run.model, data.inputs, data.lengths), measure(run.model, data.held_inputs, data.held_lengths)


def _record(run: SequenceRun, trained: Accuracy, held: Accuracy) -> dict[str, Any]:
    """What the checkpoint says about itself."""
    return {
        "recipe": run.plan.alphabet,
        "seed": run.seed,
        "steps": run.steps,
        "plan": asdict(run.plan),
        "sequences": run.data.given,
        "sequences_sha256": run.data.digest,
        "metrics": {"trained": asdict(trained), "held_out": asdict(held), "guess": asdict(run.data.guess)},
    }


def _row(run: SequenceRun, fasta: Path, output: Path, trained: Accuracy, held: Accuracy) -> dict[str, Any]:
    """The row of the manifest."""
    return {
        **_record(run, trained, held),
        "fasta": fasta.name,
        "fasta_sha256": digest(fasta.read_bytes()),
        "different": len(run.data.inputs) + len(run.data.held_inputs),
        "file": output.name,
        "sha256": digest(output.read_bytes()),
        "bytes": output.stat().st_size,
        "duration_s": round(run.seconds, 1),
        "threads": torch.get_num_threads(),
        "versions": versions(),
    }


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for people."""
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s, {row['threads']} threads",
        f"fasta     {row['fasta']}, {row['sequences']:,} sequences, {row['different']:,} different in their first 100 "
        f"{row['recipe']}",
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        f"{'':34}{'sequences':>10}{'tokens':>9}{'right':>8}{'of all 100':>12}",
    ]
    words = {"trained": "trained on", "held_out": "held out", "guess": "held out, most frequent token"}
    for name, label in words.items():
        found = row["metrics"][name]
        shares = [f"{'-' if found[key] is None else format(found[key], '.1%')}" for key in ("share", "share_100")]
        lines.append(f"{label:34}{found['sequences']:>10,}{found['tokens']:>9,}{shares[0]:>8}{shares[1]:>12}")
    return "\n".join(lines)


def save_state(path: Path, run: SequenceRun) -> Path:
    """Write everything that `load_state` needs to continue `run` bit for bit; raises StorageError."""
    return write_state(
        path,
        {
            "format": FORMAT,
            "plan": asdict(run.plan),
            "sequences_sha256": run.data.digest,
            "seed": run.seed,
            "device": str(run.device),
            "step": run.step,
            "seconds": run.seconds,
            "model": run.model.state_dict(),
            "optimiser": run.optimiser.state_dict() if run.optimiser else None,
            "random": run.random.get_state(),
            "order": run.order,
            "history": run.history,
        },
    )


def load_state(path: Path, name: str, data_of: Any) -> SequenceRun:
    """The run of a state file, ready for `resume`; `data_of(plan, seed)` gives its sequences anew.

    Raises CheckpointFileError for a file that cannot be read, TrainingError for one that is no state, is that of
    another alphabet, or was made with other sequences.
    """
    refused = (
        f"{path.name} is not the state of a stopped training run on sequences. Give the file that the interrupted "
        "command named."
    )
    with reading_state(path, FORMAT, refused) as state:
        plan = SequencePlan(**state["plan"])
        if plan.alphabet != ALPHABETS[name]:
            raise TrainingError(f"{path.name} is the state of a run on {plan.alphabet}. Name that, not {name!r}.")
        data: Data = data_of(plan, state["seed"])
        if data.digest != state["sequences_sha256"]:
            raise TrainingError(f"{path.name} was made with other sequences. Give the FASTA file of the first command.")
        run = start(plan, data, seed=state["seed"], device=state["device"])
        run.model.load_state_dict(state["model"])
        run.random.set_state(state["random"])
        run.step, run.seconds, run.history, run.order = (
            state[word] for word in ("step", "seconds", "history", "order")
        )
        if state["optimiser"] is not None:
            run.optimiser = optimiser_of(run)
            run.optimiser.load_state_dict(state["optimiser"])
        return run
