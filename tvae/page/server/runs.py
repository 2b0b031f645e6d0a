"""The runs of a sweep that the server's owner opened with `--runs`, for every visitor.

They are read once, at the start: their names and the measures that the sweep took. A model is read when a visitor opens
it, through the strict loader, and measured as always. Nothing outside the directory is opened.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointError, InputError
from tvae.page.ui import texts
from tvae.reports import leaderboard
from tvae.reports.surveys.sweeps import collection
from tvae.reports.surveys.sweeps.rows import Document, finished, merit_of, name_of, nested, whole_name_of

MAX_SHOWN: Final = 500  # runs of a server; the best ones


class Runs:
    """Finished runs by name, the best first; none until `open`."""

    def __init__(self) -> None:
        self._directory = Path()
        self._rows: dict[str, Document] = {}

    def open(self, directory: Path) -> str:
        """Read the runs of a directory, in place of those that were open; returns a sentence that says which.

        Raises InputError if none has finished, and as `collection.read` does.
        """
        found = collection.read(directory, check=False)
        done = sorted(filter(finished, found.rows), key=merit_of, reverse=True)
        if not done:
            raise InputError(texts.NO_FINISHED_RUNS.format(directory=repr(str(directory))))
        rows: dict[str, Document] = {}
        for row in done[:MAX_SHOWN]:
            name = name_of(row)
            rows[whole_name_of(row) if name in rows else name] = row
        self._directory, self._rows = directory.resolve(), rows
        others = len(found.rows) - len(done) + len(found.skipped) + found.left_out
        sentence = texts.RUNS_OPENED if others or len(rows) < len(done) else texts.RUNS_ALL_OPENED
        return sentence.format(shown=len(rows), finished=len(done), others=others, directory=repr(str(directory)))

    def has(self, name: object) -> bool:
        """Whether this is the name of a run."""
        return isinstance(name, str) and name in self._rows

    def status(self, name: str) -> str:
        """The status of a run, by the numbers of the sweep."""
        return str(self._rows[name]["status"])

    def choices(self) -> list[tuple[str, str]]:
        """(title, name) of each run, for a dropdown."""
        return [(texts.RUN_TITLE.format(name=name, status=row["status"]), name) for name, row in self._rows.items()]

    def locate(self, name: str) -> CheckpointLocation:
        """Where the model of a run is. Raises CheckpointError if it is no longer there, or has become a link."""
        run = self._rows[name]["id"]
        try:
            path = collection.model_path(self._directory, run)
        except InputError as error:
            raise CheckpointError(texts.RUN_IS_GONE.format(name=name, reason=str(error))) from error
        return CheckpointLocation(name, path, "run", None, None)

    def listed(self) -> list[dict[str, Any]]:
        """The runs as /checkpoints lists checkpoints."""
        return [
            {"name": name, "status": row["status"], "source": "run", "note": texts.RUN_NOTE}
            for name, row in self._rows.items()
        ]

    def rows(self, without: Collection[str] = ()) -> list[Document]:
        """The runs as rows of /leaderboard, with the numbers of the sweep."""
        return [
            leaderboard.row_of_run(name, row["status"], row["sha256"], nested(row))
            for name, row in self._rows.items()
            if name not in without
        ]
