"""The card of the operation in the truth table: code, names, relatives, classes and properties, as HTML."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from tvae.operations import ternary
from tvae.operations.atlas import classes, codes, properties
from tvae.operations.atlas.classes import Relabelling
from tvae.operations.named import name_of, named_at
from tvae.operations.query import class_query
from tvae.page.ui import texts
from tvae.page.ui.html import cell, chip, facts, joined, operation_chip, quiet, row, table, tag
from tvae.page.ui.scripts.modules import mounted
from tvae.page.ui.scripts.sent import Sent, index_of, server_function
from tvae.reports.plots.palette import TRIT_SIGNS


def script() -> str:
    """The script of the card, for the component of the truth table, which has the functions `card` and `classes`."""
    words = {**texts.table("CARD"), **texts.table("SAVE_STATUS")}
    return mounted("tabs/explore/sections/atlas/card.js", {"words": words}, later=True)


@server_function
def card(asked: Sent) -> dict[str, Any]:
    """The card for the browser: {html}, or {error}. `asked`: {operation}, its number."""
    return {"html": html_of(index_of(asked, "operation", range(ternary.N)))}


def html_of(index: int) -> Markup:
    """Everything that the atlas says about one operation."""
    return joined([facts(_names(index)), *_properties(index), facts(_relatives(index)), _classes(index)])


def _names(index: int) -> Iterator[tuple[object, object]]:
    words, named = texts.table("CARD_FACTS"), named_at(index)
    yield (
        words["code"],
        joined([tag("code", codes.code_of(index)), " ", tag("small", texts.CARD_CODE.format(index=index))]),
    )
    if named:
        yield words["names"], ", ".join((named.name, *named.aliases))
        yield words["rule"], joined([named.meaning, " ", tag("small", f"({named.source})")])


def _relatives(index: int) -> Iterator[tuple[object, object]]:
    words = texts.table("CARD_FACTS")
    yield words["converse"], _relative(index, classes.opposite([index])[0], "converse")
    yield words["dual"], _relative(index, classes.dual([index])[0], "dual")
    others: dict[int, list[str]] = {}
    for relabelling, conjugate in classes.conjugates(index):
        if conjugate != index:
            others.setdefault(conjugate, []).append(_relabels(relabelling))
    chips = (_shows(one, f"conjugate-{k}", "; ".join(how)) for k, (one, how) in enumerate(others.items()))
    yield words["conjugates"], Markup(" ").join(chips) if others else texts.CARD_ITSELF
    after = {"next": (index + 1) % ternary.N, "triple": 3 * index % ternary.N}
    yield words["next"], _step(index, after["next"], "next")
    yield words["triple"], _step(index, after["triple"], "triple")


def _relative(index: int, other: int, key: str) -> object:
    return texts.CARD_ITSELF if other == index else _shows(other, key)


def _step(index: int, other: int, walk: str) -> object:
    """The operation after this one in a walk, and a link to the disk with the arrows of that walk."""
    view = urlencode({"operations": index, "tab": "ball", "arrows": walk})
    link = tag(
        "a",
        texts.CARD_ARROWS.format(walk=texts.table("CARD_FACTS")[walk]),
        class_="story",
        href=f"?{view}",
        data_view=view,
    )
    return joined([_relative(index, other, walk), " ", link])


def _shows(index: int, key: str, how: str = "") -> Markup:
    """A button that shows an operation. The script keeps the focus on the one with the same `key`."""
    name = name_of(index)
    small = tag("small", f" {how}") if how else ""
    return chip(index, f" {name}" if name else "", small, data_index=index, data_key=key)


def _relabels(relabelling: Relabelling) -> str:
    """What a relabelling changes: `0 ↔ +`, or the way around that all three values go."""
    signs = [TRIT_SIGNS[trit] for trit in (-1, 0, 1)]
    changed = [signs[old] for old, new in enumerate(relabelling) if old != new]
    if len(changed) == 2:
        return " \u2194 ".join(changed)
    way = [0, relabelling[0], relabelling[relabelling[0]], 0]
    return " \u2192 ".join(signs[digit] for digit in way)


def _classes(index: int) -> Markup:
    """For each kind of classes, the operations of this class, the smallest of them, and how many classes there are."""
    names, rows = texts.table("CLASS_KINDS"), []
    for kind in classes.KINDS:
        found = classes.classes(kind.name)
        size, smallest = int(found.size[index]), int(found.representative[index])
        members = _selects(size, class_query(kind.name, name_of(index) or index), size)
        head = cell(names[kind.name], " ", tag("small", kind.meaning), scope="row")
        rows.append(row(members, operation_chip(smallest), f"{kind.count:,}", head=head))
    return table(texts.row("CLASS_COLUMNS"), rows, kind="card-table")


def _properties(index: int) -> Iterator[Markup]:
    has = properties.properties_of(index)
    shown = [one for one in properties.PROPERTIES if one.name in has]
    rows = [
        *(_property(one, has[one.name]) for one in shown),
        *(_quantity(one, int(properties.numbers(one.name)[index])) for one in properties.QUANTITIES),
    ]
    yield table(texts.row("CARD_COLUMNS"), rows, kind="card-table")
    clones = properties.clones_of(index)
    if not clones:
        yield quiet(texts.CARD_SHEFFER.format(total=len(properties.CLONES)))
        return
    yield quiet(texts.CARD_CLONES.format(count=len(clones), total=len(properties.CLONES)))
    known = (properties.BY_NAME[name] for name in clones)
    items = (tag("li", _selects(one.name, one.name, one.count), " ", one.meaning) for one in known)
    yield tag("ul", *items, class_="card-clones")


def _property(known: properties.Property, has: bool) -> Markup:
    said = tag("span", texts.CARD_YES, class_="good") if has else texts.CARD_NO
    return row(said, known.meaning, head=_selects(known.name, known.name, known.count))


def _quantity(quantity: properties.Quantity, value: int) -> Markup:
    count = int((properties.numbers(quantity.name) == value).sum())
    return row(value, quantity.meaning, head=_selects(quantity.name, f"{quantity.name}={value}", count))


def _selects(words: object, query: str, count: int) -> Markup:
    """A button that selects all operations of a query."""
    return chip(words, data_text=query, title=texts.SELECTS_ALL.format(count=count))
