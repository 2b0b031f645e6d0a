"""How a checkpoint was trained, as HTML, from what its file records; everything else is omitted.

A file of this program names its recipe, which has the details; it may also hold the controller's decisions and a
history. A published file records an epoch and settings, which are listed unchanged. None of this is trusted text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics import CEILINGS
from tvae.checkpoints.loading import CheckpointLocation
from tvae.page.selection.badge import published_warning
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import details, facts, joined, markup, prose, quiet, row, scrolling, table, tag
from tvae.training.history import History, history_of, own_coverage, recorded_recipe
from tvae.training.objectives import homeostasis
from tvae.training.recipes.recipe import Phase, Recipe

MAX_EVENTS: Final = 200  # rows of the controller's table on the page; the file has all
MAX_RECORDED: Final = 60  # entries of a published file
MAX_TEXT: Final = 80  # letters of each
SHOWN_ELSEWHERE: Final = ("metrics",)


def trained(evaluated: EvaluatedCheckpoint) -> Markup:
    """The section, without its heading."""
    metadata = evaluated.checkpoint.metadata
    if isinstance(metadata.get("recipe"), str):
        parts = [_ours(metadata), _decisions(metadata), _course(evaluated.location, metadata)]
    else:
        parts = [_recorded(metadata)]
    return tag("div", *parts, class_="trained")


def _ours(metadata: Mapping[str, Any]) -> Markup:
    """Recipe, settings and phases."""
    labels = texts.table("RECORDED_SETTINGS")
    name = tag("code", str(metadata["recipe"])[:MAX_TEXT])
    given = [(labels[key], _value(metadata[key])) for key in _SETTINGS if key in metadata]
    plan = recorded_recipe(metadata)
    if plan is None:
        unknown = tag("p", markup(texts.UNKNOWN_RECIPE).format(name=name))
        return tag("div", unknown, facts([(labels["recipe"], name), *given]))
    rows = [(labels["recipe"], joined([name, f", {plan.summary}"])), *given]
    rows.append((labels["batch"], texts.BATCH.format(count=plan.batch_size)))
    for part, by in _emphasis(metadata):
        rows.append((labels["weight"].format(part=str(part)[:MAX_TEXT]), f"\u00d7 {_value(by)}"))
    notes = details(texts.RECIPE_NOTES, prose(plan.notes)) if plan.notes else ""
    return tag("div", facts(rows), notes) + tag("div", _phases(plan))


_SETTINGS: Final = ("seed", "steps", "stopped_after", "learning_rate")


def _emphasis(metadata: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The factors by which a run changed the loss weights of its recipe."""
    factors = metadata.get("emphasis")
    return list(factors.items())[:MAX_RECORDED] if isinstance(factors, dict) else []


def _phases(plan: Recipe) -> Markup:
    rows, begin = [], 0
    for phase in plan.phases:
        span = texts.PHASE_SPAN.format(first=begin + 1, last=begin + phase.steps)
        rows.append(row(phase.name, span, f"{phase.learning_rate:g}", _learning(phase, plan)))
        begin += phase.steps
    return scrolling(texts.PHASES_TABLE, table(texts.row("PHASES_COLUMNS"), rows))


def _learning(phase: Phase, plan: Recipe) -> str:
    """The parts that a phase trains, each with its share of the learning rate unless that is 1."""
    rates, euclidean = phase.rates, plan.config.projection == "none"
    parts = ("encoder_a", "encoder_b", "decoder", *(() if euclidean else ("projection",)))
    named = [(texts.table("RECORDED_PARTS")[part], getattr(rates, part)) for part in parts]
    words = [name if share == 1 else f"{name} \u00d7 {share:g}" for name, share in named if share > 0]
    words += [texts.CONTROLLED] * phase.controlled
    words += [texts.THAWED.format(percent=f"{phase.thaw:.0%}")] * bool(phase.thaw)
    return ", ".join(words)


def _decisions(metadata: Mapping[str, Any]) -> Markup:
    """The controller's decisions as a table."""
    events = metadata.get("events")
    if not isinstance(events, list):
        return Markup("")
    rows = [_decision(event) for event in events[:MAX_EVENTS] if isinstance(event, dict)]
    decided = table(texts.row("DECISIONS_COLUMNS"), rows, kind="numbers events")
    left = len(events) - MAX_EVENTS
    words = texts.CONTROLLER if rows else f"{texts.CONTROLLER} {texts.NO_DECISION}"
    return tag(
        "div",
        tag("h3", texts.CONTROLLER_TITLE),
        tag("p", f"{words} {_beginning(metadata)}"),
        scrolling(texts.DECISIONS_TABLE, decided) if rows else "",
        tag("p", texts.MORE_DECISIONS.format(count=left)) if left > 0 else "",
        class_="wide",
    )


