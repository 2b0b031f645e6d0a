"""The runs in the directory of a sweep: read without trust in it, and nothing outside it is opened.

A run is a directory with the name of its id, with `row.json` and `model.safetensors` in it. Links are not followed, and
everything is bounded: the number of runs, and the size of each file.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tvae.checkpoints.atomic_files import check_regular, is_own_directory, regular_bytes, storage
from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.terminal import printable
from tvae.errors import InputError
from tvae.reports.surveys.sweeps.rows import SETTINGS, Document, finished, flat, is_id, sortable
from tvae.training.sweeps.grid import MAX_RUNS
from tvae.training.sweeps.job import ID_LENGTH
from tvae.training.sweeps.row_file import MAX_MODEL, MODEL, read_row

MAX_NAME: Final = 100  # characters of a directory's name that are shown
_ACTION: Final = "Give the directory that python -m tvae sweep GRID.toml --output DIR has written."

Say = Callable[[int, int], None]  # called with how many directories were read, and of how many


@dataclass(frozen=True)
class Skipped:
    """A directory that is no run."""

    name: str
    why: str


@dataclass(frozen=True)
class Collection:
    """What is in the directory of a sweep."""

    directory: Path
    rows: tuple[Document, ...]  # of finished and failed runs, by recipe, settings and seed
    skipped: tuple[Skipped, ...]
    left_out: int  # directories beyond the first `MAX_RUNS`


def read(directory: Path, *, check: bool, say: Say = lambda _read, _of: None) -> Collection:
    """The runs of a directory. `check` also reads the models, and skips runs whose model is not the one measured.

    Raises InputError if there is no such directory or nothing in it has the name of a run, and StorageError if it
    cannot be read.
    """
    try:
        there = directory.is_dir()
    except (OSError, ValueError):  # a name of thousands of characters
        there = False
    if not there:
        raise InputError(f"{str(directory)[:200]!r} is not a directory. {_ACTION}")
    with storage(directory), os.scandir(directory) as entries:
        names = sorted(one.name for one in entries if not one.name.startswith(".") and not one.is_file())
    if not any(map(is_id, names)):
        raise InputError(f"{str(directory)[:200]!r} has no runs. {_ACTION}")
    rows, skipped = [], []
    for count, name in enumerate(names[:MAX_RUNS], 1):
        try:
            rows.append(_run(directory, name, check))
        except InputError as error:
            shown = printable(name)
            skipped.append(Skipped(shown if len(shown) <= MAX_NAME else f"{shown[:MAX_NAME]}...", str(error)))
        say(count, min(len(names), MAX_RUNS))
    return Collection(directory, tuple(sorted(rows, key=_place)), tuple(skipped), max(0, len(names) - MAX_RUNS))


def _place(row: Document) -> list[tuple[int, float, str]]:
    """By recipe, settings and seed."""
    return [sortable(row[name]) for name in ("recipe", *SETTINGS, "seed", "id")]


def _run(directory: Path, name: str, check: bool) -> Document:
    """The row of a run. Raises InputError, which says why it is none."""
    if not is_id(name):
        raise InputError(f"It does not have the name of a run, which is {ID_LENGTH} hexadecimal digits.")
    row = flat(read_row(directory, name))
    if finished(row):
        model = directory / name / MODEL
        check_regular(model, MAX_MODEL)
        if check and digest(regular_bytes(model, MAX_MODEL)) != row["sha256"]:
            raise InputError(f"{MODEL} has another sha256 than row.json says. Delete the directory and sweep again.")
    return row


def model_bytes(directory: Path, run: str) -> bytes:
    """The model of a run. Raises as `model_path` does."""
    return regular_bytes(model_path(directory, run), MAX_MODEL)


def model_path(directory: Path, run: str) -> Path:
    """The file of a run's model. Raises InputError if it or its directory is missing, a link, or too large."""
    if not is_own_directory(directory / run):
        raise InputError(f"{run} is missing or a link.")
    path = directory / run / MODEL
    check_regular(path, MAX_MODEL)
    return path
