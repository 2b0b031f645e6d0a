"""What one checkpoint is like: evaluate, encode, regions, neighbours."""

import argparse
from functools import partial
from typing import Final

from tvae.analysis import evaluation
from tvae.analysis.linear_regions import counting
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.terminal import printable
from tvae.commands.command import CHECKPOINT, Command, load_evaluated, say, show
from tvae.operations import validation
from tvae.operations.parsing import parse_operations
from tvae.reports import checkpoints, explorer
from tvae.training.recipes.match import differences


def _evaluate_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("--json", action="store_true", help="print the document of the /metrics endpoint")
    command.add_argument(
        "--exact",
        action="store_true",
        help=f"for map, rank the neighbours of all operations instead of {tree_measures.QUERIES:,}; takes some seconds",
    )


def _evaluate(options: argparse.Namespace) -> None:
    location = loading.locate_any(options.checkpoint)
    evaluated = evaluation.measure(location, loading.open_located(location))
    measures = tree_measures.evaluate(evaluated.embedding, options.exact)
    unlike = tuple(map(printable, differences(evaluated.checkpoint)))
    show(
        checkpoints.metrics(evaluated, measures),
        partial(checkpoints.metrics_table, differences=unlike),
        options,
        indent=1,
    )


def _encode_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("operations", metavar="OPERATIONS", help="such as '0, 5-9, min, v=8, +-0+-0+-0'")
    command.add_argument("--json", action="store_true", help="print the document of the /encode endpoint")


def _encode(options: argparse.Namespace) -> None:
    parse_operations(options.operations)  # before loading, so that a typing error fails at once
    evaluated = load_evaluated(options.checkpoint, tree=False)
    document = checkpoints.encoding(evaluated, options.operations, vectors=options.json, limit=None)
    show(document, checkpoints.encoding_table, options)


def _regions_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    add = command.add_argument
    add("--samples", type=int, default=counting.SAMPLES, help="number of random points (default %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="seed of the random points (default 0)")
    command.add_argument("--json", action="store_true", help="print the document of the /regions endpoint")


def _regions(options: argparse.Namespace) -> None:
    counting.check(options.samples, options.seed)  # before loading, so that a wrong argument fails at once
    location = loading.locate_any(options.checkpoint)
    checkpoint = loading.open_located(location)
    say(location, checkpoint.notes)
    counted = counting.count(checkpoint_file.build(checkpoint), options.samples, options.seed)
    show(checkpoints.regions(location, checkpoint, counted), checkpoints.regions_table, options, indent=1)


def _neighbours_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("operation", metavar="OPERATION", help="such as 13, min or +-0+-0+-0")
    command.add_argument("-k", type=int, default=10, help="number of neighbours (default 10)")
    command.add_argument("--encoder", default="A", help="A (default) or B")
    command.add_argument("--json", action="store_true", help="print the document of the /neighbours endpoint")


def _neighbours(options: argparse.Namespace) -> None:
    validation.parse_operations_argument(
        options.operation, "The operation"
    )  # before loading, so that a wrong argument fails at once
    evaluated = load_evaluated(options.checkpoint, tree=False)
    show(explorer.near(evaluated, options.operation, options.k, options.encoder), explorer.neighbours_table, options)


COMMANDS: Final = (
    Command("evaluate", "measure a checkpoint", _evaluate_args, _evaluate),
    Command("encode", "encode operations with a checkpoint", _encode_args, _encode),
    Command("regions", "count the linear regions of a checkpoint", _regions_args, _regions),
    Command(
        "neighbours", "list an operation's nearest operations, and how distances agree", _neighbours_args, _neighbours
    ),
)
