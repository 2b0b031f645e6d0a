"""The row of a run in a table, from its `row.json`, which `row_file` has checked.

A row is flat, with the names of `COLUMNS`. Its measures are those of the sweep; nothing is measured here.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from tvae.analysis.comparison.best import merit
from tvae.analysis.evaluation import facts_in
from tvae.checkpoints.catalogue.status import status_of
from tvae.checkpoints.terminal import printable
from tvae.reports import leaderboard
from tvae.reports.tables import Kind
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.sweeps.executor import Row
from tvae.training.sweeps.job import ID_LENGTH, SHORT, run_name

Document = dict[str, Any]

MAX_TEXT: Final = 1_000  # characters of an error
_ID: Final = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
WEIGHTS: Final = {f"weight_{part}": part for part in EMPHASES}  # column -> part of the objective; 1 is the recipe's own
SETTINGS: Final[dict[str, Kind]] = {
    "steps": "int",
    "learning_rate": "float",
    "optimiser": "text",
    **dict.fromkeys(WEIGHTS, "float"),
    "width": "int",
    "curvature": "float",
}
COLUMNS: Final[dict[str, Kind]] = {
    "id": "text",
    "recipe": "text",
    "seed": "int",
    **SETTINGS,
    "status": "text",
    **leaderboard.MEASURES,
    "seconds": "float",
    "sha256": "text",
    "error": "text",
}  # of the table


def is_id(name: str) -> bool:
    """Whether a directory has the name of a run."""
    return _ID.fullmatch(name) is not None


def flat(found: Row) -> Document:
    """A row that `row_file` has accepted."""
    error = found["error"]
    row = {
        **{name: found[name] for name in ("id", "recipe", "seed", "seconds")},
        **_settings(found["settings"]),
    }
    if error is None:
        row |= _measured(found["metrics"]) | {"sha256": found["sha256"]}
    elif len(error := printable(error)) > MAX_TEXT:
        error = f"{error[:MAX_TEXT]}..."
    row["error"] = error
    return {name: float(row[name]) if _is_whole_float(name, row) else row.get(name) for name in COLUMNS}


def _is_whole_float(name: str, row: Document) -> bool:
    """Whether JSON has a number without a fraction where the table has fractions."""
    return COLUMNS[name] == "float" and isinstance(row.get(name), int)


def _settings(settings: Mapping[str, Any]) -> Document:
    return {
        **{name: settings.get(name) for name in SETTINGS if name not in WEIGHTS},
        **{name: settings["weights"].get(part, 1.0) for name, part in WEIGHTS.items()},
    }


def _measured(metrics: Mapping[str, Any]) -> Document:
    """The status and the measures. One that the sweep's version of tvae lacked is None."""
    found = {
        name: metrics.get(name) if name in leaderboard.COVERAGE else metrics[name[-1]].get(name[:-2])
        for name in leaderboard.MEASURES
    }
    return {"status": status_of(facts_in(nested(found)))} | found


def nested(row: Mapping[str, Any]) -> Document:
    """The measures of a row as /leaderboard has them: those of an encoder in `a` and `b`, lists None."""
    return {name: row[name] for name in leaderboard.COVERAGE} | {
        side: {name: row.get(f"{name}_{side}") for name in leaderboard.OF_ENCODER} for side in "ab"
    }


def name_of(row: Mapping[str, Any]) -> str:
    """The name of a run for people."""
    return run_name(row["recipe"], row["seed"], row["id"])


def whole_name_of(row: Mapping[str, Any]) -> str:
    """The name with all digits of the id, which no other run has."""
    return f"{name_of(row)}{row['id'][SHORT:]}"


def finished(row: Mapping[str, Any]) -> bool:
    """Whether a run has a model."""
    return row["error"] is None


def merit_of(row: Mapping[str, Any]) -> tuple[int, float]:
    """The rank of a finished run: the best has the highest."""
    return merit(row["reconstructed"], row["q_a"], row["q_b"])


def sortable(setting: object) -> tuple[int, float, str]:
    """The rank of a setting: one that is not set before numbers, and these before texts."""
    if isinstance(setting, int | float):
        return 1, setting, ""
    return 0 if setting is None else 2, 0.0, "" if setting is None else str(setting)
