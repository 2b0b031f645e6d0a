"""Queries: operations by their properties, classes, duals and converses, joined with and, or and not.

    query  = union of alternatives that a comma, a semicolon or a space separates
    or     = and ("or" and)*
    and    = not ("and" not)*
    not    = "not" not | term
    term   = "(" query ")" | "class of" term | "isotopy class of" term | "dual of" term | "converse of" term
           | "distributive over" term | property | quantity comparison number | any part that `words` reads

`&` and `&&` are read as and, `|` and `||` as or, `!` as not, and so are the signs of logic. Properties with values
contain signs of their own, as congruence(0+|-) does.

Only a text with a property, a quantity, a class, a dual or a converse in it is a query: in any other text, `and` and
`or` are the names of operations. `_Reader` is written by hand because a wrong part must leave the other alternatives
readable and marked, and because the words are those of any other text (`words`); a parser generator gives neither.
Not here: the properties themselves, which `atlas` computes when a query needs them.
"""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary
from tvae.operations.atlas import classes, identities, properties
from tvae.operations.atlas.identities import Flags
from tvae.operations.limits import Spent
from tvae.operations.tokens import DISTRIBUTIVE, WITH_VALUES, Token, tokens_of, with_nines
from tvae.operations.words import COMPARISONS, ReadText, WrongPart, readings_of, why_not

MAX_DEPTH: Final = 50  # parentheses and prefixes inside each other

Indices = NDArray[np.int64]

CLASS_QUERIES: Final = {"isomorphism": "class of", "isotopy": "isotopy class of"}  # the kinds that have a prefix

# "isotopy class of" and the others, each followed by the operations to which it applies.
_PREFIXES: Final[dict[str, Callable[[Indices], Indices]]] = {
    CLASS_QUERIES["isomorphism"]: lambda found: _classes("isomorphism", found),
    CLASS_QUERIES["isotopy"]: lambda found: _classes("isotopy", found),
    "dual of": lambda found: classes.images((classes.DUAL,))[found, 0],
    "converse of": lambda found: classes.images((classes.CONVERSE,))[found, 0],
}
_LETTERS: Final = re.compile("[a-z]{4}", re.IGNORECASE)  # every property and every prefix has as many


class _Wrong(Exception):
    """A part of the query that has no meaning, or two."""

    def __init__(self, token: Token, why: str) -> None:
        super().__init__(why)
        self.part = WrongPart(token.text, token.start, why)


def class_query(kind: str, of: object) -> str:
    """The query of the class of an operation, of any kind; one up to opposites joins the classes of both."""
    if prefix := CLASS_QUERIES.get(kind):
        return f"{prefix} {of}"
    prefix = CLASS_QUERIES["isotopy" if kind.startswith("isotopy") else "isomorphism"]
    return f"{prefix} {of} or {prefix} converse of {of}"


def is_query(text: str, spent: Spent | None = None) -> bool:
    """Whether a text has a property, a quantity, a class, a dual or a converse in it, and is not too long for that."""
    if not _LETTERS.search(text):
        return False
    if (spent or Spent()).read(len(text)):
        return False
    return any(token.kind in ("valued", "prefix", "quantity") or token.property_name for token in tokens_of(text))


def read_query(text: str, spent: Spent | None = None) -> ReadText:
    """The operations of a query, each once, and the alternatives that could not be read, which are left out.

    An alternative that joins properties has its operations in the order of their indices. A wrong part leaves out
    everything up to the next comma outside parentheses.
    """
    spent = spent or Spent()
    tokens = with_nines(list(tokens_of(text)))
    if why := spent.split(len(tokens)):
        return ReadText((), (WrongPart(text, 0, why),))
    reader = _Reader(tokens, spent)
    found, wrong = _Union(), list[WrongPart]()
    while reader.next is not None:
        try:
            if reader.next.text == ")":
                raise _Wrong(reader.next, "this parenthesis closes nothing")
            reader.alternative(found, 0)
        except _Wrong as error:
            wrong.append(error.part)
            reader.skip()
    return ReadText(tuple(found.array().tolist()), tuple(wrong), reader.spaced)


class _Union:
    """Operations in the order in which they were added, each once."""

    def __init__(self) -> None:
        self.seen = np.zeros(ternary.N, bool)
        self.parts: list[Indices] = []

    def add(self, indices: Indices) -> None:
        fresh = indices[~self.seen[indices]]  # before `unique`, which sorts: most alternatives of a long query repeat
        fresh = fresh[np.sort(np.unique(fresh, return_index=True)[1])]
        self.seen[fresh] = True
        self.parts.append(fresh)

    def array(self) -> Indices:
        return np.concatenate([np.empty(0, np.int64), *self.parts])


