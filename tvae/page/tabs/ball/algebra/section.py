"""The section "Does the geometry know algebra?": the answer and a table, computed when its button is pressed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.components import EVENTS, HEAVY, QUIET, answering, buttons_in_html, plain_html
from tvae.page.ui.downloads import File, document_file, download, known_table, table_file, table_of_rows
from tvae.page.ui.html import (
    alert,
    cell,
    details,
    export_buttons,
    facts,
    joined,
    number,
    origin,
    quiet,
    row,
    scrolling,
    table,
    tag,
)
from tvae.page.ui.scripts.modules import called
from tvae.page.ui.scripts.sent import Sent, text_of
from tvae.reports import algebra as algebra_reports
from tvae.reports.algebra import Document

TABLE: Final = "algebra"


@dataclass(frozen=True)
class Shown:
    """The component that the button fills."""

    algebra: Markup


def section() -> dict[str, Any]:
    """The components of the section, which is closed."""
    with gr.Accordion(algebra_reports.QUESTION, open=False, elem_id="algebra-section"):
        plain_html(quiet(texts.ALGEBRA_LEAD), "algebra-lead")
        button = gr.Button(texts.ALGEBRA_TEST, elem_id="algebra-test", size="sm")
        answer = buttons_in_html("", "algebra", server_functions=[export])
    return {"algebra_test": button, "algebra": answer}


def wire(parts: dict[str, Any], loaded: gr.Textbox, relay: gr.Textbox) -> None:
    """The events of the section, for the checkpoint named in `loaded`. Another one changes `relay` and empties it."""
    tested = parts["algebra_test"].click(inputs=loaded, **answering(show, Shown, parts), **(QUIET | HEAVY))
    shown = parts["algebra"]
    for event in (tested.then, relay.change):
        event(None, [loaded, shown], shown, js=called(EVENTS, "dropStale"), api_visibility="private")


def show(name: str) -> Iterator[Shown]:
    """The answer for a checkpoint, or an error; before that, that it is being computed."""
    try:
        location = compute.load_evaluated(name).location
        waiting = quiet(texts.ALGEBRA_WAITING.format(name=title_of(location)), role="status")
        yield Shown(tag("div", waiting, data_checkpoint=name))
        evaluated, found = compute.algebra_of(name)
        head = origin(title_of(evaluated.location), evaluated.checkpoint.sha256)
        document = algebra_reports.algebra(evaluated, found)
    except TvaeError as error:
        yield Shown(tag("div", alert(str(error)), data_checkpoint=name))
        return
    yield Shown(tag("div", head, answer(document, name), data_checkpoint=name))


def answer(document: Document, name: str) -> Markup:
    """The sentence, the table with its files, how it was measured, and what the properties mean."""
    sentence = document["sentence"]
    word = sentence[: len(document["answer"])]  # Yes or No, with which the sentence begins
    pairs = list(zip(document["rows"][::2], document["rows"][1::2], strict=True))  # encoders A and B
    listed = table(texts.row("ALGEBRA_COLUMNS"), [_row(*pair, document["alpha"]) for pair in pairs])
    measured = texts.ALGEBRA_MEASURED.format(
        measure=texts.table("MEASURE_NAMES")[document["measure"]],
        rows=len(document["rows"]),
        **{key: document[key] for key in ("k", "permutations", "seed", "alpha")},
    )
    meanings = ((one["property"], texts.ALGEBRA_MEANING.format(meaning=one["meaning"])) for one, _ in pairs)
    return joined(
        [
            tag("p", tag("strong", word, class_=document["answer"]), sentence[len(word) :], class_="answer"),
            export_buttons(TABLE, texts.ALGEBRA_TABLE, name),
            scrolling(texts.ALGEBRA_TABLE, listed),
            quiet(measured),
            details(texts.ALGEBRA_MEANINGS, facts(meanings)),
        ]
    )


def _row(a: Document, b: Document, alpha: float) -> Markup:
    cells: list[object] = [f"{a['count']:,}", *(_percent(a[key]) for key in ("base", "hamming", "adic"))]
    for one in (a, b):
        copies = tag("small", f"({_percent(one['expected'])})")
        corrected = number(one["p_corrected"], 4)
        bold = tag("strong", corrected) if one["p_corrected"] <= alpha else corrected
        cells += [joined([_percent(one["share"]), " ", copies]), number(one["p"], 4), bold]
    name = a["property"] if a["decidable"] else f"{a['property']} *"
    return row(*cells, head=cell(name, scope="row", title=a["meaning"]))


def _percent(share: float) -> str:
    return f"{share:.1%}"


@download
def export(asked: Sent) -> File:
    """The table as a file. `asked`: {checkpoint, table, kind (csv, json, parquet)}; JSON is the document of the API."""
    name = known_table(asked["table"], (TABLE,))
    document = algebra_reports.algebra(*compute.algebra_of(text_of(asked, "checkpoint")))
    kind = text_of(asked, "kind")
    if kind == "json":
        return document_file(document, name)
    about = {key: str(document[key]) for key in ("checkpoint", "sha256", "measure", "k", "permutations", "seed")}
    return table_file(table_of_rows(name, about, document["rows"]), kind, name)
