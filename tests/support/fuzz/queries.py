"""Strategies for hypothesis, and what must hold: queries by property whose meaning is known, and any others.

A function here raises only what is a fault. `tests/fuzz.py` runs them for long, the suite for a moment.
"""

import itertools
import json
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from texts import ANY, check_sentence, read_operations

from tvae.errors import TvaeError
from tvae.operations import ternary
from tvae.operations.atlas import properties
from tvae.operations.named import INDEX_OF
from tvae.operations.parsing import parse_query, read_text
from tvae.operations.query import is_query
from tvae.reports.atlas import operations as atlas

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]
_AND: Final = (" and ", " & ", "&", "&&", " \u2227 ")
_OR: Final = (" or ", " | ", "|", "||", "\u2228")
UNION, OR, AND, NOT, TERM = range(5)  # from the loosest to the tightest


@dataclass(frozen=True)
class Meant:
    """A text, and which operations it means."""

    text: str
    flags: Flags  # (N,)
    level: int = TERM  # of what is outermost in the text
    is_query: bool = True  # it has a property, a class, a dual or a converse in it

    def within(self, level: int) -> str:
        """The text as a part of something of this level, in parentheses if it is looser."""
        return self.text if self.level >= level else f"({self.text})"


def _leaves() -> st.SearchStrategy[Meant]:
    every = np.arange(ternary.N)
    numbers = [(known, number) for known in properties.QUANTITIES for number in range(known.low, known.high + 1)]
    of_properties = [
        *(Meant(name, properties.flags(name)) for name in properties.BY_NAME),
        *(Meant(f"{one.name}<={number}", properties.numbers(one.name) <= number) for one, number in numbers),
    ]
    others = [
        Meant("all", every >= 0, is_query=False),
        Meant("v>=7", every % 3**7 == 0, is_query=False),
        Meant("5-9000", (every >= 5) & (every <= 9_000), is_query=False),
        Meant("+-0+-0+-0", (ternary.ALL_TRITS == [1, -1, 0] * 3).all(1), is_query=False),
        Meant("hept:MAX", every == 19 * 729 + 10 * 27 + 25, is_query=False),
        *(Meant(name, every == INDEX_OF[name], is_query=False) for name in ("min", "left", "implication", "webb")),
    ]
    return st.sampled_from(of_properties) | st.sampled_from(others)


@cache
def _images() -> dict[str, list[Indices]]:
    """What a prefix makes of each operation, (N,) for each way, from the definitions: tables turned and relabelled."""
    tables = ternary.ALL_TRITS.reshape(-1, 3, 3)
    moved = []
    for order in itertools.permutations(range(3)):  # g(r(a), r(b)) = r(f(a, b)), with r(order[k]) = k
        new = np.argsort(order)
        moved.append(new[tables + 1][:, order][:, :, order] - 1)
    ways = {"dual of": [-tables[:, ::-1, ::-1]], "converse of": [tables.swapaxes(1, 2)], "class of": moved}
    return {
        prefix: [np.asarray(ternary.index_of(made.reshape(-1, 9)), np.int64) for made in made_of]
        for prefix, made_of in ways.items()
    }


def _negated(word: str, one: Meant) -> Meant:
    return Meant(f"{word}{one.within(NOT)}", ~one.flags, NOT, one.is_query)


def _prefixed(prefix: str, one: Meant) -> Meant:
    flags = np.zeros(ternary.N, bool)
    for image in _images()[prefix]:
        flags[image[one.flags]] = True
    return Meant(f"{prefix} {one.within(TERM)}", flags)


def _joined(word: str, one: Meant, other: Meant) -> Meant:
    level = AND if word in _AND else OR if word in _OR else UNION
    flags = one.flags & other.flags if level == AND else one.flags | other.flags
    return Meant(word.join((one.within(level), other.within(level))), flags, level, one.is_query or other.is_query)


def meant() -> st.SearchStrategy[Meant]:
    """Queries of every form, with as few parentheses as precedence allows."""
    return st.recursive(
        _leaves(),
        lambda inner: st.one_of(
            st.builds(_negated, st.sampled_from(["not ", "!", "! ", "\u00ac"]), inner),
            st.builds(_prefixed, st.sampled_from(["dual of", "converse of", "class of"]), inner),
            st.builds(_joined, st.sampled_from([*_AND, *_OR, ", ", " "]), inner, inner),
        ),
        max_leaves=12,
    ).filter(lambda one: one.is_query)


def check_meaning(one: Meant) -> None:
    """Fails unless the query is read as what it means."""
    assert is_query(one.text)
    found = parse_query(one.text)
    assert len({*found}) == len(found)
    assert sorted(found) == np.flatnonzero(one.flags).tolist()


_PROPERTY: Final = st.sampled_from([*properties.BY_NAME])
_WORD: Final = st.sampled_from(
    ["and", "or", "not", "&", "&&", "|", "||", "!", "!=", "\u00ac", "image!=2", "keeps(0,-)",
     "(", ")", "()", "class of", "isotopy class of", "dual of", "converse of", "distributive over",
     "AND", "Not", "classof", "class  of", "keeps(", "keeps(-,0)", "monotone(- <", "monotone()", "congruence(0|1)",
     "image=2", "image=>2", "image=", "arguments<9", "automorphisms >= 3", "comutative", "min", "PC0", "hept:",
     "hept:MAX", "13", "5-9000", "v=8", "all", "[1,-1,0,1,-1,0,1,-1,0]", "[", "-1", "\u2212", "1,000"]
)  # fmt: skip
_TYPED: Final = st.lists(
    st.tuples(st.one_of(_PROPERTY, _WORD, _WORD, ANY), st.sampled_from([" ", " ", ", ", ";", "\n", ""])), max_size=14
).map(lambda parts: "".join(map("".join, parts)))
_KNOWN: Final = st.sampled_from([column.name for column in atlas.COLUMNS])
_COLUMN: Final = st.one_of(_KNOWN, st.sampled_from(["all", "index", "imge", "keeps(-", ")"]), ANY)
_COLUMNS: Final = st.one_of(
    st.lists(_KNOWN, max_size=5),
    st.lists(_KNOWN, max_size=5).map(",".join),
    st.lists(_COLUMN, max_size=5).map(",".join),
    st.lists(_COLUMN, max_size=5) | st.none() | st.integers() | st.dictionaries(ANY, ANY, max_size=2),
)
QUERIES: Final = st.tuples(_TYPED, _COLUMNS)


def read_query(typed: tuple[str, object]) -> None:
    """Read a text and names of columns; fails unless this gives rows in JSON that fit both, or a sentence."""
    text, columns = typed
    read_operations(text)
    try:
        document = atlas.search(text, columns)
    except TvaeError as error:
        check_sentence(error)
        return
    read = read_text(text)
    assert read.wrong == ()
    assert [row["index"] for row in document["operations"]] == [*dict.fromkeys(read.indices)]
    assert document["count"] == len(document["operations"])
    names = [*atlas.ALWAYS, *(column.name for column in atlas.columns_of(columns))]
    assert all([*row] == names for row in document["operations"])
    assert json.loads(json.dumps(document, allow_nan=False)) == document
