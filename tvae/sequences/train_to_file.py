"""FASTA -> a trained codon or amino-acid checkpoint and its row in a manifest: `python -m tvae train codons`."""

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import TrainingInterrupted
from tvae.sequences.checkpoint_file import save
from tvae.sequences.fasta import Alphabet, all_tokens, read_file
from tvae.sequences.run_state import load_state, save_state
from tvae.sequences.stops import inner_stops, notes
from tvae.sequences.training_loop import (
    Accuracy,
    SequencePlan,
    SequenceProgress,
    SequenceRun,
    adjusted,
    measure,
    plan_values,
    prepared,
    resume,
    start,
)
from tvae.training.run_files.keeper import StateKeeper, interruptible
from tvae.training.run_files.log import RowLog
from tvae.training.run_files.manifest import check_writable, made_with, provenance
from tvae.training.run_files.state import check_no_options, state_file
from tvae.training.threads import THREADS, torch_threads

ALPHABETS: Final[dict[str, Alphabet]] = {"codons": "codons", "amino-acids": "amino acids"}  # by command-line word
_COLUMNS: Final = ("step", "seconds", "loss", "cross_entropy", "kl", "token_accuracy", "held_out_accuracy")


def train_to_file(
    name: str,
    fasta: Path,
    *,
    seed: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    held_out: float | None = None,
    code: int | None = None,
    device: str | None = None,
    threads: int | None = None,
    output: Path,
    state: Path | None = None,
    log: Path | None = None,
    show: bool = True,
) -> dict[str, Any]:
    """Train on the sequences of a FASTA file, save the model, and return its manifest row (JSON values).

    `name` is a key of `ALPHABETS`. Everything else is as in `tvae.training.train_to_file`: `state` continues a stopped
    run, with the same sequences; the checkpoint depends on sequences, seed and settings alone; Ctrl-C raises
    TrainingInterrupted with the path of the state. Raises SequenceError, RecipeError, TrainingError, or StorageError.
    """
    check_writable(output)
    records = read_file(fasta)
    if state is None:
        plan = adjusted(
            SequencePlan(ALPHABETS[name]), epochs=epochs, learning_rate=learning_rate, held_out=held_out, code=code
        )
        data = prepared(records, plan, seed or 0)
        run = start(plan, data, seed=seed or 0, device=device or "cpu", threads=THREADS if threads is None else threads)
    else:
        options = {"seed": seed, "epochs": epochs, "lr": learning_rate, "held-out": held_out, "code": code}
        check_no_options(state, options | {"device": device, "threads": threads})
        run = load_state(state, ALPHABETS[name], lambda plan, old_seed: prepared(records, plan, old_seed))
    keeper = StateKeeper(state_file(output), lambda path: save_state(path, run))
    with interruptible() as stop, torch_threads(run.threads):
        rows = RowLog(log, _COLUMNS, after=run.step if state else None) if log else None
        with tqdm(total=run.steps, initial=run.step, desc=name, unit="step", disable=not show) as bar:
            for progress in keeper.watch(resume(run, stop=stop)):
                _show(progress, bar)
                if rows:
                    rows.add(_log_row(progress))
        if run.step < run.steps:
            saved = save_state(keeper.path, run)
            raise TrainingInterrupted(f"{name} --fasta {shlex.quote(str(fasta))}", run.step, run.steps, saved, output)
        trained, held = _accuracies(run)
        save(output, run.model, _checkpoint_metadata(run, trained, held))
    keeper.remove(state, output)
    alphabet, code = run.plan.alphabet, run.plan.code
    stops = [len(inner_stops(tokens, alphabet, code)) for tokens in all_tokens(records, alphabet)]
    return _row(run, fasta, output, trained, held) | {"notes": notes(records, stops, alphabet, code)}


def _show(progress: SequenceProgress, bar: Any) -> None:
    bar.update(progress.step - bar.n)
    bar.set_postfix_str(f"loss {progress.loss:.4f}")
    if progress.trained and progress.held_out:
        bar.set_description_str(f"accuracy {_percent(progress.trained)}, held out {_percent(progress.held_out)}")


def _log_row(progress: SequenceProgress) -> dict[str, Any]:
    numbers = {name: getattr(progress, name) for name in ("step", "loss", "cross_entropy", "kl")}
    row = {**numbers, "seconds": round(progress.seconds, 3)}
    if progress.trained and progress.held_out:
        row |= {"token_accuracy": progress.trained.share, "held_out_accuracy": progress.held_out.share}
    return row


def _percent(accuracy: Accuracy) -> str:
    return "-" if accuracy.share is None else f"{accuracy.share:.1%}"


def _accuracies(run: SequenceRun) -> tuple[Accuracy, Accuracy]:
    data = run.data
    return measure(run.model, data.inputs, data.lengths), measure(run.model, data.held_inputs, data.held_lengths)


def _checkpoint_metadata(run: SequenceRun, trained: Accuracy, held: Accuracy) -> dict[str, Any]:
    """Metadata that the checkpoint stores."""
    return {
        "recipe": run.plan.alphabet,
        "seed": run.seed,
        "steps": run.steps,
        "plan": plan_values(run.plan),
        "sequences": run.data.given,
        "sequences_sha256": run.data.digest,
        "metrics": {"trained": asdict(trained), "held_out": asdict(held), "guess": asdict(run.data.guess)},
    }


def _row(run: SequenceRun, fasta: Path, output: Path, trained: Accuracy, held: Accuracy) -> dict[str, Any]:
    """The row of the manifest."""
    return {
        **_checkpoint_metadata(run, trained, held),
        "fasta": fasta.name,
        "fasta_sha256": digest(fasta.read_bytes()),
        "different": len(run.data.inputs) + len(run.data.held_inputs),
        "file": output.name,
        "sha256": digest(output.read_bytes()),
        "bytes": output.stat().st_size,
        **provenance(run),
    }


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for a terminal."""
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s",
        f"fasta     {row['fasta']}, {row['sequences']:,} sequences, {row['different']:,} different in their first 100 "
        f"{row['recipe']}",
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        made_with(row),
        f"{'':34}{'sequences':>10}{'tokens':>9}{'right':>8}{'of all 100':>12}",
    ]
    words = {"trained": "trained on", "held_out": "held out", "guess": "held out, most frequent token"}
    for name, label in words.items():
        found = row["metrics"][name]
        shares = [f"{'-' if found[key] is None else format(found[key], '.1%')}" for key in ("share", "share_100")]
        lines.append(f"{label:34}{found['sequences']:>10,}{found['tokens']:>9,}{shares[0]:>8}{shares[1]:>12}")
    lines += [f"note: {note}" for note in row["notes"]]
    return "\n".join(lines)
