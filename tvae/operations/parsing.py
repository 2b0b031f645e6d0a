"""Parse operations that people type.

`parse_operations` never skips a part and never guesses. A part that has no meaning, or two, is rejected with its
position and the accepted forms. `read_text` reads what it can of such a text, and lists the parts that it leaves out.
"""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.limits import Spent
from tvae.operations.named import name_of
from tvae.operations.query import is_query, read_query
from tvae.operations.words import ReadText, WrongPart, bare_nines, joining, parts_of, readings_of, shortened, why_not

FORMS: Final = (
    "Accepted are indices (13), ranges (5-9), trit strings of nine (+-0+-0+-0 or 10T10T10T), tables in brackets "
    "([1,-1,0,1,-1,0,1,-1,0]), names (min, implication), codes (PC0, hept:123), levels (v=8, v>=7) and all, separated "
    "by commas or spaces, and properties (commutative and not sheffer, class of min)"
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
        raise OperationsError(_why_none(operations))
    return indices


def _why_none(operations: object) -> str:
    """Why a text or a list without a wrong part has no operation."""
    if isinstance(operations, str) and is_query(operations):
        return f"No operation satisfies this query: {shortened(operations.strip())}. Ask for less."
    return f"No operation is given. {FORMS}."


def parse_query(text: str) -> tuple[int, ...]:
    """Read the operations of a text, each once, as `parse_operations` does; but a query may have no operation."""
    found = _parse_text(text) if is_query(text) else parse_operations(text)
    return tuple(dict.fromkeys(found))


def read_text(text: str, spent: Spent | None = None) -> ReadText:
    """Read the operations of a text and leave out what cannot be read; `spent`: by the texts before it in a list.

    Raises OperationsError if the text is too long or names more than 19,683 operations.
    """
    if len(text) > MAX_TEXT:
        raise OperationsError(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are accepted. Send a shorter text."
        )
    spent = spent or Spent()
    if is_query(text, spent):
        return read_query(text, spent)
    parts: list[tuple[WrongPart, Sequence[int]]] = []
    count = wrong = 0
    for token, start, why in parts_of(text):
        readings = [] if why else readings_of(token)
        if len(readings) == 1:
            parts.append((WrongPart(token, start, ""), readings[0][1]))
            count += len(readings[0][1])
            _refuse_too_many(count)
        else:
            if is_query(token):
                why = spent.too_long()
            parts.append((WrongPart(token, start, why or why_not(token, readings)), ()))
            wrong += 1
            if wrong == MAX_WRONG:
                break
    return _without_connectives(parts) if wrong else ReadText(_joined(indices for _, indices in parts), ())


def _without_connectives(parts: Sequence[tuple[WrongPart, Sequence[int]]]) -> ReadText:
    """The parts of a text of which some are wrong: `and` and `or` are wrong there, too.

    They could join properties whose names are misspelt, and then they would name operations that nobody asked for.
    """
    found: list[Sequence[int]] = []
    wrong: list[WrongPart] = []
    for part, indices in parts:
        if not indices:
            wrong.append(part)
        elif joining(part.text):
            name = name_of(indices[0])
            why = f"this could join properties, or be the operation {name}; write {name} for the operation"
            wrong.append(replace(part, why=why))
        else:
            found.append(indices)
        if len(wrong) == MAX_WRONG:
            break
    return ReadText(_joined(found), tuple(wrong))


def _joined(parts: Iterable[Sequence[int]]) -> tuple[int, ...]:
    return tuple(itertools.chain.from_iterable(parts))


def format_operations(indices: Iterable[int]) -> str:
    """The shortest plain text that `parse_operations` reads back as these indices in this order: 0, 5-9, 13 or v=3."""
    ordered = [int(index) for index in indices]
    as_ranges, as_levels = _as_ranges(ordered), _as_levels(ordered)
    return as_levels if as_levels and len(as_levels) < len(as_ranges) else as_ranges


def _as_levels(indices: list[int]) -> str:
    """These indices as one whole level, or several that follow each other; empty if they are not that, or all."""
    if not 0 < len(indices) < ternary.N:
        return ""
    levels = ternary.VALUATIONS
    low, high = levels[indices].min(), levels[indices].max()
    if not np.array_equal(indices, np.flatnonzero((levels >= low) & (levels <= high))):
        return ""
    return f"v={low}" if low == high else f"v={low}-{high}"


def _as_ranges(indices: list[int]) -> str:
    parts: list[str] = []
    run: list[int] = []
    for index in [*indices, -2]:
        if run and index != run[-1] + 1:
            parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
            run = []
        run.append(index)
    for start in bare_nines(parts):
        parts[start] = f"{parts[start]}-{parts[start]}"  # a range of one is an index
    return ", ".join(parts)


def _parse_text(text: str, spent: Spent | None = None) -> tuple[int, ...]:
    read = read_text(text, spent)
    if read.wrong:
        _refuse(read.wrong)
    return read.indices


def _refuse(wrong: Sequence[WrongPart]) -> None:
    shown = "; ".join(f"{shortened(part.text)!r} at character {part.position + 1}: {part.why}" for part in wrong[:5])
    more = f"; and {len(wrong) - 5}{' or' if len(wrong) == MAX_WRONG else ''} more" if len(wrong) > 5 else ""
    raise OperationsError(f"Could not read {shown}{more}. {FORMS}.", wrong[0].text, wrong[0].position)


def _refuse_too_many(count: int) -> None:
    if count > ternary.N:
        raise OperationsError(
            f"More than {ternary.N:,} operations were given, and there are only {ternary.N:,}. Give fewer."
        )


def _parse_list(values: Sequence[int | str | Sequence[int]]) -> tuple[int, ...]:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple):
        raise OperationsError(f"Operations are a text or a list, not {shortened(_text_of(values))}. {FORMS}.")
    if _is_table(values):
        table = [int(value) for value in values]
        raise OperationsError(
            f"{table} could be nine indices or one truth table. Write [{table}] for the table, or remove "
            "repeated indices.",
            str(table),
        )
    found: list[int] = []
    spent = Spent()
    for place, value in enumerate(values):
        found += _parse_item(value, place, spent)
        _refuse_too_many(len(found))
    return tuple(found)


def _is_table(values: object) -> bool:
    if not isinstance(values, list | tuple) or len(values) != ternary.T:
        return False
    return all(_is_index(value, -1, 2) for value in values)


def _is_index(value: object, low: int = 0, end: int = ternary.N) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and low <= int(value) < end


def _parse_item(value: Any, place: int, spent: Spent) -> Sequence[int]:
    if isinstance(value, str):
        try:
            indices = _parse_text(value, spent)
        except OperationsError as error:
            raise OperationsError(f"At place {place + 1} of the list: {error}", error.text, error.position) from error
        if not indices:
            raise OperationsError(f"At place {place + 1} of the list: {_why_none(value)}", value, place)
        return indices
    if _is_index(value):
        return (int(value),)
    if _is_table(value):
        return (int(ternary.index_of(value)),)
    raise OperationsError(
        f"Could not read {shortened(_text_of(value))!r} at place {place + 1} of the list: a list holds indices between "
        f"0 and {ternary.N - 1}, texts, and tables of nine values -1, 0 or 1.",
        _text_of(value),
        place,
    )


def _text_of(value: object) -> str:
    """A value for a message: a text as it is, anything else as JSON has it."""
    try:
        return value if isinstance(value, str) else json.dumps(value, default=str)
    except (TypeError, ValueError, RecursionError):  # no JSON; an integer of thousands of digits; nested too deep
        return "a value that cannot be shown"
