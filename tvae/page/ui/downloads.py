"""Tables and other files for the browser to save."""

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple

from tvae.errors import TvaeError
from tvae.operations import ternary
from tvae.reports.tables import Kind, Table, serialize

Asked = dict[str, Any]  # what the browser asks for; Gradio hands it to a server function as one value


class File(NamedTuple):
    """A file for the browser."""

    name: str
    data: bytes


def download(make: Callable[[Asked], File]) -> Callable[[Asked], dict[str, str]]:
    """Make a server function of a function that makes a file: it returns {name, base64}, or {error: a sentence}."""

    @wraps(make)
    def answer(asked: Asked) -> dict[str, str]:
        try:
            file = make(asked)
        except (TvaeError, OSError) as error:
            return {"error": str(error)}
        return {"name": file.name, "base64": base64.b64encode(file.data).decode("ascii")}

    return answer


def table_file(table: Table, kind: str, *names: str) -> File:
    """A table as csv, json or parquet. `names` tell the file from others. Raises InputError for another kind."""
    return File(f"tvae-{'-'.join(map(safe_name, names))}.{kind}", serialize(table, kind))


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
