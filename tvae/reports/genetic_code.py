"""Association of a checkpoint with the genetic code: a JSON document, tables, and an answer in words.

As in `checkpoints`: plain dicts of JSON values, an undefined number is null, field names are fixed. The answer follows
from the numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.genetic_code import (
    ALPHA,
    Association,
    CodeAssociation,
    Geometry,
)
from tvae.errors import InputError
from tvae.models.embedding import DECIMALS
from tvae.operations import codons, ternary
from tvae.operations.genetic_codes import CODES
from tvae.operations.validation import quoted
from tvae.reports.checkpoints import identity
from tvae.reports.tables import Kind, Table

Document = dict[str, Any]

QUESTION: Final = "Does the geometry know the genetic code?"
_COLUMNS: Final[dict[str, Kind]] = {
    "codon": "text",
    "index": "int",
    "amino_acid": "text",
    "operation": "int",
    "trits": "text",
    "valuation": "int",
    **dict.fromkeys(
        [f"{name}_{side}" for name in ("radius", "synonyms", "others") for side in "ab"],
        "float",
    ),
}


def genetic_code(evaluated: EvaluatedCheckpoint, found: CodeAssociation, distances: bool = False) -> Document:
    """The answer and its numbers, the 64 codons, the families of synonyms; with `distances` also two 64 x 64 tables.

    `a` and `b` are the encoders, `controls` the 3-adic and Hamming distances of the same operations.
    """
    if not isinstance(distances, bool):
        raise InputError(f"distances is {quoted(distances)}; it must be true or false, for example false.")
    tables = {
        f"distances_{side.encoder.lower()}": side.distances.round(DECIMALS).tolist() for side in (found.a, found.b)
    }
    return {
        **identity(evaluated),
        "question": QUESTION,
        "answer": "yes" if _knowing(found) else "no",
        "sentence": sentence(found),
        "measure": "hyperbolic" if found.curved else "euclidean",
        "stops": found.stops,
        "permutations": found.permutations,
        "seed": found.seed,
        "code": found.code,
        "alpha": ALPHA,
        "a": asdict(found.a.association),
        "b": asdict(found.b.association),
        "controls": {"adic": asdict(found.adic), "hamming": asdict(found.hamming)},
        "codons": rows(found),
        "families": _families(found),
        **(tables if distances else {}),
    }


def rows(found: CodeAssociation) -> list[Document]:
    """The codons in the order of the printed table; `synonyms` and `others` are mean distances, see `Geometry`."""
    columns: dict[str, Iterable[Any]] = {
        "codon": codons.CODONS,
        "index": range(codons.C),
        "amino_acid": CODES[found.code].letters,
        "operation": codons.OPERATIONS.tolist(),
        "trits": [trits.tolist() for trits in ternary.ALL_TRITS[codons.OPERATIONS]],
        "valuation": ternary.VALUATIONS[codons.OPERATIONS].tolist(),
        **{
            f"{name}_{side.encoder.lower()}": _nulls(getattr(side, name))
            for name in ("radius", "synonyms", "others")
            for side in (found.a, found.b)
        },
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def table_of(evaluated: EvaluatedCheckpoint, found: CodeAssociation) -> Table:
    """The 64 codons as a file."""
    flat = [{**row, "trits": ternary.trit_string(row["trits"])} for row in rows(found)]
    return Table("codons", identity(evaluated), _COLUMNS, flat)


def _families(found: CodeAssociation) -> list[Document]:
    return [
        {
            "amino_acid": letter,
            "name": codons.NAMES[letter],
            "codons": [codons.CODONS[index] for index in members],
            "within_a": _mean_within(found.a, members),
            "within_b": _mean_within(found.b, members),
        }
        for letter, members in codons.families(found.code).items()
    ]


def _mean_within(side: Geometry, members: tuple[int, ...]) -> float | None:
    """Mean distance of the pairs of a family; None for a single codon."""
    among = side.distances[np.ix_(members, members)]
    pairs = among[np.triu_indices(len(members), 1)]
    return float(pairs.mean()) if len(pairs) else None


def _knowing(found: CodeAssociation) -> list[Geometry]:
    return [side for side in (found.a, found.b) if found.beats_controls(side.association)]


def sentence(found: CodeAssociation) -> str:
    """The answer in words, from the numbers."""
    sides = (found.a, found.b)
    if knowing := _knowing(found):
        who = " and ".join(f"encoder {side.encoder}" for side in knowing)
        return (
            f"Yes, {who} more than the mapping of bases to trits explains: {_compared(found, knowing)}. No codon was "
            "seen in training, so check whether a checkpoint of another seed agrees."
        )
    near = [side for side in sides if side.association.p_chance <= ALPHA]
    if not near:
        values = " and ".join(f"{side.association.p_chance:.2g}" for side in sides)
        return f"No: synonymous codons are no closer than random codons (A and B: p = {values})."
    who = " and ".join(
        f"{side.association.within:.3f} against {side.association.between:.3f} in encoder {side.encoder}"
        for side in near
    )
    return (
        f"No. Synonymous codons are closer than others ({who}), but the mapping of bases to trits alone explains "
        f"this: {_compared(found, near)}."
    )


def _compared(found: CodeAssociation, sides: list[Geometry]) -> str:
    nearer = ", ".join(f"encoder {side.encoder} in {side.association.nearer:.1%}" for side in sides)
    as_good = " and ".join(f"{side.association.p_mapping:.2%} ({side.encoder})" for side in sides)
    return (
        f"the synonymous pair is the closer one in {found.best_control:.1%} of comparisons for the better control, "
        f"{nearer}; and of codes with the same 3-adic distances {as_good} do as well as the real one"
    )


def summary(document: Document) -> str:
    """The document as a table for a terminal."""
    counted = "counted as synonyms" if document["stops"] else "left out"
    lines = [
        f"{document['checkpoint']}  sha256 {document['sha256']}",
        f"{document['measure']} distances of 64 codons, stop codons {counted}; {document['permutations']:,} "
        f"permutations, seed {document['seed']}; genetic code {document['code']}, {CODES[document['code']].name}",
        "",
        f"{'':10}{'within':>10}{'between':>10}{'ratio':>8}{'nearer':>9}{'p chance':>10}{'p mapping':>11}",
    ]
    named = {"encoder A": document["a"], "encoder B": document["b"]}
    named |= {"3-adic": document["controls"]["adic"], "Hamming": document["controls"]["hamming"]}
    lines += [f"{name:10}{_line(Association(**numbers))}" for name, numbers in named.items()]
    lines += ["", f"{'codon':6}{'':3}{'operation':>10}  {'trits':9}  v{'radius A':>11}{'radius B':>11}"]
    lines += [
        f"{row['codon']:6}{row['amino_acid']:3}{row['operation']:>10}  {ternary.trit_string(row['trits'])}  "
        f"{row['valuation']}{row['radius_a']:>11.6f}{row['radius_b']:>11.6f}"
        for row in document["codons"]
    ]
    return "\n".join([*lines, "", f"{document['question']} {document['sentence']}"])


def _line(one: Association) -> str:
    return (
        f"{one.within:>10.4f}{one.between:>10.4f}{one.ratio:>8.3f}{one.nearer:>9.1%}{one.p_chance:>10.4f}"
        f"{one.p_mapping:>11.4f}"
    )


def markdown(documents: Sequence[Document]) -> str:
    """The table of docs/genetic-code.md: a row for each checkpoint, then the controls, which all checkpoints share."""
    named = ("checkpoint", *(f"{name} A, B" for name in ("within", "between", "nearer", "p chance", "p mapping")))
    lines = [f"| {' | '.join(named)} | knows it |", "|---" * (len(named) + 1) + "|"]
    for document in documents:
        sides = (Association(**document["a"]), Association(**document["b"]))
        lines.append(f"| `{document['checkpoint']}` | {_cells(*sides)} | {document['answer']} |")
    for name, numbers in zip(("3-adic", "Hamming"), documents[0]["controls"].values(), strict=True):
        lines.append(f"| {name} distance, no model | {_cells(Association(**numbers))} | - |")
    return "\n".join(lines)


def _cells(*sides: Association) -> str:
    forms = {"within": ".3f", "between": ".3f", "nearer": ".1%", "p_chance": ".4f", "p_mapping": ".4f"}
    return " | ".join(", ".join(format(getattr(side, name), form) for side in sides) for name, form in forms.items())


def _nulls(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
