"""Event handlers of the Codons tab, and its tables as files."""

from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.selection import selection
from tvae.page.selection.checkpoint.checkpoints import figures_of
from tvae.page.server import compute
from tvae.page.tabs.codons import render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import File, download, known_table, table_file, table_of_rows
from tvae.page.ui.html import alert
from tvae.page.ui.scripts.sent import Sent, text_of
from tvae.reports import genetic_code
from tvae.reports.tables import Table

TABLES: Final = ("codons", "acids")
FIELDS: Final = ("encoder", "colour", "stops")  # inputs of `refresh`, after those of the main tab


@dataclass(frozen=True)
class Shown:
    """The components that depend on the fields of the tab and the selected operations."""

    alert: str
    answer: str = SKIP
    pictures: dict[str, Any] = SKIP
    acids: dict[str, Any] = SKIP


def refresh(name: str, text: str, encoder: str, colour: str, stops: bool) -> Shown:
    """Show a checkpoint by the fields of the tab; with an error, the tab keeps its content."""
    try:
        evaluated, found = compute.genetic_code_of(name, bool(stops))
        document = genetic_code.genetic_code(evaluated, found)
        selected = frozenset(selection.read(text or "")[0])
        answer = figures_of(render.answer(document), evaluated)
        pictures = figures_of(render.pictures(document, encoder, colour, selected), evaluated)
    except TvaeError as error:
        return Shown(alert(f"{error} {texts.STILL_SHOWN}"))
    context = {"checkpoint": name, "stops": bool(stops)}
    return Shown(
        "",
        answer=answer,
        pictures=gr.update(value=pictures, context=context),
        acids=gr.update(value=render.acids_table(document), context=context),
    )


@download
def export(asked: Sent) -> File:
    """A table of the tab. `asked`: {checkpoint, stops, table, kind (csv, json, parquet)}."""
    table = known_table(asked["table"], TABLES)
    evaluated, found = compute.genetic_code_of(asked["checkpoint"], asked["stops"])
    document = genetic_code.genetic_code(evaluated, found)
    whole = genetic_code.table_of(evaluated, found) if table == "codons" else _acids(document)
    return table_file(whole, text_of(asked, "kind"), table)


def _acids(document: dict[str, Any]) -> Table:
    about = {key: document[key] for key in ("checkpoint", "sha256", "measure")}
    return table_of_rows("acids", about, render.acids(document))
