"""Tables as files for the browser."""

from collections.abc import Mapping, Sequence
from typing import Any

from tvae.operations import ternary
from tvae.reports.tables import Kind, Table


def safe_name(name: str) -> str:
    """A checkpoint's name as a part of a file's."""
    return name.replace("/", "_").removesuffix(".pt")


def table_of_rows(name: str, about: dict[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
    """A table of rows as documents have them: trits as signs, other lists as numbers parted by spaces."""
    flat = [{key: _cell(key, value) for key, value in row.items()} for row in rows]
    columns = {key: _kind(next((row[key] for row in flat if row[key] is not None), "")) for key in flat[0]}
    return Table(name, about, columns, flat)


def _cell(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return ternary.trit_string(value) if key == "trits" else " ".join(map(str, value))
    return value


def _kind(value: object) -> Kind:
    kinds: dict[type, Kind] = {bool: "bool", int: "int", float: "float"}
    return kinds.get(type(value), "text")
