"""Measure every file of a repository that was not measured yet, one at a time, and write the table and the report.

Each result is kept at once, so an interrupt or a kill loses at most the file under way.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tvae.checkpoints.atomic_files import regular_bytes, write_atomically
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.catalogue.entry import Entry
from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.versions import __version__
from tvae.errors import CheckpointFileError, EvaluationInterrupted, HubError, HubFileRefused, InputError
from tvae.reports.surveys.repository import measuring, report
from tvae.reports.surveys.repository.card import Claims, claims_of_card
from tvae.reports.surveys.repository.files import FoundFile, Repository
from tvae.reports.surveys.repository.rows import Document, Outcome, best_of, row_of, table_of
from tvae.reports.surveys.repository.store import Store
from tvae.reports.tables import serialize

TABLE: Final = "files.parquet"
REPORT: Final = "report.html"
MAX_PICTURE: Final = 2**22  # bytes; ours have about 100,000
GIVE_UP: Final = 3  # files in a row that the Hub does not send, after which it is not asked for more

Say = Callable[[Document], None]  # called with each row


@dataclass(frozen=True)
class Evaluated:
    """What was found; the files are written."""

    rows: tuple[Document, ...]
    new: int  # files that were measured by this call
    best: Document | None
    table: Path
    report: Path


def evaluate(repository: Repository, output: Path, near: bool, say: Say = lambda _row: None) -> Evaluated:
    """Measure what is new, and write the table and the report into `output`.

    An interrupt writes both with what there is, and raises EvaluationInterrupted. Raises StorageError.
    """
    run = _Run(repository, Store(output), near)
    rows: list[Document] = []
    try:
        try:
            for row in run.rows():
                rows.append(row)
                say(row)
        except KeyboardInterrupt:
            rest = [_unread(file, "not reached") for file in repository.files[len(rows) :]]
            _written(run, [*rows, *rest], output, draw=False)
            raise
        return _written(run, rows, output, draw=True)
    except KeyboardInterrupt:
        read = sum(row["outcome"] in ("measured", "unreadable") for row in rows)
        raise EvaluationInterrupted(read, len(repository.files), output) from None


class _Run:
    """One call: the files in their order, and how often the Hub has failed."""

    def __init__(self, repository: Repository, store: Store, near: bool) -> None:
        self.repository, self.store, self.near = repository, store, near
        self.claims = claims_of_card(repository.card, [file.path for file in repository.files])
        self.new = 0
        self._failures: list[str] = []  # why the last files were not sent

    def rows(self) -> Iterator[Document]:
        for file in self.repository.files:
            yield self._row(file)

    def _row(self, file: FoundFile) -> Document:
        if file.refusal:
            return _unread(file, "refused", file.refusal)
        known = self.store.get(file.digest, self.radius(file), self.near)
        if known is None:
            if len(self._failures) >= GIVE_UP:
                return _unread(file, "not fetched", self._failures[-1])
            try:
                known = self._measure(file, self.repository.read(file))
            except HubFileRefused as error:
                return _unread(file, "refused", str(error))
            except HubError as error:
                self._failures.append(str(error))
                return _unread(file, "not fetched", str(error))
            except CheckpointFileError as error:  # of a disk
                return _unread(file, "refused", f"Found {error.found}; expected {error.expected}. {error.action}")
            self._failures.clear()
        outcome: Outcome = "measured" if known["error"] is None else "unreadable"
        return row_of(file.shown, file.size, outcome, known["error"], self._claimed(file), known)

    def _measure(self, file: FoundFile, data: bytes) -> Document:
        """What is kept of these bytes, or else measured now."""
        radius = self.radius(file)
        found = self.store.get(digest(data), radius, self.near)
        if found is None:
            found = measuring.measure(file.path, data, radius, self.near)
            self.store.put(found)
            self.new += 1
        return found

    def entry(self, file: FoundFile) -> Entry | None:
        found = BY_NAME.get(file.path) if self.repository.is_default else None
        return found if found and found.source == "hub" else None

    def radius(self, file: FoundFile) -> float | None:
        entry = self.entry(file)
        return entry.max_radius if entry else None

    def _claimed(self, file: FoundFile) -> Claims:
        """What was published for a file; the catalogue has what the card of the default repository says in words."""
        entry = self.entry(file)
        published = {name: value for name, value in vars(entry.claimed).items() if value is not None} if entry else {}
        return published | self.claims.get(file.path, {})


def _unread(file: FoundFile, outcome: Outcome, why: str | None = None) -> Document:
    return row_of(file.shown, file.size, outcome, why)


def _written(run: _Run, rows: list[Document], output: Path, draw: bool) -> Evaluated:
    repository, best = run.repository, best_of(rows)
    about = {"repository": repository.name, "revision": repository.revision or "", "tvae": __version__}
    table = write_atomically(output / TABLE, serialize(table_of(rows, about), "parquet"))
    plot = _picture(run, rows, best, draw)
    page = report.html(about, rows, repository.left_out, best, plot)
    return Evaluated(tuple(rows), run.new, best, table, write_atomically(output / REPORT, page.encode()))


def _picture(run: _Run, rows: list[Document], best: Document | None, draw: bool) -> str:
    """The radius plot of the best file in base64, drawn once from the file itself; empty if there is none."""
    if best is None:
        return ""
    path = run.store.picture(best["sha256"])
    with suppress(InputError):
        return base64.b64encode(regular_bytes(path, MAX_PICTURE)).decode()
    if not draw:
        return ""
    file = run.repository.files[next(place for place, row in enumerate(rows) if row is best)]
    try:
        drawn = measuring.picture(file.path, run.repository.read(file), run.radius(file))
    except HubError:  # the Hub is gone; the numbers are there
        return ""
    write_atomically(path, drawn)
    return base64.b64encode(drawn).decode()
