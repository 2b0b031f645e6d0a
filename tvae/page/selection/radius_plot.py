"""The radius plot of one checkpoint: its points, what switches it, and its Plotly figure."""

import json
from typing import Any, Final

import gradio as gr

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.operations.validation import ENCODERS, Encoder
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.components import choices
from tvae.page.ui.downloads import file_name
from tvae.page.ui.scatter.scatter import Measure, pack_points
from tvae.page.ui.scripts.sent import Sent, server_function

MEASURES: Final = ((texts.table("RADIUS_NAMES")["hyperbolic"], "radius"), (texts.NORM, "norm"))
LENGTH_ONLY: Final = ((texts.LENGTH_EUCLIDEAN, "radius"),)
MEASURE_NAMES: Final[tuple[Measure, ...]] = ("radius", "norm")
SCALES: Final = tuple(choices(texts.table("SCALES")))

# The encoder with which the page opens. In A of the default checkpoint, level 0 reaches norm 0.96 and the other nine
# levels lie within 0.11: on a linear axis they share a ninth of the plot, by radius even less. B has ten even shells.
OPENING_ENCODER: Final[Encoder] = "B"


def switches(
    *, encoder: str, measure: str, scale: str, encoder_label: str, measure_label: str, prefix: str = ""
) -> dict[str, Any]:
    """The fields that switch a radius plot by name, with `prefix` before their ids, inside a row of switches."""
    return {
        "encoder": gr.Radio(
            list(ENCODERS),
            value=encoder,
            label=encoder_label,
            elem_id=f"{prefix}encoder",
            min_width=120,
            interactive=True,
        ),
        "scale": gr.Dropdown(
            list(SCALES),
            value=scale,
            label=texts.SCALE,
            elem_id=f"{prefix}scale",
            filterable=False,
            min_width=130,
            interactive=True,
        ),
        "measure": gr.Radio(
            list(MEASURES),
            value=measure,
            label=measure_label,
            elem_id=f"{prefix}measure",
            scale=2,
            min_width=300,
            interactive=True,
        ),
    }


def plot_value(evaluated: EvaluatedCheckpoint) -> str:
    """The points of a checkpoint, packed as the value of a radius plot."""
    embedding = evaluated.embedding
    return pack_points(
        key=f"{evaluated.location.name} {evaluated.checkpoint.sha256[:12]}",
        file=(evaluated.location.name, evaluated.checkpoint.sha256),
        title=title_of(evaluated.location),
        radius_a=embedding.a.radius,
        radius_b=embedding.b.radius,
        norm_a=embedding.a.norm,
        norm_b=embedding.b.norm,
        exact=embedding.exact,
    )


@server_function
def figure(asked: Sent) -> dict[str, Any]:
    """The answer of `/radius_plot` as a file for the browser: {name, text}, or {error}.

    `asked`: {checkpoint, operations (indices), encoder, measure, scale}.
    """
    fields = ("checkpoint", "operations", "encoder", "measure", "scale")
    document = compute.radius_plot(*(asked[name] for name in fields))
    checkpoint, encoder, measure = (str(asked[name]) for name in ("checkpoint", "encoder", "measure"))
    sha256 = compute.load_evaluated(checkpoint).checkpoint.sha256
    name = file_name([(checkpoint, sha256)], measure, "json", encoder)
    return {"name": name, "text": json.dumps(document)}
