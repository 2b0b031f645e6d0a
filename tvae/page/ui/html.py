"""The page's HTML: elements and tables as `markupsafe.Markup`, and the small pieces that several rooms use.

    tag("p", name, class_="quiet")              <p class="quiet">…</p>; a `name` that is plain text is escaped
    table(["v", "share"], [row(1, 0.5)])        a table with its head
    markup(texts.COVERED).format(count=9)       a text that is HTML itself; what fills it is escaped

Markup is inserted as HTML, everything else is text and escaped, so no text from outside becomes HTML.
"""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from tvae.page.ui import texts
from tvae.reports.plots.palette import TRIT_SIGNS

_CLASSES = {-1: "minus", 0: "zero", 1: "plus"}
_KINDS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
_EMPTY = ("input", "image", "circle", "path", "rect")  # elements that may have no content


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element. `class_` is the attribute class, `data_index` is data-index; an attribute that is None is omitted."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return markup(f"<{name}{given}/>" if name in _EMPTY and not inside else f"<{name}{given}>{joined(inside)}</{name}>")


def markup(text: str) -> Markup:
    """A text of this program that is HTML itself; never pass one from outside."""
    return Markup(text)  # noqa: S704


def joined(parts: Iterable[object]) -> Markup:
    """Concatenate pieces; text is escaped."""
    return Markup("").join(map(escape, parts))


class Cell(Markup):
    """A whole <td> or <th>, for cells that need attributes."""


def cell(*inside: object, scope: str | None = None, **attributes: object) -> Cell:
    """A table cell with attributes; with a `scope` it is a heading."""
    return Cell(tag("th" if scope else "td", *inside, scope=scope, **attributes))


def row(*cells: object, head: object = None, **attributes: object) -> Markup:
    """A table row of contents or `cell`s; `head` is its heading."""
    first = () if head is None else (head if isinstance(head, Cell) else cell(head, scope="row"),)
    return tag("tr", *first, *(one if isinstance(one, Cell) else cell(one) for one in cells), **attributes)


def table(head: Iterable[object], *bodies: Iterable[Markup], kind: str | None = "numbers", caption: str = "") -> Markup:
    """A table from its column headings and the `row`s of each body; `kind` is its CSS class."""
    names = (one if isinstance(one, Cell) else cell(one, scope="col") for one in head)
    parts = [tag("caption", caption)] if caption else []
    parts.append(tag("thead", row(*names)))
    return tag("table", *parts, *(tag("tbody", *rows) for rows in bodies), class_=kind)


def truth_table(cells: Sequence[object], caption: str, kind: str) -> Markup:
    """The 3x3 table of f(a, b) from nine cells; the first is position 0, f(-, -)."""
    signs = [TRIT_SIGNS[trit] for trit in (-1, 0, 1)]
    rows = [row(*cells[3 * a : 3 * a + 3], head=sign) for a, sign in enumerate(signs)]
    return table([cell("a\\b", class_="corner"), *signs], rows, kind=kind, caption=caption)


def entry_name(position: int) -> str:
    """`f(-, 0)`, the entry at one of the nine positions of a truth table."""
    return f"f({TRIT_SIGNS[position // 3 - 1]}, {TRIT_SIGNS[position % 3 - 1]})"


def number(value: float | None, digits: int) -> str:
    """A number with a true minus sign and thousands separators; a dash if it is undefined."""
    return "\u2013" if value is None else f"{value:,.{digits}f}".replace("-", "\u2212")


def trit_tile(trit: int, right: int | None = None) -> Markup:
    """One trit; a wrong one is framed and followed by the correct sign."""
    if right is None or right == trit:
        return tag("span", TRIT_SIGNS[trit], class_=f"trit {trit_class(trit)}")
    sign = TRIT_SIGNS[right]
    wrong = tag("span", TRIT_SIGNS[trit], class_=f"trit {trit_class(trit)} wrong")
    return wrong + tag("sup", sign, class_="should", title=texts.SHOULD_BE.format(sign=sign))


def trit_row(trits: Sequence[int], right: Sequence[int] | None = None) -> Markup:
    """Nine trits in a row, position 0 first."""
    pairs = zip(trits, right or trits, strict=True)
    return tag("span", *(trit_tile(trit, wanted) for trit, wanted in pairs), class_="trits")


def trit_class(trit: int) -> str:
    """The CSS class of a trit."""
    return _CLASSES[trit]


