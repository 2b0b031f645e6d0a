"""Read the metadata of a file. What does not fit its limits is not used, and a note says so."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from tvae.checkpoints.metadata.json_values import USE_A_TERNARY_VAE, json_values
from tvae.checkpoints.metadata.recorded import MAX_SETTING, MAX_STEP, History, Recorded, Run, Scalar
from tvae.errors import CheckpointFileError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MIN_SETTING: Final = 1e-6  # of a max_radius or curvature, so that their squares, roots and quotients are normal numbers
MAX_METRICS: Final = 200
MAX_ROWS: Final = 20_000  # of a history; our own have a row every 500 steps
MAX_COLUMNS: Final = 64  # our own have 11
MAX_METRIC: Final = 1e15  # of a value in a history


def parse(path: Path, metadata: Mapping[Any, Any]) -> Recorded:
    """Read the metadata of a file; `path` is used only in messages.

    Raises CheckpointFileError for more than 200,000 values or 4 million characters, and for a max_radius or curvature
    that is not a number in [1e-6, 1e6).
    """
    values, notes = json_values(path, metadata)
    run, of_run = _run(values)
    metrics, of_metrics = _metrics(values.get("metrics"))
    history, of_history = _history(values.get("history"))
    return Recorded(
        values,
        run,
        metrics,
        history,
        _setting(path, values, "max_radius"),
        _setting(path, values, "curvature"),
        _decoder_input(values),
        (*notes, *of_run, *of_metrics, *of_history),
    )


@cache
def _run_adapter() -> "TypeAdapter[Run]":
    from pydantic import TypeAdapter  # imported here, since it is not needed to start

    return TypeAdapter(Run)


def _run(values: Mapping[str, Any]) -> tuple[Run, list[str]]:
    """The fields of `Run` that are within its limits, and a note about each of the others."""
    said = {each.name: values[each.name] for each in fields(Run) if values.get(each.name) is not None}
    if not said:
        return Run(), []
    notes = []
    for name in list(said):
        if why := _misfit(name, said[name]):
            del said[name]
            notes.append(f"The recorded value of {name} is not used: {why}.")
    return _run_adapter().validate_json(json.dumps(said), strict=True), notes


def _misfit(name: str, value: Any) -> str:
    """Why a value is outside the limits of its field; empty if it is within them."""
    from pydantic import ValidationError

    try:
        _run_adapter().validate_json(json.dumps({name: value}), strict=True)
    except ValidationError as error:
        why: str = error.errors(include_url=False, include_input=False)[0]["msg"]
        return f"{why[:1].lower()}{why[1:200]}"
    return ""


def _metrics(found: Any) -> tuple[dict[str, Scalar], list[str]]:
    """Metrics that are single values."""
    if not isinstance(found, dict):
        return {}, []
    single = [(name, value) for name, value in found.items() if not isinstance(value, dict | list)]
    more = len(single) - MAX_METRICS
    notes = [f"Of the {len(single):,} recorded metrics, only the first {MAX_METRICS} are shown."] if more > 0 else []
    return dict(single[:MAX_METRICS]), notes


def _history(rows: Any) -> tuple[History | None, list[str]]:
    """The history as columns. Rows and columns are counted before a table is made of them."""
    if rows is None or rows == []:
        return None, []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None, ["The recorded history is not used: it is not a list of rows."]
    steps = [row.get("step") for row in rows]
    if not all(isinstance(step, int) and not isinstance(step, bool) and 0 <= step <= MAX_STEP for step in steps):
        return None, [f"The recorded history is not used: its steps are not whole numbers from 0 to {MAX_STEP:,}."]
    if any(later <= step for step, later in pairwise(steps)):
        return None, ["The recorded history is not used: its steps do not increase."]
    notes = []
    if len(rows) > MAX_ROWS:
        notes.append(f"Of the {len(rows):,} rows of the history, only the last {MAX_ROWS:,} are used.")
        rows, steps = rows[-MAX_ROWS:], steps[-MAX_ROWS:]
    names = list(dict.fromkeys(name for row in rows for name in row if name != "step"))
    if len(names) > MAX_COLUMNS:
        notes.append(f"Of the {len(names):,} columns of the history, only the first {MAX_COLUMNS} are used.")
    columns = {name: tuple(_metric(row.get(name)) for row in rows) for name in names[:MAX_COLUMNS]}
    measured = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    return History(tuple(steps), measured), notes


def _metric(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_METRIC
    return float(value) if fits else None


def _settings(values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Where files record the settings of their network, first things first; `hyper_parameters` is Lightning's."""
    tops = [values.get("config"), values.get("hyper_parameters")]
    found = [top for top in tops if isinstance(top, dict)]
    inner = [top.get(name) for top in found for name in ("model", "config")]
    return [*found, *(one for one in inner if isinstance(one, dict))]


def _setting(path: Path, values: Mapping[str, Any], name: str) -> float | None:
    value = next((one[name] for one in _settings(values) if one.get(name) is not None), None)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and MIN_SETTING <= value < MAX_SETTING:
        return float(value)
    text = str(value)
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    right = f"a number of at least {MIN_SETTING:f} and less than {MAX_SETTING:,.0f}"
    raise CheckpointFileError(path, f"a recorded {name} of {shown!r}", right, USE_A_TERNARY_VAE)


def _decoder_input(values: Mapping[str, Any]) -> Literal["mu", "log0"] | None:
    """What the decoder reads, as recorded, or as all files of a recorded version have it."""
    for one in _settings(values):
        recorded = one.get("decoder_input")
        if recorded == "log0":
            return "log0"
        if recorded == "mu":
            return "mu"
    version = _version(values.get("version"))
    if version is None:
        return None
    return "log0" if version >= (5, 12, 1) else "mu"


def _version(version: object) -> tuple[int, ...] | None:
    """The numbers of a version such as "5.12.1" or "v5_12_1"; None for anything else, such as a date."""
    found = re.fullmatch(r"v?(\d{1,2})[._](\d{1,3})(?:[._](\d{1,3}))?", version) if isinstance(version, str) else None
    return tuple(int(part) for part in found.groups() if part) if found else None
