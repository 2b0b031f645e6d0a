"""The disk of the Codons tab: 64 codons by exact radius and by the tree of digits, synonyms joined, as inline SVG.

As in `disk` the radius is measured and the angle is counted. A codon has only two of the three digits at each of its
six positions, so most of that disk is empty and codons of one box lie within a few pixels; here the empty arcs are
left out. The order of the codons, and that each 3-adic ball is one arc, stay.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.operations import codons
from tvae.page.ui import texts
from tvae.page.ui.charts import plotly_json
from tvae.page.ui.charts.line_chart import ticks
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.html import number, tag
from tvae.reports.palette import AMINO_COLOURS

SIZE: Final = 440  # of the viewBox; about the CSS pixels of the disk beside the table
EDGE: Final = 192  # the farthest codon's place
BOXES: Final = EDGE + 18  # where the first two bases stand
DOT: Final = 7.5
PALE: Final = "--pale:"  # what a style begins with: the colour in the light look

Doubles = NDArray[np.float64]


def angles() -> Doubles:
    """Angles (C,) in (0, 2 pi) of the codons, in the order of `disk.angle` of their operations, evenly."""
    turns: Doubles = 2 * np.pi * (np.arange(codons.C) + 0.5) / codons.C
    return turns


def places(radii: Doubles) -> Doubles:
    """Places (C, 2) in the viewBox of radii (C,) >= 0: from the middle in proportion, the largest at the edge."""
    far = EDGE * radii / (radii.max() or 1.0)
    found: Doubles = SIZE / 2 + far[:, None] * np.stack([np.cos(angles()), -np.sin(angles())], axis=-1)
    return found


def colours(letter: str) -> str:
    """The style of what is an amino acid's."""
    pale, deep = AMINO_COLOURS[letter]
    return f"{PALE}{pale};--deep:{deep}"


def drawn(
    radii: Sequence[float], styles: Sequence[str], labels: Sequence[str], chosen: Collection[int], told: str, name: str
) -> Markup:
    """The picture. `styles` and `labels` (C,) are the codons' colours and words, `chosen` operations are ringed.

    `told` is what a screen reader says of it, `name` that of its file.
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
        aria_label=told,
    )
    return tag("figure", svg, save_buttons(name, _plotly(radii, styles, labels, name)), class_="codon-figure")


def _plotly(radii: Sequence[float], styles: Sequence[str], labels: Sequence[str], name: str) -> plotly_json.Figure:
    pale = [style.removeprefix(PALE).partition(";")[0] for style in styles]
    joined = [(members, AMINO_COLOURS[letter][1]) for letter, members in codons.families().items() if len(members) > 1]
    return plotly_json.disk(radii, np.degrees(angles()).tolist(), codons.TABLE, labels, pale, joined, name)


def _frame(most: float) -> list[Markup]:
    """Circles of equal radius with their values, the quarters of the first base, and the boxes' names."""
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
    """One path for each family of more than one codon, from codon to codon around the disk."""
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


def told(document: dict[str, Any], side: str) -> str:
    """What a screen reader is told of the disk: families, mean distances, innermost and outermost codon."""
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
