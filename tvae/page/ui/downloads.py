"""Tables and other files for the browser to save."""

import base64
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, Final, NamedTuple

from tvae.errors import InputError
from tvae.operations import ternary
from tvae.operations.validation import quoted
from tvae.page.ui import texts
from tvae.page.ui.scripts.sent import Sent, server_function
from tvae.reports.tables import Kind, Table, serialize

OWN: Final = "mine/"  # begins the name of a visitor's checkpoint; what follows is a key that opens it
MAX_PART: Final = 60  # characters of each part of a file's name
DIGEST: Final = 8  # digits of a sha256 in a file's name


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


def table_file(table: Table, kind: str, *what: object) -> File:
    """A table as csv, json or parquet; `what` says in the file's name what it holds, and `about` of which checkpoint.

    Raises InputError for another kind.
    """
    about = table.about
    data = serialize(replace(table, about={key: without_key(value) for key, value in about.items()}), kind)
    files = [(about[f"checkpoint{of}"], about[f"sha256{of}"]) for of in ("", "_a", "_b") if f"checkpoint{of}" in about]
    return File(file_name(files, "-".join(map(str, what)), kind, about.get("encoder", "")), data)


def document_file(document: Mapping[str, Any], *what: object) -> File:
    """A JSON document about a checkpoint as a file; `what` as for `table_file`."""
    name, sha256 = document["checkpoint"], document["sha256"]
    data = json.dumps({**document, "checkpoint": without_key(name)}, indent=1).encode()
    return File(file_name([(name, sha256)], "-".join(map(str, what)), "json", document.get("encoder", "")), data)


def file_name(files: Sequence[tuple[str, str]], what: str, kind: str, encoder: str = "") -> str:
    """The name of every file that the page makes: checkpoint, what, encoder, digest.

    For example `rich_tree-radius-a-1a2b3c4d.png`. `files` has the name and the sha256 of each checkpoint that the file
    is about; two are joined by "vs", and without any the name begins with "tvae". Each part keeps ASCII letters,
    digits, dots, hyphens and underscores, and at most `MAX_PART` of them. Of a visitor's own checkpoint, only "mine" is
    kept, because its name would open it. `fileName` in `canvas/files/saving.js` is the same function; both are tested
    with the same cases.
    """
    names = "-vs-".join(_checkpoint_part(name) for name, _ in files) or "tvae"
    digests = [_part(sha256[:DIGEST]) for _, sha256 in files]
    parts = (names, _part(what).lower(), _part(encoder).lower(), *digests)
    return f"{'-'.join(part for part in parts if part)}.{kind}"


def _checkpoint_part(name: str) -> str:
    return _part(re.sub(r"\.(pt|safetensors)$", "", without_key(name))) or "checkpoint"


def without_key(name: str) -> str:
    """The name of a checkpoint in a file that may be passed on."""
    return "mine" if name.startswith(OWN) else name


def _part(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text)[:MAX_PART].strip("._-")


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
