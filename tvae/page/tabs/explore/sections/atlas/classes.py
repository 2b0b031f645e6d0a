"""The browser of classes: those of a kind, by size and by property, a page at a time, as HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.errors import InputError
from tvae.operations import validation
from tvae.operations.atlas import classes as atlas, properties
from tvae.operations.atlas.classes import Classes
from tvae.operations.named import NAMED
from tvae.operations.query import class_query
from tvae.page.ui import texts
from tvae.page.ui.html import chip, joined, quiet, tag
from tvae.page.ui.scripts.sent import Sent, index_of, server_function, text_of

NAMED_ONES, ALL = "named", "all"  # in place of a size: the classes that have a named operation, and those of every size
ANY: Final = "any"  # in place of a property
A_PAGE: Final = 60  # classes

Choice = tuple[str, str, int]  # value, words, and how many classes there are


@dataclass(frozen=True)
class Listed:
    """A class in the list."""

    words: str
    query: str  # that selects its operations
    size: int


@server_function
def classes(asked: Sent) -> dict[str, Any]:
    """A page of the list for the browser: {html}, or {error}.

    `asked`: {kind, show: `named`, `all` or a size, property: `any` or its name, page: 0 for the first}.
    """
    kind = validation.parse_choice(asked["kind"], tuple(one.name for one in atlas.KINDS), texts.THE_CLASSES)
    found = atlas.classes(kind)
    shared = dict(_shared(found))
    name = validation.parse_choice(asked["property"], (ANY, *shared), texts.THE_PROPERTY)
    kept = found.representatives if name == ANY else shared[name]
    sizes = np.unique(found.size[kept]).tolist()
    show = text_of(asked, "show")
    if show not in (NAMED_ONES, ALL, *map(str, sizes)):
        words, numbers = f"{NAMED_ONES}, {ALL}", ", ".join(map(str, sizes))
        raise InputError(texts.NO_SUCH_SIZE.format(value=validation.quoted(show), words=words, sizes=numbers))
    listed = _listed(found, kept, show)
    page = index_of(asked, "page", range(max(1, -(-len(listed) // A_PAGE))))
    counts = [(ANY, texts.CLASSES_ANY, len(found.representatives))]
    counts += [(name, name, len(having)) for name, having in shared.items()]
    fields = [
        _select("kind", [(one.name, texts.table("CLASS_KINDS")[one.name], one.count) for one in atlas.KINDS], kind),
        _select("property", counts, name),
        _select("show", _sizes(found, kept), show),
    ]
    return {"html": joined([tag("div", *fields, class_="class-fields"), _page(listed, page)])}


def _shared(found: Classes) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """The properties that the operations of a class have all or none, with the smallest of the classes that have it."""
    for known in properties.PROPERTIES:
        flags = properties.flags(known.name)
        if np.array_equal(flags, flags[found.representative]):
            yield known.name, found.representatives[flags[found.representatives]]


def _listed(found: Classes, kept: NDArray[np.int64], show: str) -> list[Listed]:
    """The classes of these representatives that are shown, as their names or else their smallest operation."""
    names = _names(found)
    if show == NAMED_ONES:
        kept = np.array(sorted(names.keys() & set(kept.tolist()), key=names.__getitem__), np.int64)
    elif show != ALL:
        kept = kept[found.size[kept] == int(show)]
    return [
        Listed(
            ", ".join(names.get(index, [str(index)])),
            class_query(found.kind.name, names.get(index, [index])[0]),
            int(found.size[index]),
        )
        for index in kept.tolist()
    ]


def _names(found: Classes) -> dict[int, list[str]]:
    """All names in each class that has any, in the order of `NAMED`."""
    names: dict[int, list[str]] = {}
    for one in NAMED:
        names.setdefault(int(found.representative[one.index]), []).append(one.name)
    return names


def _sizes(found: Classes, kept: NDArray[np.int64]) -> list[Choice]:
    sizes, counts = np.unique(found.size[kept], return_counts=True)
    named = len(_names(found).keys() & set(kept.tolist()))
    choices = [(NAMED_ONES, texts.CLASSES_NAMED, named), (ALL, texts.CLASSES_ALL, len(kept))]
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        choices.append((str(size), texts.CLASS_SIZE.format(count=size) if size > 1 else texts.CLASS_ALONE, count))
    return choices


def _select(name: str, choices: Sequence[Choice], chosen: str) -> Markup:
    options = (
        tag("option", texts.CLASS_CHOICE.format(words=words, count=count), value=value, selected=_mark(value == chosen))
        for value, words, count in choices
    )
    return tag("label", texts.table("CLASS_FIELDS")[name], " ", tag("select", *options, data_key=name))


def _mark(chosen: bool) -> str | None:
    return "" if chosen else None


def _page(listed: Sequence[Listed], page: int) -> Markup:
    """The classes of a page as buttons that select their operations, and buttons for the pages around it."""
    first = page * A_PAGE
    shown = listed[first : first + A_PAGE]
    said = texts.CLASSES_SHOWN.format(first=min(first + 1, len(listed)), last=first + len(shown), count=len(listed))
    turns = []
    if page:
        turns.append(chip(texts.CLASSES_BEFORE, data_page=page - 1, data_key="before"))
    if first + len(shown) < len(listed):
        turns.append(chip(texts.CLASSES_AFTER, data_page=page + 1, data_key="after"))
    items = (chip(one.words, tag("small", f" {one.size}"), data_text=one.query, title=one.query) for one in shown)
    words = quiet(Markup(" ").join([said, *turns]), role="status")
    return joined([words, tag("p", *items, class_="chips"), quiet(texts.CLASSES_HINT)])
