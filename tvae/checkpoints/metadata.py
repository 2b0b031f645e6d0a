"""What a checkpoint file records besides its weights: read once, at loading, into typed values with limits.

Everything here comes from a stranger's file. `parse` first makes JSON values of it, bounded in number, depth, length
and range (`Recorded.values`). From these it takes what the program uses, each field with its own limits. What does not
fit is not used, and `Recorded.notes` says so; only a setting on which the meaning of the weights depends, and a file
that records too much, are refused. So nothing that reads a `Recorded` has to check anything again.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from annotated_types import Interval, Len

from tvae.errors import CheckpointFileError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MAX_VALUES: Final = 200_000  # of a file; a small file can refer to the same list a million times
MAX_CHARACTERS: Final = 4_000_000  # of all texts of a file
MAX_DEPTH: Final = 8
MAX_TEXT: Final = 10_000  # characters of one text
MAX_NAME: Final = 200  # characters of a name
MAX_NUMBER: Final = 1e300  # of a float; leaves room for sums and differences
MAX_WHOLE: Final = 2**64  # of an integer, such as a seed or a time in nanoseconds
MAX_STEP: Final = 10**9
MAX_SETTING: Final = 1e6
MIN_SETTING: Final = 1e-6  # of a max_radius or curvature, so that their squares, roots and quotients are normal numbers
MAX_METRICS: Final = 200
MAX_ROWS: Final = 20_000  # of a history; our own have a row every 500 steps
MAX_COLUMNS: Final = 64  # our own have 11
MAX_METRIC: Final = 1e15  # of a value in a history
USE_A_TERNARY_VAE: Final = "Use a Ternary VAE checkpoint; python -m tvae.checkpoint_hub list names the published ones."

Name = Annotated[str, Len(1, 80)]
Step = Annotated[int, Interval(ge=0, le=MAX_STEP)]
Scalar = bool | int | float | str | None
Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Decision:
    """A decision of the homeostasis controller."""

    step: Step
    part: Name
    action: Name
    reason: Annotated[str, Len(0, 500)]


@dataclass(frozen=True)
class History:
    """The rows of a history as columns; a missing value is None."""

    steps: tuple[int, ...]  # increasing, at least one
    columns: Mapping[str, Values]  # coverage, hierarchy_a, overlaps_b, richness_a, q_b, ...; one value per step

    def column(self, name: str) -> Values:
        """The values of a metric, all None if it was not measured."""
        return self.columns.get(name, (None,) * len(self.steps))

    def has(self, name: str) -> bool:
        """Whether any row has this metric."""
        return any(value is not None for value in self.column(name))


@dataclass(frozen=True)
class Run:
    """How a file says it was trained; None is what it does not say, or not in these limits."""

    recipe: Name | None = None
    seed: Annotated[int, Interval(ge=0, lt=MAX_WHOLE)] | None = None
    steps: Annotated[int, Interval(ge=1, le=MAX_STEP)] | None = None
    stopped_after: Step | None = None
    learning_rate: Annotated[float, Interval(gt=0, le=MAX_SETTING)] | None = None
    emphasis: Annotated[dict[Name, Annotated[float, Interval(ge=0, le=MAX_SETTING)]], Len(0, 60)] | None = None
    events: Annotated[tuple[Decision, ...], Len(0, 10_000)] | None = None


@dataclass(frozen=True)
class Recorded:
    """The metadata of a file."""

    values: Mapping[str, Any] = field(default_factory=dict)  # everything, as JSON values
    run: Run = field(default_factory=Run)
    metrics: Mapping[str, Scalar] = field(default_factory=dict)  # under the file's own names
    history: History | None = None
    max_radius: float | None = None  # Euclidean norm, in [1e-6, 1e6)
    curvature: float | None = None  # c, in [1e-6, 1e6)
    decoder_input: Literal["mu", "log0"] | None = None
    notes: tuple[str, ...] = ()  # sentences: what was not used, and why


def parse(path: Path, metadata: Mapping[Any, Any]) -> Recorded:
    """Read the metadata of a file; `path` is used only in messages.

    Raises CheckpointFileError for more than 200,000 values or 4 million characters, and for a max_radius or curvature
    that is not a number in [1e-6, 1e6).
    """
    values, notes = _json_values(path, metadata)
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


def _escaped(text: str, unsafe: re.Pattern[str]) -> str:
    """`text` with escapes such as \\x1b in place of what a terminal, JSON or a browser would not take as text."""
    return unsafe.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


# Control characters, halves of surrogate pairs, separators of lines, and what changes the direction of writing.
_UNSAFE_IN_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")
_UNSAFE_IN_NAME: Final = re.compile(f"{_UNSAFE_IN_TEXT.pattern}|[\t\n]")


class _Cleaner:
    """Makes JSON values of Python values, within the limits above."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values = 0
        self.characters = 0
        self.odd: Counter[str] = Counter()  # how often something was changed, by what it was

    def value(self, value: Any, depth: int = 0) -> Any:
        self.values += 1
        if self.values > MAX_VALUES:
            raise CheckpointFileError(
                self.path, f"more than {MAX_VALUES:,} recorded values", "fewer", USE_A_TERNARY_VAE
            )
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value, MAX_TEXT, _UNSAFE_IN_TEXT)
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, dict | list | tuple):
            if depth < MAX_DEPTH:
                return self.inner(value, depth + 1)
            self.odd["depth"] += 1
        return f"<{'Tensor' if type(value).__name__ == 'TensorSpec' else type(value).__name__}>"

    def inner(self, value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> Any:
        if isinstance(value, dict):
            return {self.name(key): self.value(item, depth) for key, item in value.items()}
        return [self.value(item, depth) for item in value]

    def number(self, number: float) -> int | float | str:
        """The number; one that is not finite or beyond the limits as text."""
        fits = abs(number) < MAX_WHOLE if isinstance(number, int) else abs(number) <= MAX_NUMBER
        if fits:
            return number
        self.odd["number"] += 1
        return str(number)[:40]

    def name(self, key: object) -> str:
        return self.text(str(key), MAX_NAME, _UNSAFE_IN_NAME)

    def text(self, text: str, longest: int, unsafe: re.Pattern[str]) -> str:
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            raise CheckpointFileError(
                self.path, f"recorded texts of more than {MAX_CHARACTERS:,} characters", "fewer", USE_A_TERNARY_VAE
            )
        if len(text) > longest:
            self.odd["text"] += 1
            text = f"{text[:longest]}..."
        shown = _escaped(text, unsafe)
        self.odd["letter"] += shown != text
        return shown


_ODD: Final = {
    "number": "Recorded numbers that are not finite or too large: {count:,}; they are kept as text and not used.",
    "text": "Recorded texts that are too long: {count:,}; only their beginnings are kept.",
    "letter": "Recorded texts with control characters or invalid Unicode: {count:,}; these characters are escaped.",
    "depth": f"Recorded values that are nested deeper than {MAX_DEPTH} levels are left out.",
}


def _json_values(path: Path, metadata: Mapping[Any, Any]) -> tuple[dict[str, Any], list[str]]:
    """Metadata as JSON values; numbers that JSON lacks, tensors and what is nested too deep become text."""
    cleaner = _Cleaner(path)
    values = {cleaner.name(key): cleaner.value(value) for key, value in metadata.items()}
    return values, [words.format(count=cleaner.odd[odd]) for odd, words in _ODD.items() if cleaner.odd[odd]]


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
