"""The columns that the page offers, and their values for the browser."""

import json
from typing import Any

from tvae.operations import ternary
from tvae.page.selection.checkpoint.checkpoints import counterpart
from tvae.page.selection.selection import START
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.scripts.modules import mounted
from tvae.page.ui.scripts.sent import Sent, index_of, server_function, text_of
from tvae.reports import columns
from tvae.reports.columns import COLUMNS, Source


def control() -> str:
    """The script of the control, for the plot that leads; its component has the server function `column`."""
    return mounted("columns/control.js", {"columns": offered()}, later=True)


def offered() -> str:
    """The words of the scripts, every column, and the operation of the example, see `Data` of `columns.js`.

    They are JSON within the JSON of `mounted`, so that Gradio sees no word in quotes, see there.
    """
    names, written = texts.table("COLUMN_NAMES"), texts.table("COLUMN_CATEGORIES")
    listed = [
        {
            "key": column.key,
            "label": names[column.key],
            "kind": column.kind,
            "needs": column.needs,
            "categories": [written.get(category, category) for category in column.categories],
            "colours": column.colours,
        }
        for column in COLUMNS
    ]
    data = {"words": dict(texts.table("COLUMNS")), "columns": listed, "start": START}
    return json.dumps(data, separators=(",", ":"))


@server_function
def column(asked: Sent) -> dict[str, Any]:
    """The values of a column, see `columns.packed`, or {error}.

    `asked`: {checkpoint, column}, and if the column needs it, operation (its number), or other (the checkpoint that
    Compare shows, empty before it shows one).
    """
    wanted = columns.column_of(asked["column"])
    evaluated = compute.load_evaluated(text_of(asked, "checkpoint"))
    operation = index_of(asked, "operation", range(ternary.N)) if wanted.needs == "operation" else 0
    other = None
    if wanted.needs == "other":
        other = compute.load_evaluated(text_of(asked, "other") or counterpart(evaluated))
    return columns.packed(wanted, Source(evaluated, operation, other))
