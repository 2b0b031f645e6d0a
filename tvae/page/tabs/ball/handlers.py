"""Event handlers of the Ball tab, its tables as files, the points of the disk, and decoding a place of the disk."""

import base64
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
import numpy as np

from tvae.analysis import disk_layout, geodesics
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import checkpoint_file
from tvae.errors import InputError, TvaeError
from tvae.geometry import poincare_ball
from tvae.operations import ternary, validation
from tvae.operations.parsing import parse_operations
from tvae.page.selection import selection
from tvae.page.server import compute
from tvae.page.tabs.ball import render
from tvae.page.tabs.ball.disk import disk
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import File, download, known_table, table_file, table_of_rows
from tvae.page.ui.html import alert, quiet, tag
from tvae.page.ui.scripts.sent import Sent, event_fields, index_of, number_of, server_function, text_of
from tvae.reports import explorer

STEPS: Final = 20
NEAREST_BY: Final = tuple(texts.table("NEIGHBOURS_METHODS"))
ORIGIN: Final = -1
BETWEEN: Final = " to "  # of two ends in one text; `fields.js` has it too
FIELDS: Final = ("encoder", "k", "by", "ends", "steps")  # inputs of `refresh`, after those of the main tab


@dataclass(frozen=True)
class Shown:
    """The components that depend on the fields of the tab and the selected operations."""

    alert: str
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
        return Shown(alert(str(error)))
    problems: list[str] = []
    near, context = _near(asked, problems)
    path_html, path_context, path = _geodesic(asked, problems)
    has_ball = evaluated.embedding.has_ball
    source = disk.source_of(evaluated.location.name, evaluated.checkpoint.sha256, encoder, has_ball)
    typed = "" if ends == own else ends
    return Shown(
        alert(" ".join(problems)),
        notice="" if has_ball else tag("p", texts.BALL_EUCLIDEAN, class_="badge-line"),
        disk=gr.update(source=source, path=path, **disk.show_selection(selected)),
        near=SKIP if near is None else gr.update(value=near, context=context),
        pair=pair,
        ends=typed,
        path=SKIP if path_html is None else typed,
        geodesic=gr.update(value=path_html or "", context=path_context),
    )


def _near(asked: _Fields, problems: list[str]) -> tuple[str | None, dict[str, Any]]:
    context = {
        "table": "neighbours",
        "checkpoint": asked.checkpoint,
        "operation": asked.current,
        "k": asked.k,
        "encoder": asked.encoder,
        "by": asked.by,
    }
    try:
        return render.neighbours(_near_document(context), asked.by), context
    except TvaeError as error:
        problems.append(str(error))
        return None, context


def _geodesic(asked: _Fields, problems: list[str]) -> tuple[str | None, dict[str, Any], dict[str, Any] | None]:
    if not (asked.start.strip() and asked.end.strip()):
        return quiet(texts.GEODESIC_HINT), {}, None
    context = {
        "table": "geodesic",
        "checkpoint": asked.checkpoint,
        "start": asked.start,
        "end": asked.end,
        "steps": asked.steps,
        "encoder": asked.encoder,
    }
    try:
        document = _geodesic_document(context)
    except TvaeError as error:
        problems.append(str(error))
        return None, context, None
    points = document["points"]
    path = {
        "start": document["start"],
        "end": document["end"],
        "points": [row["point"] for row in points],
        "decoded": [row["index"] for row in points],
    }
    return render.geodesic(document), context, path if points[0]["point"] is not None else None


def _near_document(asked: Mapping[str, Any]) -> dict[str, Any]:
    evaluated = compute.load_evaluated(asked["checkpoint"])
    return explorer.near(evaluated, index_of(asked, "operation", range(ternary.N)), asked["k"], asked["encoder"])


def _geodesic_document(asked: Mapping[str, Any]) -> dict[str, Any]:
    start, end = one_operation(asked["start"], texts.THE_START), one_operation(asked["end"], texts.THE_END)
    return explorer.geodesic(compute.load_evaluated(asked["checkpoint"]), start, end, asked["steps"], asked["encoder"])


def one_operation(text: str, what: str) -> int:
    """The one operation that a field names. Raises InputError if it names more, OperationsError if it is unreadable."""
    found = parse_operations(str(text)[:200])
    if len(found) != 1:
        raise InputError(texts.NOT_ONE_OPERATION.format(what=what, text=repr(text), count=len(found)))
    return found[0]


@download
def export(asked: Sent) -> File:
    """A table of the tab. `asked`: its context, and kind (csv, json, parquet); JSON is the document of the API."""
    table = known_table(asked["table"], ("neighbours", "geodesic"))
    near = table == "neighbours"
    document = _near_document(asked) if near else _geodesic_document(asked)
    which = [document["operation"]] if near else [document["start"], document["end"]]
    about = {key: document[key] for key in ("checkpoint", "sha256", "encoder")}
    rows = document[known_table(asked["by"], NEAREST_BY) if near else "points"]
    file = table_file(
        table_of_rows(table, about, rows), text_of(asked, "kind"), document["checkpoint"], table, *map(str, which)
    )
    return file._replace(data=json.dumps(document, indent=1).encode()) if text_of(asked, "kind") == "json" else file


