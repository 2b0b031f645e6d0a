"""The genetic code and sequences: codons, sequences."""

import argparse
from pathlib import Path
from typing import Any, Final

from tvae.analysis import genetic_code
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.commands.command import CHECKPOINT, Command, code_arg, load_evaluated, show
from tvae.errors import InputError
from tvae.operations.genetic_codes import code_number
from tvae.reports import genetic_code as genetic_reports
from tvae.reports.tables import check_format, serialize
from tvae.sequences import documents as sequence_documents, fasta, loading as sequence_loading


def _codons_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("checkpoint", metavar="CHECKPOINT", nargs="?", help=f"{CHECKPOINT}; default: all bundled ones")
    add("--stops", action="store_true", help="count the three stop codons as synonyms")
    default = genetic_code.PERMUTATIONS
    add("--permutations", type=int, default=default, help="number of permutations (default %(default)s)")
    add("--seed", type=int, default=0, help="seed of the permutations (default 0)")
    code_arg(command)
    add("--table", type=Path, metavar="FILE", help="write the 64 codons as .csv, .json or .parquet")
    add("--json", action="store_true", help="print the document of the /genetic_code endpoint")


def _codons(options: argparse.Namespace) -> None:
    settings = (options.stops, options.permutations, options.seed, options.code)
    genetic_code.check(*settings)  # before loading, so that a wrong argument fails at once
    if options.table:
        check_format(options.table.suffix.removeprefix("."))
    if options.checkpoint is None:
        _codons_of_all(options, *settings)
        return
    evaluated = load_evaluated(options.checkpoint, tree=False)
    found = genetic_code.examine(evaluated.embedding, *settings)
    if options.table:
        rows = genetic_reports.table_of(evaluated, found)
        write_atomically(options.table, serialize(rows, options.table.suffix.removeprefix(".")))
    show(genetic_reports.genetic_code(evaluated, found), genetic_reports.summary, options)


def _codons_of_all(options: argparse.Namespace, *settings: Any) -> None:
    """The table of docs/genetic-code.md, or with --json a list of documents."""
    if options.table:
        raise InputError(
            "--table is for one checkpoint. Name it, for example: python -m tvae codons tree --table a.csv"
        )
    documents = []
    for entry in ENTRIES:
        if entry.source == "bundled":
            evaluated = load_evaluated(entry.name, tree=False)
            found = genetic_code.examine(evaluated.embedding, *settings)
            documents.append(genetic_reports.genetic_code(evaluated, found))
    show(documents, genetic_reports.markdown, options)


def _sequences_args(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "checkpoint", metavar="CHECKPOINT", help=f"one of {', '.join(sequence_loading.BY_NAME)}, or a file"
    )
    command.add_argument("fasta", metavar="FASTA", type=Path, help="coding sequences (DNA or RNA), or proteins")
    code_arg(command)
    command.add_argument("--json", action="store_true", help="print the document of the /encode_sequence endpoint")


def _sequences(options: argparse.Namespace) -> None:
    code = code_number(options.code)  # before loading, so that a wrong argument fails at once
    records = fasta.read_file(options.fasta)
    location = sequence_loading.locate_any(options.checkpoint)
    opened = sequence_loading.open_located(location)
    show(sequence_documents.encoding(location, opened, records, code, limit=None), sequence_documents.table, options)


COMMANDS: Final = (
    Command("codons", "test whether a checkpoint's distances reflect the genetic code", _codons_args, _codons),
    Command(
        "sequences", "encode and reconstruct sequences with a codon or amino-acid model", _sequences_args, _sequences
    ),
)
