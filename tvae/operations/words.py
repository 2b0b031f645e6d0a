"""The words of a text that names operations, and what each of them can mean.

Not here: what is done about a word that has no meaning, or two, which `parsing` decides.
"""

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tvae.operations import ternary
from tvae.operations.atlas.codes import DIGITS, LENGTH, index_of_code
from tvae.operations.atlas.properties import BY_NAME, OTHER_WORDS
from tvae.operations.named import INDEX_OF

SIGNS: Final = {  # what stands for the words of queries
    **dict.fromkeys(("&", "&&", "\u2227"), "and"),
    **dict.fromkeys(("|", "||", "\u2228"), "or"),
    **dict.fromkeys(("!", "\u00ac"), "not"),
}
# A sign; a character of a word, which a sign ends, but not != as in v!=8; the end of a word; a range; a number whose
# groups of three digits are separated by commas, alone or in a range.
SIGN: Final = r"&&?|\|\|?|[\u2227\u2228\u00ac]|!(?!=)"
NO_SIGN: Final = r"&|!\u2227\u2228\u00ac"  # in a character class that begins with ^
_OF_WORD: Final = rf"[^\s,;\[{NO_SIGN}]"
_END: Final = rf"(?!{_OF_WORD})"
_TO: Final = r"(?: *\.\. *| - )"
_GROUPED: Final = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_CHAIN: Final = rf"(?:{_GROUPED}(?:(?:{_TO}|-)(?:{_GROUPED}|[0-9]+))?|[0-9]+(?:{_TO}|-){_GROUPED}){_END}"
# A table, a range with spaces, a level with or without spaces, a sign, and anything else up to the next separator.
_WORD: Final = (
    r"\[[^\]]*\]?"
    rf"|[0-9]+{_TO}[0-9]+{_END}"
    rf"|(?i:v|valuation|level)\s*[<>=](?:\s*[<>=])*\s*(?:[0-9]+{_TO}[0-9]+{_END}|{_OF_WORD}*)"
    rf"|{SIGN}"
    rf"|(?:{_OF_WORD}|!=){_OF_WORD}*(?:!={_OF_WORD}*)*+"
)
_WORDS: Final = re.compile(_WORD)
_CHAINS_AND_WORDS: Final = re.compile(f"(?P<chain>{_CHAIN})|{_WORD}")
_NORMAL: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\uff0b": "+"})  # dashes and plus signs
_KNOWN: Final = (*INDEX_OF, *BY_NAME, "class of", "dual of", "converse of")
LONGEST_NAME: Final = 40  # characters of a word that are compared with known names
BARE: Final = ("-1", "0", "1", "+1")
NINE: Final = "this could be nine indices or one truth table; write [...] for the table, or the indices as ranges (0-1)"
Part = tuple[str, int, str]  # text, position, and why it has two meanings if its neighbours are the reason
Reading = tuple[str, Sequence[int]]  # description, indices


@dataclass(frozen=True)
class WrongPart:
    """A part of a text that has no meaning, or two."""

    text: str
    position: int  # of its first character in the whole text
    why: str  # a clause that says what is wrong or accepted


@dataclass(frozen=True)
class ReadText:
    """A text, as far as its parts have exactly one meaning."""

    indices: tuple[int, ...]  # of the parts that were read, in their order, with repetition
    wrong: tuple[WrongPart, ...]  # by position; after `MAX_WRONG` of them, the rest of the text is not read
    spaced: bool = False  # it is a query in which a space alone adds an alternative


def normal(text: str) -> str:
    """The text with one kind of minus and plus; positions stay."""
    return text.translate(_NORMAL)


def parts_of(text: str) -> Iterator[Part]:
    """The parts of a text; nine bare values -1, 0 or 1, which could be one truth table, are one part."""
    text = normal(text)
    words = list(words_of(text))
    nines = set(bare_nines(token for token, _, _ in words))
    place = 0
    while place < len(words):
        if place not in nines:
            yield words[place]
            place += 1
            continue
        nine = words[place : place + ternary.T]
        values = ",".join(token for token, _, _ in nine)
        start, end = nine[0][1], nine[-1][1] + len(nine[-1][0])
        why = NINE.replace("[...]", f"[{values}]")
        yield text[start:end], start, why
        place += ternary.T


def bare_nines(tokens: Iterable[str]) -> list[int]:
    """Start of each run of exactly nine bare -1, 0 and 1, which could be nine indices or one truth table."""
    starts, place = [], 0
    for bare, run in itertools.groupby(tokens, BARE.__contains__):
        length = len(list(run))
        if bare and length == ternary.T:
            starts.append(place)
        place += length
    return starts


def words_of(text: str, first: int = 0, end: int | None = None) -> Iterator[Part]:
    """The words of a text. Digits in groups of three are one word if a group has a leading zero, else one each."""
    for match in _CHAINS_AND_WORDS.finditer(text, first, len(text) if end is None else end):
        token, start = match.group(), match.start()
        if match["chain"] is None:
            yield token, start, ""
        elif ",0" in token:
            yield token, start, _why_grouped(token)
        else:
            yield from ((word.group(), word.start(), "") for word in _WORDS.finditer(text, start, match.end()))


def _why_grouped(token: str) -> str:
    """The two meanings of 1,000."""
    apart = re.sub(r"(?<![0-9])0+(?=[0-9])", "", token).replace(",", ", ")
    return (
        f"this could be {shortened(token.replace(',', ''))} with thousands separators, or the operations "
        f"{shortened(apart)}; write it without commas, or with spaces after them"
    )


def shortened(part: str) -> str:
    """A part of a text, cut if it is long."""
    return part if len(part) <= 40 else part[:37] + "..."


