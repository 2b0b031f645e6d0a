"""The row of a run, from its `row.json`: what is not of the form that a sweep writes is refused, with the reason.

A row is flat, with the names of `COLUMNS`. Its measures are those of the sweep; nothing is measured here.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from tvae.analysis.comparison.best import merit
from tvae.analysis.evaluation import facts_in
from tvae.checkpoints.catalogue.status import status_of
from tvae.checkpoints.terminal import printable
from tvae.errors import InputError
from tvae.operations.ternary import N
from tvae.reports import leaderboard
from tvae.reports.tables import Kind
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.sweeps.job import ID_LENGTH, SHORT, run_name

Document = dict[str, Any]

MAX_TEXT: Final = 1_000  # characters of an error
_ID: Final = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_NAMES: Final = re.compile(r"[a-zA-Z0-9_., -]{1,100}")
_WHOLE: Final = 2**53  # largest whole number of a setting
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


def parsed(data: bytes, run: str) -> Document:
    """The row in the `row.json` of the run with this id. Raises InputError, which says what is wrong with it."""
    try:
        found = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError("row.json is not JSON.") from None
    if not isinstance(found, dict):
        raise InputError("row.json is not an object.")
    if found.get("id") != run:
        raise InputError("row.json has another id than its directory.")
    return _row(found)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _row(found: Document) -> Document:
    error = found.get("error")
    if error is not None and not isinstance(error, str):
        raise InputError("error is not a text.")
    settings = _object(found, "settings")
    row = {
        "id": found["id"],
        "recipe": _text(found, "recipe", _NAME),
        "seed": _whole(found, "seed"),
        **_settings(settings),
        "seconds": _number(found, "seconds"),
    }
    if error is None:
        row |= _measured(_object(found, "metrics")) | {"sha256": _text(found, "sha256", _SHA256)}
    elif len(error := printable(error)) > MAX_TEXT:
        error = f"{error[:MAX_TEXT]}..."
    return {name: row.get(name) for name in COLUMNS} | {"error": error}


def _settings(settings: Mapping[str, Any]) -> Document:
    factors = _object(settings, "weights")
    return {
        "steps": _whole(settings, "steps"),
        "learning_rate": _number(settings, "learning_rate"),
        "optimiser": _text(settings, "optimiser", _NAMES),
        **{name: _number(factors, part) if part in factors else 1.0 for name, part in WEIGHTS.items()},
        "width": None if settings.get("width") is None else _whole(settings, "width"),
        "curvature": None if settings.get("curvature") is None else _number(settings, "curvature"),
    }


def _measured(metrics: Mapping[str, Any]) -> Document:
    """The status and the measures. One that the sweep's version of tvae lacked is None; counts are required."""
    sides = {side: _object(metrics, side) for side in "ab"}
    found: Document = {}
    for name, kind in leaderboard.MEASURES.items():
        inner, key = (metrics, name) if name in leaderboard.COVERAGE else (sides[name[-1]], name[:-2])
        needed = name in ("coverage", "reconstructed", "total")
        read = _whole if kind == "int" else _number
        found[name] = read(inner, key) if needed or inner.get(key) is not None else None
    if found["total"] != N or found["reconstructed"] > N:
        raise InputError(f"metrics has {found['reconstructed']:,} of {found['total']:,}; there are {N:,} operations.")
    if not 0 <= found["coverage"] <= 1:
        raise InputError(f"coverage is {found['coverage']:g}; it is between 0 and 1.")
    return {"status": status_of(facts_in(nested(found)))} | found


def nested(row: Mapping[str, Any]) -> Document:
    """The measures of a row as /leaderboard has them: those of an encoder in `a` and `b`, lists None."""
    return {name: row[name] for name in leaderboard.COVERAGE} | {
        side: {name: row.get(f"{name}_{side}") for name in leaderboard.OF_ENCODER} for side in "ab"
    }


def _object(found: Mapping[str, Any], name: str) -> Document:
    value = found.get(name)
    if not isinstance(value, dict):
        raise InputError(f"{name} is not an object.")
    return value


def _text(found: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise InputError(f"{name} is not of the form that a sweep writes.")
    return value


def _whole(found: Mapping[str, Any], name: str) -> int:
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _WHOLE:
        raise InputError(f"{name} is not a whole number from 0 on.")
    return value


def _number(found: Mapping[str, Any], name: str) -> float:
    value = found.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            if math.isfinite(number := float(value)):
                return number
        except OverflowError:  # a whole number with hundreds of digits
            pass
    raise InputError(f"{name} is not a number.")


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
