"""The parts of a query: properties, quantities, prefixes, brackets, commas, and the words of any other text.

Not here: what they mean together, which `query` reads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tvae.operations.atlas import properties
from tvae.operations.words import NINE, NO_SIGN, SIGNS, bare_nines, normal, words_of

DISTRIBUTIVE: Final = "distributive over"
_PREFIXES: Final = ("class of", "isotopy class of", "dual of", "converse of", DISTRIBUTIVE)
_WITH_VALUES: Final = ("monotone", "keeps", "congruence", "central")
# `monotone`, `congruence` and `central` alone are properties, too, so `monotone (loop)` is such a property and then an
# alternative in parentheses, unless values are in these.
_CHAIN: Final = r"monotone\s+\([-+0\s]*<[-+0<\s]*\)?"
_SPACED: Final = r"keeps\s+\([^()]*\)?|congruence\s+\([-+0\s]*\|[-+0|\s]*\)|central\s+\(\s*[-+0]\s*\)"
_QUANTITY: Final = "|".join(known.name for known in properties.QUANTITIES)
_PREFIX: Final = "|".join(prefix.replace(" ", r"\s+") for prefix in _PREFIXES)
_TOKEN: Final = re.compile(
    rf"(?P<valued>(?:{'|'.join(_WITH_VALUES)})\([^()]*\)?|{_CHAIN}|{_SPACED})"
    rf"|(?P<prefix>(?:{_PREFIX})(?![^\s(\[]))"
    rf"|(?P<quantity>(?:{_QUANTITY})\s*(?:[<>=]|!=)+\s*[^\s,;()\[\]{NO_SIGN}]*)"
    r"|(?P<bracket>[()])|(?P<comma>[,;])",
    re.IGNORECASE,
)
_BRACKET: Final = re.compile(r"[()]")


@dataclass(frozen=True)
class Token:
    """A part of a query, with its place in the text."""

    kind: str  # valued, prefix, quantity, bracket, comma, word
    text: str
    start: int
    why: str = ""  # it has two meanings, if its neighbours are the reason

    @property
    def said(self) -> str:
        """The text with single spaces, in quotation marks, for a message."""
        return repr(" ".join(self.text.split()))

    @property
    def key(self) -> str:
        """The text in lower case, with single spaces; a sign is the word for which it stands."""
        return SIGNS.get(self.text, " ".join(self.text.lower().split()))

    @property
    def property_name(self) -> str | None:
        """The name of the property that it is, if it is one."""
        if self.kind == "valued":
            return _VALUED.get(_in_order(self.key))
        name = self.key.replace("-", "_")
        return name if self.kind == "word" and name in _PLAIN else None


def tokens_of(text: str) -> Iterator[Token]:
    """The parts of a query: what `_TOKEN` knows, and between these the words of any other text."""
    text = normal(text)
    place, end = 0, -1  # `end`: where the next bracket is
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif match := _TOKEN.match(text, place):
            yield Token(match.lastgroup or "word", match.group(), place)
            place = match.end()
        else:
            if end < place:
                end = bracket.start() if (bracket := _BRACKET.search(text, place)) else len(text)
            word, start, why = next(words_of(text, place, end))
            yield Token("word", word, start, why)
            place = start + len(word)


def with_nines(tokens: list[Token]) -> list[Token]:
    """The tokens, with the reason in the first of nine bare values that could be indices or one truth table."""
    words = [place for place, token in enumerate(tokens) if token.kind != "comma"]
    for start in bare_nines(tokens[place].text for place in words):
        tokens[words[start]] = replace(tokens[words[start]], why=NINE)
    return tokens


def _in_order(valued: str) -> str:
    """A property with values, of which each order that means the same gives one text."""
    name, _, rest = "".join(valued.split()).partition("(")
    if not rest.endswith(")"):
        return valued
    rest = rest[:-1]
    if name == "monotone":
        chain = rest.split("<")
        return f"{name}({'<'.join(min(chain, chain[::-1]))})"
    blocks = sorted("".join(sorted(block)) for block in rest.split("|" if name == "congruence" else ","))
    return f"{name}({'|'.join(blocks)})"


_PLAIN: Final = {name for name in properties.BY_NAME if "(" not in name}
_VALUED: Final = {_in_order(known.name): known.name for known in properties.PROPERTIES if "(" in known.name}
WITH_VALUES: Final = tuple(_VALUED.values())
