"""The browser of classes: those with a named operation, or those of one size, a page at a time, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from tvae.errors import InputError
from tvae.operations import validation
from tvae.operations.atlas import classes as atlas
from tvae.operations.atlas.classes import Classes
from tvae.operations.named import NAMED
from tvae.operations.query import CLASS_QUERIES
from tvae.page.ui import texts
from tvae.page.ui.html import chip, joined, quiet, tag
from tvae.page.ui.scripts.sent import Sent, index_of, server_function, text_of

NAMED_ONES: Final = "named"  # in place of a size: the classes that have a named operation
A_PAGE: Final = 60  # classes


@dataclass(frozen=True)
class Listed:
    """A class in the list."""

    words: str
    query: str  # that selects its operations
    size: int


@server_function
def classes(asked: Sent) -> dict[str, Any]:
    """A page of the list for the browser: {html}, or {error}.

    `asked`: {kind, show: `named` or a size, page: 0 for the first}.
    """
    kind = validation.parse_choice(asked["kind"], tuple(CLASS_QUERIES), texts.THE_CLASSES)
    found = atlas.classes(kind)
    sizes = np.unique(found.size).tolist()
    show = text_of(asked, "show")
    if show not in (NAMED_ONES, *map(str, sizes)):
        raise InputError(
            texts.NO_SUCH_SIZE.format(value=validation.quoted(show), named=NAMED_ONES, sizes=", ".join(map(str, sizes)))
        )
    listed = named(found) if show == NAMED_ONES else of_size(found, int(show))
    page = index_of(asked, "page", range(-(-len(listed) // A_PAGE)))
    return {"html": joined([_fields(found, kind, show), _page(listed, page)])}


def named(found: Classes) -> list[Listed]:
    """The classes that have a named operation, with all the names in each, in the order of these."""
    names: dict[int, list[str]] = {}
    for one in NAMED:
        names.setdefault(int(found.representative[one.index]), []).append(one.name)
    listed = [Listed(", ".join(some), _query(found, some[0]), int(found.size[rep])) for rep, some in names.items()]
    return sorted(listed, key=lambda one: one.words)


def of_size(found: Classes, size: int) -> list[Listed]:
    """The classes of one size, each as its smallest operation, in the order of these."""
    smallest = found.representatives[found.size[found.representatives] == size].tolist()
    return [Listed(str(index), _query(found, index), size) for index in smallest]


def _query(found: Classes, of: object) -> str:
    return f"{CLASS_QUERIES[found.kind.name]} {of}"


def _fields(found: Classes, kind: str, show: str) -> Markup:
    """The kind of classes, and which of them are listed."""
    labels = texts.table("CLASS_KINDS")
    kinds = [(one.name, labels[one.name], one.count) for one in atlas.KINDS if one.name in CLASS_QUERIES]
    of_size, counts = np.unique(found.size[found.representatives], return_counts=True)
    shown = [(NAMED_ONES, texts.CLASSES_NAMED, len(named(found)))]
    for size, count in zip(of_size.tolist(), counts.tolist(), strict=True):
        words = texts.CLASS_SIZE.format(count=size) if size > 1 else texts.CLASS_ALONE
        shown.append((str(size), words, count))
    return tag("div", _select("kind", kinds, kind), _select("show", shown, show), class_="class-fields")


def _select(name: str, choices: Sequence[tuple[str, str, int]], chosen: str) -> Markup:
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
    said = texts.CLASSES_SHOWN.format(first=first + 1, last=first + len(shown), count=len(listed))
    turns = []
    if page:
        turns.append(chip(texts.CLASSES_BEFORE, data_page=page - 1, data_key="before"))
    if first + len(shown) < len(listed):
        turns.append(chip(texts.CLASSES_AFTER, data_page=page + 1, data_key="after"))
    items = (chip(one.words, tag("small", f" {one.size}"), data_text=one.query, title=one.query) for one in shown)
    return quiet(Markup(" ").join([said, *turns]), role="status") + tag("p", *items, class_="chips")
