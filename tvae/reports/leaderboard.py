"""All checkpoints at once: a row for each of the catalogue, and for others that were measured.

As in `checkpoints`: plain dicts of JSON values, an undefined number is null, field names are fixed. Nothing is computed
here. The numbers of a bundled file are those of the manifest, which a test measures again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from tvae.analysis.comparison import rules
from tvae.analysis.comparison.pareto import on_front
from tvae.analysis.evaluation import EvaluatedCheckpoint, status_facts
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints.catalogue.bundled import manifest
from tvae.checkpoints.catalogue.catalogue import BY_NAME, ENTRIES
from tvae.checkpoints.catalogue.entry import Entry, Numbers
from tvae.checkpoints.catalogue.status import status_of
from tvae.errors import InputError
from tvae.operations.validation import quoted
from tvae.reports import checkpoints
from tvae.reports.checkpoints import Document
from tvae.reports.tables import Kind, Table

Measured = tuple[EvaluatedCheckpoint, BothEncoders]

MAX_ALSO: Final = 8  # checkpoints that one call measures; each takes a second or two
COVERAGE: Final[dict[str, Kind]] = {
    "coverage": "float",
    "reconstructed": "int",
    "total": "int",
    "trit_accuracy": "float",
    "ball_coverage": "float",
    "coverage_b": "float",
}  # fields of a row that are of the whole checkpoint
OF_ENCODER: Final = tuple(field.name for kind in (EncoderMetrics, TreeMeasures) for field in fields(kind))
_LISTS: Final = ("overlapping", "level_mean_norm", "level_mean_radius")
DIGITS: Final = rules.DIGITS | {"hierarchy": 4, "richness": 5}  # shorter, since the table has many columns
NUMBERS: Final = tuple(name for name in OF_ENCODER if name not in _LISTS)  # fields of `a` and `b` that are one number
_OF_ENCODERS: Final[dict[str, Kind]] = {
    f"{name}_{side}": "int" if name == "overlaps" else "float" for side in "ab" for name in NUMBERS
}
MEASURES: Final[dict[str, Kind]] = {**COVERAGE, **_OF_ENCODERS}  # every measured number, under its name in tables
COLUMNS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("checkpoint", "status", "source", "sha256"), "text"),
    **COVERAGE,
    **{f"claimed_{field.name}": "float" for field in fields(Numbers)},
    **_OF_ENCODERS,
}  # of the table


def leaderboard(measured: Iterable[Document] = ()) -> list[Document]:
    """A row for every checkpoint of the catalogue, in its order, and then those of `measured` that it lacks.

    `measured`: rows of `measured_row`. That of a published checkpoint takes the place of its claims alone.
    """
    others = {row["checkpoint"]: row for row in measured}
    listed = [others.pop(entry.name) if entry.name in others else _known_row(entry) for entry in ENTRIES]
    return [*listed, *others.values()]


def bundled() -> list[Document]:
    """The rows of the bundled checkpoints."""
    return [_known_row(entry) for entry in ENTRIES if entry.source == "bundled"]


def measured_row(evaluated: EvaluatedCheckpoint, measures: BothEncoders) -> Document:
    """The row of a checkpoint with the numbers of /metrics. A file without a status gets that of the rule for files."""
    location = evaluated.location
    document = checkpoints.metrics(evaluated, measures)
    status = location.entry.status if location.entry else status_of(status_facts(evaluated.metrics, measures))
    source = location.entry.source if location.entry else location.origin
    numbers = {name: document[name] for name in (*COVERAGE, "a", "b")}
    return _row(location.name, status, source, document["sha256"], document["claimed"], numbers)


def row_of_run(name: str, status: str, sha256: str, numbers: Mapping[str, Any]) -> Document:
    """The row of a run of a sweep, with the numbers that the sweep measured: those of `COVERAGE`, and `a` and `b`."""
    return _row(name, status, "run", sha256, {}, numbers)


def measures(numbers: Mapping[str, Any]) -> dict[str, float | None]:
    """The numbers of `MEASURES`, from a document that has those of the encoders in `a` and `b`."""
    of_encoders = {f"{name}_{side}": numbers[side][name] for side in "ab" for name in NUMBERS}
    return {name: numbers[name] for name in COVERAGE} | of_encoders


def _known_row(entry: Entry) -> Document:
    """What is known without opening a file: the manifest's numbers of a bundled one, or the claims alone."""
    row = manifest().get(entry.name) if entry.source == "bundled" else None
    claimed = {name: value for name, value in asdict(entry.claimed).items() if value is not None}
    if row is None:
        unknown: Document = dict.fromkeys(COVERAGE) | {side: dict.fromkeys(OF_ENCODER) for side in "ab"}
        return _row(entry.name, entry.status, entry.source, None, claimed, unknown)
    metrics, trees = row["metrics"], row["tree_measures"]
    whole = {name: metrics["at_mu"][name] for name in COVERAGE if name in metrics["at_mu"]}
    others = {
        name: metrics[key] and metrics[key]["coverage"]
        for name, key in (("ball_coverage", "at_ball"), ("coverage_b", "at_mu_b"))
    }
    numbers = whole | others | {side: metrics[side] | trees[side] for side in "ab"}
    return _row(entry.name, entry.status, entry.source, row["sha256"], claimed, numbers)


