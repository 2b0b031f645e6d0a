"""The log of a run. It grows line by line; a line that does not fit on the disk is removed again."""

import csv
import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.atomic_files import storage
from tvae.errors import StorageError

LOG_SUFFIXES: Final = (".csv", ".jsonl")


class RowLog:
    """A CSV or JSON-lines file (chosen by its suffix) that grows row by row.

    A run that continues from step `after` appends to it; the rows of later steps, which a run that was killed has
    written after its last state, are removed, since they come again.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, after: int | None = None) -> None:
        if path.suffix not in LOG_SUFFIXES:
            raise StorageError(f"{path.name!r} is not a file name for a log. End it in .csv or .jsonl.")
        self.path, self.columns = path, columns
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [] if after is None or not path.exists() else path.read_bytes().splitlines(keepends=True)
            while after is not None and rows and _step_of(rows[-1]) > after:
                rows.pop()
            path.touch()
            os.truncate(path, sum(map(len, rows)))
            fresh = not rows
        if fresh and path.suffix == ".csv":
            self._append(",".join(self.columns) + "\n")

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one row; raises StorageError."""
        if self.path.suffix == ".jsonl":
            self._append(json.dumps(row) + "\n")
            return
        text = io.StringIO()
        csv.DictWriter(text, self.columns, lineterminator="\n").writerow(row)
        self._append(text.getvalue())

    def _append(self, line: str) -> None:
        """Write a line, or remove what was written of it and raise StorageError."""
        with storage(self.path):
            size = self.path.stat().st_size if self.path.exists() else 0
            try:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line)
            except OSError:
                with self.path.open("r+b") as file:
                    file.truncate(size)
                raise


def _step_of(row: bytes) -> float:
    """The step of a row of a log; infinite for a row that was cut off, and -1 for another text, such as the head."""
    if not row.endswith(b"\n"):
        return math.inf
    try:
        return int(json.loads(row)["step"]) if row.startswith(b"{") else int(row.split(b",")[0])
    except (ValueError, KeyError):
        return -1
