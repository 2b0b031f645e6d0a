"""Event handlers of the Ball tab, its tables as files, and the points of the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
import numpy as np

from tvae.analysis.views import directions, disk_layout
from tvae.analysis.views.base64_text import in_base64
from tvae.errors import InputError, TvaeError
from tvae.operations import ternary, validation
from tvae.operations.parsing import parse_operations
from tvae.page.selection import selection
from tvae.page.selection.checkpoint.checkpoints import figures_of, title_of
from tvae.page.server import compute
from tvae.page.tabs.ball import render
from tvae.page.tabs.ball.disk import disk
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import File, document_file, download, known_table, table_file, table_of_rows
from tvae.page.ui.html import alert, quiet, tag
from tvae.page.ui.scripts.sent import Sent, index_of, server_function, text_of
from tvae.reports import explorer

STEPS: Final = 20
NEAREST_BY: Final = tuple(texts.table("NEIGHBOURS_METHODS"))
ORIGIN: Final = directions.ORIGIN
BETWEEN: Final = " to "  # of two ends in one text; `fields.js` has it too
LOOK: Final = ("rule", "view", "scales", "arrows")  # fields that the browser applies to the disk
FIELDS: Final = ("encoder", "k", "by", "ends", "steps")  # inputs of `refresh`, after those of the main tab


@dataclass(frozen=True)
class Shown:
    """The components that depend on the fields of the tab and the selected operations; each part has its own alert."""

    alert: str
    near_alert: str = SKIP
    walk_alert: str = SKIP
    notice: str = SKIP
    disk: dict[str, Any] = SKIP
    near: dict[str, Any] = SKIP
    pair: str = SKIP
    ends: str = SKIP
    path: str = SKIP
    geodesic: dict[str, Any] = SKIP


@dataclass(frozen=True)
class _Fields:
    """The fields of the tab, read."""

    checkpoint: str
    text: str
    current: int
    encoder: str
    k: float | None
    by: str
    start: str
    end: str
    steps: float | None


def refresh(
    name: str,
    text: str,
    current: int | None,
    encoder: str,
    k: float | None,
    by: str,
    ends: str,
    steps: float | None,
) -> Shown:
    """Show the disk, the neighbours and the geodesic for the selection and the fields of the tab.

    `ends` is "start to end" as typed; if it is empty, the geodesic joins the first two selected operations. `pair` has
    the two ends in either case. The fields of start and end change only with it, so that text being typed there stays.
    `path` is what the address names: the last `ends` between which there was a geodesic.
    """
    selected = selection.read(text or "")[0]
    own = f"{selected[0]}{BETWEEN}{selected[1]}" if len(selected) > 1 else ""
    pair = ends or own
    start, _, end = pair.partition(BETWEEN)
    middle = current if current in selected else selected[0] if selected else selection.START
    asked = _Fields(name, text or "", int(middle), encoder, k, by, start, end, steps)
    try:
        evaluated = compute.load_evaluated(name)
    except TvaeError as error:
        return Shown(alert(f"{error} {texts.STILL_SHOWN}"))
    near, near_problem, context = _near(asked)
    path_html, walk_problem, path_context, path = _geodesic(asked)
    has_ball = evaluated.embedding.has_ball
    source = disk.source_of(
        evaluated.location.name, title_of(evaluated.location), evaluated.checkpoint.sha256, encoder, has_ball
    )
    typed = "" if ends == own else ends
    return Shown(
        "",
        near_alert=alert(near_problem),
        walk_alert=alert(walk_problem),
        notice="" if has_ball else tag("p", texts.BALL_EUCLIDEAN, class_="badge-line"),
        disk=gr.update(source=source, path=path, **disk.show_selection(selected)),
        near=gr.update(value=near, context=context),
        pair=pair,
        ends=typed,
        path=SKIP if walk_problem else typed,
        geodesic=gr.update(value=path_html, context=path_context),
    )


def _near(asked: _Fields) -> tuple[str, str, dict[str, Any]]:
    """The table of neighbours, the sentence of an error, and what an export of the table needs."""
    context = {
        "table": "neighbours",
        "checkpoint": asked.checkpoint,
        "operation": asked.current,
        "k": asked.k,
        "encoder": asked.encoder,
        "by": asked.by,
    }
    try:
        _check_count(asked.k, explorer.MAX_K, texts.THE_COUNT, 10)
        return render.neighbours(_near_document(context), asked.by), "", context
    except TvaeError as error:
        return "", str(error), context


def _geodesic(asked: _Fields) -> tuple[str, str, dict[str, Any], dict[str, Any] | None]:
    """As `_near`, and the path to draw."""
    if not (asked.start.strip() and asked.end.strip()):
        return quiet(texts.GEODESIC_HINT), "", {}, None
    context = {
        "table": "geodesic",
        "checkpoint": asked.checkpoint,
        "start": asked.start,
        "end": asked.end,
        "steps": asked.steps,
        "encoder": asked.encoder,
    }
    try:
        _check_count(asked.steps, explorer.MAX_STEPS, texts.THE_PATH_STEPS, STEPS)
        document = _geodesic_document(context)
        shown = figures_of(render.geodesic(document), compute.load_evaluated(asked.checkpoint))
    except TvaeError as error:
        return "", str(error), context, None
    points = document["points"]
    path = {
        "start": document["start"],
        "end": document["end"],
        "points": [row["point"] or row["mu"] for row in points],
        "decoded": [row["index"] for row in points],
    }
    return shown, "", context, path if path["points"][0] else None


def _near_document(asked: Mapping[str, Any]) -> dict[str, Any]:
    evaluated = compute.load_evaluated(asked["checkpoint"])
    return explorer.near(evaluated, index_of(asked, "operation", range(ternary.N)), asked["k"], asked["encoder"])


def _geodesic_document(asked: Mapping[str, Any]) -> dict[str, Any]:
    start, end = one_operation(asked["start"], texts.THE_START), one_operation(asked["end"], texts.THE_END)
    return explorer.geodesic(compute.load_evaluated(asked["checkpoint"]), start, end, asked["steps"], asked["encoder"])


def _check_count(value: float | None, most: int, what: str, example: int) -> None:
    if value is None:
        raise InputError(texts.NO_COUNT.format(what=what, most=f"{most:,}", example=example))
    validation.count(value, 1, most, what, example)


def one_operation(text: str, what: str) -> int:
    """The one operation that a field names. Raises InputError if it names more, OperationsError if it is unreadable."""
    found = parse_operations(str(text)[:200])
    if len(found) != 1:
        raise InputError(texts.NOT_ONE_OPERATION.format(what=what, text=validation.quoted(text), count=len(found)))
    return found[0]


@download
def export(asked: Sent) -> File:
    """A table of the tab. `asked`: its context, and kind (csv, json, parquet); JSON is the document of the API."""
    table = known_table(asked["table"], ("neighbours", "geodesic"))
    near = table == "neighbours"
    document = _near_document(asked) if near else _geodesic_document(asked)
    which = [document["operation"]] if near else [document["start"], document["end"]]
    kind = text_of(asked, "kind")
    rows = document[validation.parse_choice(asked["by"], NEAREST_BY, texts.THE_DISTANCE) if near else "points"]
    if kind == "json":
        return document_file(document, table, *which)
    about = {key: document[key] for key in ("checkpoint", "sha256", "encoder")}
    return table_file(table_of_rows(table, about, rows), kind, table, *which)


@server_function
def points(asked: Sent) -> dict[str, Any]:
    """All points of one encoder for the browser: {points, exact, curvature}, or {error}; see `disk_layout.pack`."""
    evaluated = compute.load_evaluated(asked["checkpoint"])
    side = evaluated.embedding.side(validation.parse_choice(asked["encoder"], validation.ENCODERS, texts.THE_ENCODER))
    return {
        "points": in_base64(disk_layout.pack(side)),
        "exact": in_base64(np.packbits(evaluated.embedding.exact, bitorder="little")),
        "curvature": side.curvature,
    }


@dataclass(frozen=True)
class Centre:
    """The components that depend on the field of the centre."""

    centre_alert: str
    disk: dict[str, Any] = SKIP


def recentre(text: str) -> Centre:
    """Move the disk to the centre that was typed; empty is the origin."""
    try:
        centre = one_operation(text, texts.THE_CENTRE) if (text or "").strip() else ORIGIN
    except TvaeError as error:
        return Centre(alert(str(error)))
    return Centre("", gr.update(**disk.move_to(centre)))


def ready(centre: str) -> Centre:
    """Move the disk, once its points are loaded, to the centre that a share link has filled in, or say why not."""
    return recentre(centre) if centre else Centre(SKIP)
