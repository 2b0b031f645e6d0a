"""The section "Linear regions": a table and two pictures, computed when its button is pressed."""

import base64
import io
from typing import Final

import gradio as gr
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.analysis.linear_regions.counting import (
    CORNERS,
    PartRegions,
    Regions,
    Slice,
)
from tvae.errors import TvaeError
from tvae.operations.named import name_of
from tvae.operations.parsing import parse_operations
from tvae.page.selection.checkpoint.checkpoints import figures_of, title_of
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.components import EVENTS, HEAVY, plain_html
from tvae.page.ui.html import alert, cell, joined, number, origin, quiet, row, scrolling, table, tag
from tvae.page.ui.scripts.modules import called
from tvae.reports.plots.palette import REGION_COLOURS, SELECTED_COLOUR

PICTURED: Final = ("encoder A", "decoder A")


def add_section(loaded: gr.Textbox) -> None:
    """Add the section, closed, for the checkpoint named in `loaded`; loading another checkpoint empties it."""
    with gr.Accordion(texts.REGIONS_TITLE, open=False, elem_id="regions-section"):
        plain_html(quiet(texts.REGIONS), "regions-lead")
        button = gr.Button(texts.REGIONS_COUNT, elem_id="regions-count", size="sm")
        answer = plain_html("", "regions")
    asked = button.click(show, loaded, answer, api_visibility="private", show_progress_on=answer, **HEAVY)
    drop_stale = called(EVENTS, "dropStale")
    asked.then(None, [loaded, answer], answer, js=drop_stale, api_visibility="private")
    loaded.change(None, None, answer, js=called(EVENTS, "constant", {"value": ""}), api_visibility="private")


def show(name: str) -> Markup:
    """Table and pictures of a checkpoint, or an error."""
    try:
        evaluated, counted = compute.regions_of(name)
        corners = parse_operations(CORNERS)
        known = [part.name for part in counted.parts]
        cuts = [compute.region_slice(name, part, corners) for part in PICTURED if part in known]
        drawn = figures_of(tag("div", *map(picture, cuts), class_="region-pictures"), evaluated)
        head = origin(title_of(evaluated.location), evaluated.checkpoint.sha256)
    except TvaeError as error:
        return tag("div", alert(str(error)), data_checkpoint=name)
    return tag("div", head, regions_table(counted), drawn if cuts else "", data_checkpoint=name)


def regions_table(counted: Regions) -> Markup:
    """One row for each part of the network, and a sentence for each part that was not counted."""
    head = [name.format(samples=counted.samples) for name in texts.row("REGIONS_COLUMNS")]
    listed = scrolling(texts.REGIONS_TITLE, table([cell(), *head], map(_row, counted.parts)))
    return listed + joined(quiet(texts.NOT_COUNTED.format(what=what, why=why)) for what, why in counted.not_counted)


def _row(part: PartRegions) -> Markup:
    span = texts.FROM_TO.format(low=part.steps_fewest, high=part.steps_most)
    undecided = tag("small", f"({texts.UNDECIDED.format(count=part.undecided)})")
    return row(
        "-".join(str(layer.units) for layer in part.layers),
        joined([f"{part.occupied:,}", *([" ", undecided] if part.undecided else [])]),
        f"{part.alone:,}",
        f"{part.largest:,}",
        f"{part.sampled:,}",
        joined([f"{number(part.steps_mean, 1)} ", tag("small", f"({span})")]),
        f"{sum(layer.dead for layer in part.layers):,}",
        power(part.layers[-1].upper),
        head=part.name,
    )


def power(bound: int) -> Markup:
    """A whole number; from a million on as 1.2 x 10^34, rounded up so that it remains an upper bound."""
    if bound < 10**6:
        return joined([f"{bound:,}"])
    exponent = len(str(bound)) - 1
    tenths = -(-bound // 10 ** (exponent - 1))
    exponent += tenths == 100
    return joined([f"{(10 if tenths == 100 else tenths) / 10:.1f} \u00b7 10", tag("sup", exponent)])


def picture(cut: Slice) -> Markup:
    """A slice with its corners marked, and a caption."""
    size = len(cut.region)
    names = [name_of(corner) or str(corner) for corner in cut.corners]
    share = np.bincount(cut.region.ravel()).max() / cut.region.size
    words = texts.SLICE.format(
        part=cut.part, operations=", ".join(names), count=cut.count, percent=f"{share * 100:.1f}"
    )
    marks = []
    for (x, y), name in zip(cut.places, names, strict=True):
        at = f"{x * size:.1f}", f"{y * size:.1f}"
        marks.append(tag("circle", cx=at[0], cy=at[1], r=4, fill=SELECTED_COLOUR, stroke="#fff"))
        marks.append(tag("text", name, x=at[0], y=f"{y * size - 8:.1f}"))
    pixels = base64.b64encode(png(cut.region % len(REGION_COLOURS), REGION_COLOURS)).decode()
    image = tag("image", href=f"data:image/png;base64,{pixels}", width=size, height=size)
    svg = tag("svg", image, *marks, viewBox=f"0 0 {size} {size}", role="img", aria_label=words)
    buttons = save_buttons(f"regions {cut.part}", compute.regions_slice(cut))
    return tag("figure", svg, tag("figcaption", words), buttons)


def png(pixels: NDArray[np.int64], colours: tuple[str, ...]) -> bytes:
    """Palette indices (height, width) as a PNG file."""
    from PIL import Image  # takes 30 ms, which the first page does not need

    image = Image.fromarray(pixels.astype(np.uint8), "P")
    image.putpalette(bytes.fromhex("".join(colour[1:] for colour in colours)))
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()
