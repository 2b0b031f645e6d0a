"""Parse operations that people type.

`parse_operations` never skips a part and never guesses. A part that has no meaning, or two, is rejected with its
position and the accepted forms.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.named import INDEX_OF

FORMS: Final = (
    "Accepted are indices (13), ranges (5-9), trit strings of nine (+-0+-0+-0 or 10T10T10T), tables in brackets "
    "([1,-1,0,1,-1,0,1,-1,0]), names (min, implication), levels (v=8, v>=7) and all, separated by commas or spaces"
)
MAX_TEXT: Final = 2_000_000  # characters
MAX_WRONG: Final = 100  # unreadable parts after which parsing stops, so that a page of noise is rejected quickly

Typed = str | Sequence[int | str | Sequence[int]]


def parse_operations(operations: Typed) -> tuple[int, ...]:
    """Read operations from text or from a list; order and repetition are kept.

    Text is any mixture of the forms in `FORMS`. A list holds indices, texts, and tables (lists of nine trits). At most
    19,683 operations are returned. Raises OperationsError for parts that have no meaning or two, with their positions,
    and for an empty input.
    """
    indices = _parse_text(operations) if isinstance(operations, str) else _parse_list(operations)
    if not indices:
        raise OperationsError(f"No operation is given. {FORMS}.")
    return indices


def format_operations(indices: Iterable[int]) -> str:
    """The shortest plain text that `parse_operations` reads back as these indices in this order: 0, 5-9, 13."""
    parts: list[str] = []
    run: list[int] = []
    for index in [*indices, -2]:
        if run and index != run[-1] + 1:
            parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
            run = []
        run.append(int(index))
    for start in _bare_nines(parts):
        parts[start] = f"{parts[start]}-{parts[start]}"  # a range of one is an index
    return ", ".join(parts)


_TOKEN = re.compile(r"\[[^\]]*\]?|\d+(?: *\.\. *| - )\d+(?![^\s,;\[])|[^\s,;\[]+")
_NORMAL: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\uff0b": "+"})  # dashes and plus signs


def _parse_text(text: str) -> tuple[int, ...]:
    if len(text) > MAX_TEXT:
        raise OperationsError(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are accepted. Send a shorter text."
        )
    text = text.translate(_NORMAL)
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    found: list[int] = []
    wrong: list[tuple[str, int, str]] = []
    for token, start in tokens:
        readings = _readings(token)
        if len(readings) == 1:
            found += readings[0][1]
            _refuse_too_many(len(found))
        else:
            wrong.append((token, start, _why_not(token, readings)))
            if len(wrong) == MAX_WRONG:
                break
    _refuse_bare_table(tokens)
    if wrong:
        _refuse(wrong)
    return tuple(found)


def _refuse(wrong: list[tuple[str, int, str]]) -> None:
    shown = "; ".join(f"{_short(token)} at character {start + 1}: {why}" for token, start, why in wrong[:5])
    more = f"; and {len(wrong) - 5}{' or' if len(wrong) == MAX_WRONG else ''} more" if len(wrong) > 5 else ""
    raise OperationsError(f"Could not read {shown}{more}. {FORMS}.", wrong[0][0], wrong[0][1])


def _short(token: str) -> str:
    return repr(token if len(token) <= 40 else token[:37] + "...")


def _refuse_too_many(count: int) -> None:
    if count > ternary.N:
        raise OperationsError(
            f"More than {ternary.N:,} operations were given, and there are only {ternary.N:,}. Give fewer."
        )


def _bare_nines(tokens: Iterable[str]) -> list[int]:
    """Start of each run of exactly nine bare -1, 0 and 1, which could be nine indices or one truth table."""
    starts, place = [], 0
    for bare, run in itertools.groupby(tokens, ("-1", "0", "1", "+1").__contains__):
        length = len(list(run))
        if bare and length == ternary.T:
            starts.append(place)
        place += length
    return starts


def _refuse_bare_table(tokens: list[tuple[str, int]]) -> None:
    """Reject nine bare values -1, 0 or 1, alone or among other parts, because they have two meanings."""
    for start in _bare_nines(token for token, _ in tokens):
        values = ",".join(token for token, _ in tokens[start : start + ternary.T])
        character = tokens[start][1]
        raise OperationsError(
            f"{values!r} at character {character + 1} could be nine indices or one truth table. Write [{values}] "
            "for the table, or the indices as ranges (0-1).",
            values,
            character,
        )


_Reading = tuple[str, Sequence[int]]
_COMPARISONS: Final = {
    "=": lambda v, k: v == k,
    ">=": lambda v, k: v >= k,
    "<=": lambda v, k: v <= k,
    ">": lambda v, k: v > k,
    "<": lambda v, k: v < k,
}


def _readings(token: str) -> list[_Reading]:
    """Every meaning of one token: a description and the indices."""
    readers = (_read_index, _read_range, _read_trits, _read_table, _read_level, _read_name)
    return [reading for reader in readers if (reading := reader(token)) is not None]


def _read_index(token: str) -> _Reading | None:
    if re.fullmatch(r"\d{1,12}", token, re.ASCII) and int(token) < ternary.N:
        return f"index {int(token)}", (int(token),)
    return None


def _read_range(token: str) -> _Reading | None:
    match = re.fullmatch(r"(\d{1,12}) ?(?:-| *\.\. *) ?(\d{1,12})", token, re.ASCII)
    if match and int(match[1]) <= int(match[2]) < ternary.N:
        return f"range {int(match[1])} to {int(match[2])}", range(int(match[1]), int(match[2]) + 1)
    return None


def _read_trits(token: str) -> _Reading | None:
    if re.fullmatch(r"[+0-]{9}", token):
        trits = [ternary.SYMBOLS.index(symbol) - 1 for symbol in token]
    elif re.fullmatch(r"[10Tt]{9}", token):
        trits = ["t01".index(symbol) - 1 for symbol in token.lower()]
    else:
        return None
    return f"truth table {ternary.trit_string(trits)}", (int(ternary.index_of(trits)),)


def _read_table(token: str) -> _Reading | None:
    if not (token.startswith("[") and token.endswith("]")):
        return None
    values = re.split(r"[,;\s]+", token[1:-1].strip())
    if len(values) != ternary.T or any(value not in ("-1", "0", "1", "+1") for value in values):
        return None
    return "truth table", (int(ternary.index_of([int(value) for value in values])),)


def _read_level(token: str) -> _Reading | None:
    match = re.fullmatch(r"(?:v|valuation|level)(=|>=|<=|>|<)(\d)(?:-(\d))?", token.lower(), re.ASCII)
    if not match or (match[3] and match[1] != "="):
        return None
    low, high = int(match[2]), int(match[3] or match[2])
    levels = ternary.VALUATIONS
    chosen = (levels >= low) & (levels <= high) if match[3] else _COMPARISONS[match[1]](levels, low)
    indices = np.flatnonzero(chosen).tolist()
    return (f"level {token}", indices) if indices else None


def _read_name(token: str) -> _Reading | None:
    if token.lower() == "all":
        return "all operations", range(ternary.N)
    index = INDEX_OF.get(token.lower().replace("-", "_"))
    return None if index is None else (f"operation {token}", (index,))


def _why_not(token: str, readings: list[_Reading]) -> str:
    """A clause that explains why a token has no meaning, or names its two meanings."""
    if readings:
        return "this could be " + " or ".join(description for description, _ in readings)
    if token.startswith("["):
        values = re.split(r"[,;\s]+", token.strip("[] \t\n"))
        return f"a table in brackets has nine values -1, 0 or 1 and a closing bracket, this has {len(values)} values"
    if re.fullmatch(r"[+-]?\d+", token, re.ASCII):
        return f"an index is between 0 and {ternary.N - 1}"
    if re.fullmatch(r"\d+(?: ?- ?| *\.\. *)\d+", token, re.ASCII):
        return f"a range goes up and stays between 0 and {ternary.N - 1}"
    if re.fullmatch(r"[+0-]+|[10Tt]+", token):
        return f"a truth table has 9 trits, this has {len(token)}"
    if re.fullmatch(r"(v|valuation|level)\W.*", token.lower()):
        return "a level is written v=8, v>=7 or v=3-5, with valuations from 0 to 9"
    return "this is not an index, range, truth table, level or name"


def _parse_list(values: Sequence[int | str | Sequence[int]]) -> tuple[int, ...]:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple):
        raise OperationsError(f"Operations are a text or a list, not {type(values).__name__}. {FORMS}.")
    if _is_table(values):
        table = [int(value) for value in values]
        raise OperationsError(
            f"{table} could be nine indices or one truth table. Write [{table}] for the table, or remove "
            "repeated indices.",
            str(table),
        )
    found: list[int] = []
    for place, value in enumerate(values):
        found += _parse_item(value, place)
        _refuse_too_many(len(found))
    return tuple(found)


def _is_table(values: object) -> bool:
    if not isinstance(values, list | tuple) or len(values) != ternary.T:
        return False
    return all(_is_index(value, -1, 2) for value in values)


def _is_index(value: object, low: int = 0, end: int = ternary.N) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and low <= int(value) < end


def _parse_item(value: Any, place: int) -> Sequence[int]:
    if isinstance(value, str):
        try:
            if indices := _parse_text(value):
                return indices
        except OperationsError as error:
            raise OperationsError(f"At place {place + 1} of the list: {error}", error.text, error.position) from error
    if _is_index(value):
        return (int(value),)
    if _is_table(value):
        return (int(ternary.index_of(value)),)
    raise OperationsError(
        f"Could not read {_short(_text_of(value))} at place {place + 1} of the list: a list holds indices between 0 "
        f"and {ternary.N - 1}, texts, and tables of nine values -1, 0 or 1.",
        _text_of(value),
        place,
    )


def _text_of(value: object) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, lists nested too deep
        return f"{type(value).__name__} that is too long to show"
