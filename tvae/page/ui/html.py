"""The page's HTML: elements and tables of `markupsafe.Markup`, and the small pieces that several rooms use.

    tag("p", name, class_="quiet")              <p class="quiet">…</p>; a `name` that is plain text is escaped
    table(["v", "share"], [row(1, 0.5)])        a table with its head
    markup(texts.COVERED).format(count=9)       a text that is HTML itself; what fills it is escaped

What is Markup is HTML, everything else is text and escaped: no text from outside becomes HTML.
"""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from tvae.page.ui import texts
from tvae.reports.palette import TRIT_SIGNS

_CLASSES = {-1: "minus", 0: "zero", 1: "plus"}
_KINDS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))
_EMPTY = ("input", "image", "circle", "path", "rect")  # elements without content


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element. `class_` is the attribute class, `data_index` is data-index; None leaves an attribute out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return markup(f"<{name}{given}/>" if name in _EMPTY else f"<{name}{given}>{joined(inside)}</{name}>")


def markup(text: str) -> Markup:
    """A text of ours that is HTML itself; never one from outside."""
    return Markup(text)  # noqa: S704


def joined(parts: Iterable[object]) -> Markup:
    """Pieces one after the other."""
    return Markup("").join(map(escape, parts))


class Cell(Markup):
    """A whole <td> or <th>, where its content alone does not do."""


def cell(*inside: object, scope: str | None = None, **attributes: object) -> Cell:
    """A cell of a table with attributes; with a scope it is a heading."""
    return Cell(tag("th" if scope else "td", *inside, scope=scope, **attributes))


def row(*cells: object, head: object = None, **attributes: object) -> Markup:
    """A row of a table from contents or from `cell`s; `head` is its heading."""
    first = () if head is None else (head if isinstance(head, Cell) else cell(head, scope="row"),)
    return tag("tr", *first, *(one if isinstance(one, Cell) else cell(one) for one in cells), **attributes)


def table(head: Iterable[object], *bodies: Iterable[Markup], kind: str | None = "numbers", caption: str = "") -> Markup:
    """A table: the headings of its columns, and the `row`s of each body. `kind`: its classes of style."""
    names = (one if isinstance(one, Cell) else cell(one, scope="col") for one in head)
    parts = [tag("caption", caption)] if caption else []
    parts.append(tag("thead", row(*names)))
    return tag("table", *parts, *(tag("tbody", *rows) for rows in bodies), class_=kind)


def truth_table(cells: Sequence[object], caption: str, kind: str) -> Markup:
    """The 3x3 table of f(a, b): nine cells, position 0 first, which is f(-, -)."""
    signs = [TRIT_SIGNS[trit] for trit in (-1, 0, 1)]
    rows = [row(*cells[3 * a : 3 * a + 3], head=sign) for a, sign in enumerate(signs)]
    return table([cell("a\\b", class_="corner"), *signs], rows, kind=kind, caption=caption)


def number(value: float | None, digits: int) -> str:
    """A number with a true minus sign and commas between thousands; a dash where it is undefined."""
    return "\u2013" if value is None else f"{value:,.{digits}f}".replace("-", "\u2212")


def trit_tile(trit: int, right: int | None = None) -> Markup:
    """One trit; a wrong one is framed and followed by the right sign."""
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
    """The style class of a trit."""
    return _CLASSES[trit]


def quiet(*words: object, role: str | None = None) -> Markup:
    """A paragraph in the second rank, such as a hint."""
    return tag("p", *words, class_="quiet", role=role)


def alert(sentence: str) -> Markup:
    """An error or a warning that a screen reader announces; empty for an empty sentence."""
    return tag("p", sentence, class_="alert", role="alert") if sentence else Markup("")


def details(summary: str, *inside: object) -> Markup:
    """What is shown on demand."""
    return tag("details", tag("summary", summary), *inside, class_="why")


def facts(pairs: Iterable[tuple[object, object]]) -> Markup:
    """A list of names and values."""
    return tag("dl", *(tag("dt", name) + tag("dd", value) for name, value in pairs), class_="facts")


def digest(sha256: str) -> Markup:
    """The beginning of a file's digest."""
    return tag("code", sha256[:16], title=sha256)


def scrolling(label: str, inside: Markup) -> Markup:
    """What is wide or long, in a region that scrolls, also by keyboard."""
    return tag("div", inside, class_="scroll", tabindex=0, role="region", aria_label=label)


def bar(share: float, good: bool = True) -> Markup:
    """A bar for a share in 0..1 of a limit; the number next to it says the same in words."""
    width = max(0.0, min(1.0, share)) * 100
    inside = tag("span", style=f"width:{width:.4f}%")
    return tag("span", inside, class_="bar" if good else "bar over", aria_hidden="true")


def chip(*inside: object, **attributes: object) -> Markup:
    """A small button; what it triggers is in its data attributes, see `operation_buttons.js`."""
    return tag("button", *inside, type="button", class_="chip", **attributes)


def operation_chip(index: int, title: str | None = None) -> Markup:
    """A button that selects an operation."""
    return chip(index, data_index=index, title=title)


def operation_chips(indices: Iterable[int]) -> Markup:
    """Buttons that select operations."""
    return Markup(" ").join(map(operation_chip, indices))


def export_buttons(table: str, title: str, checkpoint: str | None = None) -> Markup:
    """Buttons that save a table, of a checkpoint, under its title; `operation_buttons.js` says how that goes."""
    return exports(title, *export_chips(table, title, checkpoint))


def export_chips(table: str, title: str, checkpoint: str | None = None) -> list[Markup]:
    """A button for each format of a table."""
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
    """Buttons that save the table below them, after words such as what it counts."""
    return exports(words, *(chip(texts.EXPORT.format(kind=name), data_export=kind) for kind, name in _KINDS))


def exports(words: object, *buttons: Markup) -> Markup:
    """Words, buttons that save something, and where it says how that goes."""
    said = tag("span", words) if words else ""
    return tag("div", said, *buttons, tag("span", class_="status", role="status"), class_="exports")


def metric_tile(
    key: str, label: str, value: object, more: str, sentence: str, share: float | None = None, good: bool = True
) -> Markup:
    """A tile: a number under its label, a bar for its share of a limit, and the sentence that explains it on demand."""
    parts = [tag("span", label, class_="label"), tag("span", value, class_="value")]
    parts += [] if share is None else [bar(share, good)]
    summary = tag("summary", *parts, tag("span", more, class_="more"))
    return tag("details", summary, tag("p", sentence), class_="tile", data_tile=f"{key}-{label}")


def prose(text: str) -> Markup:
    """Plain text as HTML: blank lines divide paragraphs, "- " begins an item of a list, `code` is code."""
    blocks: list[Markup] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        first, *items = re.split(r"^- ", block, flags=re.MULTILINE)
        blocks += [tag("p", _code(first.strip()))] if first.strip() else []
        # a line that follows an item and is indented less ends the list only in Markdown; here it goes with the item
        blocks += [tag("ul", *(tag("li", _code(item.strip())) for item in items))] if items else []
    return joined(blocks)


def _code(text: str) -> Markup:
    parts = re.split(r"`([^`\n]+)`", text)
    return joined(tag("code", part) if place % 2 else part for place, part in enumerate(parts))