def _row(
    name: str, status: str, source: str, sha256: str | None, claimed: Document, numbers: Mapping[str, Any]
) -> Document:
    """`sha256` is None for a checkpoint that was not measured."""
    return {"checkpoint": name, "status": status, "source": source, "sha256": sha256, "claimed": claimed, **numbers}


def names_to_measure(also: object) -> tuple[str, ...]:
    """The checkpoints that a caller wants measured: a list of names, or a text that separates them by commas.

    Without the bundled ones, which are measured already. Raises InputError for anything else, or for too many.
    """
    listed = also.split(",") if isinstance(also, str) else also
    if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
        raise InputError(
            f'also is {quoted(also)}; it must be a list of names of checkpoints, for example ["v5_11/best.pt"].'
        )
    names = dict.fromkeys(name.strip() for name in listed if name.strip())
    if len(names) > MAX_ALSO:
        raise InputError(f"also has {len(names):,} names; one call measures at most {MAX_ALSO}. Name fewer.")
    return tuple(name for name in names if name not in BY_NAME or BY_NAME[name].source != "bundled")


def value(row: Document, encoder: str, name: str) -> float | None:
    """The measured number `name` of `rules.DIRECTION`, of encoder "A" or "B" or of the whole checkpoint."""
    found: float | None = (row if name in COVERAGE else row[encoder.lower()])[name]
    return found


def claim(row: Document, encoder: str, name: str) -> float | None:
    """What was published for that number; a number that was published without naming an encoder counts for both.

    Richness was published for encoder A, unless it says otherwise.
    """
    claimed: dict[str, float] = row["claimed"]
    if name == "richness" and encoder == "B":
        return claimed.get("richness_b")
    return claimed.get(f"{name}_{encoder.lower()}", claimed.get(name))


def gain(row: Document, encoder: str, name: str) -> float:
    """The measured number turned so that more is better; the worst if it is undefined.

    That of richness is the worst, too, if levels overlap: variance within levels is worth something only without.
    """
    found = value(row, encoder, name)
    if found is None or (rules.DIRECTION[name] == "high at no overlap" and row[encoder.lower()]["overlaps"]):
        return float("-inf")
    return rules.gain(name, float(f"{found:.9g}"))  # values that differ by rounding are equal


@dataclass(frozen=True)
class Pair:
    """Two measures of one encoder."""

    row: Document
    encoder: str  # A or B
    x: float
    y: float
    counts: bool  # whether both values mean what they show, see `rules.counts`
    front: bool  # whether no other encoder is at least as good in both, and better in one, among those that count


def pairs(rows: Iterable[Document], x: str, y: str) -> list[Pair]:
    """Every encoder for which both of these measures are known, in the order of the rows."""
    found = []
    for row, encoder in ((row, encoder) for row in rows for encoder in "AB"):
        one, other = value(row, encoder, x), value(row, encoder, y)
        if one is not None and other is not None:
            overlaps = row[encoder.lower()]["overlaps"]
            counted = rules.counts(x, one, overlaps) and rules.counts(y, other, overlaps)
            found.append(Pair(row, encoder, one, other, counted, front=False))
    worst = float("-inf")
    gains = [[gain(one.row, one.encoder, name) if one.counts else worst for name in (x, y)] for one in found]
    return [replace(one, front=best and one.counts) for one, best in zip(found, on_front(gains), strict=True)]


def leaderboard_table(rows: Sequence[Document]) -> str:
    """Rows of /leaderboard as a table for a terminal: a line for each encoder, claims alone in brackets."""
    wide = max(len(row["checkpoint"]) for row in rows)
    columns = {name: max(DIGITS[name] + 4, len(_short(name))) for name in _TABLE}
    names = "".join(f"  {_short(name):>{width}}" for name, width in columns.items())
    lines = [f"{'':{wide}}  {'status':14}  {'':1}{names}"]
    for row in rows:
        sides = "AB" if row["sha256"] or any(name.endswith("_b") for name in row["claimed"]) else "A"
        for place, encoder in enumerate(sides):
            head = (row["checkpoint"], row["status"]) if place == 0 else ("", "")
            cells = (f"  {_text(row, encoder, name):>{width}}" for name, width in columns.items())
            lines.append(f"{head[0]:{wide}}  {head[1]:14}  {encoder}{''.join(cells)}".rstrip())
    return "\n".join([*lines, "", "(in brackets: claimed, not measured here)"])


_TABLE: Final = (
    *("coverage", "hierarchy", "overlaps", "richness"),
    *("q", "tree_fidelity", "map_27", "average_distortion"),
)  # columns


def _short(name: str) -> str:
    return {"average_distortion": "distortion", "tree_fidelity": "fidelity"}.get(name, name.replace("_", " "))


def _text(row: Document, encoder: str, name: str) -> str:
    measured, claimed = value(row, encoder, name), claim(row, encoder, name)
    if measured is not None:
        return f"{measured:.{DIGITS[name]}f}"
    return "-" if claimed is None else f"({claimed:g})"


def table_of(rows: Sequence[Document]) -> Table:
    """The rows as a table: `claimed` and the numbers of `a` and `b` as columns, without lists."""
    about = {name: str(value) for name, value in checkpoints.tree_sample().items()}
    return Table("leaderboard", about, COLUMNS, [_flat(row) for row in rows])


def _flat(row: Document) -> Document:
    claimed = {f"claimed_{field.name}": row["claimed"].get(field.name) for field in fields(Numbers)}
    values = row | claimed | measures(row)
    return {name: values[name] for name in COLUMNS}
