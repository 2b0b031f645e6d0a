"""Collect the runs of a sweep: read its directory, and write the table and the report."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.versions import __version__
from tvae.errors import CheckpointError, InputError
from tvae.reports import checkpoints
from tvae.reports.surveys.repository import measuring
from tvae.reports.surveys.sweeps import collection, report, summary
from tvae.reports.surveys.sweeps.collection import Collection, Say
from tvae.reports.surveys.sweeps.rows import COLUMNS, Document, finished
from tvae.reports.tables import Table, serialize

TABLE: Final = "runs.parquet"
REPORT: Final = "report.html"
MAX_PICTURES: Final = 4


@dataclass(frozen=True)
class Collected:
    """What was found; the files are written."""

    found: Collection
    best: Document | None  # the best of the finished runs
    table: Path
    report: Path


def collect(directory: Path, output: Path, say: Say = lambda _read, _of: None) -> Collected:
    """Write the table and the report of the runs in `directory` into `output`.

    Raises InputError if there are no runs, and StorageError.
    """
    found = collection.read(directory, check=True, say=say)
    best = summary.winners(filter(finished, found.rows), MAX_PICTURES)
    table = write_atomically(output / TABLE, serialize(table_of(found), "parquet"))
    pictures = [(row, png) for row in best if (png := _picture(directory, row))]
    page = write_atomically(output / REPORT, report.html(found, pictures).encode())
    return Collected(found, best[0] if best else None, table, page)


def table_of(found: Collection) -> Table:
    """The rows as a table, each with the version of tvae that collected them and the sample of the tree measures."""
    sample = {name: str(value) for name, value in checkpoints.tree_sample().items()}
    return Table(
        "runs", {"tvae": __version__, **{f"sample_{name}": one for name, one in sample.items()}}, COLUMNS, found.rows
    )


def _picture(directory: Path, row: Document) -> str:
    """The radius plot of a run in base64; empty if its model cannot be read, or is not the one that was measured."""
    try:
        data = collection.model_bytes(directory, row["id"])
        if checkpoint_file.digest(data) != row["sha256"]:
            return ""
        return base64.b64encode(measuring.picture(row["id"], data, None)).decode()
    except (InputError, CheckpointError):
        return ""
