"""Sequences and a tree of their species: sequence-tree."""

import argparse
from pathlib import Path
from typing import Final

from tvae.analysis.genetic_code import codon_distances
from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.commands.command import CHECKPOINT, Command, code_arg, load_evaluated, show
from tvae.operations.genetic_codes import code_number
from tvae.sequences import fasta, loading
from tvae.sequences.trees import comparison, mantel, newick


def _arguments(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("model", metavar="MODEL", help=f"one of {', '.join(loading.BY_NAME)}, or a file")
    add("fasta", metavar="FASTA", type=Path, help="aligned sequences; their names are leaves of the tree")
    add("tree", metavar="TREE", type=Path, help="tree of the species, in Newick format")
    add("--checkpoint", default=DEFAULT, metavar="NAME", help=f"ternary checkpoint: {CHECKPOINT} (default {DEFAULT})")
    default = mantel.PERMUTATIONS
    add("--permutations", type=int, default=default, help="number of permutations (default %(default)s)")
    add("--seed", type=int, default=0, help="seed of the permutations (default 0)")
    code_arg(command)
    add("--markdown", action="store_true", help="print the table of docs/sequences.md")
    add("--json", action="store_true", help="print the numbers as JSON")


def _run(options: argparse.Namespace) -> None:
    settings = mantel.check(
        options.permutations, options.seed
    )  # before loading, so that a wrong argument fails at once
    code = code_number(options.code)
    records, tree = fasta.read_file(options.fasta), newick.read_tree(options.tree)
    location = loading.locate_any(options.model)
    opened = loading.open_located(location)
    ternary = {}
    if opened.config.alphabet == "codons":
        embedding = load_evaluated(options.checkpoint, tree=False).embedding
        ternary = {"A": codon_distances(embedding.a), "B": codon_distances(embedding.b)}
    found = comparison.comparison(
        location,
        opened,
        records,
        tree,
        ternary,
        options.checkpoint,
        permutations=settings[0],
        seed=settings[1],
        code=code,
    )
    show(found, comparison.markdown if options.markdown else comparison.table, options)


COMMANDS: Final = (
    Command("sequence-tree", "test whether distances between sequences follow a tree of species", _arguments, _run),
)