COMPARISONS: Final = {
    "=": lambda v, k: v == k,
    ">=": lambda v, k: v >= k,
    "<=": lambda v, k: v <= k,
    ">": lambda v, k: v > k,
    "<": lambda v, k: v < k,
}


def readings_of(token: str) -> list[Reading]:
    """Every meaning of one token: a description and the indices."""
    readers = (_read_index, _read_range, _read_trits, _read_table, _read_level, _read_name, _read_code)
    return [reading for reader in readers if (reading := reader(token)) is not None]


def _read_index(token: str) -> Reading | None:
    if re.fullmatch(r"\d{1,12}", token, re.ASCII) and int(token) < ternary.N:
        return f"index {int(token)}", (int(token),)
    return None


def _read_range(token: str) -> Reading | None:
    match = re.fullmatch(r"(\d{1,12}) ?(?:-| *\.\. *) ?(\d{1,12})", token, re.ASCII)
    if match and int(match[1]) <= int(match[2]) < ternary.N:
        return f"range {int(match[1])} to {int(match[2])}", range(int(match[1]), int(match[2]) + 1)
    return None


def _read_trits(token: str) -> Reading | None:
    if re.fullmatch(r"[+0-]{9}", token):
        trits = [ternary.SYMBOLS.index(symbol) - 1 for symbol in token]
    elif re.fullmatch(r"[10Tt]{9}", token):
        trits = ["t01".index(symbol) - 1 for symbol in token.lower()]
    else:
        return None
    return f"truth table {ternary.trit_string(trits)}", (int(ternary.index_of(trits)),)


def _read_table(token: str) -> Reading | None:
    if not (token.startswith("[") and token.endswith("]")):
        return None
    values = re.split(r"[,;\s]+", token[1:-1].strip())
    if len(values) != ternary.T or any(value not in BARE for value in values):
        return None
    return "truth table", (int(ternary.index_of([int(value) for value in values])),)


def _read_level(token: str) -> Reading | None:
    written = "".join(token.split()).lower()
    match = re.fullmatch(r"(?:v|valuation|level)(=|>=|<=|>|<)(\d)(?:-(\d))?", written, re.ASCII)
    if not match or (match[3] and match[1] != "="):
        return None
    low, high = int(match[2]), int(match[3] or match[2])
    levels = ternary.VALUATIONS
    chosen = (levels >= low) & (levels <= high) if match[3] else COMPARISONS[match[1]](levels, low)
    indices = np.flatnonzero(chosen).tolist()
    return (f"level {token}", indices) if indices else None


def _read_name(token: str) -> Reading | None:
    if token.lower() == "all":
        return "all operations", range(ternary.N)
    index = INDEX_OF.get(token.lower().replace("-", "_"))
    return None if index is None else (f"operation {token}", (index,))


def _read_code(token: str) -> Reading | None:
    """A code in capital letters that is no index and no name, or any code after hept: in either case."""
    marked = token[:5].lower() == "hept:"
    code = token[5:].upper() if marked else token
    if not marked and (token.isdecimal() or token.lower() in INDEX_OF):
        return None
    index = index_of_code(code)
    return None if index is None else (f"code {code}", (index,))


def joining(token: str) -> str:
    """`and`, `or` or `not`, if a word or a sign stands for it in a query; else an empty text."""
    word = SIGNS.get(token, token.lower())
    return word if word in ("and", "or", "not") else ""


def why_not(token: str, readings: list[Reading]) -> str:
    """A clause that explains why a token has no meaning, or names its two meanings."""
    if readings:
        return "this could be " + " or ".join(description for description, _ in readings)
    if word := joining(token):
        return (
            f"this {'stands before' if word == 'not' else 'joins'} properties, and the text has none that can be read"
        )
    if token.startswith("["):
        values = re.split(r"[,;\s]+", token.strip("[] \t\n"))
        return f"a table in brackets has nine values -1, 0 or 1 and a closing bracket, this has {len(values)} values"
    if re.fullmatch(r"[+-]?\d+", token, re.ASCII):
        return f"an index is between 0 and {ternary.N - 1}"
    if re.fullmatch(r"\d+(?: ?- ?| *\.\. *)\d+", token, re.ASCII):
        return f"a range goes up and stays between 0 and {ternary.N - 1}"
    if re.fullmatch(r"[+0-]+|[10Tt]+", token):
        return f"a truth table has 9 trits, this has {len(token)}"
    if re.fullmatch(r"(v|valuation|level)\W.*", token.lower(), re.DOTALL):
        return "a level is written v=8, v>=7 or v=3-5, with valuations from 0 to 9"
    if token[:5].lower() == "hept:":
        return f"a heptavintimal code has {LENGTH} digits of {DIGITS}"
    near = _near(token.lower()[:LONGEST_NAME])
    if len(token) == LENGTH and set(token.upper()) <= set(DIGITS):
        near.append(token.upper())  # a code in small letters
    hint = f"; {those_near(near)}" if near else ""
    return f"this is not an index, range, truth table, level, code, property or name{hint}"


def _near(word: str) -> list[str]:
    """The known names near a word, or the one that has its meaning."""
    if (negated := re.fullmatch(r"non[-_]?(\w+)", word)) and negated[1] in BY_NAME:
        return [f"not {negated[1]}"]
    if meant := [OTHER_WORDS[part] for part in re.split("[-_]", word) if part in OTHER_WORDS]:
        return meant[:1]
    return difflib.get_close_matches(word, _KNOWN, 3)


def those_near(names: Sequence[str]) -> str:
    """A clause that lists the known names near an unknown one, of which there is at least one."""
    return f"the nearest {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
