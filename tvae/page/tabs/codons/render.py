"""What the Codons tab shows of a checkpoint as HTML: the answer, the code table with the disk, the amino acids."""

from collections.abc import Collection, Sequence
from html import escape
from typing import Any, Final

from tvae.operations import codons
from tvae.page.tabs.codons import codon_disk
from tvae.page.ui import texts
from tvae.page.ui.charts.plotly_json import ACCENT, Bar
from tvae.page.ui.charts.small_charts import bars, percent
from tvae.page.ui.html import as_files, number, scrolling
from tvae.reports.palette import LEVEL_COLOURS

Document = dict[str, Any]

COLOURS: Final = tuple(texts.table("CODON_COLOURS"))
_INK: Final = ("#000000", "#ffffff")  # one of them has a contrast of at least 4.5 on every colour
_BASES: Final = codons.BASES


def answer(document: Document) -> str:
    """The question, the answer in words, both p-values with their null hypotheses, and the bars."""
    sentence = document["sentence"]
    word = sentence[: len(document["answer"])]  # Yes or No, with which it begins
    stops = texts.table("CODON_STOPS_NOTE")["counted" if document["stops"] else "out"]
    note = texts.CODON_NULLS_NOTE.format(**{name: document[name] for name in ("permutations", "seed", "alpha")})
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in texts.row("CODON_NULLS_COLUMNS"))
    body = "".join(
        f'<tr><th scope="row"><strong>{escape(name)}</strong> {escape(words)}</th>'
        + "".join(f"<td>{number(document[side][key], 4)}</td>" for side in "ab")
        + "</tr>"
        for key, (name, words) in texts.pairs("CODON_NULLS").items()
    )
    table = f'<table class="numbers nulls"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        f'<h2>{escape(document["question"])}</h2><p class="answer"><strong class="{document["answer"]}">{word}</strong>'
        f'{escape(sentence[len(word) :])}</p><div class="code-columns"><div>{table}'
        f'<p class="quiet">{escape(note)} {escape(stops)}</p></div>{_bars(document)}</div>'
    )


def _bars(document: Document) -> str:
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
    return bars(rows, texts.CODON_BARS_WORDS)


def pictures(document: Document, encoder: str, colour: str, chosen: Collection[int]) -> str:
    """The code table and the disk, side by side; `chosen` operations are marked in both."""
    side = encoder.lower()
    rows: list[Document] = document["codons"]
    radii = [row[f"radius_{side}"] for row in rows]
    styles = _styles(rows, radii, colour)
    labels = [_label(document, row, side) for row in rows]
    hint = texts.CODON_DISK_HINT if document["measure"] == "hyperbolic" else texts.CODON_DISK_FLAT
    name = texts.CODON_DISK_FILE.format(checkpoint=document["checkpoint"], encoder=encoder)
    disk = codon_disk.drawn(radii, styles, labels, chosen, codon_disk.told(document, side), name)
    legend = _legend(document, encoder, radii) if colour == "radius" else ""
    files = as_files("codons", texts.CODON_CODONS_FILE, document["checkpoint"])
    return (
        f'<div class="code"><section><h2>{texts.CODON_TABLE.format(encoder=encoder)}</h2>'
        f'<p class="quiet">{texts.CODON_TABLE_HINT}</p>{_table(rows, styles, labels, chosen)}{legend}'
        f'{_families(document, side)}<p class="code-said">{texts.CODON_FAMILIES_HINT}</p>{files}</section>'
        f'<section><h2>{texts.CODON_DISK.format(encoder=encoder)}</h2><p class="quiet">{hint}</p>{disk}'
        "</section></div>"
    )


def _styles(rows: Sequence[Document], radii: Sequence[float], colour: str) -> list[str]:
    if colour != "radius":
        return [codon_disk.colours(row["amino_acid"]) for row in rows]
    low, high = min(radii), max(radii)
    return [_by_radius((radius - low) / (high - low) if high > low else 0.5) for radius in radii]


def _by_radius(share: float) -> str:
    back = ramp(share)
    return f"{codon_disk.PALE}{back};--deep:{back};--ink:{ink(back)}"


