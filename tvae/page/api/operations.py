"""The endpoints on operations themselves, which need no checkpoint."""

from dataclasses import dataclass
from typing import Any

from tvae.page.api.endpoint import endpoint
from tvae.reports.atlas import operations as atlas

# Dataclasses for the same reason as `explorer.Encoding`; `reports.atlas.operations` describes the fields.


@dataclass(frozen=True)
class FoundOperations:
    """The answer of `/operations`."""

    query: str
    count: int
    operations: list[Any]


@dataclass(frozen=True)
class DescribedOperations:
    """The answer of `/properties`."""

    operations: list[Any]


@endpoint
def operations(query: str, columns: str | list[str] = "") -> FoundOperations:
    """Find operations by their properties, classes, duals and converses: "commutative and not idempotent".

    A query also takes everything that names operations, and joins it by and, or, not, parentheses and commas. Each row
    has the index, the truth table, the heptavintimal code, the name and the valuation, and the `columns` that are
    asked for, up to 200,000 of their values in one answer. A query that no operation satisfies has no rows.
    """
    return FoundOperations(**atlas.search(query, columns))


@endpoint
def properties(operations: int | str | list[Any]) -> DescribedOperations:
    """Describe up to 2,000 operations: their names, properties, maximal clones and classes.

    `names` are those in the literature. `clones` are the maximal clones that the operation is in, none if it is
    functionally complete alone. `classes` has, for each of four ways to call operations the same, the smallest index
    in the operation's class and the number of operations in it.
    """
    return DescribedOperations(**atlas.described(operations))
