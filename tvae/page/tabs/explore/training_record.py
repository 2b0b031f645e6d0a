"""How a checkpoint was trained, as HTML, from what its file records; everything else is omitted.

A file of this program names its recipe, which has the details; it may also hold the controller's decisions and a
history. A published file records an epoch and settings, which are listed unchanged. `tvae.checkpoints.metadata` has
bounded all of it; none of it is trusted text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.checkpoints.loading import CheckpointLocation
from tvae.checkpoints.metadata.recorded import Decision, History, Recorded, Run
from tvae.page.selection.checkpoint.badge import published_warning
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import details, facts, joined, markup, prose, quiet, row, scrolling, table, tag
from tvae.training.history import own_coverage, recorded_recipe
from tvae.training.objectives import homeostasis
from tvae.training.recipes.recipe import Phase, Recipe

MAX_EVENTS: Final = 200  # rows of the controller's table on the page; the file has all
MAX_RECORDED: Final = 60  # entries of a published file
MAX_TEXT: Final = 80  # letters of each
SHOWN_ELSEWHERE: Final = ("metrics",)


def trained(evaluated: EvaluatedCheckpoint) -> Markup:
    """The section, without its heading."""
    recorded = evaluated.checkpoint.recorded
    if recorded.run.recipe:
        parts = [_ours(recorded.run), _decisions(recorded.run), _course(evaluated.location, recorded)]
    else:
        parts = [_recorded(recorded.values)]
    return tag("div", *parts, class_="trained")


def _ours(run: Run) -> Markup:
    """Recipe, settings and phases."""
    labels = texts.table("RECORDED_SETTINGS")
    name = tag("code", run.recipe)
    settings = ((key, getattr(run, key)) for key in _SETTINGS)
    given = [(labels[key], _value(value)) for key, value in settings if value is not None]
    plan = recorded_recipe(run)
    if plan is None:
        unknown = tag("p", markup(texts.UNKNOWN_RECIPE).format(name=name))
        return tag("div", unknown, facts([(labels["recipe"], name), *given]))
    rows = [(labels["recipe"], joined([name, f", {plan.summary}"])), *given]
    rows.append((labels["batch"], texts.BATCH.format(count=plan.batch_size)))
    for part, by in (run.emphasis or {}).items():
        rows.append((labels["weight"].format(part=part), f"\u00d7 {_value(by)}"))
    notes = details(texts.RECIPE_NOTES, prose(plan.notes)) if plan.notes else ""
    return tag("div", facts(rows), notes) + tag("div", _phases(plan))


_SETTINGS: Final = ("seed", "steps", "stopped_after", "learning_rate")


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


def _decisions(run: Run) -> Markup:
    """The controller's decisions as a table."""
    if run.events is None:
        return Markup("")
    rows = [_decision(event) for event in run.events[:MAX_EVENTS]]
    decided = table(texts.row("DECISIONS_COLUMNS"), rows, kind="numbers events")
    left = len(run.events) - MAX_EVENTS
    words = texts.CONTROLLER if rows else f"{texts.CONTROLLER} {texts.NO_DECISION}"
    return tag(
        "div",
        tag("h3", texts.CONTROLLER_TITLE),
        tag("p", f"{words} {_beginning(run)}"),
        scrolling(texts.DECISIONS_TABLE, decided) if rows else "",
        tag("p", texts.MORE_DECISIONS.format(count=left)) if left > 0 else "",
        class_="wide",
    )


def _decision(event: Decision) -> Markup:
    words = (
        event.step,
        texts.table("RECORDED_PARTS").get(event.part, event.part),
        texts.table("RECORDED_ACTIONS").get(event.action, event.action),
        event.reason,
    )
    return row(*map(_value, words))


def _beginning(run: Run) -> str:
    """The initial state of the controller; empty if the recipe is unknown."""
    plan = recorded_recipe(run)
    if plan is None or plan.controller is None:
        return ""
    first = homeostasis.start(plan.controller).frozen
    words = [
        (texts.IS_FROZEN if frozen else texts.IS_FREE).format(part=texts.table("RECORDED_PARTS")[part])
        for part, frozen in zip(("encoder_a", "encoder_b"), first[:2], strict=True)
    ]
    return texts.CHECKS.format(steps=plan.controller.every, parts=", ".join(words))


def _course(location: CheckpointLocation, recorded: Recorded) -> Markup:
    """The history as curves, with the published warning and what the history shows."""
    history = recorded.history
    if history is None:
        return Markup("")
    marks = _begins(recorded_recipe(recorded.run))
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


def _recorded(values: Mapping[str, Any]) -> Markup:
    """What a file without a recipe records besides its metrics, entry by entry."""
    entries = [entry for entry in _flat(values) if entry[0].split(".")[0] not in SHOWN_ELSEWHERE]
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
