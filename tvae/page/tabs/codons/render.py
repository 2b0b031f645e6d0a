"""HTML of the Codons tab about a checkpoint: the answer, the code table with the disk, the amino acids."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from markupsafe import Markup

from tvae.operations import codons
from tvae.page.tabs.codons import codon_disk
from tvae.page.ui import texts
from tvae.page.ui.charts.plotly_json import ACCENT, Bar
from tvae.page.ui.charts.small_charts import bars, percent
from tvae.page.ui.html import cell, export_buttons, joined, number, quiet, row, scrolling, table, tag
from tvae.reports.plots.palette import LEVEL_COLOURS

Document = dict[str, Any]

COLOURS: Final = tuple(texts.table("CODON_COLOURS"))
_INK: Final = ("#000000", "#ffffff")  # on every colour, one of the two has a contrast of at least 4.5
_BASES: Final = codons.BASES


def answer(document: Document) -> Markup:
    """The question, the answer, both p-values with their null hypotheses, and the bars."""
    sentence = document["sentence"]
    word = sentence[: len(document["answer"])]  # Yes or No, with which the sentence begins
    stops = texts.table("CODON_STOPS_NOTE")["counted" if document["stops"] else "out"]
    note = texts.CODON_NULLS_NOTE.format(**{name: document[name] for name in ("permutations", "seed", "alpha")})
    rows = [
        row(*(number(document[side][key], 4) for side in "ab"), head=joined([tag("strong", name), f" {words}"]))
        for key, (name, words) in texts.pairs("CODON_NULLS").items()
    ]
    nulls = table(texts.row("CODON_NULLS_COLUMNS"), rows, kind="numbers nulls")
    said = tag("p", tag("strong", word, class_=document["answer"]), sentence[len(word) :], class_="answer")
    columns = tag("div", tag("div", nulls, quiet(f"{note} {stops}")), _bars(document), class_="code-columns")
    return tag("h2", document["question"]) + said + columns


def _bars(document: Document) -> Markup:
    found = {"a": document["a"], "b": document["b"], **document["controls"]}
    rows = [
        Bar(
            texts.table("CODON_BARS")[name],
            one["nearer"],
            percent(one["nearer"]),
            ACCENT if name in "ab" else "var(--code-control)",
            0.5,
        )
        for name, one in found.items()
    ]
    return bars(rows, texts.CODON_BARS_WORDS, texts.CODON_BARS_NAME)


def pictures(document: Document, encoder: str, colour: str, chosen: Collection[int]) -> Markup:
    """The code table and the disk, side by side; `chosen` operations are marked in both."""
    side = encoder.lower()
    rows: list[Document] = document["codons"]
    radii = [one[f"radius_{side}"] for one in rows]
    styles = _styles(rows, radii, colour)
    labels = [_label(document, one, side) for one in rows]
    hint = texts.CODON_DISK_HINT if document["measure"] == "hyperbolic" else texts.CODON_DISK_FLAT
    name = texts.CODON_DISK_FILE.format(encoder=encoder)
    disk = codon_disk.drawn(radii, styles, labels, chosen, codon_disk.describe(document, side), name)
    code = tag(
        "section",
        tag("h2", texts.CODON_TABLE.format(encoder=encoder)),
        quiet(texts.CODON_TABLE_HINT),
        _table(rows, styles, labels, chosen),
        _legend(document, encoder, radii) if colour == "radius" else "",
        _families(document, side),
        tag("p", texts.CODON_FAMILIES_HINT, class_="code-said"),
        export_buttons("codons", texts.CODON_CODONS_FILE, document["checkpoint"]),
    )
    drawn = tag("section", tag("h2", texts.CODON_DISK.format(encoder=encoder)), quiet(hint), disk)
    return tag("div", code, drawn, class_="code")


def _styles(rows: Sequence[Document], radii: Sequence[float], colour: str) -> list[str]:
    if colour != "radius":
        return [codon_disk.colours(row["amino_acid"]) for row in rows]
    low, high = min(radii), max(radii)
    return [_by_radius((radius - low) / (high - low) if high > low else 0.5) for radius in radii]


def _by_radius(share: float) -> str:
    back = ramp(share)
    return f"{codon_disk.PALE}{back};--deep:{back};--ink:{ink(back)}"


def ramp(share: float) -> str:
    """The colour of a radius, as a share in 0..1: from the colour of valuation 9 at 0 to that of valuation 0 at 1."""
    place = (1 - share) * (len(LEVEL_COLOURS) - 1)
    below = min(int(place), len(LEVEL_COLOURS) - 2)
    one, other = (_rgb(LEVEL_COLOURS[level]) for level in (below, below + 1))
    mixed = (round(a + (b - a) * (place - below)) for a, b in zip(one, other, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def ink(back: str) -> str:
    """Black or white, whichever has the higher contrast on a colour."""
    return max(_INK, key=lambda colour: contrast(colour, back))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, 1..21, of two colours such as #0488b1."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = (value / 255 for value in _rgb(colour))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _label(document: Document, row: Document, side: str) -> str:
    return texts.CODON_CELL.format(
        codon=row["codon"],
        letter=row["amino_acid"],
        name=codons.NAMES[row["amino_acid"]],
        operation=row["operation"],
        measure=texts.table("CODON_RADIUS")[document["measure"]],
        radius=number(row[f"radius_{side}"], 3),
    )


def _table(rows: Sequence[Document], styles: Sequence[str], labels: Sequence[str], chosen: Collection[int]) -> Markup:
    """The code table: 4 x 4 boxes of four lines; `data-cell` numbers the cells line by line, for the arrow keys."""
    marked = [index for index, one in enumerate(rows) if one["operation"] in chosen]
    first = marked[0] if marked else 0  # where Tab enters the table
    bodies = []
    for one, base in enumerate(_BASES):
        lines = []
        for three, last in enumerate(_BASES):
            cells = []
            for two in range(4):
                i = 16 * one + 4 * two + three
                place = 16 * one + 4 * three + two
                cells.append(_codon(rows[i], styles[i], labels[i], place, i in marked, i == first))
            said = texts.CODON_FIRST_BASE.format(base=base)
            begin = None if three else cell(base, scope="rowgroup", rowspan=4, title=said)
            end = cell(last, scope="row", title=texts.CODON_THIRD_BASE.format(base=last))
            lines.append(row(*cells, end, head=begin, class_="next" if one and not three else None))
        bodies.append(lines)
    seconds = [cell(base, scope="col", title=texts.CODON_SECOND_BASE.format(base=base)) for base in _BASES]
    return table([cell(), *seconds, cell()], *bodies, kind="code-table", caption=texts.CODON_CAPTION)


def _codon(codon: Document, style: str, label: str, place: int, chosen: bool, first: bool) -> Markup:
    letter = codon["amino_acid"]
    return tag(
        "button",
        f"{codon['codon']} ",
        tag("b", letter),
        type="button",
        class_="codon",
        data_index=codon["operation"],
        data_family=letter,
        data_cell=place,
        aria_pressed=str(chosen).lower(),
        tabindex=0 if first else -1,
        style=style,
        title=codons.NAMES[letter],
        aria_label=label,
    )


def _legend(document: Document, encoder: str, radii: Sequence[float]) -> Markup:
    words = texts.CODON_RADIUS_LEGEND.format(measure=texts.table("CODON_RADIUS")[document["measure"]], encoder=encoder)
    scale = ",".join(reversed(LEVEL_COLOURS))
    return tag(
        "p",
        tag("span", words),
        tag("span", number(min(radii), 3)),
        tag("span", class_="scale", style=f"background:linear-gradient(to right,{scale})"),
        tag("span", number(max(radii), 3)),
        class_="code-legend",
    )


def _families(document: Document, side: str) -> Markup:
    """A letter for each amino acid: the legend, and buttons that highlight a family."""
    buttons = (
        tag(
            "button",
            tag("b", family["amino_acid"]),
            type="button",
            class_="codon",
            data_pin=place,
            data_family=family["amino_acid"],
            aria_pressed="false",
            tabindex=-1 if place else 0,
            style=codon_disk.colours(family["amino_acid"]),
            title=family["name"],
            aria_label=_family(family, side),
        )
        for place, family in enumerate(acids(document))
    )
    return tag("div", *buttons, class_="families", role="toolbar", aria_label=texts.CODON_FAMILIES)


def _family(family: Document, side: str) -> str:
    within = family[f"within_{side}"]
    words = texts.CODON_FAMILY_ONE if within is None else texts.CODON_FAMILY
    return words.format(
        letter=family["amino_acid"],
        name=family["name"],
        codons=", ".join(family["codons"]),
        within=number(within, 3),
        others=number(family[f"others_{side}"], 3),
    )


def acids(document: Document) -> list[Document]:
    """The families of the document, each with the mean distance from its codons to all others by both encoders."""
    of_codon = {row["codon"]: row for row in document["codons"]}

    def others(members: Sequence[str], side: str) -> float:
        return float(sum(of_codon[codon][f"others_{side}"] for codon in members) / len(members))

    return [
        {**family, **{f"others_{side}": others(family["codons"], side) for side in "ab"}}
        for family in document["families"]
    ]


def acids_table(document: Document) -> Markup:
    """The table of the amino acids, with buttons that select a family's operations and that save the table."""
    operation = {one["codon"]: one["operation"] for one in document["codons"]}
    rows = []
    for family in acids(document):
        letter, name = family["amino_acid"], family["name"]
        button = tag(
            "button",
            tag("b", letter),
            type="button",
            class_="codon",
            data_text=", ".join(str(operation[codon]) for codon in family["codons"]),
            aria_label=texts.CODON_ACIDS_CHOOSE.format(letter=letter, name=name),
            style=codon_disk.colours(letter),
        )
        numbers = (number(family[key], 3) for key in ("within_a", "within_b", "others_a", "others_b"))
        rows.append(row(" ".join(family["codons"]), *numbers, head=joined([button, f" {name}"])))
    lead = texts.CODON_ACIDS_LEAD.format(measure=texts.table("MEASURE_NAMES")[document["measure"]])
    listed = table(texts.row("CODON_ACIDS_COLUMNS"), rows, kind="numbers acids")
    files = export_buttons("acids", texts.CODON_ACIDS, document["checkpoint"])
    return joined([tag("h2", texts.CODON_ACIDS), quiet(lead), files, scrolling(texts.CODON_ACIDS, listed)])