def _decision(event: Mapping[str, Any]) -> Markup:
    part, action = str(event.get("part")), str(event.get("action"))
    words = (
        event.get("step"),
        texts.table("RECORDED_PARTS").get(part, part),
        texts.table("RECORDED_ACTIONS").get(action, action),
        event.get("reason"),
    )
    return row(*map(_value, words))


def _beginning(metadata: Mapping[str, Any]) -> str:
    """The initial state of the controller; empty if the recipe is unknown."""
    plan = recorded_recipe(metadata)
    if plan is None or plan.controller is None:
        return ""
    first = homeostasis.start(plan.controller).frozen
    words = [
        (texts.IS_FROZEN if frozen else texts.IS_FREE).format(part=texts.table("RECORDED_PARTS")[part])
        for part, frozen in zip(("encoder_a", "encoder_b"), first[:2], strict=True)
    ]
    return texts.CHECKS.format(steps=plan.controller.every, parts=", ".join(words))


def _course(location: CheckpointLocation, metadata: Mapping[str, Any]) -> Markup:
    """The history as curves, with the published warning and what the history shows."""
    history = history_of(metadata)
    if history is None:
        return Markup("")
    marks = _begins(recorded_recipe(metadata))
    return tag(
        "div",
        tag("h3", texts.ON_THE_WAY),
        tag("p", published_warning(location, history), class_="verdict"),
        charts(curves(history, marks)),
        quiet(texts.MARKS) if marks else "",
        class_="wide",
    )


def curves(history: History, marks: tuple[float, ...] = ()) -> tuple[Chart, ...]:
    """A chart for each metric that the history has, with the lines of both encoders."""
    x = tuple(float(step) for step in history.steps)
    drawn = []
    for key, digits, limit, reach in _CURVES:
        names = [(own_coverage(history), ""), ("coverage_b", "B")] if key == "coverage" else []
        names = names or [(f"{key}_{side}", side.upper()) for side in "ab"]
        present = [(name, label) for name, label in names if history.has(name)]
        lines = tuple(Line(label if len(present) > 1 else "", history.column(name)) for name, label in present)
        if lines:
            title, y_label = texts.pairs("RECORDED_CHARTS")[key]
            drawn.append(Chart(f"file-{key}", title, y_label, x, lines, digits, limit=limit, reach=reach, marks=marks))
    return tuple(drawn)


# key, digits, limit, values that the y axis always includes
_CURVES: Final[tuple[tuple[str, int, float | None, tuple[float, ...]], ...]] = (
    ("coverage", 5, 1.0, (0.9,)),
    ("hierarchy", 5, CEILINGS.hierarchy, (0.0,)),
    ("overlaps", 0, 0.0, (9.0,)),
    ("richness", 5, None, (0.0,)),
    ("q", 4, CEILINGS.q, ()),
)


def _begins(plan: Recipe | None) -> tuple[float, ...]:
    """The step after which each phase but the first begins."""
    ends, done = [], 0
    for phase in plan.phases if plan else ():
        done += phase.steps
        ends.append(float(done))
    return tuple(ends[:-1])


def _recorded(metadata: Mapping[str, Any]) -> Markup:
    """What a file without a recipe records besides its metrics, entry by entry."""
    entries = [entry for entry in _flat(metadata) if entry[0].split(".")[0] not in SHOWN_ELSEWHERE]
    if not entries:
        return tag("p", texts.NOTHING_RECORDED)
    left = len(entries) - MAX_RECORDED
    more = tag("p", texts.MORE_RECORDED.format(count=left)) if left > 0 else ""
    rows = [(name[:MAX_TEXT], _value(value)) for name, value in entries[:MAX_RECORDED]]
    return tag("div", tag("p", texts.RECORDED), facts(rows), more)


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Numbers, words and lengths of lists under dotted names, without values that JSON cannot hold (`<Tensor>`)."""
    for key, value in values.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            if "optim" not in str(key):  # the optimiser's state is not readable
                yield from _flat(value, f"{name}.")
        elif isinstance(value, list):
            yield name, texts.VALUES.format(count=len(value))
        elif not (isinstance(value, str) and re.fullmatch(r"<\w+>", value)):
            yield name, value


def _value(value: Any) -> str:
    """Any recorded value as text; a dash for None."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return texts.YES if value else texts.NO
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else str(value)[:MAX_TEXT]
    return f"{value:g}" if isinstance(value, float) else str(value)[:MAX_TEXT]
