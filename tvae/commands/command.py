"""What a command is, and what several commands share: arguments, opening a checkpoint, printing."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tvae.analysis import evaluation
from tvae.analysis.comparison.best import best_q
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import loading
from tvae.checkpoints.loading import CheckpointLocation
from tvae.checkpoints.terminal import printable, printable_document
from tvae.operations.genetic_codes import STANDARD

CHECKPOINT: Final = (
    "a bundled name (homeostatic_rich), a path on the Hub (homeostatic_rich/best.pt), a file, or a folder with one"
)


@dataclass(frozen=True)
class Command:
    """One command of `tvae`."""

    name: str
    words: str  # in the list of commands
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]


def code_arg(command: argparse.ArgumentParser, default: int | None = STANDARD) -> None:
    """Add the option that names a genetic code."""
    words = "NCBI's number of the codons' genetic code (default 1, the standard code)"
    command.add_argument("--code", type=int, default=default, metavar="N", help=words)


def load_evaluated(name: str, tree: bool = True) -> EvaluatedCheckpoint:
    """Open and measure a checkpoint, and print how it was read."""
    location = loading.locate_any(name)
    checkpoint = loading.open_located(location)
    say(location, checkpoint.notes)
    return evaluation.measure(location, checkpoint, tree=tree)


def say(location: CheckpointLocation, notes: tuple[str, ...]) -> None:
    """How a file was read and what is assumed, apart from the output; `evaluate` has it in its document."""
    for note in notes:
        print(printable(f"Note on {location.path.name}: {note}"), file=sys.stderr)


def show(document: Any, table: Callable[[Any], str], options: argparse.Namespace, indent: int | None = None) -> None:
    """Print a document as JSON if `options` ask for it, else as a table whose texts are safe for a terminal."""
    print(json.dumps(document, indent=indent) if options.json else table(printable_document(document)))


def best_sentence(name: str, row: Mapping[str, Any]) -> str:
    """The best of many checkpoints, by its name and its row in their table."""
    q = best_q(row["q_a"], row["q_b"])
    return f"The best by coverage, then Q, is {name}: {row['reconstructed']:,} operations" + (
        "." if q is None else f", Q {q:.4f}."
    )