def ramp(share: float) -> str:
    """The colour of a share in 0..1 of the way out: those of the levels, the innermost as valuation 9."""
    place = (1 - share) * (len(LEVEL_COLOURS) - 1)
    below = min(int(place), len(LEVEL_COLOURS) - 2)
    one, other = (_rgb(LEVEL_COLOURS[level]) for level in (below, below + 1))
    mixed = (round(a + (b - a) * (place - below)) for a, b in zip(one, other, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def ink(back: str) -> str:
    """Dark or white, whichever is read better on a colour."""
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


def _table(rows: Sequence[Document], styles: Sequence[str], labels: Sequence[str], chosen: Collection[int]) -> str:
    """4 x 4 blocks of four lines; `data-cell` counts in the order of the lines, for the arrow keys."""
    marked = [index for index, row in enumerate(rows) if row["operation"] in chosen]
    first = marked[0] if marked else 0  # where Tab enters the table
    head = "".join(_head("col", base, texts.CODON_SECOND_BASE.format(base=base)) for base in _BASES)
    body = ""
    for one, base in enumerate(_BASES):
        body += "<tbody>"
        for three, last in enumerate(_BASES):
            index = [16 * one + 4 * two + three for two in range(4)]
            cells = "".join(
                f"<td>{_cell(rows[i], styles[i], labels[i], 16 * one + 4 * three + two, i in marked, i == first)}</td>"
                for two, i in enumerate(index)
            )
            words = texts.CODON_FIRST_BASE.format(base=base)
            begin = _head("rowgroup", base, words, ' rowspan="4"') if not three else ""
            end = _head("row", last, texts.CODON_THIRD_BASE.format(base=last))
            next_block = ' class="next"' if one and not three else ""
            body += f"<tr{next_block}>{begin}{cells}{end}</tr>"
        body += "</tbody>"
    return (
        f'<table class="code-table"><caption>{texts.CODON_CAPTION}</caption>'
        f"<thead><tr><td></td>{head}<td></td></tr></thead>{body}</table>"
    )


def _head(scope: str, base: str, said: str, more: str = "") -> str:
    return f'<th scope="{scope}"{more} title="{said}">{base}</th>'


def _cell(row: Document, style: str, label: str, place: int, chosen: bool, first: bool) -> str:
    letter = row["amino_acid"]
    return (
        f'<button type="button" class="codon" data-index="{row["operation"]}" data-family="{letter}" '
        f'data-cell="{place}" aria-pressed="{str(chosen).lower()}" tabindex="{0 if first else -1}" style="{style}" '
        f'title="{codons.NAMES[letter]}" aria-label="{escape(label)}">{row["codon"]} <b>{letter}</b></button>'
    )


def _legend(document: Document, encoder: str, radii: Sequence[float]) -> str:
    words = texts.CODON_RADIUS_LEGEND.format(measure=texts.table("CODON_RADIUS")[document["measure"]], encoder=encoder)
    scale = ",".join(reversed(LEVEL_COLOURS))
    return (
        f'<p class="code-legend"><span>{words}</span><span>{number(min(radii), 3)}</span>'
        f'<span class="scale" style="background:linear-gradient(to right,{scale})"></span>'
        f"<span>{number(max(radii), 3)}</span></p>"
    )


def _families(document: Document, side: str) -> str:
    """A letter for each amino acid: a legend, and what lights it up."""
    buttons = "".join(
        f'<button type="button" class="codon" data-pin="{place}" data-family="{family["amino_acid"]}" '
        f'aria-pressed="false" tabindex="{-1 if place else 0}" style="{codon_disk.colours(family["amino_acid"])}" '
        f'title="{family["name"]}" aria-label="{escape(words)}"><b>{family["amino_acid"]}</b></button>'
        for place, (family, words) in enumerate((family, _family(family, side)) for family in acids(document))
    )
    return f'<div class="families" role="toolbar" aria-label="{texts.CODON_FAMILIES}">{buttons}</div>'


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
    """The families with the mean distance from their codons to all others: amino_acid, name, codons, within, others."""
    of_codon = {row["codon"]: row for row in document["codons"]}

    def others(members: Sequence[str], side: str) -> float:
        return float(sum(of_codon[codon][f"others_{side}"] for codon in members) / len(members))

    return [
        {**family, **{f"others_{side}": others(family["codons"], side) for side in "ab"}}
        for family in document["families"]
    ]


def acids_table(document: Document) -> str:
    """The table of the amino acids, with buttons that choose a family's operations and that save the table."""
    operation = {row["codon"]: row["operation"] for row in document["codons"]}
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in texts.row("CODON_ACIDS_COLUMNS"))
    body = ""
    for family in acids(document):
        letter, name = family["amino_acid"], family["name"]
        chosen = ", ".join(str(operation[codon]) for codon in family["codons"])
        label = texts.CODON_ACIDS_CHOOSE.format(letter=letter, name=name)
        numbers = "".join(
            f"<td>{number(family[key], 3)}</td>" for key in ("within_a", "within_b", "others_a", "others_b")
        )
        body += (
            f'<tr><th scope="row"><button type="button" class="codon" data-text="{chosen}" aria-label="{label}" '
            f'style="{codon_disk.colours(letter)}"><b>{letter}</b></button> {name}</th>'
            f"<td>{' '.join(family['codons'])}</td>{numbers}</tr>"
        )
    lead = texts.CODON_ACIDS_LEAD.format(measure=texts.table("MEASURE_NAMES")[document["measure"]])
    table = f'<table class="numbers acids"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return (
        f'<h2>{texts.CODON_ACIDS}</h2><p class="quiet">{lead}</p>'
        f"{as_files('acids', texts.CODON_ACIDS, document['checkpoint'])}{scrolling(texts.CODON_ACIDS, table)}"
    )
