"""Validate the other arguments of a call: choices, counts, one operation or many, points.

Nothing has checked these values before, so each function takes any JSON value. A wrong one raises InputError with the
value, the accepted values and an example.
"""

import json
from collections.abc import Sequence
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from tvae.errors import InputError
from tvae.operations.parsing import Typed, parse_operations

Encoder = Literal["A", "B"]
ENCODERS: Final[tuple[Encoder, ...]] = ("A", "B")
Word = TypeVar("Word", bound=str)

LONGEST: Final = 60  # characters of a value in a message
# Of what a file of results says: sums of squares of such numbers are finite. The worst distortion of a short run has
# been 1e34.
MAX_NUMBER: Final = 1e150
MAX_WHOLE: Final = 2**63 - 1  # of a column of whole numbers
LARGEST: Final = 1e6  # coordinate of a latent mean; trained ones stay below 100, and float32 overflows at 1e38


def parse_choice(value: str, accepted: Sequence[Word], what: str) -> Word:
    """The one of `accepted` that equals `value`, ignoring case. Raises InputError that names the accepted words."""
    for candidate in accepted:
        if isinstance(value, str) and value.strip().lower() == candidate.lower():
            return candidate
    raise InputError(f"{what} is {quoted(value)}; it must be {listed('or', accepted)}.")


def is_number(value: object, most: float = MAX_NUMBER) -> bool:
    """Whether a value is a number within +-most. `most` is finite, so infinity and NaN are none.

    Not `math.isfinite`, which raises OverflowError for whole numbers with hundreds of digits.
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= most


def is_whole(value: object, most: int = MAX_WHOLE) -> bool:
    """Whether a value is an integer in 0..most."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def count(value: object, low: int, high: int, what: str, example: int) -> int:
    """A whole number in low..high. A float without a fraction is accepted, because JSON does not tell 5 from 5.0."""
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high and value == int(value):
        return int(value)
    raise InputError(
        f"{what} is {quoted(value)}; it must be a whole number from {low:,} to {high:,}, for example {example}."
    )


def parse_operations_argument(value: int | Typed, what: str) -> tuple[tuple[int, ...], bool]:
    """Indices, and whether the caller asked for many: with a list (even of one), or a text that names several.

    A single index (13) is accepted. Raises InputError, or OperationsError for text that cannot be parsed.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | list | tuple):
        raise InputError(
            f"{what} is {quoted(value)}; it must be an index, a text or a list of these, for example 13, 'min' or "
            "[13, 14]."
        )
    indices = parse_operations([value] if isinstance(value, int) else value)
    return indices, len(indices) > 1 or isinstance(value, list | tuple)


def points(value: object, dimensions: int, limit: int) -> NDArray[np.float64]:
    """A list of 1 to `limit` lists of `dimensions` finite numbers within +-1e6, as (P, dimensions)."""
    example = "[[0.1, 0.1, ..., 0.1]]"
    if not isinstance(value, list | tuple) or not value:
        raise InputError(
            f"The points are {quoted(value)}; they must be a list of lists of {dimensions} numbers, as {example}."
        )
    if len(value) > limit:
        raise InputError(f"{len(value):,} points were sent; at most {limit:,} are decoded at once. Send fewer.")
    for place, point in enumerate(value, 1):
        if not isinstance(point, list | tuple):
            raise InputError(
                f"Point {place} is {quoted(point)}; each point must be a list of {dimensions} numbers, as in {example}."
            )
        if len(point) != dimensions:
            raise InputError(f"Point {place} has {len(point):,} numbers; each point has {dimensions}.")
        for axis, number in enumerate(point, 1):
            if not isinstance(number, int | float) or isinstance(number, bool) or not abs(number) <= LARGEST:
                raise InputError(
                    f"Number {axis} of point {place} is {quoted(number)}; it must be a finite number from "
                    "-1,000,000 to 1,000,000, for example 0.1."
                )
    return np.asarray(value, np.float64)


def listed(last: str, words: Sequence[str]) -> str:
    """Words in a sentence, with `last` before the last one: "a, b or c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def quoted(value: object) -> str:
    """A value for an error message, shortened: a text in quotes, anything else as JSON has it, and null as "empty"."""
    if value is None:
        return "empty"
    if isinstance(value, str):
        return repr(value[:LONGEST])
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):  # not JSON; an integer of thousands of digits; nested too deep
        return "a value that cannot be shown"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
