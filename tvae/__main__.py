"""Command line: python -m tvae evaluate | encode | neighbours | compare | regions | codons | sequences | train |
export.

With --json the output is the API's document; without, a table. Exit status 0, or 2 with one sentence on standard error.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tvae.analysis import evaluation, genetic_code
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.catalogue import ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import InputError, TrainingInterrupted, TvaeError
from tvae.operations import validation
from tvae.operations.parsing import parse_operations
from tvae.operations.ternary import trit_string
from tvae.reports import checkpoints, explorer, genetic_code as genetic_reports
from tvae.reports.tables import serialize
from tvae.sequences import (
    documents as sequence_reports,
    fasta,
    loading as sequence_loading,
    train_to_file as sequence_zoo,
)
from tvae.training import train_to_file
from tvae.training.recipes import recipe, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    # A table such as -0+-0+-0+ is no option; argparse takes what starts with a space for a value.
    options = _parser().parse_args([f" {word}" if re.fullmatch(r"-[+0-]{8}.*", word) else word for word in given])
    try:
        options.run(options)
        sys.stdout.flush()
    except TvaeError as error:
        print(error, file=sys.stderr)
        return 130 if isinstance(error, TrainingInterrupted) else 2
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return 0
    return 0


class _Parser(argparse.ArgumentParser):
    """Argument errors as one sentence."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m tvae", description="Explorer of the Ternary VAE.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    checkpoint = "a bundled name (homeostatic_rich), a path on the Hub (homeostatic_rich/best.pt), or a file"

    evaluate = commands.add_parser("evaluate", help="measure a checkpoint")
    evaluate.add_argument("checkpoint", metavar="CHECKPOINT", help=checkpoint)
    evaluate.add_argument("--json", action="store_true", help="print the document of the /metrics endpoint")
    evaluate.set_defaults(run=_evaluate)

    encode = commands.add_parser("encode", help="encode operations with a checkpoint")
    encode.add_argument("checkpoint", metavar="CHECKPOINT", help=checkpoint)
    encode.add_argument("operations", metavar="OPERATIONS", help="such as '0, 5-9, min, v=8, +-0+-0+-0'")
    encode.add_argument("--json", action="store_true", help="print the document of the /encode endpoint")
    encode.set_defaults(run=_encode)

    counted = commands.add_parser("regions", help="count the linear regions of a checkpoint")
    counted.add_argument("checkpoint", metavar="CHECKPOINT", help=checkpoint)
    counted.add_argument("--samples", type=int, default=counting.SAMPLES, help="random points (default %(default)s)")
    counted.add_argument("--seed", type=int, default=0, help="of the random points (default 0)")
    counted.add_argument("--json", action="store_true", help="print the document of the /regions endpoint")
    counted.set_defaults(run=_regions)
    near = commands.add_parser("neighbours", help="the nearest operations of an operation, and how distances agree")
    near.add_argument("checkpoint", metavar="CHECKPOINT", help=checkpoint)
    near.add_argument("operation", metavar="OPERATION", help="such as 13, min or +-0+-0+-0")
    near.add_argument("-k", type=int, default=10, help="how many (default 10)")
    near.add_argument("--encoder", default="A", help="A (default) or B")
    near.add_argument("--json", action="store_true", help="print the document of the /neighbours endpoint")
    near.set_defaults(run=_neighbours)

    compare = commands.add_parser("compare", help="two checkpoints side by side, and which is better")
    compare.add_argument("first", metavar="A", help=checkpoint)
    compare.add_argument("second", metavar="B", help="likewise")
    compare.add_argument("--encoder", default="A", help="by which encoder of both: A (default) or B")
    compare.add_argument("--json", action="store_true", help="print the document of the /compare endpoint")
    compare.set_defaults(run=_compare)

    genes = commands.add_parser("codons", help="whether a checkpoint's distances know the genetic code")
    genes.add_argument(
        "checkpoint", metavar="CHECKPOINT", nargs="?", help=f"{checkpoint}; all bundled ones if left out"
    )
    genes.add_argument("--stops", action="store_true", help="count the three stop codons as synonyms")
    genes.add_argument("--permutations", type=int, default=genetic_code.PERMUTATIONS, help="(default %(default)s)")
    genes.add_argument("--seed", type=int, default=0, help="of the permutations (default 0)")
    genes.add_argument("--table", type=Path, metavar="FILE", help="write the 64 codons as .csv, .json or .parquet")
    genes.add_argument("--json", action="store_true", help="print the document of the /genetic_code endpoint")
    genes.set_defaults(run=_codons)

    encoded = commands.add_parser("sequences", help="encode and reconstruct sequences with a codon or amino-acid model")
    encoded.add_argument(
        "checkpoint", metavar="CHECKPOINT", help=f"one of {', '.join(sequence_loading.BY_NAME)}, or a file"
    )
    encoded.add_argument("fasta", metavar="FASTA", type=Path, help="coding sequences (DNA or RNA), or proteins")
    encoded.add_argument("--json", action="store_true", help="print the document of the /encode_sequence endpoint")
    encoded.set_defaults(run=_sequences)

    train = commands.add_parser("train", help="train a recipe from nothing, or on your own sequences")
    train.add_argument(
        "recipe",
        metavar="RECIPE",
        help=f"one of {', '.join(table.names())}; with --fasta {' or '.join(sequence_zoo.ALPHABETS)}",
    )
    train.add_argument("--fasta", type=Path, metavar="FILE", help="the sequences to train codons or amino-acids on")
    train.add_argument("--held-out", type=float, help="share of the sequences that is not trained on (default 0.2)")
    train.add_argument("--seed", type=int, help="of every random draw (default 0)")
    train.add_argument("--epochs", type=float, help="length; an epoch is 19,683 draws, or all sequences once")
    train.add_argument("--lr", type=float, help="peak learning rate (default: the recipe's own)")
    train.add_argument("--optimiser", choices=recipe.OPTIMISERS, help="default: the recipe's own")
    train.add_argument("--device", help="cpu (default), cuda, cuda:1, ...")
    train.add_argument("--output", type=Path, help="file to write (default RECIPE.safetensors)")
    train.add_argument("--resume", type=Path, metavar="FILE", help="continue the stopped run of this state file")
    train.add_argument("--log", type=Path, metavar="FILE", help="progress as .csv or .jsonl, a row every 50 steps")
    train.add_argument("--manifest", type=Path, help="manifest.json in which to put what was trained and measured")
    train.add_argument("--json", action="store_true", help="print the manifest row instead of a table")
    train.set_defaults(run=_train)

    export = commands.add_parser("export", help="write a checkpoint as .safetensors, or as .pt in the published layout")
    export.add_argument("checkpoint", metavar="CHECKPOINT", help=checkpoint)
    export.add_argument("file", metavar="FILE", type=Path, help="file to write")
    export.set_defaults(run=_export)
    return parser


