"""Columns: one value for each of the 19,683 operations, by which plots are coloured and filtered.

A new column is a row of `COLUMNS` and a function. Those of a group are of the atlas of operations, the same for every
checkpoint. Not here: the words of a column, which the page has under its key, and its colours in the browser. Start
with `COLUMNS` and `packed`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.views.base64_text import in_base64
from tvae.errors import InputError
from tvae.models.embedding import confidence_of
from tvae.operations import ternary
from tvae.operations.atlas import properties
from tvae.operations.atlas.properties import Quantity
from tvae.operations.ternary import T
from tvae.operations.validation import quoted
from tvae.reports.plots.palette import EXACTNESS_COLOURS, LEVEL_COLOURS, PROPERTY_COLOURS, TRIT_COLOURS, TRIT_SIGNS

STEPS: Final = 65_535  # of a continuous column, from its least to its largest value

Values = NDArray[Any]
Kind = Literal["continuous", "categorical"]
Group = Literal["", "property", "clone", "quantity"]  # "" is none: the column is in the menu itself


@dataclass(frozen=True)
class Source:
    """What the values of a column are computed from."""

    evaluated: EvaluatedCheckpoint
    operation: int = 0  # the one that distances are measured from
    other: EvaluatedCheckpoint | None = None  # the checkpoint to compare with


@dataclass(frozen=True)
class Column:
    """A column; continuous values are float64, categorical ones are the numbers of their categories."""

    key: str  # in links
    kind: Kind
    compute: Callable[[Source, str], Values]  # from the source and `encoder` to (N,) values
    encoder: str = ""  # that the values depend on: A, B or none
    needs: Literal["", "operation", "other"] = ""  # the field of the source that must be given
    categories: tuple[str, ...] = ()  # how the values are written
    colours: tuple[str, ...] = LEVEL_COLOURS  # of the categories, or along the range of the values
    group: Group = ""
    meaning: str = ""  # what the operations have that are in the last category, or what the number is


def _valuation(_source: Source, _encoder: str) -> Values:
    return ternary.VALUATIONS


def _first(_source: Source, _encoder: str) -> Values:
    return ternary.ALL_TRITS[:, 0] + 1


def _exactness(source: Source, _encoder: str) -> Values:
    return source.evaluated.embedding.exact


def _wrong(source: Source, _encoder: str) -> Values:
    wrong: Values = (source.evaluated.embedding.reconstruction != ternary.ALL_TRITS).sum(-1)
    return wrong


def _confidence(source: Source, _encoder: str) -> Values:
    least: Values = confidence_of(source.evaluated.embedding.logits).min(-1)
    return least


def _radius(source: Source, encoder: str) -> Values:
    return source.evaluated.embedding.side(encoder).radius


def _nearness(source: Source, encoder: str) -> Values:
    side, every = source.evaluated.embedding.side(encoder), np.arange(ternary.N)
    distances: Values = neighbours.model_distances(side, np.array([source.operation]), every[None])[0]
    return distances


def _adic(source: Source, _encoder: str) -> Values:
    return ternary.valuation_of(np.arange(ternary.N) - source.operation)


def _other_radius(source: Source, encoder: str) -> Values:
    if source.other is None:
        raise ValueError("the column needs another checkpoint")
    return source.other.embedding.side(encoder).radius


def _has(key: str, meaning: str, group: Group) -> Column:
    """The column of a property or a clone of the atlas."""
    return Column(
        key,
        "categorical",
        lambda _source, _encoder: properties.flags(key),
        categories=NO_YES,
        colours=PROPERTY_COLOURS,
        group=group,
        meaning=meaning,
    )


def _quantity(known: Quantity) -> Column:
    """The column of a quantity of the atlas; category n is the number n, without a name if it is too small."""
    count = known.high + 1
    return Column(
        known.name,
        "categorical",
        lambda _source, _encoder: properties.numbers(known.name),
        categories=tuple(str(n) if n >= known.low else "" for n in range(count)),
        colours=tuple(LEVEL_COLOURS[9 * n // max(1, known.high)] for n in range(count)),
        group="quantity",
        meaning=known.meaning,
    )


NO_YES: Final = ("no", "yes")
_LEVELS: Final = tuple(map(str, range(T + 1)))
_SIGNS: Final = tuple(TRIT_SIGNS[trit] for trit in (-1, 0, 1))
_DISTANCES: Final = ("1", *(f"1/{3**v:,}" for v in range(1, T)), "0")  # 3-adic, by the valuation of the difference

COLUMNS: Final = (
    Column("valuation", "categorical", _valuation, categories=_LEVELS),
    Column("first", "categorical", _first, categories=_SIGNS, colours=tuple(TRIT_COLOURS.values())),
    Column("exactness", "categorical", _exactness, categories=NO_YES, colours=EXACTNESS_COLOURS),
    Column("wrong", "categorical", _wrong, categories=_LEVELS),
    Column("confidence", "continuous", _confidence),
    Column("radius_a", "continuous", _radius, "A"),
    Column("radius_b", "continuous", _radius, "B"),
    Column("nearness_a", "continuous", _nearness, "A", needs="operation"),
    Column("nearness_b", "continuous", _nearness, "B", needs="operation"),
    Column("adic", "categorical", _adic, needs="operation", categories=_DISTANCES),
    Column("other_radius_a", "continuous", _other_radius, "A", needs="other"),
    Column("other_radius_b", "continuous", _other_radius, "B", needs="other"),
    *(_has(known.name, known.meaning, "property") for known in (*properties.IDENTITIES, *properties.DERIVED)),
    *(_has(known.name, known.meaning, "clone") for known in properties.CLONES),
    *(_quantity(known) for known in properties.QUANTITIES),
)
KEYS: Final = tuple(column.key for column in COLUMNS)


def column_of(key: object) -> Column:
    """The column of a key. Raises InputError for any other value."""
    found = next((column for column in COLUMNS if column.key == key), None)
    if found is None:
        own = ", ".join(column.key for column in COLUMNS if not column.group)
        raise InputError(
            f"There is no column {quoted(key)}; there are {own}, and the properties and quantities of operations, such "
            "as commutative. Choose one of these."
        )
    return found


def atlas_column(key: object) -> Column:
    """The column of the atlas with this key. Raises InputError for any other value, also for other columns."""
    column = column_of(key)
    if not column.group:
        raise InputError(
            f"The column {quoted(key)} belongs to a checkpoint; give a property or a quantity of operations, such as "
            "commutative."
        )
    return column


def value_of(column: Column, category: int) -> bool | int:
    """The value of one operation in a column of the atlas, from the number of its category."""
    return category if column.group == "quantity" else bool(category)


def values_of(column: Column, source: Source) -> Values:
    """The values (N,) of a column: float64, or the numbers of its categories as uint8."""
    values = column.compute(source, column.encoder)
    typed: Values = values.astype(np.float64 if column.kind == "continuous" else np.uint8)
    return typed


def packed(column: Column, source: Source) -> dict[str, Any]:
    """The values of a column for the browser.

    {codes}: uint8 in base64, the numbers of the categories; a column of the atlas also has its {meaning}. Or {steps,
    low, high}: uint16 in base64, the least and the largest value, which are exact, with the others in 65,535 equal
    steps between them.
    """
    values = values_of(column, source)
    if column.kind == "categorical":
        return {"codes": in_base64(values)} | ({"meaning": column.meaning} if column.meaning else {})
    low, high = float(values.min()), float(values.max())
    share = (values - low) / (high - low) if high > low else np.zeros(len(values))
    return {"steps": in_base64(np.round(share * STEPS).astype("<u2")), "low": low, "high": high}
