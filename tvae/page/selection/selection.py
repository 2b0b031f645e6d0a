"""Render the current selection, with plain functions and values, no Gradio.

The text box holds the selection. Plot, truth table and result table are derived from what can be read of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from tvae.analysis import neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import OperationsError
from tvae.models.embedding import encoded_rows
from tvae.operations.parsing import parse_operations, read_text
from tvae.page.selection import operations_html, text_html
from tvae.page.ui.html import alert

NEAREST_SHOWN: Final = 5  # next to the truth table
NEAREST_LISTED: Final = 3  # in the result table and the exports
START: Final = parse_operations("min")[0]  # in the truth table while nothing is selected


@dataclass(frozen=True)
class Shown:
    """Everything that depends on the selection."""

    said: str  # HTML about the text: what could not be read, or how much it names; or empty
    indices: tuple[int, ...]  # selected, in order, each once
    current: int | None  # the selected operation in the truth table; None for the example
    truth: str  # HTML
    results: str  # HTML


def read(text: str) -> tuple[tuple[int, ...], Markup]:
    """(selected indices, each once; HTML to show below the text, or empty). What cannot be read selects nothing."""
    try:
        found = read_text(text)
    except OperationsError as error:
        return (), alert(str(error))
    indices = tuple(dict.fromkeys(found.indices))
    return indices, text_html.below(text, len(indices), found)


def show(evaluated: EvaluatedCheckpoint, text: str, encoder: str, current: int | None = None) -> Shown:
    """Render the selection of a text; `current` stays in the truth table if it is still selected."""
    indices, said = read(text)
    if current not in indices:
        current = indices[0] if indices else None
    listed = indices[: operations_html.MAX_ROWS]
    rows = encoded_rows(evaluated.embedding, listed, vectors=False)
    side = evaluated.embedding.side(encoder)
    around, _ = neighbours.nearest(side, np.asarray(listed, np.int64), NEAREST_LISTED)
    return Shown(
        said,
        indices,
        current,
        truth(evaluated, current, encoder),
        operations_html.results(rows, around.tolist(), len(indices)),
    )


def truth(evaluated: EvaluatedCheckpoint, current: int | None, encoder: str) -> str:
    """The truth table of one operation and its reconstruction, as HTML; None shows the example `START`."""
    index = START if current is None else current
    row = encoded_rows(evaluated.embedding, (index,), vectors=False)[0]
    nearest, distances = neighbours.nearest(evaluated.embedding.side(encoder), np.array([index]), NEAREST_SHOWN)
    around = list(zip(nearest[0].tolist(), distances[0].tolist(), strict=True))
    return operations_html.truth_editor(row, around, current is not None)
