"""The section "Linear regions": a table and two pictures, counted when asked."""

import base64
import io
from html import escape
from typing import Final

import gradio as gr
import numpy as np
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
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.components import EVENTS, plain_html
from tvae.page.ui.html import alert, number, scrolling
from tvae.page.ui.scripts import called
from tvae.reports.palette import REGION_COLOURS, SELECTED_COLOUR

PICTURED: Final = ("encoder A", "decoder A")


def add_section(loaded: gr.Textbox) -> None:
    """The section, closed, for the checkpoint whose name `loaded` holds; another checkpoint empties it."""
    with gr.Accordion(texts.REGIONS_TITLE, open=False, elem_id="regions-section"):
        plain_html(f'<p class="quiet">{escape(texts.REGIONS)}</p>', "regions-lead")
        button = gr.Button(texts.REGIONS_COUNT, elem_id="regions-count", size="sm")
        answer = plain_html("", "regions")
    asked = button.click(
        show, loaded, answer, api_visibility="private", show_progress_on=answer, concurrency_limit=None
    )
    drop_stale = called("tabs/explore/linear_regions.js", "dropStale")
    asked.then(None, [loaded, answer], answer, js=drop_stale, api_visibility="private")
    loaded.change(None, None, answer, js=called(EVENTS, "constant", {"value": ""}), api_visibility="private")


def show(name: str) -> str:
    """Table and pictures of a checkpoint, or a sentence."""
    try:
        evaluated, counted = compute.regions_of(name)
        corners = parse_operations(CORNERS)
        known = [part.name for part in counted.parts]
        cuts = [compute.region_slice(name, part, corners) for part in PICTURED if part in known]
    except TvaeError as error:
        return _answer(name, alert(str(error)))
    origin = f"{escape(name)}, sha256 <code>{evaluated.checkpoint.sha256[:16]}</code>"
    pictures = f'<div class="region-pictures">{"".join(map(picture, cuts))}</div>' if cuts else ""
    return _answer(name, f'<p class="origin">{origin}</p>{table(counted)}{pictures}')


def _answer(name: str, inside: str) -> str:
    return f'<div data-checkpoint="{escape(name)}">{inside}</div>'


def table(counted: Regions) -> str:
    """One row a part, and what was not counted."""
    head = "".join(
        f'<th scope="col">{name.format(samples=counted.samples)}</th>' for name in texts.row("REGIONS_COLUMNS")
    )
    body = "".join(_row(part) for part in counted.parts)
    others = "".join(
        f'<p class="quiet">{escape(texts.NOT_COUNTED.format(what=what, why=why))}</p>'
        for what, why in counted.not_counted
    )
    whole = f'<table class="numbers"><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    return scrolling(texts.REGIONS_TITLE, whole) + others


def _row(part: PartRegions) -> str:
    widths = "-".join(str(layer.units) for layer in part.layers)
    span = texts.FROM_TO.format(low=part.steps_fewest, high=part.steps_most)
    steps = f"{number(part.steps_mean, 1)} <small>({span})</small>"
    undecided = texts.UNDECIDED.format(count=part.undecided)
    exact = "" if not part.undecided else f" <small>({undecided})</small>"
    cells = (
        widths,
        f"{part.occupied:,}{exact}",
        f"{part.alone:,}",
        f"{part.largest:,}",
        f"{part.sampled:,}",
        steps,
        f"{sum(layer.dead for layer in part.layers):,}",
        power(part.layers[-1].upper),
    )
    return f'<tr><th scope="row">{escape(part.name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def power(bound: int) -> str:
    """A whole number, where it is long as 1.2 x 10^34 and rounded up, so that an upper bound stays one."""
    if bound < 10**6:
        return f"{bound:,}"
    exponent = len(str(bound)) - 1
    tenths = -(-bound // 10 ** (exponent - 1))
    exponent += tenths == 100
    return f"{(10 if tenths == 100 else tenths) / 10:.1f} \u00b7 10<sup>{exponent}</sup>"


def picture(cut: Slice) -> str:
    """A slice with its corners marked; the words below say what it shows."""
    size = len(cut.region)
    names = [name_of(corner) or str(corner) for corner in cut.corners]
    share = np.bincount(cut.region.ravel()).max() / cut.region.size
    words = texts.SLICE.format(
        part=cut.part, operations=", ".join(names), count=cut.count, percent=f"{share * 100:.1f}"
    )
    marks = "".join(
        f'<circle cx="{x * size:.1f}" cy="{y * size:.1f}" r="4" fill="{SELECTED_COLOUR}" stroke="#fff"/>'
        f'<text x="{x * size:.1f}" y="{y * size - 8:.1f}">{escape(name)}</text>'
        for (x, y), name in zip(cut.places, names, strict=True)
    )
    image = base64.b64encode(png(cut.region % len(REGION_COLOURS), REGION_COLOURS)).decode()
    return (
        f'<figure><svg viewBox="0 0 {size} {size}" role="img" aria-label="{escape(words)}">'
        f'<image href="data:image/png;base64,{image}" width="{size}" height="{size}"/>{marks}</svg>'
        f"<figcaption>{escape(words)}</figcaption>{save_buttons(f'regions {cut.part}', compute.regions_slice(cut))}"
        "</figure>"
    )


def png(pixels: NDArray[np.int64], colours: tuple[str, ...]) -> bytes:
    """A picture of palette indices (height, width) as PNG."""
    from PIL import Image  # 30 ms that the first page does without

    image = Image.fromarray(pixels.astype(np.uint8), "P")
    image.putpalette(bytes.fromhex("".join(colour[1:] for colour in colours)))
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()
