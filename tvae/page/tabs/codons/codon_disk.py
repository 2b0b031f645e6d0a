"""The disk of the Codons tab as inline SVG: 64 codons by exact radius and by the tree of digits, synonyms joined.

As in the disk of the Ball tab, the radius is measured and the angle encodes the digits. A codon uses only two of the
three digits at each of its six positions, so most of that disk would be empty and the codons of a box would lie within
a few pixels. Here the empty arcs are omitted. The order of the codons is kept, and each 3-adic ball is still one arc.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.operations import codons
from tvae.page.ui import texts
from tvae.page.ui.charts import plotly_json
from tvae.page.ui.charts.axes import ticks
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.html import number, tag
from tvae.reports.plots.palette import AMINO_COLOURS

SIZE: Final = 440  # of the viewBox; about the CSS pixels of the disk next to the table
EDGE: Final = 192  # radius of the farthest codon
BOXES: Final = EDGE + 18  # radius of the names of the boxes
DOT: Final = 7.5
PALE: Final = "--pale:"  # beginning of a style: the colour in light mode

Doubles = NDArray[np.float64]


def angles() -> Doubles:
    """Evenly spaced angles (C,) in (0, 2 pi) of the codons, in the order of their operations' angles in the disk."""
    turns: Doubles = 2 * np.pi * (np.arange(codons.C) + 0.5) / codons.C
    return turns


def places(radii: Doubles) -> Doubles:
    """Places (C, 2) in the viewBox for radii (C,) >= 0, in proportion, with the largest at the edge."""
    far = EDGE * radii / (radii.max() or 1.0)
    found: Doubles = SIZE / 2 + far[:, None] * np.stack([np.cos(angles()), -np.sin(angles())], axis=-1)
    return found


def colours(letter: str) -> str:
    """The style of an amino acid: its colours in light and in dark mode."""
    pale, deep = AMINO_COLOURS[letter]
    return f"{PALE}{pale};--deep:{deep}"


def drawn(
    radii: Sequence[float],
    styles: Sequence[str],
    labels: Sequence[str],
    chosen: Collection[int],
    description: str,
    name: str,
) -> Markup:
    """The picture. `styles` and `labels` (C,) are the codons' styles and titles; `chosen` operations have a ring.

    `description` is for screen readers, and `name` is the name of the saved file.
    """
    at = places(np.asarray(radii, np.float64))
    dots = (
        _dot(index, at[index], styles[index], labels[index], int(codons.OPERATIONS[index]) in chosen)
        for index in range(codons.C)
    )
    svg = tag(
        "svg",
        *_frame(max(radii)),
        *_joined(at),
        *dots,
        class_="codon-disk",
        viewBox=f"0 0 {SIZE} {SIZE}",
        role="img",
        aria_label=description,
    )
    return tag("figure", svg, save_buttons(name, _plotly(radii, styles, labels, name)), class_="codon-figure")


def _plotly(radii: Sequence[float], styles: Sequence[str], labels: Sequence[str], name: str) -> plotly_json.Figure:
    pale = [style.removeprefix(PALE).partition(";")[0] for style in styles]
    joined = [(members, AMINO_COLOURS[letter][1]) for letter, members in codons.families().items() if len(members) > 1]
    return plotly_json.disk(radii, np.degrees(angles()).tolist(), codons.TABLE, labels, pale, joined, name)


def _frame(most: float) -> list[Markup]:
    """Circles of equal radius with their values, lines between the first bases, and the names of the boxes."""
    middle = SIZE / 2
    rings, words, boxes = [], [], []
    for value in ticks(0.0, most or 1.0, 5):
        if value > 0:
            far = EDGE * value / (most or 1.0)
            rings.append(tag("circle", class_="ring", cx=f"{middle:g}", cy=f"{middle:g}", r=f"{far:.1f}"))
            words.append(tag("text", f"{value:g}", class_="value", x=f"{middle + far:.1f}", y=f"{middle + 4:g}"))
    quarters = [
        tag("path", class_="quarter", d=f"M{middle - EDGE - 12:g} {middle:g}H{middle + EDGE + 12:g}"),
        tag("path", class_="quarter", d=f"M{middle:g} {middle - EDGE - 12:g}V{middle + EDGE + 12:g}"),
    ]
    for box in range(16):
        turn = 2 * np.pi * (box + 0.5) / 16
        x, y = middle + BOXES * np.cos(turn), middle - BOXES * np.sin(turn)
        boxes.append(tag("text", codons.CODONS[4 * box][:2], class_="box", x=f"{x:.1f}", y=f"{y + 4:.1f}"))
    return [*rings, *quarters, *words, *boxes]


def _joined(at: Doubles) -> list[Markup]:
    """One path around the disk for each family of more than one codon."""
    parts = []
    for letter, members in codons.families().items():
        if len(members) > 1:
            way = "L".join(f"{x:.1f} {y:.1f}" for x, y in at[list(members)])
            parts.append(tag("path", class_="joined", data_family=letter, style=colours(letter), d=f"M{way}"))
    return parts


def _dot(index: int, at: Doubles, style: str, label: str, chosen: bool) -> Markup:
    letter, (x, y) = codons.TABLE[index], at
    return tag(
        "g",
        tag("title", label),
        tag("circle", class_="chosen", r=f"{DOT + 3:g}") if chosen else "",
        tag("circle", r=f"{DOT:g}"),
        tag("text", letter, y=3.4),
        class_="dot",
        data_family=letter,
        data_operation=codons.OPERATIONS[index],
        style=style,
        transform=f"translate({x:.1f} {y:.1f})",
    )


def describe(document: dict[str, Any], side: str) -> str:
    """The description for screen readers: families, mean distances, innermost and outermost codon."""
    rows = sorted(document["codons"], key=lambda row: row[f"radius_{side}"])
    inner, outer = rows[0], rows[-1]
    joined = [family for family in document["families"] if len(family["codons"]) > 1]
    counted = sum(document["stops"] or family["amino_acid"] != codons.STOP for family in joined)
    return texts.CODON_DISK_WORDS.format(
        measure=texts.table("CODON_RADIUS")[document["measure"]],
        encoder=side.upper(),
        families=counted,
        within=number(document[side]["within"], 3),
        between=number(document[side]["between"], 3),
        inner=inner["codon"],
        low=number(inner[f"radius_{side}"], 3),
        outer=outer["codon"],
        high=number(outer[f"radius_{side}"], 3),
    )
