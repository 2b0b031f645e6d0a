"""The slow tables of the Compare tab: tree measures, and what moved in the ball. They are filled after the others."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.server import compute
from tvae.page.tabs.compare import render
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert
from tvae.page.ui.scripts.sent import parsed, text_of
from tvae.reports import comparison


@dataclass(frozen=True)
class NearAndFar:
    """The components of these tables."""

    measures: dict[str, Any] = SKIP
    aligned: dict[str, Any] = SKIP


def show(compared: str) -> NearAndFar:
    """The tree measures and the moves in the ball, for the checkpoints and the encoder that the tab shows.

    `compared`: {a, b, encoder} as JSON, or empty.
    """
    if not compared:
        return NearAndFar()
    asked = parsed(compared)
    names, encoder = (text_of(asked, "a"), text_of(asked, "b")), text_of(asked, "encoder")
    try:
        pair = compute.load_evaluated(names[0]), compute.load_evaluated(names[1])
        document = comparison.near_and_far(pair, compute.encoder_tree_measures, encoder)
    except TvaeError as error:
        return NearAndFar(gr.update(value=alert(str(error))), gr.update(value=""))
    context = {"a": names[0], "b": names[1], "encoder": encoder, "operations": "", "wanted": ""}
    titles = title_of(pair[0].location), title_of(pair[1].location)
    return NearAndFar(
        gr.update(value=render.measures_table(document, titles), context=context | {"table": "measures"}),
        gr.update(value=render.aligned_table(document), context=context | {"table": "aligned"}),
    )
