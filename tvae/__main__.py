"""Command line: `tvae` or `python -m tvae`, then evaluate | encode | regions | neighbours | compare | leaderboard |
codons | sequences | train | export | page.

With --json the output is the API's document, otherwise a table. The exit status is 0, or 2 with one sentence on
standard error, or 130 after an interrupt.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from tvae.analysis import evaluation, genetic_code, tree_measures
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.analysis.tree_measures import TreeMeasures
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.catalogue import ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.checkpoints.terminal import escape_missing_letters, printable, printable_document
from tvae.checkpoints.versions import __version__
from tvae.errors import InputError, TrainingInterrupted, TvaeError
from tvae.operations import validation
from tvae.operations.genetic_codes import STANDARD, code_number
from tvae.operations.parsing import parse_operations
from tvae.reports import checkpoints, comparison, explorer, genetic_code as genetic_reports, leaderboard
from tvae.reports.tables import FORMATS, check_format, serialize
from tvae.sequences import (
    documents as sequence_documents,
    fasta,
    loading as sequence_loading,
    train_to_file as sequence_training,
)
from tvae.training import run_files, train_to_file
from tvae.training.recipes.match import differences
from tvae.training.recipes.recipe import OPTIMISERS
from tvae.training.recipes.table import names as recipe_names

CHECKPOINT: Final = "a bundled name (homeostatic_rich), a path on the Hub (homeostatic_rich/best.pt), or a file"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    escape_missing_letters()
    words = sys.argv[1:] if arguments is None else arguments
    # argparse would read a truth table such as -0+-0+-0+ as an option; a leading space makes it a value.
    spaced = [f" {word}" if re.fullmatch(r"-[+0-]{8}.*", word) else word for word in words]
    options, unknown = _parser().parse_known_args(spaced)
    if unknown:  # argparse would refer to the help of `tvae`, not to that of the command
        options.command.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        options.run(options)
        sys.stdout.flush()
    except TvaeError as error:
        print(printable(error), file=sys.stderr)
        return 130 if isinstance(error, TrainingInterrupted) else 2
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
    for name, words, args_of, run in (
        ("evaluate", "measure a checkpoint", _evaluate_args, _evaluate),
        ("encode", "encode operations with a checkpoint", _encode_args, _encode),
        ("regions", "count the linear regions of a checkpoint", _regions_args, _regions),
        (
            "neighbours",
            "list an operation's nearest operations, and how distances agree",
            _neighbours_args,
            _neighbours,
        ),
        ("compare", "compare two checkpoints side by side", _compare_args, _compare),
        ("leaderboard", "list every checkpoint with its metrics", _leaderboard_args, _leaderboard),
        ("codons", "test whether a checkpoint's distances reflect the genetic code", _codons_args, _codons),
        ("sequences", "encode and reconstruct sequences with a codon or amino-acid model", _sequences_args, _sequences),
        ("train", "train a recipe from scratch, or on your own sequences", _train_args, _train),
        ("export", "write a checkpoint as .safetensors, or as .pt in the published layout", _export_args, _export),
        ("page", "serve the page and its API", page_args, _page),
    ):
        command = commands.add_parser(name, help=words)
        args_of(command)
        command.set_defaults(run=run, command=command)
    return parser


def _load_evaluated(name: str, tree: bool = True) -> EvaluatedCheckpoint:
    location = loading.locate_any(name)
    checkpoint = loading.open_located(location)
    _say(location, checkpoint.notes)
    return evaluation.measure(location, checkpoint, tree=tree)


def _say(location: CheckpointLocation, notes: tuple[str, ...]) -> None:
    """How a file was read and what is assumed, apart from the output; `evaluate` has it in its document."""
    for note in notes:
        print(printable(f"Note on {location.path.name}: {note}"), file=sys.stderr)


def _show(document: Any, table: Callable[[Any], str], options: argparse.Namespace, indent: int | None = None) -> None:
    """Print a document as JSON if `options` ask for it, else as a table whose texts are safe for a terminal."""
    print(json.dumps(document, indent=indent) if options.json else table(printable_document(document)))


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
    _show(
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
    evaluated = _load_evaluated(options.checkpoint, tree=False)
    document = checkpoints.encoding(evaluated, options.operations, vectors=options.json, limit=None)
    _show(document, checkpoints.encoding_table, options)


def _regions_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    add = command.add_argument
    add("--samples", type=int, default=counting.SAMPLES, help="number of random points (default %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="seed of the random points (default 0)")
    command.add_argument("--json", action="store_true", help="print the document of the /regions endpoint")


def _regions(options: argparse.Namespace) -> None:
    counting.check(options.samples, options.seed)  # before loading, as above
    location = loading.locate_any(options.checkpoint)
    checkpoint = loading.open_located(location)
    _say(location, checkpoint.notes)
    counted = counting.count(checkpoint_file.build(checkpoint), options.samples, options.seed)
    _show(checkpoints.regions(location, checkpoint, counted), checkpoints.regions_table, options, indent=1)


def _neighbours_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("operation", metavar="OPERATION", help="such as 13, min or +-0+-0+-0")
    command.add_argument("-k", type=int, default=10, help="number of neighbours (default 10)")
    command.add_argument("--encoder", default="A", help="A (default) or B")
    command.add_argument("--json", action="store_true", help="print the document of the /neighbours endpoint")


def _neighbours(options: argparse.Namespace) -> None:
    validation.parse_operations_argument(options.operation, "The operation")  # before loading, as above
    evaluated = _load_evaluated(options.checkpoint, tree=False)
    _show(explorer.near(evaluated, options.operation, options.k, options.encoder), explorer.neighbours_table, options)


def _compare_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("first", metavar="A", help=CHECKPOINT)
    command.add_argument("second", metavar="B", help="the second checkpoint, in the same forms")
    command.add_argument("--encoder", default="A", help="encoder of both checkpoints: A (default) or B")
    command.add_argument("--json", action="store_true", help="print the document of the /compare endpoint")


def _compare(options: argparse.Namespace) -> None:
    pair = _load_evaluated(options.first), _load_evaluated(options.second)
    document = comparison.whole(pair, _encoder_measures, "", options.encoder)
    _show(document, comparison.comparison_table, options)


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
        check_format(kind)  # before measuring, as above
    elif kind == "parquet":
        raise InputError("Parquet is not text, so it is not printed. Name a file, for example: --output all.parquet")
    evaluated = map(_load_evaluated, options.also)
    rows = leaderboard.leaderboard(
        leaderboard.measured_row(one, tree_measures.evaluate(one.embedding)) for one in evaluated
    )
    table = leaderboard.table_of(rows)
    if options.output:
        write_atomically(options.output, serialize(table, kind))
    if kind and not options.output:
        print(serialize(table, kind).decode(), end="")
    else:
        _show(rows, leaderboard.leaderboard_table, options)


def _codons_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("checkpoint", metavar="CHECKPOINT", nargs="?", help=f"{CHECKPOINT}; default: all bundled ones")
    add("--stops", action="store_true", help="count the three stop codons as synonyms")
    default = genetic_code.PERMUTATIONS
    add("--permutations", type=int, default=default, help="number of permutations (default %(default)s)")
    add("--seed", type=int, default=0, help="seed of the permutations (default 0)")
    _code_arg(command)
    add("--table", type=Path, metavar="FILE", help="write the 64 codons as .csv, .json or .parquet")
    add("--json", action="store_true", help="print the document of the /genetic_code endpoint")


def _code_arg(command: argparse.ArgumentParser, default: int | None = STANDARD) -> None:
    words = "NCBI's number of the codons' genetic code (default 1, the standard code)"
    command.add_argument("--code", type=int, default=default, metavar="N", help=words)


def _codons(options: argparse.Namespace) -> None:
    settings = (options.stops, options.permutations, options.seed, options.code)
    genetic_code.check(*settings)  # before loading, as above
    if options.table:
        check_format(options.table.suffix.removeprefix("."))
    if options.checkpoint is None:
        _codons_of_all(options, *settings)
        return
    evaluated = _load_evaluated(options.checkpoint, tree=False)
    found = genetic_code.examine(evaluated.embedding, *settings)
    if options.table:
        rows = genetic_reports.table_of(evaluated, found)
        write_atomically(options.table, serialize(rows, options.table.suffix.removeprefix(".")))
    _show(genetic_reports.genetic_code(evaluated, found), genetic_reports.summary, options)


def _codons_of_all(options: argparse.Namespace, *settings: Any) -> None:
    """The table of docs/genetic-code.md, or with --json a list of documents."""
    if options.table:
        raise InputError(
            "--table is for one checkpoint. Name it, for example: python -m tvae codons tree --table a.csv"
        )
    documents = []
    for entry in ENTRIES:
        if entry.source == "bundled":
            evaluated = _load_evaluated(entry.name, tree=False)
            found = genetic_code.examine(evaluated.embedding, *settings)
            documents.append(genetic_reports.genetic_code(evaluated, found))
    _show(documents, genetic_reports.markdown, options)


def _sequences_args(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "checkpoint", metavar="CHECKPOINT", help=f"one of {', '.join(sequence_loading.BY_NAME)}, or a file"
    )
    command.add_argument("fasta", metavar="FASTA", type=Path, help="coding sequences (DNA or RNA), or proteins")
    _code_arg(command)
    command.add_argument("--json", action="store_true", help="print the document of the /encode_sequence endpoint")


def _sequences(options: argparse.Namespace) -> None:
    code = code_number(options.code)  # before loading, as above
    records = fasta.read_file(options.fasta)
    location = sequence_loading.locate_any(options.checkpoint)
    opened = sequence_loading.open_located(location)
    _show(sequence_documents.encoding(location, opened, records, code, limit=None), sequence_documents.table, options)


def _train_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "recipe",
        metavar="RECIPE",
        help=f"one of {', '.join(recipe_names())}; with --fasta {' or '.join(sequence_training.ALPHABETS)}",
    )
    add("--fasta", type=Path, metavar="FILE", help="the sequences to train codons or amino-acids on")
    add("--held-out", type=float, help="fraction of the sequences held out from training (default 0.2)")
    _code_arg(command, default=None)
    add("--seed", type=int, help="seed of every random draw (default 0)")
    add("--epochs", type=float, help="number of epochs; an epoch is 19,683 draws, or all sequences once")
    add("--lr", type=float, help="peak learning rate (default: the recipe's)")
    add("--optimiser", choices=OPTIMISERS, help="optimiser (default: the recipe's)")
    add("--device", help="cpu (default), cuda, cuda:1, ...")
    add("--threads", type=int, metavar="N", help="torch threads (default 1); another number gives other bytes")
    add("--output", type=Path, help="file to write (default RECIPE.safetensors)")
    add("--resume", type=Path, metavar="FILE", help="state file of the run to continue")
    add("--log", type=Path, metavar="FILE", help="write progress as .csv or .jsonl, a row every 50 steps")
    add("--manifest", type=Path, help="manifest.json to which to add the training record and the metrics")
    add("--json", action="store_true", help="print the manifest row instead of a table")


def _train(options: argparse.Namespace) -> None:
    on_sequences = options.recipe in sequence_training.ALPHABETS
    _check_training(options, on_sequences)
    if options.manifest:
        run_files.read_manifest(options.manifest)  # before training, so that a wrong file is refused at once
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
        settings |= {"held_out": options.held_out, "code": options.code}
        row = sequence_training.train_to_file(options.recipe, options.fasta, **settings)
    else:
        row = train_to_file.train_to_file(options.recipe, optimiser=options.optimiser, **settings)
    if options.manifest:
        run_files.write_manifest(options.manifest, row)
    _show(row, sequence_training.summary if on_sequences else train_to_file.summary, options, indent=1)


def _check_training(options: argparse.Namespace, on_sequences: bool) -> None:
    recipe = options.recipe
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
    if on_sequences and options.optimiser:
        raise InputError("--optimiser is for recipes of operations; sequences are trained with adamw. Omit it.")


def _export_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("checkpoint", metavar="CHECKPOINT", help=CHECKPOINT)
    command.add_argument("file", metavar="FILE", type=Path, help="file to write")


def _export(options: argparse.Namespace) -> None:
    location = loading.locate_any(options.checkpoint)
    checkpoint = loading.open_located(location)
    _say(location, checkpoint.notes)
    print(printable(loading.export(checkpoint, options.file)))


def page_args(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tvae page` and `python app.py`."""
    parser.add_argument(
        "--mcp", action="store_true", help="also serve the endpoints as tools of an MCP server, at /gradio_api/mcp/"
    )
    parser.add_argument(
        "--use-my-token",
        action="store_true",
        help="use this machine's Hub token (HF_TOKEN, or hf auth login) for private repositories and uploads; the page "
        "then answers this machine alone",
    )


def _page(options: argparse.Namespace) -> None:
    from tvae.page.startup import environment

    address = environment.prepare()  # before Gradio is imported
    from tvae.page.build import build
    from tvae.page.serve import serve

    sys.exit(serve(build(), address, with_tools=options.mcp, use_my_token=options.use_my_token))


if __name__ == "__main__":
    sys.exit(main())
