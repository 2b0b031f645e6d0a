"""Decode a place of the disk: what is decoded there, and the fields that hold the place."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from tvae.analysis import geodesics
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.views import disk_layout
from tvae.analysis.views.directions import ORIGIN
from tvae.checkpoints import checkpoint_file
from tvae.errors import InputError, TvaeError
from tvae.geometry import poincare_ball
from tvae.operations import ternary, validation
from tvae.page.server import compute
from tvae.page.tabs.ball import render
from tvae.page.ui import texts
from tvae.page.ui.html import alert
from tvae.page.ui.scripts.sent import Sent, event_fields, index_of, number_of, server_function


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


@dataclass(frozen=True)
class Point:
    """The fields of the point to decode."""

    radius: str
    angle: str  # degrees


def placed(event: gr.EventData) -> Point:
    """Fill the fields of the point to decode after it was moved in the disk."""
    sent = event_fields(event)
    return Point(f"{number_of(sent, 'radius'):g}", f"{number_of(sent, 'angle'):g}")
