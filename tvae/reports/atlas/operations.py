"""JSON documents and tables of the atlas: the operations of a query, and what is known about some of them.

As in `reports.checkpoints`: plain dicts of JSON values, field names are fixed. Nothing is computed before it is asked
for. Start with `search` and `described`.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from tvae.errors import InputError, OperationsError
from tvae.operations import ternary, validation
from tvae.operations.atlas import classes, properties
from tvae.operations.atlas.codes import code_of
from tvae.operations.named import name_of, names_of
from tvae.operations.parsing import Typed, parse_query
from tvae.operations.words import LONGEST_NAME, normal, those_near
from tvae.reports.tables import Kind, Table

Document = dict[str, Any]

MAX_CELLS: Final = 200_000  # operations x columns of one answer: ten columns for all operations
MAX_DESCRIBED: Final = 2_000  # operations with all of their properties in one answer
ALWAYS: Final[dict[str, Kind]] = {"index": "int", "trits": "text", "code": "text", "name": "text", "valuation": "int"}
_EVERY: Final = "all"  # in place of the names of all columns
_NAMES: Final = re.compile(r"(?:\([^()]*+\)?+|[^,(]++)++")  # up to a comma outside parentheses, as in keeps(-, 0)


@dataclass(frozen=True)
class AtlasColumn:
    """One value for each of the 19,683 operations that a search can add to its rows."""

    name: str
    kind: Kind
    values: Callable[[], NDArray[Any]]  # (N,)


def _of_class(kind: str, part: str) -> NDArray[Any]:
    found: NDArray[Any] = getattr(classes.classes(kind), part)
    return found


COLUMNS: Final = (
    *(AtlasColumn(known.name, "bool", partial(properties.flags, known.name)) for known in properties.PROPERTIES),
    *(AtlasColumn(known.name, "int", partial(properties.numbers, known.name)) for known in properties.QUANTITIES),
    *(
        AtlasColumn(f"{kind.name}_{part}", "int", partial(_of_class, kind.name, part))
        for kind in classes.KINDS
        for part in ("representative", "size")
    ),
)


def _key(name: str) -> str:
    """A name as it is compared: in lower case, without spaces, with a plain minus."""
    return "".join(normal(name).lower().split())


_BY_KEY: Final = {_key(column.name): column for column in COLUMNS}


def columns_of(names: object) -> tuple[AtlasColumn, ...]:
    """The columns that a caller wants: a list of names, or a text that separates them by commas; each once.

    Raises InputError for anything else, and for a name that is not one of `COLUMNS`.
    """
    listed = _NAMES.findall(names) if isinstance(names, str) else names
    if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
        raise InputError(
            f"columns is {validation.quoted(names)}; it must be a list of names or a text with commas, for example "
            '["commutative", "image"].'
        )
    asked = {key: name for name in listed if (key := _key(name))}
    if _EVERY in asked:
        return COLUMNS
    return tuple(_BY_KEY[key] if key in _BY_KEY else _refuse(name) for key, name in asked.items() if key not in ALWAYS)


def _refuse(name: str) -> NoReturn:
    near = [_BY_KEY[found].name for found in difflib.get_close_matches(_key(name)[:LONGEST_NAME], _BY_KEY, 3)]
    names = those_near(near) if near else f"there are {', '.join(column.name for column in COLUMNS)}"
    action = "Name one of these" if len(near) != 1 else "Name it"
    more = ", or one that `python -m tvae operations --help` lists" if near else ""
    raise InputError(f"There is no column {validation.quoted(name.strip())}; {names}. {action}{more}.")


def search(query: object, columns: object = "", limit: int | None = MAX_CELLS) -> Document:
    """The operations of a query, each once, with the columns that are asked for; a query may have no operation.

    At most `limit` values of such columns. Raises OperationsError for a query that cannot be read.
    """
    if not isinstance(query, str):
        raise InputError(
            f"The query is {validation.quoted(query)}; it must be a text, for example 'commutative and idempotent'."
        )
    wanted = columns_of(columns)
    found = np.asarray(parse_query(query), np.int64)
    if limit is not None and len(found) * len(wanted) > limit:
        raise InputError(
            f"{len(wanted)} columns of {len(found):,} operations were asked for; one answer has at most {limit:,} "
            "values in columns. Ask for fewer columns, or for fewer operations."
        )
    rows: dict[str, list[Any]] = {
        "index": found.tolist(),
        "trits": ternary.ALL_TRITS[found].tolist(),
        "code": [code_of(index) for index in found.tolist()],
        "name": [name_of(index) for index in found.tolist()],
        "valuation": ternary.VALUATIONS[found].tolist(),
        **{column.name: column.values()[found].tolist() for column in wanted},
    }
    return {
        "query": query,
        "count": len(found),
        "operations": [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)],
    }


def described(operations: int | Typed) -> Document:
    """Names, properties, maximal clones and classes of one operation or of many."""
    indices, _ = validation.parse_operations_argument(operations, "operations")
    if len(indices) > MAX_DESCRIBED:
        raise OperationsError(
            f"{len(indices):,} operations were asked for; one answer describes at most {MAX_DESCRIBED:,}. Ask for "
            "fewer, or for some columns of /operations."
        )
    return {"operations": [_described(index) for index in indices]}


def _described(index: int) -> Document:
    return {
        "index": index,
        "code": code_of(index),
        "names": names_of(index),
        "properties": properties.properties_of(index),
        "quantities": {known.name: int(properties.numbers(known.name)[index]) for known in properties.QUANTITIES},
        "clones": properties.clones_of(index),
        "classes": {
            kind.name: {part: int(_of_class(kind.name, part)[index]) for part in ("representative", "size")}
            for kind in classes.KINDS
        },
    }


def table_of(document: Document, columns: object = "") -> Table:
    """The operations of a search with these columns, as a file.

    The query is not repeated in each row, since it may be much longer than a row.
    """
    kinds = ALWAYS | {column.name: column.kind for column in columns_of(columns)}
    flat = [{**row, "trits": ternary.trit_string(row["trits"])} for row in document["operations"]]
    return Table("operations", {}, kinds, flat)


def counted(document: Document) -> str:
    """How many operations a search has found, in words."""
    return f"{document['count']:,} operation{'' if document['count'] == 1 else 's'}"


def search_table(document: Document) -> str:
    """The document of a search as a table for a terminal."""
    lines = [counted(document)]
    rows = document["operations"]
    names = [name for name in rows[0] if name not in ALWAYS] if rows else []
    if rows:
        lines.append("  ".join(["index", "trits    ", "code", "v", *(f"{name:>5}" for name in names), "name"]))
    for row in rows:
        cells = (f"{_word(row[name]):>{max(5, len(name))}}" for name in names)
        place = (f"{row['index']:>5}", ternary.trit_string(row["trits"]), f"{row['code']:4}", str(row["valuation"]))
        lines.append("  ".join([*place, *cells, row["name"] or ""]).rstrip())
    return "\n".join(lines)


def _word(value: bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
