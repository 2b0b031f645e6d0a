"""FASTA -> a trained codon or amino-acid checkpoint and its row in a manifest: `python -m tvae train codons`."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import RecipeError, SequenceError, TrainingInterrupted
from tvae.sequences.checkpoint_file import save
from tvae.sequences.fasta import LENGTH, Alphabet, Record, read_file
from tvae.sequences.map import reference
from tvae.sequences.map.columns import Columns, chosen, of_table, of_titles
from tvae.sequences.stops import inner_stops, notes
from tvae.sequences.training import baselines
from tvae.sequences.training.data import Accuracy, Missing, SequencePlan, plan_values, prepared, read_tokens
from tvae.sequences.training.loop import SequenceProgress, SequenceRun, adjusted, measure, resume, start
from tvae.sequences.training.run_state import load_state, save_state
from tvae.sequences.trees.newick import Tree, read_tree
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
    window: int | None = None,
    stride: int | None = None,
    missing: Missing | None = None,
    hold_out: Sequence[str] | None = None,
    hold_out_clade: tuple[str, str] | None = None,
    tree: Path | None = None,
    columns: Path | None = None,
    device: str | None = None,
    threads: int | None = None,
    output: Path,
    state: Path | None = None,
    log: Path | None = None,
    show: bool = True,
) -> dict[str, Any]:
    """Train on the sequences of a FASTA file, save the model, and return its manifest row (JSON values).

    `name` is a key of `ALPHABETS`. `hold_out` and `hold_out_clade` are names of sequences; of a clade, all that lie
    below the last common ancestor of the two in `tree` are held out. The file records the training sequences for
    their map, with the columns of the table `columns` or of their titles. Everything else is as in
    `tvae.training.train_to_file`: `state` continues a stopped run, with the same sequences; the checkpoint depends on
    sequences, seed and settings alone; Ctrl-C raises TrainingInterrupted with the path of the state. Raises
    SequenceError, RecipeError, TrainingError, or StorageError.
    """
    check_writable(output)
    records = read_file(fasta)
    species = None if tree is None else read_tree(tree)
    known = of_titles(records) if columns is None else of_table(columns, records)
    settings: dict[str, Any] = {"epochs": epochs, "held_out": held_out, "code": code, "window": window}
    settings |= {"stride": stride, "missing": missing}
    if state is None:
        names = held_names(records, species, hold_out, hold_out_clade)
        plan = adjusted(SequencePlan(ALPHABETS[name]), learning_rate=learning_rate, hold_out=names, **settings)
        data = prepared(records, plan, seed or 0)
        run = start(plan, data, seed=seed or 0, device=device or "cpu", threads=THREADS if threads is None else threads)
    else:
        options = {"seed": seed, "lr": learning_rate, **settings, "hold_out": hold_out}
        options |= {"hold_out_clade": hold_out_clade, "device": device, "threads": threads}
        check_no_options(state, {name.replace("_", "-"): value for name, value in options.items()})
        run = load_state(state, ALPHABETS[name], lambda plan, old_seed: prepared(records, plan, old_seed))
    if species is not None:
        species.paths(run.data.names)  # before training, so that a name that is no leaf is refused at once
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
        metadata = _checkpoint_metadata(run, species)
        save(output, run.model, metadata | {reference.KEY: _map(run, records, known)})
    keeper.remove(state, output)
    alphabet, code = run.plan.alphabet, run.plan.code
    stops = [len(inner_stops(tokens, alphabet, code)) for tokens in read_tokens(records, run.plan)]
    return _row(run, fasta, output, metadata) | {"notes": notes(records, stops, alphabet, code)}


def held_names(
    records: Sequence[Record], tree: Tree | None, names: Sequence[str] | None, clade: tuple[str, str] | None
) -> tuple[str, ...] | None:
    """Names of the sequences to hold out; None if neither names nor a clade is given.

    Raises RecipeError for a clade without a tree, SequenceError for a name that is not in the tree.
    """
    if names is None and clade is None:
        return None
    if clade is None:
        return tuple(names or ())
    if tree is None:
        raise RecipeError("A clade is a part of a tree. Give the tree as well: --tree FILE, in Newick format.")
    there = {record.id for record in records}
    below = [name for name in tree.below(*clade) if name in there]
    if not below:
        raise SequenceError(f"No sequence is below the common ancestor of {clade[0]} and {clade[1]}. Name two others.")
    return tuple(dict.fromkeys([*(names or ()), *below]))


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


def _checkpoint_metadata(run: SequenceRun, tree: Tree | None) -> dict[str, Any]:
    """Metadata that the checkpoint stores."""
    data = run.data
    metrics = {
        "trained": measure(run.model, data.train),
        "held_out": measure(run.model, data.held),
        "guess": baselines.most_frequent(data),
        "nearest": baselines.nearest_sequence(data),
    }
    if tree is not None:
        metrics["nearest_in_tree"] = baselines.nearest_in_tree(data, tree)
    return {
        "recipe": run.plan.alphabet,
        "seed": run.seed,
        "steps": run.steps,
        "plan": plan_values(run.plan),
        "sequences": data.given,
        "sequences_sha256": data.digest,
        "metrics": {name: asdict(found) for name, found in metrics.items()},
    }


def _map(run: SequenceRun, records: Sequence[Record], known: Columns) -> dict[str, Any]:
    """The training sequences as the checkpoint records them."""
    places = sorted(set(run.data.train.record.tolist()))
    plan = run.plan
    return reference.made(
        run.model,
        [records[place] for place in places],
        chosen(known, places),
        windows=plan.window is not None,
        missing=plan.missing != "refuse",
    )


def _row(run: SequenceRun, fasta: Path, output: Path, metadata: dict[str, Any]) -> dict[str, Any]:
    """The row of the manifest."""
    windows = len(run.data.train) + len(run.data.held)
    return {
        **metadata,
        "fasta": fasta.name,
        "fasta_sha256": digest(fasta.read_bytes()),
        **({"windows": windows} if run.plan.whole_sequences else {"different": windows}),
        "file": output.name,
        "sha256": digest(output.read_bytes()),
        "bytes": output.stat().st_size,
        **provenance(run),
    }


_LABELS: Final = {
    "trained": "trained on",
    "held_out": "held out",
    "guess": "held out, most frequent token",
    "nearest": "held out, nearest sequence",
    "nearest_in_tree": "held out, nearest in the tree",
}


def summary(row: dict[str, Any]) -> str:
    """A row of `train_to_file` as a table for a terminal."""
    if "windows" in row:
        read = f"{row['windows']:,} windows of at most {row['plan'].get('window', LENGTH)} {row['recipe']}"
    else:
        read = f"{row['different']:,} different in their first {LENGTH} {row['recipe']}"
    counted = "windows" if "windows" in row else "sequences"
    lines = [
        f"{row['recipe']}  seed {row['seed']}, {row['steps']:,} steps, {row['duration_s']} s",
        f"fasta     {row['fasta']}, {row['sequences']:,} sequences, {read}",
        f"file      {row['file']}",
        f"sha256    {row['sha256']}",
        made_with(row),
        f"{'':34}{counted:>10}{'tokens':>9}{'right':>8}{'of all 100':>12}",
    ]
    for name in (name for name in _LABELS if name in row["metrics"]):
        label = _LABELS[name]
        found = row["metrics"][name]
        shares = [f"{'-' if found[key] is None else format(found[key], '.1%')}" for key in ("share", "share_100")]
        lines.append(f"{label:34}{found['sequences']:>10,}{found['tokens']:>9,}{shares[0]:>8}{shares[1]:>12}")
    lines += [f"note: {note}" for note in row["notes"]]
    return "\n".join(lines)
