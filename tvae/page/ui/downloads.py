"""Tables and other files for the browser to save."""

import base64
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple

from tvae.errors import InputError
from tvae.operations import ternary
from tvae.operations.validation import quoted
from tvae.page.ui import texts
from tvae.page.ui.scripts.sent import Sent, server_function
from tvae.reports.tables import Kind, Table, serialize


class File(NamedTuple):
    """A file for the browser."""

    name: str
    data: bytes


def download(make: Callable[[Sent], File]) -> Callable[[Any], dict[str, Any]]:
    """Turn a function that makes a file into a server function, which returns {name, base64} or {error}."""

    @wraps(make)
    def answer(asked: Sent) -> dict[str, Any]:
        file = make(asked)
        return {"name": file.name, "base64": base64.b64encode(file.data).decode("ascii")}

    return server_function(answer)


def known_table(name: object, tables: Collection[str]) -> str:
    """The name of a table that the browser asks for. Raises InputError if it is not one of `tables`."""
    if not isinstance(name, str) or name not in tables:
        raise InputError(texts.NO_TABLE.format(table=quoted(name), tables=", ".join(tables)))
    return name


def table_file(table: Table, kind: str, *names: str) -> File:
    """A table as csv, json or parquet; `names` become part of the file's name. Raises InputError for another kind."""
    return File(f"tvae-{'-'.join(map(safe_name, names))}.{kind}", serialize(table, kind))


def safe_name(name: str) -> str:
    """A checkpoint's name as part of a file name."""
    return name.replace("/", "_").removesuffix(".pt")


def table_of_rows(name: str, about: dict[str, str], rows: Sequence[Mapping[str, Any]]) -> Table:
    """A table from the rows of a JSON document: trits become signs, other lists numbers separated by spaces."""
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
