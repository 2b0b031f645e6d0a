"""Tables for other programs: named columns of plain values as CSV, JSON or Parquet.

A cell is a bool, an int, a float, a text, a list of ints, or None. Lists stay lists in JSON and Parquet; a CSV cell has
them separated by spaces. A spreadsheet reads a text such as =A1 or the trits -0+-0+-0+ as a formula, so an apostrophe
precedes it in a CSV (https://owasp.org/www-community/attacks/CSV_Injection); docs/api.md says how to read it back.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from tvae.errors import InputError

Kind = Literal["bool", "int", "float", "text", "ints"]
Format = Literal["csv", "json", "parquet"]
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # beginnings of a text that a spreadsheet reads as a formula
FORMATS: Final[tuple[str, ...]] = get_args(Format)


@dataclass(frozen=True)
class Table:
    """Rows with the same columns; `about` describes the table, and is repeated in each row of a CSV or Parquet file."""

    name: str
    about: Mapping[str, str]
    columns: Mapping[str, Kind]
    rows: Sequence[Mapping[str, Any]]


def serialize(table: Table, kind: str) -> bytes:
    """The table as a file of the format `kind`. Raises InputError for a format that is not in `FORMATS`."""
    check_format(kind)
    if kind == "csv":
        return _csv(table).encode()
    if kind == "json":
        return json.dumps({**table.about, table.name: list(table.rows)}, indent=1).encode()
    return _parquet(table)


def check_format(kind: str) -> None:
    """Raise InputError for a format that is not in `FORMATS`."""
    if kind not in FORMATS:
        raise InputError(f"The format is {kind[:40]!r}; it must be one of {', '.join(FORMATS)}, for example csv.")


def _csv(table: Table) -> str:
    about = list(table.about.values())
    rows = ([*about, *(row[name] for name in table.columns)] for row in table.rows)
    return "".join(map(_csv_line, [[*table.about, *table.columns], *rows]))


def _csv_line(cells: Sequence[Any]) -> str:
    """One line, ended by a line feed. Python's csv quotes a carriage return only if it is part of the line's end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(_csv_cell, cells))
    return line.getvalue().removesuffix("\r\n") + "\n"


def _csv_cell(cell: Any) -> Any:
    shown = " ".join(map(str, cell)) if isinstance(cell, list) else cell
    return f"'{shown}" if isinstance(shown, str) and shown.startswith(FORMULA) else shown


def _parquet(table: Table) -> bytes:
    # Imported here because nothing else needs them.
    from arro3.core import Array, ChunkedArray, DataType, Table as ArrowTable, list_array
    from arro3.io import write_parquet

    types = {"bool": DataType.bool(), "int": DataType.int64(), "float": DataType.float64(), "text": DataType.string()}

    def column(name: str, kind: Kind) -> Any:
        cells = [row[name] for row in table.rows]
        if kind != "ints":
            return Array(cells, types[kind])
        offsets = np.cumsum([0, *(len(cell) for cell in cells)], dtype=np.int32)
        return list_array(Array(offsets), Array([number for cell in cells for number in cell], DataType.int64()))

    same = {name: Array([text] * len(table.rows), DataType.string()) for name, text in table.about.items()}
    arrays = same | {name: column(name, kind) for name, kind in table.columns.items()}
    file = io.BytesIO()
    whole = ArrowTable.from_arrays([ChunkedArray([array]) for array in arrays.values()], names=list(arrays))
    write_parquet(whole, file, compression="zstd(3)")
    return file.getvalue()