def _opened(name: str, tree: bool = True) -> tuple[CheckpointLocation, EvaluatedCheckpoint]:
    located = loading.locate_any(name)
    return located, evaluation.measure(loading.open_located(located), tree=tree)


def _evaluate(options: argparse.Namespace) -> None:
    document = checkpoints.metrics(*_opened(options.checkpoint))
    print(json.dumps(document, indent=1) if options.json else checkpoints.metrics_table(document))


def _encode(options: argparse.Namespace) -> None:
    parse_operations(options.operations)  # before the work, so that a typing error costs nothing
    document = checkpoints.encoding(*_opened(options.checkpoint, tree=False), options.operations, options.json, None)
    if options.json:
        print(json.dumps(document))
        return
    print(
        f"{'index':>5}  {'trits':9}  v  {'norm A':>9} {'norm B':>9}  {'radius A':>9} {'radius B':>9}  decoded    name"
    )
    for row in document["operations"]:
        norms = " ".join(f"{'-' if row[key] is None else format(row[key], '.6f'):>9}" for key in ("norm_a", "norm_b"))
        decoded = "exact    " if row["exact"] else trit_string(row["reconstruction"])
        print(
            f"{row['index']:>5}  {trit_string(row['trits'])}  {row['valuation']}  {norms}  "
            f"{row['radius_a']:>9.6f} {row['radius_b']:>9.6f}  {decoded}  {row['name'] or ''}".rstrip()
        )


def _regions(options: argparse.Namespace) -> None:
    counting.check(options.samples, options.seed)  # before the work, as above
    located = loading.locate_any(options.checkpoint)
    checkpoint = loading.open_located(located)
    counted = counting.count(checkpoint_file.build(checkpoint), options.samples, options.seed)
    document = checkpoints.regions(located, checkpoint, counted)
    print(json.dumps(document, indent=1) if options.json else checkpoints.regions_table(document))