def quiet(*words: object, role: str | None = None) -> Markup:
    """A secondary paragraph, such as a hint."""
    return tag("p", *words, class_="quiet", role=role)


def alert(sentence: str) -> Markup:
    """An error or a warning that a screen reader announces; empty for an empty sentence."""
    return tag("p", sentence, class_="alert", role="alert") if sentence else Markup("")


def details(summary: str, *inside: object) -> Markup:
    """A section that the reader can open."""
    return tag("details", tag("summary", summary), *inside, class_="why")


def facts(pairs: Iterable[tuple[object, object]]) -> Markup:
    """A description list of names and values."""
    return tag("dl", *(tag("dt", name) + tag("dd", value) for name, value in pairs), class_="facts")


def digest(sha256: str) -> Markup:
    """The first 16 digits of a file's SHA-256."""
    return tag("code", sha256[:16], title=sha256)


def origin(name: str, sha256: str, *more: object) -> Markup:
    """The line above a result that says which file it is computed from."""
    return tag("p", f"{name}, sha256 ", digest(sha256), *more, class_="origin")


def scrolling(label: str, inside: Markup) -> Markup:
    """Wide or long content in a region that also scrolls by keyboard."""
    return tag("div", inside, class_="scroll", tabindex=0, role="region", aria_label=label)


def bar(share: float, good: bool = True) -> Markup:
    """A bar for a share in 0..1 of a limit. It is hidden from screen readers, which read the number next to it."""
    width = max(0.0, min(1.0, share)) * 100
    inside = tag("span", style=f"width:{width:.4f}%")
    return tag("span", inside, class_="bar" if good else "bar over", aria_hidden="true")


def chip(*inside: object, **attributes: object) -> Markup:
    """A small button; its data attributes say what it triggers, see `operation_buttons.js`."""
    return tag("button", *inside, type="button", class_="chip", **attributes)


def operation_chip(index: int, title: str | None = None) -> Markup:
    """A button that selects an operation."""
    return chip(index, data_index=index, title=title)


def operation_chips(indices: Iterable[int]) -> Markup:
    """Buttons that select operations."""
    return Markup(" ").join(map(operation_chip, indices))


def export_buttons(table: str, title: str, checkpoint: str) -> Markup:
    """A table's title and the buttons that save it, for the checkpoint of that name."""
    return exports(title, *export_chips(table, title, checkpoint))


def export_chips(table: str, title: str, checkpoint: str | None = None) -> list[Markup]:
    """A button for each file format of a table."""
    return [
        chip(
            name,
            data_export=kind,
            data_table=table,
            data_checkpoint=checkpoint,
            aria_label=texts.AS_FILE.format(title=title, kind=name),
        )
        for kind, name in _KINDS
    ]


def table_exports(words: object = "") -> Markup:
    """Words, such as a count, and the buttons that save the table below them."""
    return exports(words, *(chip(texts.EXPORT.format(kind=name), data_export=kind) for kind, name in _KINDS))


def exports(words: object, *buttons: Markup) -> Markup:
    """Words, buttons that save something, and a place for the status of the download."""
    said = tag("span", words) if words else ""
    return tag("div", said, *buttons, tag("span", class_="status", role="status"), class_="exports")


def metric_tile(
    key: str, label: str, value: object, more: str, sentence: str, share: float | None = None, good: bool = True
) -> Markup:
    """A tile: a number under its label, a bar for its share of a limit, and a sentence of explanation that opens."""
    parts = [tag("span", label, class_="label"), tag("span", value, class_="value")]
    parts += [] if share is None else [bar(share, good)]
    summary = tag("summary", *parts, tag("span", more, class_="more"))
    return tag("details", summary, tag("p", sentence), class_="tile", data_tile=f"{key}-{label}")


def prose(text: str) -> Markup:
    """Plain text as HTML: blank lines separate paragraphs, "- " begins a list item, `code` is code."""
    blocks: list[Markup] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        first, *items = re.split(r"^- ", block, flags=re.MULTILINE)
        blocks += [tag("p", _code(first.strip()))] if first.strip() else []
        # unlike in Markdown, a line after an item that is indented less belongs to the item
        blocks += [tag("ul", *(tag("li", _code(item.strip())) for item in items))] if items else []
    return joined(blocks)


def _code(text: str) -> Markup:
    parts = re.split(r"`([^`\n]+)`", text)
    return joined(tag("code", part) if place % 2 else part for place, part in enumerate(parts))
