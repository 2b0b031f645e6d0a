"""Command line: `tvae` or `python -m tvae`, then operations | evaluate | evaluate-repository | encode | regions |
neighbours | compare | leaderboard | codons | algebra | sequences | sequence-tree | train | sweep | collect | export |
export-dataset | page.

With --json the output is the API's document, otherwise a table. The exit status is 0, or 2 with one sentence on
standard error, or 130 after an interrupt.
"""

import argparse
import itertools
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tvae.checkpoints.terminal import escape_missing_letters, printable
from tvae.checkpoints.versions import __version__
from tvae.commands import (
    algebra,
    compare,
    dataset,
    measure,
    operations,
    page,
    repository,
    sweep,
    write,
)
from tvae.commands.sequences import codons, tree
from tvae.errors import Interrupted, TvaeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    escape_missing_letters()
    words = sys.argv[1:] if arguments is None else arguments
    # argparse would read a truth table such as -0+-0+-0+ as an option; a leading space makes it a value.
    spaced = [f" {word}" if re.fullmatch(r"-[+0-]{8}.*", word) else word for word in words]
    options, unknown = _parser().parse_known_args(spaced)
    if unknown:  # argparse would refer to the help of `tvae`, not to that of the command
        form = " ".join(options.command.format_usage().split()).removeprefix("usage: ")
        options.command.error(f"unknown arguments: {' '.join(unknown)}. The command is {form}")
    try:
        options.run(options)
        sys.stdout.flush()
    except TvaeError as error:
        print(printable(error), file=sys.stderr)
        return 130 if isinstance(error, Interrupted) else 2
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        sys.stderr.close()
        return 0
    return 0


class _Parser(argparse.ArgumentParser):
    """Argument errors as one sentence."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{printable(message[:1].upper() + message[1:])}. See {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    name = "tvae" if Path(sys.argv[0]).stem == "tvae" else "python -m tvae"  # as on the command line
    parser = _Parser(prog=name, description="Explorer of the Ternary VAE.")
    parser.add_argument("--version", action="version", version=f"tvae {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    rooms = (operations, measure, repository, compare, codons, tree, algebra, write, sweep, dataset, page)
    for one in itertools.chain.from_iterable(room.COMMANDS for room in rooms):
        command = commands.add_parser(one.name, help=one.words)
        one.add_arguments(command)
        command.set_defaults(run=one.run, command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