def _neighbours(options: argparse.Namespace) -> None:
    validation.parse_operations_argument(options.operation, "The operation")
    document = explorer.near(*_opened(options.checkpoint, tree=False), options.operation, options.k, options.encoder)
    print(json.dumps(document) if options.json else explorer.neighbours_table(document))


def _compare(options: argparse.Namespace) -> None:
    document = explorer.compare(_opened(options.first), _opened(options.second), "", options.encoder)
    print(json.dumps(document) if options.json else explorer.comparison_table(document))


def _codons(options: argparse.Namespace) -> None:
    settings = (options.stops, options.permutations, options.seed)
    genetic_code.check(*settings)  # before the work, as above
    if options.checkpoint is None:
        _codons_of_all(options, *settings)
        return
    located, measured = _opened(options.checkpoint, tree=False)
    found = genetic_code.examine(measured.embedding, *settings)
    if options.table:
        rows = genetic_reports.table_of(located, measured, found)
        write_atomically(options.table, serialize(rows, options.table.suffix.removeprefix(".")))
    document = genetic_reports.genetic_code(located, measured, found)
    print(json.dumps(document) if options.json else genetic_reports.summary(document))


def _codons_of_all(options: argparse.Namespace, *settings: Any) -> None:
    """The table of docs/genetic-code.md, or with --json a list of documents."""
    if options.table:
        raise InputError("A table is of one checkpoint. Name it, for example: python -m tvae codons tree --table a.csv")
    documents = []
    for entry in (entry for entry in ENTRIES if entry.source == "bundled"):
        located, measured = _opened(entry.name, tree=False)
        documents.append(
            genetic_reports.genetic_code(located, measured, genetic_code.examine(measured.embedding, *settings))
        )
    print(json.dumps(documents) if options.json else genetic_reports.markdown(documents))


def _sequences(options: argparse.Namespace) -> None:
    records = fasta.read_file(options.fasta)  # before the work, as above
    located = sequence_loading.locate_any(options.checkpoint)
    document = sequence_reports.encoding(located, sequence_loading.open_located(located), records, limit=None)
    print(json.dumps(document) if options.json else sequence_reports.table(document))


def _train_on_sequences(options: argparse.Namespace) -> None:
    if options.fasta is None:
        raise InputError(
            f"{options.recipe} are trained on sequences of your own. Give a FASTA file: python -m tvae train "
            f"{options.recipe} --fasta FILE"
        )
    if options.optimiser:
        raise InputError("--optimiser is for recipes of operations; sequences are trained with adamw. Leave it out.")
    row = sequence_zoo.train_to_file(
        options.recipe,
        options.fasta,
        seed=options.seed,
        epochs=options.epochs,
        learning_rate=options.lr,
        held_out=options.held_out,
        device=options.device,
        output=options.output or Path(f"{options.recipe}.safetensors"),
        state=options.resume,
        log=options.log,
    )
    if options.manifest:
        train_to_file.write_manifest(options.manifest, row)
    print(json.dumps(row, indent=1) if options.json else sequence_zoo.summary(row))


def _train(options: argparse.Namespace) -> None:
    if options.recipe in sequence_zoo.ALPHABETS:
        _train_on_sequences(options)
        return
    if options.fasta or options.held_out is not None:
        raise InputError(
            f"--fasta and --held-out are for {' and '.join(sequence_zoo.ALPHABETS)}, not for {options.recipe[:40]!r}. "
            "Name one of these, or leave the options out."
        )
    output = options.output or Path(f"{options.recipe}.safetensors")
    row = train_to_file.train_to_file(
        options.recipe,
        seed=options.seed,
        epochs=options.epochs,
        learning_rate=options.lr,
        device=options.device,
        optimiser=options.optimiser,
        output=output,
        state=options.resume,
        log=options.log,
    )
    if options.manifest:
        train_to_file.write_manifest(options.manifest, row)
    print(json.dumps(row, indent=1) if options.json else train_to_file.summary(row))


def _export(options: argparse.Namespace) -> None:
    print(loading.export(options.checkpoint, options.file))


if __name__ == "__main__":
    sys.exit(main())
