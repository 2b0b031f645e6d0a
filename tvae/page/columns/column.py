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
from tvae.reports.columns import COLUMNS, NO_YES, Column, Source
from tvae.reports.plots.palette import LEVEL_COLOURS


def control() -> str:
    """The script of the control, for the plot that leads; its component has the server function `column`."""
    return mounted("columns/control.js", {"columns": offered()}, later=True)


def offered() -> str:
    """The words of the scripts, every column, and the operation of the example, see `Data` of `columns.js`.

    What most columns have in common is left out, since this is part of the page. They are JSON within the JSON of
    `mounted`, so that Gradio sees no word in quotes, see there.
    """
    alike = [column for column in COLUMNS if column.group and column.categories == NO_YES]
    keys: dict[str, list[str]] = {}
    for column in alike:
        keys.setdefault(column.group, []).append(column.key)
    shared = {name: value for name, value in _differences(alike[0]).items() if name in ("categories", "colours")}
    data = {
        "words": dict(texts.table("COLUMNS")),
        "groups": dict(texts.table("COLUMN_GROUPS")),
        "columns": [_differences(column) for column in COLUMNS if column not in alike],
        "alike": shared | {"keys": keys},
        "colours": LEVEL_COLOURS,
        "start": START,
    }
    return json.dumps(data, separators=(",", ":"))


def _differences(column: Column) -> dict[str, Any]:
    """What the scripts must know of a column, without the values that `columnsOf` of `link.js` takes as usual."""
    written = texts.table("COLUMN_CATEGORIES")
    usual = {"needs": "", "categories": [], "colours": LEVEL_COLOURS, "group": ""}
    given = {
        "key": column.key,
        "label": texts.table("COLUMN_NAMES").get(column.key, column.key),
        "needs": column.needs,
        "categories": [written.get(category, category) for category in column.categories],
        "colours": column.colours,
        "group": column.group,
    }
    return {name: value for name, value in given.items() if value != usual.get(name)}


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