@server_function
def points(asked: Sent) -> dict[str, Any]:
    """All points of one encoder for the browser: {points, exact, curvature}, or {error}; see `disk.pack`."""
    evaluated = compute.load_evaluated(asked["checkpoint"])
    side = evaluated.embedding.side(validation.parse_choice(asked["encoder"], validation.ENCODERS, texts.THE_ENCODER))
    exact = np.packbits(evaluated.embedding.exact, bitorder="little").tobytes()
    return {
        "points": base64.b64encode(disk_layout.pack(side)).decode("ascii"),
        "exact": base64.b64encode(exact).decode("ascii"),
        "curvature": side.curvature,
    }


@server_function
def decode(asked: Sent) -> dict[str, Any]:
    """Decode a place of the disk: {html}. `asked`: checkpoint, encoder, centre (-1: origin), radius, angle (rad)."""
    try:
        evaluated = compute.load_evaluated(asked["checkpoint"])
        encoder = validation.parse_choice(asked["encoder"], validation.ENCODERS, texts.THE_ENCODER)
        radius, angle = number_of(asked, "radius"), number_of(asked, "angle")
        latent, note = lifted(evaluated, encoder, index_of(asked, "centre", range(ORIGIN, ternary.N)), radius, angle)
        found = geodesics.decode(checkpoint_file.build(evaluated.checkpoint), latent[None])
        return {"html": render.point(found.decoded, radius, float(np.degrees(angle)), note)}
    except TvaeError as error:
        return {"html": alert(str(error))}


def lifted(
    evaluated: EvaluatedCheckpoint, encoder: validation.Encoder, centre: int, radius: float, angle: float
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], str]:
    """The decoder's input (D,) for a place of the disk, and a sentence that says what is decoded.

    A decoder that reads the ball decodes the point itself. One that reads the latent mean decodes a point of the
    straight line from the mean of the centre to that of the operation at this angle. The origin has no mean, so from
    there the line starts at operation 0, the centre of the 3-adic tree, and reaches an operation at its own radius.
    Raises InputError for a decoder that reads the mean of encoder B.
    """
    embedding = evaluated.embedding
    side = embedding.side(encoder)
    candidates = disk_layout.operation_at(angle + disk_layout.CELL * np.arange(2))
    reads_means = embedding.decoder_input == "mu"
    target = int(candidates[1] if candidates[0] == (max(centre, 0) if reads_means else centre) else candidates[0])
    if not reads_means or side.point is None:
        middle = np.zeros(evaluated.checkpoint.config.latent_dim)
        if centre >= 0 and side.point is not None:
            middle = side.point[centre].astype(np.float64)
        return disk_layout.lift(side, middle, radius, angle), texts.table("POINT_DECODED_FROM")["ball"].format(
            target=target
        )
    if encoder == "B":
        raise InputError(texts.NOT_DECODED)
    start = max(centre, 0)
    far = float(disk_layout.radii_from(side, side.point[start].astype(np.float64))[target])
    share = radius / max(float(side.radius[target]) if centre < 0 else far, poincare_ball.TINY)
    note = texts.table("POINT_DECODED_FROM")["mu"].format(start=start, target=target, share=f"{share:.0%}")
    return disk_layout.lift_mean(side, start, share * far, angle), note


def recentred(event: gr.EventData) -> str:
    """Fill the field of the centre after it was moved in the disk."""
    index = index_of(event_fields(event), "id", range(ORIGIN, ternary.N))
    return "" if index == ORIGIN else str(index)


@dataclass(frozen=True)
class Centre:
    """The components that depend on the field of the centre."""

    alert: str
    disk: dict[str, Any] = SKIP


def recentre(text: str) -> Centre:
    """Move the disk to the centre that was typed; empty is the origin."""
    try:
        centre = one_operation(text, texts.THE_CENTRE) if (text or "").strip() else ORIGIN
    except TvaeError as error:
        return Centre(alert(str(error)))
    return Centre("", gr.update(**disk.move_to(centre)))


def ready(colour: str, rule: str, centre: str, radius: str, angle: str) -> dict[str, Any]:
    """Apply the fields to the disk once its points are loaded, because a share link may have filled them before."""
    props: dict[str, Any] = {"colour": colour, "rule": rule}
    if centre:
        moved = recentre(centre).disk
        props |= {} if moved is SKIP else {"move": moved["move"]}
    with contextlib.suppress(ValueError):  # empty, or not numbers
        point = [float(radius or ""), float(angle or "")]
        if np.isfinite(point).all():
            props["mark"] = point
    updated: dict[str, Any] = gr.update(**props)
    return updated


@dataclass(frozen=True)
class Point:
    """The fields of the point to decode."""

    radius: str
    angle: str  # degrees


def placed(event: gr.EventData) -> Point:
    """Fill the fields of the point to decode after it was moved in the disk."""
    sent = event_fields(event)
    return Point(f"{number_of(sent, 'radius'):g}", f"{number_of(sent, 'angle'):g}")
