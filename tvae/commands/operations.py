"""The operations themselves, without a checkpoint: operations."""

import argparse
import textwrap
from pathlib import Path
from typing import Final

from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.terminal import printable
from tvae.commands.command import Command, show
from tvae.reports.atlas import operations as atlas
from tvae.reports.tables import check_format, serialize


def _operations_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("query", metavar="QUERY", help="such as 'commutative and idempotent', 'class of min' or '0, 5-9, v=8'")
    add(
        "--columns",
        default="",
        metavar="NAMES",
        help="further columns, separated by commas, such as 'sheffer, image, isomorphism_size', or all; see below",
    )
    add("--table", type=Path, metavar="FILE", help="write the operations as .csv, .json or .parquet; do not list them")
    add("--json", action="store_true", help="print the document of the /operations endpoint")
    command.formatter_class = argparse.RawDescriptionHelpFormatter  # argparse would break keeps(-, 0) at its space
    command.epilog = "columns:\n" + _wrapped([column.name for column in atlas.COLUMNS])


def _wrapped(names: list[str]) -> str:
    """Names separated by commas, in lines that break between names only."""
    joined = ", ".join(name.replace(" ", "\0") for name in names)
    lines = textwrap.wrap(joined, 78, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ")


def _operations(options: argparse.Namespace) -> None:
    kind = options.table and options.table.suffix.removeprefix(".")
    if options.table:
        check_format(kind)  # before searching, so that a wrong argument fails at once
    document = atlas.search(options.query, options.columns, limit=None)
    if options.table:
        write_atomically(options.table, serialize(atlas.table_of(document, options.columns), kind))
    if options.table and not options.json:
        print(f"{atlas.counted(document)} written to {printable(options.table)}")
    else:
        show(document, atlas.search_table, options)


COMMANDS: Final = (
    Command("operations", "find operations by their properties and classes", _operations_args, _operations),
)
