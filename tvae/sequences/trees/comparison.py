"""Whether distances between sequences follow a tree of their species: the document of `python -m tvae sequence-tree`.

Compared with path lengths are the latent means of a model of sequences (the mean over a sequence's windows, Euclidean),
the points of the 64 codons in a ternary checkpoint (summed over places), and without a model the shares of different
codons and of different amino acids, and the principal components of the codons. These say whether it takes a model to
find a few numbers that follow the tree; they are those of all sequences, held-out ones included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.checkpoints.loading import CheckpointLocation
from tvae.operations.genetic_codes import STANDARD, code_number
from tvae.sequences.checkpoint_file import SequenceCheckpoint, build
from tvae.sequences.fasta import Record, all_tokens
from tvae.sequences.model import LATENT as LATENT_NUMBERS
from tvae.sequences.training.data import recorded_plan
from tvae.sequences.trees import distances
from tvae.sequences.trees.mantel import LEAST, PERMUTATIONS, check, mantel
from tvae.sequences.trees.newick import Tree
from tvae.sequences.windows import complete_sites, cut

ALPHA: Final = 0.01  # significance level
LATENT: Final = "latent means of {name}"
TERNARY: Final = "points of the codons in {name}, encoder {encoder}"
CODONS: Final = "share of different codons"
COMPONENTS: Final = (4, LATENT_NUMBERS)  # the second are as many numbers as the model has
PRINCIPAL: Final = "first {count} principal components of the {alphabet}"
ACIDS: Final = "share of different amino acids"

Document = dict[str, Any]
Doubles = NDArray[np.float64]


def comparison(
    location: CheckpointLocation,
    opened: SequenceCheckpoint,
    records: Sequence[Record],
    tree: Tree,
    ternary: Mapping[str, Doubles] | None = None,
    checkpoint: str | None = None,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    code: int = STANDARD,
) -> Document:
    """The comparison of aligned sequences with a tree.

    `ternary` has distances (64, 64) of the codons by encoder of the checkpoint named `checkpoint`; they are used for
    codons only. Sequences are read as those that the model was trained on: its windows, and gaps if it reads them.
    Raises SequenceError for a sequence that is no leaf of the tree, and for sequences that are not aligned; InputError
    for a wrong number of permutations, seed or code.
    """
    permutations, seed = check(permutations, seed)
    code = code_number(code)
    names = [record.id for record in records]
    paths = tree.paths(names)
    found = _distances(location.name, opened, records, ternary or {}, checkpoint, code)
    held = [name in recorded_plan(opened.metadata).hold_out for name in names]
    groups = {"all": np.arange(len(names))}
    if LEAST <= sum(held) < len(names):
        groups["held out"] = np.flatnonzero(held)
    sets: list[Document] = []
    for title, chosen in groups.items():
        part = np.ix_(chosen, chosen)
        rows = [
            {"distance": what, **asdict(mantel(paths[part], values[part], permutations, seed))}
            for what, values in found.items()
        ]
        sets.append({"set": title, "n": len(chosen), "rows": rows})
    return {
        "model": location.name,
        "sha256": opened.sha256,
        "alphabet": opened.config.alphabet,
        "checkpoint": checkpoint if opened.config.alphabet == "codons" and ternary else None,
        "test": "Mantel, Spearman's correlation, one-sided",
        "permutations": permutations,
        "seed": seed,
        "branches": "lengths" if tree.measured else "1 each",
        "without_sequence": [leaf for leaf in tree.leaves if leaf not in names],
        "sentence": _sentence(location.name, sets[0]["rows"]),
        "sets": sets,
    }


def _distances(
    name: str,
    opened: SequenceCheckpoint,
    records: Sequence[Record],
    ternary: Mapping[str, Doubles],
    checkpoint: str | None,
    code: int,
) -> dict[str, Doubles]:
    """Distances between the sequences by what they measure; the latent means come first."""
    plan, alphabet = recorded_plan(opened.metadata), opened.config.alphabet
    tokens = distances.stacked(all_tokens(records, alphabet, plan.missing != "refuse"))
    read = list(tokens) if plan.missing != "drop" else complete_sites(list(tokens))
    windows = cut(read, plan.window or 100, plan.stride)
    found = {LATENT.format(name=name): distances.euclidean(distances.means(build(opened), windows, len(records)))}
    if alphabet == "codons":
        for encoder, between in ternary.items():
            found[TERNARY.format(name=checkpoint, encoder=encoder)] = distances.summed(tokens, between)
        found[CODONS] = distances.differing(tokens)
        found[ACIDS] = distances.differing(distances.translated(tokens, code))
    else:
        found[ACIDS] = distances.differing(tokens)
    for count in COMPONENTS:
        found[PRINCIPAL.format(count=count, alphabet=alphabet)] = distances.principal(tokens, count)
    return found


def _sentence(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The answer, from the rows of all sequences."""
    latent, *others = rows
    if latent["r"] is None or latent["p"] > ALPHA:
        return f"The latent means of {name} do not follow the tree (p {_number(latent['p'], 4)})."
    best = max((row for row in others if row["r"] is not None), key=lambda row: row["r"], default=None)
    start = f"The latent means of {name} follow the tree (r {latent['r']:.2f}, p {latent['p']:.4f})"
    if best is None:
        return f"{start}."
    how = ", and more closely" if latent["r"] > best["r"] else ", but less closely"
    return f"{start}{how} than the {best['distance']} (r {best['r']:.2f})."


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def table(document: Document) -> str:
    """The document as a table for a terminal."""
    sets = document["sets"]
    width = max(len(row["distance"]) for row in sets[0]["rows"])
    lines = [
        f"{document['model']}  sha256 {document['sha256']}",
        f"{document['test']}; {document['permutations']:,} permutations, seed {document['seed']}; branches: "
        f"{document['branches']}",
        f"{'':{width}}" + "".join(f"{one['set'] + ', n ' + str(one['n']):>22}" for one in sets),
        f"{'distance':{width}}" + f"{'r':>12}{'p':>10}" * len(sets),
    ]
    for rows in zip(*(one["rows"] for one in sets), strict=True):
        values = "".join(f"{_number(row['r'], 3):>12}{_number(row['p'], 4):>10}" for row in rows)
        lines.append(f"{rows[0]['distance']:{width}}{values}")
    if document["without_sequence"]:
        lines.append(f"leaves without a sequence: {', '.join(document['without_sequence'])}")
    return "\n".join([*lines, document["sentence"]])


def markdown(document: Document) -> str:
    """The table of the document for docs/sequences.md."""
    sets = document["sets"]
    head = ["distance", *(f"{value}, {one['set']} ({one['n']})" for one in sets for value in ("r", "p"))]
    rows = [head, ["---"] * len(head)]
    for each in zip(*(one["rows"] for one in sets), strict=True):
        cells = [cell for row in each for cell in (_number(row["r"], 3), _number(row["p"], 4))]
        rows.append([each[0]["distance"], *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
