"""Several checkpoints next to each other: compare, leaderboard."""

import argparse
from pathlib import Path
from typing import Final

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints.atomic_files import write_atomically
from tvae.commands.command import CHECKPOINT, Command, load_evaluated, show
from tvae.errors import InputError
from tvae.reports import comparison, leaderboard
from tvae.reports.tables import FORMATS, check_format, serialize


def _compare_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("first", metavar="A", help=CHECKPOINT)
    command.add_argument("second", metavar="B", help="the second checkpoint, in the same forms")
    command.add_argument("--encoder", default="A", help="encoder of both checkpoints: A (default) or B")
    command.add_argument("--json", action="store_true", help="print the document of the /compare endpoint")


def _compare(options: argparse.Namespace) -> None:
    pair = load_evaluated(options.first), load_evaluated(options.second)
    document = comparison.whole(pair, _encoder_measures, "", options.encoder)
    show(document, comparison.comparison_table, options)


def _encoder_measures(evaluated: EvaluatedCheckpoint, encoder: str) -> TreeMeasures:
    return tree_measures.measure(evaluated.embedding.side(encoder))


def _leaderboard_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("also", metavar="CHECKPOINT", nargs="*", help="measure this one too: a file, or a published one to download")
    add("--output", type=Path, metavar="FILE", help="write the table as .csv, .json or .parquet")
    add("--format", choices=FORMATS, help="format of the file (default: its suffix); without a file, print csv or json")
    add("--json", action="store_true", help="print the document of the /leaderboard endpoint")


def _leaderboard(options: argparse.Namespace) -> None:
    kind = options.format or (options.output and options.output.suffix.removeprefix("."))
    if options.output:
        check_format(kind)  # before measuring, so that a wrong argument fails at once
    elif kind == "parquet":
        raise InputError("Parquet is not text, so it is not printed. Name a file, for example: --output all.parquet")
    evaluated = map(load_evaluated, options.also)
    rows = leaderboard.leaderboard(
        leaderboard.measured_row(one, tree_measures.evaluate(one.embedding)) for one in evaluated
    )
    table = leaderboard.table_of(rows)
    if options.output:
        write_atomically(options.output, serialize(table, kind))
    if kind and not options.output:
        print(serialize(table, kind).decode(), end="")
    else:
        show(rows, leaderboard.leaderboard_table, options)


COMMANDS: Final = (
    Command("compare", "compare two checkpoints side by side", _compare_args, _compare),
    Command("leaderboard", "list every checkpoint with its metrics", _leaderboard_args, _leaderboard),
)
