"""Tables as files, read back."""

import csv
import io
import json

import pytest
from arro3.core import DataType
from arro3.io import read_parquet

from tvae.errors import InputError
from tvae.reports.tables import FORMATS, Table, serialize

ROWS = [
    {"index": 3, "trits": "+-0", "name": None, "exact": True, "radius": 0.5, "near": [1, 2]},
    {"index": None, "trits": 'a "b", c', "name": "min", "exact": False, "radius": None, "near": []},
]
COLUMNS = {"index": "int", "trits": "text", "name": "text", "exact": "bool", "radius": "float", "near": "ints"}
ABOUT = {"checkpoint": "one", "sha256": "ab"}


def table(rows: list[dict[str, object]]) -> Table:
    return Table("things", ABOUT, COLUMNS, rows)  # type: ignore[arg-type]


def test_csv() -> None:
    read = list(csv.DictReader(io.StringIO(serialize(table(ROWS), "csv").decode())))
    assert list(read[0]) == [*ABOUT, *COLUMNS]
    assert read[0]["near"] == "1 2"
    assert [row["trits"] for row in read] == ["'+-0", 'a "b", c']
    assert (read[0]["radius"], read[1]["radius"], read[0]["exact"]) == ("0.5", "", "True")


def test_json() -> None:
    assert json.loads(serialize(table(ROWS), "json")) == {**ABOUT, "things": ROWS}


@pytest.mark.parametrize("rows", [ROWS, []])
def test_parquet_keeps_names_types_and_what_is_missing(rows: list[dict[str, object]]) -> None:
    data = serialize(table(rows), "parquet")
    assert data[:4] == data[-4:] == b"PAR1"
    read = read_parquet(io.BytesIO(data)).read_all()
    assert read.schema.names == [*ABOUT, *COLUMNS]
    types = [DataType.int64(), DataType.string(), DataType.string(), DataType.bool(), DataType.float64()]
    assert [read.schema.field(name).type for name in list(COLUMNS)[:5]] == types
    assert read.schema.field("near").type.value_type == DataType.int64()
    for name in COLUMNS:
        assert [cell.as_py() for cell in read.column(name)] == [row[name] for row in rows]
    assert [cell.as_py() for cell in read.column("checkpoint")] == ["one"] * len(rows)


def test_another_format() -> None:
    assert FORMATS == ("csv", "json", "parquet")
    with pytest.raises(InputError, match="The format is 'xls'; it must be one of csv, json, parquet"):
        serialize(table(ROWS), "xls")
