"""What a checkpoint knows about operations: algebra."""

import argparse
from typing import Final

from tvae.analysis.algebra import association
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.commands.command import CHECKPOINT, Command, load_evaluated, show
from tvae.reports import algebra as algebra_reports
from tvae.reports.algebra import Document


def _args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("checkpoint", metavar="CHECKPOINT", nargs="?", help=f"{CHECKPOINT}; default: all bundled ones")
    default = association.PERMUTATIONS
    add("--permutations", type=int, default=default, help="number of relabellings (default %(default)s)")
    add("--seed", type=int, default=0, help="seed of the relabellings (default 0)")
    add("--json", action="store_true", help="print the document of the /algebra endpoint")


def _run(options: argparse.Namespace) -> None:
    settings = association.check(options.permutations, options.seed)  # before loading: a wrong argument fails at once
    if options.checkpoint is not None:
        show(_document(options.checkpoint, *settings), algebra_reports.summary, options)
        return
    bundled = [entry.name for entry in ENTRIES if entry.source == "bundled"]
    show([_document(name, *settings) for name in bundled], algebra_reports.markdown, options)


def _document(name: str, permutations: int, seed: int) -> Document:
    evaluated = load_evaluated(name, tree=False)
    return algebra_reports.algebra(evaluated, association.examine(evaluated.embedding, permutations, seed))


COMMANDS: Final = (
    Command("algebra", "test whether a checkpoint's nearest operations share algebraic properties", _args, _run),
)
