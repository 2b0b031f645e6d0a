"""Event handlers of the Compare tab.

While the tab is open, the browser writes its request as one text (`Request` as JSON) when something changes. The answer
repeats that text, so that the browser can tell whether it has requested something else meanwhile.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields as dataclass_fields, replace
from typing import Any, Final

import gradio as gr

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import TvaeError
from tvae.models.embedding import Embedding
from tvae.page.selection import operations_html, selection
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.selection.checkpoint.checkpoints import (
    checkpoint_choices,
    counterpart,
    request_checkpoint,
    shown_name,
    title_of,
)
from tvae.page.selection.handlers import Selection, clear_selection, on_pick
from tvae.page.selection.radius_plot import LENGTH_ONLY, MEASURES, plot_value
from tvae.page.server import compute
from tvae.page.tabs.compare import render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert
from tvae.page.ui.scatter.scatter import show_selection
from tvae.page.ui.scripts.sent import Sent, fields, parsed, text_of
from tvae.reports import comparison
from tvae.reports.plots.radius_plot import axis_of, levels_of

RADIUS_ONLY: Final = ((texts.COMPARE_RADIUS, "radius"),)

Pair = tuple[EvaluatedCheckpoint, EvaluatedCheckpoint]
Axes = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Request:
    """What the tab should show."""

    a: str  # the checkpoint of the page
    wanted: str  # the second checkpoint that the visitor chose; empty for the counterpart of the first
    encoder: str
    operations: str  # text of the selection


def _request(sent: Sent) -> Request:
    return Request(**{field.name: text_of(sent, field.name) for field in dataclass_fields(Request)})


@dataclass(frozen=True)
class Shown:
    """What the tab shows."""

    view: Request
    b: str  # the second checkpoint


@dataclass(frozen=True)
class Answer:
    """The components of the tab."""

    alert: str = SKIP
    status: str = SKIP
    notes: str = SKIP
    first: str = SKIP
    heading_a: str = SKIP
    heading_b: str = SKIP
    plot_a: dict[str, Any] = SKIP
    plot_b: dict[str, Any] = SKIP
    second: dict[str, Any] = SKIP
    measure: dict[str, Any] = SKIP
    summary: str = SKIP
    chosen: dict[str, Any] = SKIP  # a table, as the next three
    metrics: dict[str, Any] = SKIP
    moved: dict[str, Any] = SKIP
    only: dict[str, Any] = SKIP
    shown: str = SKIP  # `Shown` as JSON, held by the browser


def show(asked: str, shown: str, measure: str, request: gr.Request) -> Iterator[Answer]:
    """Answer the request `asked`; when the tab is first opened, send the first plot before the comparison."""
    drawn = ""
    if not asked:
        return
    target = _request(parsed(asked))
    if not shown:
        with contextlib.suppress(TvaeError):  # `answer` reports it
            first = compute.load_evaluated(target.a)
            plot = gr.update(value=plot_value(first), encoder=target.encoder, measure=measure)
            yield Answer(plot_a=plot, heading_a=_heading("a", first))
            drawn = target.a
    yield answer(asked, shown, measure, str(request.session_hash), drawn)


def answer(asked: str, shown: str, measure: str, session: str, drawn: str = "") -> Answer:
    """Update the parts that differ from what is `shown`, or report the error if a checkpoint cannot be loaded.

    `drawn`: name of the checkpoint that is already in the left plot, on first load.
    """
    target = _request(parsed(asked))
    before = _read(shown)
    if before and target == before.view:
        return Answer(status="", shown=_shown_json(asked, target, before.b))
    try:
        pair, now, sentence = _pair(target, before)
    except TvaeError as error:
        stays = f" {texts.SECOND_STAYS.format(name=shown_name(before.b))}" if before else ""
        again = _shown_json(asked, before.view, before.b) if before else SKIP
        return Answer(alert=alert(f"{error}{stays}"), status="", shown=again)
    now_shown = _shown_json(asked, now, pair[1].location.name)
    if before and replace(before.view, operations=now.operations) == now:
        return Answer(alert="", status="", shown=now_shown, **_selection_parts(pair, now))
    old = (before.view.a, before.b) if before else (drawn, "")
    whole = _whole(pair, now, old, measure, session)
    return Answer(alert=alert(sentence), status="", shown=now_shown, **whole)


def _shown_json(asked: str, view: Request, second: str) -> str:
    """`Shown` as JSON, which the browser keeps."""
    return json.dumps({"asked": asked, "view": asdict(view), "b": second})


def _read(shown: str) -> Shown | None:
    if not shown:
        return None
    document = parsed(shown)
    return Shown(_request(fields(document["view"])), text_of(document, "b"))


def _pair(target: Request, before: Shown | None) -> tuple[Pair, Request, str]:
    """Both checkpoints, the request that they fulfil, and a sentence if the second is not the one that was requested.

    Raises TvaeError if the first cannot be loaded, or if the second cannot and the tab can keep what it shows.
    """
    first = compute.load_evaluated(target.a)
    usual = counterpart(first)
    try:
        return (first, compute.load_evaluated(target.wanted or usual)), target, ""
    except TvaeError as error:
        if before and before.view.a == target.a:
            raise
        return (
            (first, compute.load_evaluated(usual)),
            replace(target, wanted=""),
            f"{error} {texts.SECOND_IS.format(name=usual)}",
        )


def _whole(pair: Pair, now: Request, old: tuple[str, str], measure: str, session: str) -> dict[str, Any]:
    """All parts that depend on the checkpoints or the encoder; `old`: names of the checkpoints in the plots."""
    a, b = pair
    titles = title_of(a.location), title_of(b.location)
    balls = a.embedding.has_ball, b.embedding.has_ball
    document = comparison.compare(*pair, [], now.encoder)
    measures = MEASURES if all(balls) else RADIUS_ONLY if any(balls) else LENGTH_ONLY
    # Set only if it must change, because the visitor may have chosen another one meanwhile.
    forced: dict[str, Any] = {} if measure in [value for _, value in measures] else {"measure": "radius"}
    parts = _selection_parts(pair, now)
    common = {"axes": shared_axes(a.embedding, b.embedding), "encoder": now.encoder} | forced
    for which, evaluated, name in zip("ab", pair, old, strict=True):
        drawn = {} if evaluated.location.name == name else {"value": plot_value(evaluated)}
        parts[f"plot_{which}"] |= common | drawn
    context = asdict(now) | {"b": b.location.name}
    return parts | {
        "notes": render.notes(
            balls,
            (a.embedding.decoder_input, b.embedding.decoder_input),
            (a.checkpoint.sha256, b.checkpoint.sha256),
            titles,
        ),
        "first": render.first(titles[0]),
        "heading_a": _heading("a", pair[0]),
        "heading_b": _heading("b", pair[1]),
        "second": gr.update(choices=checkpoint_choices(session, a.location.name, b.location.name)),
        "measure": gr.update(choices=list(measures), value="radius") if forced else gr.update(choices=list(measures)),
        "summary": render.summary(document),
        "metrics": gr.update(value=render.metrics_table(document, titles), context=context | {"table": "metrics"}),
        "moved": gr.update(value=render.moved_table(document), context=context | {"table": "moved"}),
        "only": gr.update(value=render.only_lists(document), context=context | {"table": "only"}),
    }


def _heading(which: str, evaluated: EvaluatedCheckpoint) -> str:
    return render.heading(which, title_of(evaluated.location), badge(evaluated))


def _selection_parts(pair: Pair, now: Request) -> dict[str, Any]:
    """The parts that depend on the selection: the marks in both plots, and the table."""
    indices, _ = selection.read(now.operations)
    document = comparison.compare(*pair, list(indices[: operations_html.MAX_ROWS]), now.encoder)
    context = asdict(now) | {"b": pair[1].location.name, "table": "chosen"}
    table = gr.update(value=render.chosen_table(document, len(indices)), context=context)
    return {"plot_a": show_selection(indices), "plot_b": show_selection(indices), "chosen": table}


def shared_axes(first: Embedding, second: Embedding) -> Axes:
    """The axis of both together, by encoder and measure; empty if their radii are of different kinds."""
    axes: Axes = {}
    if first.has_ball != second.has_ball:
        return axes
    for encoder in ("A", "B"):
        sides = first.side(encoder), second.side(encoder)
        series = {
            "radius": [side.radius for side in sides],
            "norm": [side.norm for side in sides if side.norm is not None],
        }
        axes[encoder] = {name: asdict(axis_of(*map(levels_of, both))) for name, both in series.items() if both}
    return axes


@dataclass(frozen=True)
class Picked:
    """The components of Explore and of this tab that depend on the selected operations."""

    text: str
    problem: str
    plot: dict[str, Any]
    truth: str
    results: dict[str, Any]
    current: int | None
    applied: str
    plot_a: dict[str, Any] = SKIP
    plot_b: dict[str, Any] = SKIP
    chosen: dict[str, Any] = SKIP


def pick(name: str, text: str, encoder: str, shown: str, event: gr.EventData) -> Picked:
    """Select the operations of a click or a lasso in either plot, or of a button.

    `name` and `encoder` are those of Explore.
    """
    return _picked(on_pick(name, text, encoder, event), shown)


def clear(name: str, text: str, encoder: str, shown: str) -> Picked:
    """Select nothing, here and on Explore."""
    return _picked(clear_selection(name, text, encoder), shown)


def _picked(selected: Selection, shown: str) -> Picked:
    here: dict[str, Any] = {}
    if before := _read(shown):
        now = replace(before.view, operations=selected.text)
        with contextlib.suppress(TvaeError):  # its session has ended, which the next answer reports
            here = _selection_parts((compute.load_evaluated(now.a), compute.load_evaluated(before.b)), now)
    return Picked(**vars(selected), **here)


@dataclass(frozen=True)
class Swapped:
    """The components that request the two checkpoints in the other order."""

    alert: str = SKIP
    checkpoint: dict[str, Any] = SKIP
    requested: str = SKIP
    swapped: str = SKIP  # JSON: {first, second}; `second` is selected here as soon as `first` is loaded


def swap(shown: str, request: gr.Request) -> Swapped:
    """Request the second checkpoint as the page's, and remember the first as the second."""
    before = _read(shown)
    if before is None:
        return Swapped()
    a, b = before.view.a, before.b
    try:
        compute.load_evaluated(b)
        wanted = request_checkpoint(b, str(request.session_hash))
    except TvaeError as error:
        return Swapped(alert(str(error)))
    return Swapped("", wanted.checkpoint, wanted.requested, json.dumps({"first": b, "second": a}))