class _Reader:
    """Reads the tokens of a query from left to right, by the grammar of this file."""

    def __init__(self, tokens: list[Token], spent: Spent) -> None:
        self.tokens = tokens
        self.spent = spent
        self.place = 0
        self.spaced = False  # a space alone was between two alternatives

    @property
    def next(self) -> Token | None:
        """The token that is read next, None at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, *keys: str) -> Token | None:
        """The next token, if it is a word or a bracket with one of these texts; it is read then."""
        token = self.next
        if token is None or token.kind not in ("word", "bracket") or token.key not in keys:
            return None
        self.place += 1
        return token

    def skip(self) -> None:
        """Leave out everything up to the next comma outside the parentheses that open on the way."""
        depth = 0
        while (token := self.next) is not None and (depth or token.kind != "comma"):
            depth = max(0, depth + {"(": 1, ")": -1}.get(token.text, 0))
            self.place += 1

    def alternative(self, found: _Union, depth: int) -> None:
        """Add the next alternative, or leave out a separator."""
        if self.next is not None and self.next.kind == "comma":
            self.place += 1
        else:
            self.spaced |= self.place > 0 and self.tokens[self.place - 1].text not in (",", ";", "(")
            found.add(self.either(depth))

    def either(self, depth: int) -> Indices:
        return self._joined("or", np.logical_or, self.both, depth)

    def both(self, depth: int) -> Indices:
        return self._joined("and", np.logical_and, self.negated, depth)

    def _joined(
        self, word: str, join: Callable[[Flags, Flags], Flags], part: Callable[[int], Indices], depth: int
    ) -> Indices:
        found = part(depth)
        while token := self.take(word):
            self.expect_more(token)
            found = np.flatnonzero(join(_flags(found), _flags(part(depth))))
        return found

    def negated(self, depth: int) -> Indices:
        if not (token := self.take("not")):
            return self.term(depth)
        self.expect_more(token)
        return np.flatnonzero(~_flags(self.negated(self.deeper(token, depth))))

    def term(self, depth: int) -> Indices:
        if (token := self.take("(")) is not None:
            return self.parenthesis(token, self.deeper(token, depth))
        token, self.place = self.tokens[self.place], self.place + 1  # callers know that there is one
        if token.kind == "prefix":
            self.expect_more(token)
            inner = self.term(self.deeper(token, depth))
            return self.distributive(token, inner) if token.key == DISTRIBUTIVE else _PREFIXES[token.key](inner)
        return _meaning(token)

    def parenthesis(self, opened: Token, depth: int) -> Indices:
        if self.take(")"):
            raise _Wrong(opened, "this pair of parentheses is empty")
        found = _Union()
        while not (closed := self.take(")")) and self.next is not None:
            self.alternative(found, depth)
        if not closed:
            raise _Wrong(opened, "this parenthesis is not closed")
        return found.array()

    def distributive(self, token: Token, indices: Indices) -> Indices:
        """The operations that distribute over each of these."""
        if why := self.spent.distribute(len(indices)):
            raise _Wrong(token, why)
        return np.flatnonzero(identities.all_of(identities.distributes_over(int(index)) for index in indices))

    def expect_more(self, token: Token) -> None:
        """Refuse a connective or a prefix with nothing after it."""
        if self.next is None or self.next.kind == "comma" or self.next.text == ")":
            raise _Wrong(token, f"a property or an operation must follow {token.said}")

    def deeper(self, token: Token, depth: int) -> int:
        if depth == MAX_DEPTH:
            raise _Wrong(token, f"a query has at most {MAX_DEPTH} parentheses and prefixes inside each other")
        return depth + 1


def _meaning(token: Token) -> Indices:
    """The operations that one token names."""
    if name := token.property_name:
        return np.flatnonzero(properties.flags(name))
    if token.kind == "valued":
        raise _Wrong(token, f"write one of {', '.join(WITH_VALUES)}")
    if token.kind == "quantity":
        return _quantity(token)
    if token.key in ("and", "or"):
        raise _Wrong(token, f"{token.said} joins what is before it and what is after it, and nothing is before it")
    if token.key == "not":
        raise _Wrong(token, f"put {token.said} and what follows in parentheses")
    readings = [] if token.why else readings_of(token.text)
    if len(readings) != 1:
        raise _Wrong(token, token.why or why_not(token.text, readings))
    return np.array(readings[0][1], np.int64)


def _quantity(token: Token) -> Indices:
    name, comparison, number = re.fullmatch(r"(\w+)([<>=!]+)(.*)", "".join(token.key.split())).groups()  # type: ignore[union-attr]
    known = properties.QUANTITY_BY_NAME[name]
    if comparison not in COMPARISONS or number not in map(str, range(known.low, known.high + 1)):
        raise _Wrong(
            token, f"write {name}={known.high} or {name}>={known.low}, with numbers from {known.low} to {known.high}"
        )
    return np.flatnonzero(COMPARISONS[comparison](properties.numbers(name), int(number)))


def _flags(indices: Indices) -> Flags:
    found = np.zeros(ternary.N, bool)
    found[indices] = True
    return found


def _classes(kind: str, indices: Indices) -> Indices:
    representative = classes.classes(kind).representative
    return np.flatnonzero(np.isin(representative, representative[indices]))
