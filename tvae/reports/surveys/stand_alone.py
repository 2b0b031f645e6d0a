"""A page that stands alone: one HTML file with its style, scripts and pictures, which asks for nothing.

Its policy refuses every request, and all text is escaped by markupsafe. A click on a column's name sorts the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

_POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_HERE: Final = Path(__file__).parent
_ONE_LINE: Final = 32  # characters of a cell that do not wrap


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it shows, and the number that it is sorted by, if it is not sorted as text.

    `numeric`: whether it stands in a column of numbers, as one that is missing does.
    """

    shown: str
    number: float | None = None
    numeric: bool = False


def document(title: str, lines: Iterable[str], body: Iterable[Markup], style: str = "", script: str = "") -> str:
    """The whole page; `lines` stand below the title. `style` and `script`, of this package, are added."""
    own_style, own_script = ((_HERE / f"stand_alone.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        "<title>{title}</title><style>{style}</style></head>\n"
        "<body><main><h1>{title}</h1>\n{lines}\n{body}</main><script>{script}</script></body></html>\n"
    ).format(
        policy=_POLICY,
        title=title,
        lines=Markup("\n").join(paragraph(line) for line in lines),
        body=Markup("\n").join(body),
        style=Markup(own_style + style),  # noqa: S704 (a file of this package, like the script)
        script=Markup(own_script + script),  # noqa: S704
    )


def paragraph(text: str) -> Markup:
    """A paragraph of text."""
    return Markup("<p>{}</p>").format(text)


def heading(text: str) -> Markup:
    """A heading below the title."""
    return Markup("<h2>{}</h2>").format(text)


def picture(png: str, words: str, width: int, height: int) -> Markup:
    """A PNG in base64; `words` say what it shows."""
    return Markup('<img src="data:image/png;base64,{}" alt="{}" width="{}" height="{}">').format(
        png, words, width, height
    )


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> Markup:
    """A table that can be sorted by each column; the first cell of a row is its heading."""
    heads = Markup("").join(
        Markup('<th scope="col"><button type="button">{}</button></th>').format(name) for name in columns
    )
    lines = Markup("\n").join(_row(row) for row in rows)
    return Markup(
        '<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        "<thead><tr>{heads}</tr></thead><tbody>\n{lines}\n</tbody></table></div>"
    ).format(caption=caption, heads=heads, lines=lines)


def _row(cells: Sequence[Cell | str]) -> Markup:
    first, *others = (one if isinstance(one, Cell) else Cell(one) for one in cells)
    inside = Markup("").join(_cell(one) for one in others)
    return Markup('<tr><th scope="row" class="{}">{}</th>{}</tr>').format(_width(first.shown), first.shown, inside)


def _cell(cell: Cell) -> Markup:
    if cell.number is not None:
        return Markup('<td class="number" data-number="{}">{}</td>').format(repr(float(cell.number)), cell.shown)
    return Markup('<td class="{}">{}</td>').format("number" if cell.numeric else _width(cell.shown), cell.shown)


def _width(text: str) -> str:
    """The class of a text: a long one wraps, but keeps the width of some words."""
    return "short" if len(text) <= _ONE_LINE else "long"
