"""From what is chosen to what the page shows of it; plain functions and values, no Gradio.

The text box holds the choice, everything else is derived from it: plot, truth table, result table.
"""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tvae import neighbours, reports, ternary
from tvae.embedding import Embedding, Side, encoded_rows
from tvae.errors import OperationsError
from tvae.loading import Located
from tvae.measuring import Measured
from tvae.operations import parse_operations
from tvae.page import choice

NEAREST_SHOWN: Final = 5  # beside the truth table
NEAREST_LISTED: Final = 3  # in the result table and the exports
MAX_NEAREST: Final = 2_000  # an export of more operations leaves the nearest out: all against all takes minutes
START: Final = parse_operations("min")[0]  # in the truth table while nothing is chosen


@dataclass(frozen=True)
class Shown:
    """Everything that depends on the choice."""

    error: str  # a sentence, or empty
    indices: tuple[int, ...]  # chosen, in order, each once
    current: int | None  # the one in the truth table
    truth: str  # HTML
    results: str  # HTML


def side_of(embedding: Embedding, encoder: str) -> Side:
    """The half of an embedding that the encoder switch names."""
    return embedding.b if encoder == "B" else embedding.a


def read(text: str) -> tuple[tuple[int, ...], str]:
    """(chosen indices, each once; error sentence or empty). An empty text chooses nothing."""
    if not text.strip():
        return (), ""
    try:
        return tuple(dict.fromkeys(parse_operations(text))), ""
    except OperationsError as error:
        return (), str(error)


def show(measured: Measured, text: str, encoder: str, current: int | None = None) -> Shown:
    """What to show for a text; `current` stays in the truth table if it is still among the chosen."""
    indices, error = read(text)
    if current not in indices:
        current = indices[0] if indices else None
    listed = indices[: choice.MAX_ROWS]
    rows = encoded_rows(measured.embedding, listed, vectors=False)
    side = side_of(measured.embedding, encoder)
    around, _ = neighbours.nearest(side, np.asarray(listed, np.int64), NEAREST_LISTED)
    return Shown(
        error, indices, current, truth(measured, current, encoder), choice.results(rows, around.tolist(), len(indices))
    )


def truth(measured: Measured, current: int | None, encoder: str) -> str:
    """The truth table of one operation with what the checkpoint makes of it; an example's where none is chosen."""
    index = START if current is None else current
    row = encoded_rows(measured.embedding, (index,), vectors=False)[0]
    who, how_far = neighbours.nearest(side_of(measured.embedding, encoder), np.array([index]), NEAREST_SHOWN)
    around = list(zip(who[0].tolist(), how_far[0].tolist(), strict=True))
    return choice.truth_editor(row, around, current is not None)


def export(located: Located, measured: Measured, text: str, encoder: str, kind: str) -> dict[str, str]:
    """The result table as a file: {name, text}, `kind` being csv or json. Raises OperationsError for a bad text."""
    indices = tuple(dict.fromkeys(parse_operations(text)))
    document = reports.encoding(located, measured, list(indices), False, None)
    if len(indices) <= MAX_NEAREST:
        side = side_of(measured.embedding, encoder)
        around, _ = neighbours.nearest(side, np.asarray(indices, np.int64), NEAREST_LISTED)
        for row, who in zip(document["operations"], around.tolist(), strict=True):
            row[f"nearest_{'b' if encoder == 'B' else 'a'}"] = who
    name = f"{file_name(located.name)}-operations.{kind}"
    text = csv_of(document, document["operations"]) if kind == "csv" else json.dumps(document, indent=1)
    return {"name": name, "text": text}


def file_name(checkpoint: str) -> str:
    """How the name of a file about a checkpoint begins."""
    return f"tvae-{checkpoint.replace('/', '_').removesuffix('.pt')}"


def csv_of(document: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """One line a row (at least one) with the document's checkpoint; trits as signs, lists separated by spaces."""
    file = io.StringIO()
    writer = csv.DictWriter(file, ["checkpoint", "sha256", *rows[0]], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        flat = {
            key: ternary.trit_string(value)
            if key in ("trits", "reconstruction") and value is not None
            else " ".join(map(str, value))
            if isinstance(value, list)
            else value
            for key, value in row.items()
        }
        writer.writerow({"checkpoint": document["checkpoint"], "sha256": document["sha256"], **flat})
    return file.getvalue()
