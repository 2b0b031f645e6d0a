"""A row for each file of a repository: what it is, what was claimed, what is measured, or why it could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from tvae.analysis.comparison.best import merit
from tvae.checkpoints.catalogue.entry import Numbers
from tvae.reports import checkpoints, leaderboard
from tvae.reports.tables import Kind, Table

Document = dict[str, Any]
# unreadable: no checkpoint of ours; refused: it was not opened; not fetched: the Hub did not send it; not reached: the
# command was stopped before
Outcome = Literal["measured", "unreadable", "refused", "not fetched", "not reached"]

NUMBERS: Final = tuple(field.name for field in fields(Numbers))  # what files store and the catalogue claims
NORMS: Final = ("norm_v0", "norm_v9")  # among them, what no other measure is
MEASURES: Final[dict[str, Kind]] = {**leaderboard.MEASURES, **dict.fromkeys(NORMS, "float")}
CLAIMED: Final = tuple(dict.fromkeys((*NUMBERS, *MEASURES)))  # what can be claimed
COLUMNS: Final[dict[str, Kind]] = {
    "path": "text",
    "sha256": "text",
    "bytes": "int",
    "outcome": "text",
    "error": "text",
    "format": "text",
    "architecture": "text",
    "status": "text",
    **MEASURES,
    **{f"claimed_{name}": "float" for name in CLAIMED},
    **{f"stored_{name}": "float" for name in NUMBERS},
}  # of the table


def row_of(
    path: str,
    size: int,
    outcome: Outcome,
    error: str | None = None,
    claimed: Mapping[str, float] | None = None,
    measured: Document | None = None,
) -> Document:
    """A row with the names of `COLUMNS`, from what `measuring.measure` found, if the file was read."""
    found = measured or {}
    numbers, stored, given = found.get("measures", {}), found.get("stored", {}), claimed or {}
    return {
        "path": path,
        "sha256": found.get("sha256"),
        "bytes": size,
        "outcome": outcome,
        "error": error,
        **{name: found.get(name) for name in ("format", "architecture", "status")},
        **{name: numbers.get(name) for name in MEASURES},
        **{f"claimed_{name}": given.get(name) for name in CLAIMED},
        **{f"stored_{name}": stored.get(name) for name in NUMBERS},
    }


def table_of(rows: Sequence[Document], about: Mapping[str, str]) -> Table:
    """The rows as a table; `about` says of which repository they are."""
    sample = {name: str(value) for name, value in checkpoints.tree_sample().items()}
    return Table("files", {**about, **sample}, COLUMNS, rows)


@dataclass(frozen=True)
class Statement:
    """A number that is said about a file, and what is measured of it."""

    path: str
    measure: str  # of `MEASURES`
    source: Literal["claimed", "stored"]
    said: float
    measured: float | None


def statements(row: Document) -> list[Statement]:
    """Everything that is said about a measured file; what names no encoder is said of both."""
    found = []
    sources: tuple[Literal["claimed", "stored"], ...] = ("claimed", "stored")
    for source in sources if row["outcome"] == "measured" else ():
        names = (name for name in row if name.startswith(f"{source}_") and row[name] is not None)
        given = {name.removeprefix(f"{source}_"): row[name] for name in names}
        for name in MEASURES:
            number, _, side = name.rpartition("_")
            of_encoder = side in ("a", "b") and name not in leaderboard.COVERAGE
            claim = leaderboard.claim({"claimed": given}, side.upper(), number) if of_encoder else given.get(name)
            if claim is not None:
                found.append(Statement(row["path"], name, source, claim, row[name]))
    return found


def best_of(rows: Sequence[Document]) -> Document | None:
    """The best of the measured files, see `comparison.best`."""
    measured = [row for row in rows if row["outcome"] == "measured"]
    return max(measured, key=lambda row: merit(row["reconstructed"], row["q_a"], row["q_b"]), default=None)
