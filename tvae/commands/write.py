"""What writes a checkpoint: train, export."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints import loading
from tvae.checkpoints.terminal import printable
from tvae.commands.command import CHECKPOINT, Command, code_arg, say, show
from tvae.commands.sequences import options as sequence_options
from tvae.commands.track import result_of_file, track_arg, tracker_of
from tvae.errors import InputError, Interrupted
from tvae.operations.validation import listed, quoted
from tvae.sequences.training import train_to_file as sequence_training
from tvae.training import train_to_file
from tvae.training.recipes.recipe import EMPHASES, OPTIMISERS
from tvae.training.recipes.table import names as recipe_names
from tvae.training.run_files.manifest import read_manifest, write_manifest
from tvae.training.run_files.tracking import Tracker


def _train_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "recipe",
        metavar="RECIPE",
        help=f"one of {', '.join(recipe_names())}; with --fasta {' or '.join(sequence_training.ALPHABETS)}",
    )
    add("--fasta", type=Path, metavar="FILE", help="the sequences to train codons or amino-acids on")
    add("--held-out", type=float, help="fraction of the sequences held out from training (default 0.2)")
    code_arg(command, default=None)
    sequence_options.add_arguments(command)
    add("--seed", type=int, help="seed of every random draw (default 0)")
    add("--epochs", type=float, help="number of epochs; an epoch is 19,683 draws, or all sequences once")
    add("--steps", type=int, help="number of steps, in place of --epochs (default: the recipe's)")
    add("--lr", type=float, help="peak learning rate (default: the recipe's)")
    add("--optimiser", choices=OPTIMISERS, help="optimiser (default: the recipe's)")
    add(
        "--weight",
        action="append",
        metavar="PART=FACTOR",
        help=f"multiply the weights of a part of the objective: {', '.join(EMPHASES)}; may be repeated",
    )
    add("--width", type=int, help="width of the projection (default: the recipe's)")
    add("--curvature", type=float, help="c of a ball of curvature -c (default: the recipe's)")
    add("--device", help="cpu (default), cuda, cuda:1, ...")
    add("--threads", type=int, metavar="N", help="torch threads (default 1); another number gives other bytes")
    add("--output", type=Path, help="file to write (default RECIPE.safetensors)")
    add("--resume", type=Path, metavar="FILE", help="state file of the run to continue")
    add("--log", type=Path, metavar="FILE", help="write progress as .csv or .jsonl, a row every 50 steps")
    track_arg(command)
    add("--manifest", type=Path, help="manifest.json to which to add the training record and the metrics")
    add("--json", action="store_true", help="print the manifest row instead of a table")


def _train(options: argparse.Namespace) -> None:
    on_sequences = options.recipe in sequence_training.ALPHABETS
    _check_training(options, on_sequences)
    if options.manifest:
        read_manifest(options.manifest)  # before training, so that a wrong file is refused at once
    tracker = tracker_of(options)
    settings = {
        "seed": options.seed,
        "epochs": options.epochs,
        "learning_rate": options.lr,
        "device": options.device,
        "threads": options.threads,
        "output": options.output or Path(f"{options.recipe}.safetensors"),
        "state": options.resume,
        "log": options.log,
    }
    if on_sequences:
        settings |= {"held_out": options.held_out, "code": options.code, **sequence_options.settings(options)}
        row = sequence_training.train_to_file(options.recipe, options.fasta, **settings)
    else:
        settings |= {name: getattr(options, name) for name in ("steps", "optimiser", "width", "curvature")}
        settings |= {"weights": _factors(options.weight or []), "tracker": tracker}
        row = _tracked(tracker, lambda: train_to_file.train_to_file(options.recipe, **settings))
    if options.manifest:
        write_manifest(options.manifest, row)
    show(row, sequence_training.summary if on_sequences else train_to_file.summary, options, indent=1)
    if tracker:
        _end(tracker, settings["output"])


def _end(tracker: Tracker, output: Path) -> None:
    """End the run of a tracker with the measures of the file. Raises Interrupted after Ctrl-C."""
    try:
        tracker.end(lambda: result_of_file(output))
    except KeyboardInterrupt as error:
        raise Interrupted(f"Stopped: {output} is written, and its run in {tracker.name} is incomplete.") from error


def _tracked(tracker: Tracker | None, train: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `train` returns; the run of the tracker ends if training does not."""
    try:
        return train()
    except BaseException:
        if tracker:
            tracker.close()
        raise


def _check_training(options: argparse.Namespace, on_sequences: bool) -> None:
    recipe = options.recipe
    sequence_options.check(options, on_sequences)
    if not on_sequences and (options.fasta or options.held_out is not None):
        raise InputError(
            f"--fasta and --held-out are for {' and '.join(sequence_training.ALPHABETS)}, not for {recipe[:40]!r}. "
            "Name one of these, or omit the options."
        )
    if recipe != "codons" and options.code is not None:
        raise InputError(f"--code is for codons, not for {recipe[:40]!r}. Omit it.")
    if on_sequences and options.fasta is None:
        raise InputError(
            f"{recipe} are trained on your own sequences. Give a FASTA file: python -m tvae train {recipe} --fasta FILE"
        )
    if on_sequences and options.track is not None:
        raise InputError(
            "--track is for recipes of operations only. Omit it; --log writes the curves of this training."
        )
    of_operations = ("optimiser", "steps", "weight", "width", "curvature")
    given = [f"--{name}" for name in of_operations if getattr(options, name) is not None]
    if on_sequences and given:
        raise InputError(
            f"{listed('and', given)}: for recipes of operations only; sequences are trained with adamw, for a number "
            f"of --epochs. Omit {'it' if len(given) == 1 else 'them'}."
        )


def _factors(words: list[str]) -> dict[str, float]:
    """The values of --weight as {part: factor}; whether the recipe has the part is checked with the recipe."""
    factors: dict[str, float] = {}
    for word in words:
        part, _, factor = word.partition("=")
        try:
            value = float(factor)
        except ValueError as error:
            raise InputError(f"--weight is {quoted(word)}; write PART=FACTOR, for example order=0.5.") from error
        if part in factors:
            raise InputError(f"--weight names {quoted(part)} twice. Name each part once.")
        factors[part] = value
    return factors


def _export_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("file", metavar="FILE", type=Path, help="file to write")


def _export(options: argparse.Namespace) -> None:
    location = loading.locate_any(options.checkpoint)
    checkpoint = loading.open_located(location)
    say(location, checkpoint.notes)
    print(printable(loading.export(checkpoint, options.file)))


COMMANDS: Final = (
    Command("train", "train a recipe from scratch, or on your own sequences", _train_args, _train),
    Command("export", "write a checkpoint as .safetensors, or as .pt in the published layout", _export_args, _export),
)
