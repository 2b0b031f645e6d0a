"""The file of a run's row, as anybody can have changed it: it has the form that a sweep writes, or it is refused.

What this accepts, `collect` and the progress line can use without a further check. Other versions of tvae may have
more or fewer measures.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, NoReturn

from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints.atomic_files import is_own_directory, regular_bytes
from tvae.errors import InputError
from tvae.operations.ternary import N
from tvae.operations.validation import MAX_NUMBER, is_number, is_whole
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.sweeps.executor import Row

ROW: Final = "row.json"
MODEL: Final = "model.safetensors"
MAX_ROW: Final = 100_000  # bytes; ours have about 6,000
MAX_MODEL: Final = 64 * 2**20  # bytes; ours have up to 5 MB, and one of the largest width 20 MB
SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_NAMES: Final = re.compile(r"[a-zA-Z0-9_., -]{1,100}")
_COUNTS: Final = ("reconstructed", "total")
_SHARES: Final = ("trit_accuracy", "ball_coverage", "coverage_b")  # and coverage, which no run lacks
_LISTS: Final = ("overlapping", "level_mean_norm", "level_mean_radius")
_OF_ENCODER: Final = [field.name for kind in (EncoderMetrics, TreeMeasures) for field in fields(kind)]


def read_row(directory: Path, run: str) -> Row:
    """The row of the run with this id in the directory of a sweep. Raises InputError, which says what is wrong."""
    if not is_own_directory(directory / run):
        raise InputError("It is a link, or no directory.")
    return parsed_row(regular_bytes(directory / run / ROW, MAX_ROW), run)


def parsed_row(data: bytes, run: str) -> Row:
    """The row in the bytes of a file; see `read_row`."""
    try:
        found = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError(f"{ROW} is not JSON.") from None
    if not isinstance(found, dict):
        raise InputError(f"{ROW} is not an object.")
    if found.get("id") != run:
        raise InputError(f"{ROW} has another id than its directory.")
    error = found.get("error")
    if error is not None and not isinstance(error, str):
        raise InputError("error is not a text.")
    _text(found, "recipe", _NAME)
    _whole(found, "seed")
    _check_settings(_object(found, "settings"))
    _number(found, "seconds")
    if error is None:
        _check_metrics(_object(found, "metrics"))
        _text(found, "sha256", SHA256)
    return found | {"error": error}


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _check_settings(settings: Mapping[str, Any]) -> None:
    factors = _object(settings, "weights")
    _whole(settings, "steps")
    _number(settings, "learning_rate")
    _text(settings, "optimiser", _NAMES)
    _if_known(factors, EMPHASES, _number)
    _if_known(settings, ("width",), _whole)
    _if_known(settings, ("curvature",), _number)


def _check_metrics(metrics: Mapping[str, Any]) -> None:
    for encoder in (_object(metrics, side) for side in "ab"):
        if "q" not in encoder:
            raise InputError("q is missing.")
        _if_known(encoder, [name for name in _OF_ENCODER if name not in ("overlaps", *_LISTS)], _number)
        _if_known(encoder, ("overlaps",), _whole)
    for name in _COUNTS:
        _whole(metrics, name)
    _number(metrics, "coverage")
    _if_known(metrics, _SHARES, _number)
    reconstructed, total = (metrics[name] for name in _COUNTS)
    if total != N or reconstructed > N:
        raise InputError(f"metrics has {reconstructed:,} of {total:,}; there are {N:,} operations.")
    if not 0 <= metrics["coverage"] <= 1:
        raise InputError(f"coverage is {metrics['coverage']:g}; it is between 0 and 1.")


def _if_known(found: Mapping[str, Any], names: Any, check: Callable[[Mapping[str, Any], str], None]) -> None:
    """Check those of the names that are there with a value."""
    for name in names:
        if found.get(name) is not None:
            check(found, name)


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    if not isinstance(value, dict):
        raise InputError(f"{name} is not an object.")
    return value


def _text(found: Mapping[str, Any], name: str, form: re.Pattern[str]) -> None:
    value = found.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise InputError(f"{name} is not of the form that a sweep writes.")


def _whole(found: Mapping[str, Any], name: str) -> None:
    if not is_whole(found.get(name)):
        raise InputError(f"{name} is not a whole number from 0 to 2^63 - 1.")


def _number(found: Mapping[str, Any], name: str) -> None:
    if not is_number(found.get(name)):
        raise InputError(f"{name} is not a number from -{MAX_NUMBER:g} to {MAX_NUMBER:g}.")
