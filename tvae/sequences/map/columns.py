"""What is known of sequences besides their letters, by which a map is coloured.

    >Human clade=Primates year=2001                      clade, year
    >NM_007294 [gene=BRCA1] [organism=Homo sapiens]      gene, organism
    >Human|Primates|2001                                 field 2, field 3

A table (.csv) has the names of the sequences in its first column, and its first line names the others.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Final

from tvae.checkpoints.atomic_files import storage
from tvae.errors import SequenceError
from tvae.operations.validation import quoted
from tvae.sequences.fasta import MAX_RECORDS, Record, decoded

MAX_COLUMNS: Final = 8
MAX_VALUE: Final = 80  # characters of a value, and of the name of a column
MAX_TABLE: Final = 2**22  # bytes

Columns = dict[str, tuple[str, ...]]  # the values of each column, one for each sequence, "" if it has none

_BRACKETS: Final = re.compile(r"\[([\w.-]+)=([^\[\]]*)\]")
_PAIR: Final = re.compile(r"(?<!\S)([\w.-]+)=(\S+)")


def of_titles(records: Sequence[Record]) -> Columns:
    """The columns of the titles, at most `MAX_COLUMNS`: those that come first."""
    return _columns([_of_title(record.title) for record in records])


def _of_title(title: str) -> dict[str, str]:
    first, _, rest = title.partition(" ")
    fields = {f"field {place}": value for place, value in enumerate(first.split("|")[1:], 2)}
    return fields | dict(_BRACKETS.findall(rest)) | dict(_PAIR.findall(_BRACKETS.sub(" ", rest)))


def _columns(rows: Sequence[Mapping[str, str]]) -> Columns:
    names = islice(dict.fromkeys(name for row in rows for name in row), MAX_COLUMNS)
    return {name[:MAX_VALUE]: tuple(row.get(name, "").strip()[:MAX_VALUE] for row in rows) for name in names}


def chosen(columns: Columns, places: Sequence[int]) -> Columns:
    """The columns of some of the sequences, without those in which none of them has a value."""
    found = {name: tuple(values[place] for place in places) for name, values in columns.items()}
    return {name: values for name, values in found.items() if any(values)}


def of_table(path: Path, records: Sequence[Record]) -> Columns:
    """The columns of a table, in the order of the records.

    Raises SequenceError for a file that is no such table or that lacks a sequence, and StorageError if it cannot be
    read.
    """
    with storage(path):
        if not path.is_file():
            raise SequenceError(f"{str(path)[:200]!r} is not a file. Give the path of a table in CSV format.")
        if (size := path.stat().st_size) > MAX_TABLE:
            raise SequenceError(f"{path.name} has {size:,} bytes; at most {MAX_TABLE:,} are read. Leave columns out.")
        data = path.read_bytes()
    lines = csv.reader(decoded(data, path.name).lstrip("\ufeff").splitlines())
    try:
        head, *rows = [row for row in islice(lines, MAX_RECORDS + 2) if row]
    except (csv.Error, ValueError) as error:
        raise SequenceError(f"{path.name} is not a table in CSV format. {_EXAMPLE}") from error
    names = [name.strip() for name in head[1:]]
    if not 1 <= len(names) <= MAX_COLUMNS or not all(names) or len(set(names)) < len(names):
        raise SequenceError(
            f"The first line of {path.name} has {len(names)} columns after the first; give 1 to {MAX_COLUMNS}, each "
            f"with a name of its own. {_EXAMPLE}"
        )
    by_name = {row[0].strip(): dict(zip(names, row[1:], strict=False)) for row in rows}
    for record in records:
        if record.id not in by_name:
            near = get_close_matches(record.id, by_name, 3) or list(by_name)[:3]
            raise SequenceError(
                f"{path.name} has no line for {quoted(record.id)}; it has {', '.join(near)}. Add the line."
            )
    return _columns([dict.fromkeys(names, "") | by_name[record.id] for record in records])


_EXAMPLE: Final = "Its first line is such as name,clade and the others such as Human,Primates."
