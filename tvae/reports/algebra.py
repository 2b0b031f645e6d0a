"""Association of a checkpoint with the algebra of operations: a JSON document, tables, and an answer in words.

As in `checkpoints`: plain dicts of JSON values, field names are fixed. The answer follows from the numbers.
"""

from collections.abc import Sequence
from typing import Any, Final

from tvae.analysis.algebra.association import ALPHA, Algebra, K, Row
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.reports.checkpoints import identity

Document = dict[str, Any]

QUESTION: Final = "Does the geometry know algebra?"


def algebra(evaluated: EvaluatedCheckpoint, found: Algebra) -> Document:
    """The answer and its numbers: a row for each property and encoder, defined in `tvae.analysis.algebra`."""
    return {
        **identity(evaluated),
        "question": QUESTION,
        "answer": "yes" if any(row.known for row in found.rows) else "no",
        "sentence": sentence(found),
        "measure": "hyperbolic" if evaluated.embedding.has_ball else "euclidean",
        "k": K,
        "permutations": found.permutations,
        "seed": found.seed,
        "alpha": ALPHA,
        "rows": [_row(row) for row in found.rows],
    }


def _row(row: Row) -> Document:
    question = row.asked.question
    return {
        "property": question.name,
        "meaning": question.meaning,
        "count": question.count,
        "encoder": row.encoder,
        "share": row.share,
        "base": row.asked.base,
        "hamming": row.asked.hamming,
        "adic": row.asked.adic,
        "expected": row.expected,
        "p": row.p,
        "p_corrected": row.p_corrected,
        "decidable": row.decidable,
    }


def sentence(found: Algebra) -> str:
    """The answer in words, from the numbers."""
    if known := [row for row in found.rows if row.known]:
        listed = "; ".join(f"{_named(row)}: {_compared(row)}" for row in known)
        return (
            f"Yes, more than the distances of digits explain ({listed}). Check whether a checkpoint of another seed "
            "agrees, and whether the order of the trits, -1 < 0 < +1, explains it."
        )
    if significant := [row for row in found.rows if row.significant]:
        listed = "; ".join(f"{_named(row)}: {_compared(row)}" for row in significant)
        return (
            "No. Some properties have a larger share than relabelled copies with the same distances of digits, but a "
            f"distance of digits without a model has a larger share still ({listed})."
        )
    least = min(found.rows, key=lambda row: (row.p_corrected, row.p))
    return (
        "No: operations with a property are no nearer to each other than the distances of their digits explain. The "
        f"smallest corrected p-value is {least.p_corrected:.2g} ({_named(least)})."
    )


def _named(row: Row) -> str:
    return f"{row.asked.question.name}, encoder {row.encoder}"


def _compared(row: Row) -> str:
    return f"{row.share:.1%} against {row.asked.hamming:.1%} (Hamming) and {row.asked.adic:.1%} (3-adic)"


def summary(document: Document) -> str:
    """The document as a table for a terminal."""
    lines = [
        f"{document['checkpoint']}  sha256 {document['sha256']}",
        f"share among the {document['k']} nearest by {document['measure']} distance; {document['permutations']:,} "
        f"relabellings, seed {document['seed']}",
        "",
        f"{'property':15}{'':3}{'share':>8}{'base':>8}{'Hamming':>9}{'3-adic':>8}{'copies':>8}{'p':>9}{'corrected':>11}",
    ]
    lines += [
        f"{row['property']:15}{row['encoder']:3}{row['share']:>8.1%}{row['base']:>8.1%}{row['hamming']:>9.1%}"
        f"{row['adic']:>8.1%}{row['expected']:>8.1%}{row['p']:>9.4f}{row['p_corrected']:>11.4f}"
        for row in document["rows"]
    ]
    return "\n".join([*lines, "", f"{document['question']} {document['sentence']}"])


def markdown(documents: Sequence[Document]) -> str:
    """The tables of docs/algebra.md: the controls, which all checkpoints share, then a row for each checkpoint."""
    lines = ["| property | operations | base | Hamming | 3-adic |", "|---|---|---|---|---|"]
    for row in documents[0]["rows"][::2]:
        numbers = " | ".join(f"{row[name]:.1%}" for name in ("base", "hamming", "adic"))
        lines.append(f"| `{row['property']}` | {row['count']:,} | {numbers} |")
    lines += ["", "| checkpoint | smallest p, corrected | of | share | copies | significant | knows algebra |"]
    lines.append("|---|---|---|---|---|---|---|")
    for document in documents:
        rows = document["rows"]
        least = min(rows, key=lambda row: (row["p_corrected"], row["p"], row["property"], row["encoder"]))
        significant = sum(row["p_corrected"] <= document["alpha"] for row in rows)
        lines.append(
            f"| `{document['checkpoint']}` | {least['p_corrected']:.3f} | `{least['property']}`, {least['encoder']} | "
            f"{least['share']:.1%} | {least['expected']:.1%} | {significant} of {len(rows)} | {document['answer']} |"
        )
    return "\n".join(lines)
