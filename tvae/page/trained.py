"""How a checkpoint was trained, as HTML, from what its file records; of other things nothing is said.

A file of ours names its recipe, and the rest is looked up there; it may also hold the controller's decisions and a
history. A published file records an epoch and settings, which are listed as they are. All of it is a stranger's text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from tvae import homeostasis
from tvae.checkpoint_file import Checkpoint
from tvae.errors import RecipeError
from tvae.history import History, history_of, own_coverage
from tvae.loading import Located
from tvae.metrics import CEILINGS
from tvae.page import texts
from tvae.page.curves import Chart, Line, charts
from tvae.page.fragments import told
from tvae.page.html import prose, scrolling
from tvae.plan import Phase, Recipe, adjusted
from tvae.recipes import recipe

MAX_EVENTS: Final = 200  # rows of the controller's table on the page; the file has all
MAX_RECORDED: Final = 60  # entries of a published file
MAX_TEXT: Final = 80  # letters of each
SHOWN_ELSEWHERE: Final = ("metrics",)
PARTS: Final = {"encoder_a": "encoder A", "encoder_b": "encoder B", "loss_controller": "loss controller"}
ACTIONS: Final = {"freeze": "frozen", "free": "freed", "relax": "relaxed", "tighten": "tightened"}


def trained(located: Located, checkpoint: Checkpoint) -> str:
    """The whole section, without its heading."""
    metadata = checkpoint.metadata
    if isinstance(metadata.get("recipe"), str):
        parts = [_ours(metadata), _decisions(metadata), _course(located, metadata)]
    else:
        parts = [_recorded(metadata)]
    return f'<div class="trained">{"".join(parts)}</div>'


def _ours(metadata: Mapping[str, Any]) -> str:
    """Recipe, settings, phases."""
    name = str(metadata["recipe"])[:MAX_TEXT]
    given = [(label, metadata[key]) for label, key in _SETTINGS if key in metadata]
    rows = [("recipe", f"<code>{escape(name)}</code>"), *((label, _value(value)) for label, value in given)]
    plan = plan_of(metadata)
    if plan is None:
        unknown = f"<p>This version of the program has no recipe <code>{escape(name)}</code> of that length.</p>"
        return f"<div>{unknown}{_facts(rows)}</div>"
    rows[0] = ("recipe", f"<code>{escape(name)}</code>, {escape(plan.summary)}")
    rows.append(("batch", f"{plan.batch_size:,} operations"))
    rows += [(f"weight of {escape(str(part)[:MAX_TEXT])}", f"\u00d7 {_value(by)}") for part, by in _emphasis(metadata)]
    notes = (
        f'<details class="why"><summary>{escape(texts.RECIPE_NOTES)}</summary>{prose(plan.notes)}</details>'
        if plan.notes
        else ""
    )
    return f"<div>{_facts(rows)}{notes}</div><div>{_phases(plan)}</div>"


_SETTINGS: Final = (
    ("seed", "seed"),
    ("steps", "steps"),
    ("stopped after step", "stopped_after"),
    ("learning rate, at its peak", "learning_rate"),
)


def _emphasis(metadata: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """By how much a run weighed its objectives otherwise than the recipe does."""
    factors = metadata.get("emphasis")
    return list(factors.items())[:MAX_RECORDED] if isinstance(factors, dict) else []


def plan_of(metadata: Mapping[str, Any]) -> Recipe | None:
    """The recipe that the file names, with its length and learning rate; None where there is no such recipe."""
    steps, rate = metadata.get("steps"), metadata.get("learning_rate")
    if not (isinstance(steps, int) and isinstance(rate, int | float)):
        return None
    try:
        return adjusted(recipe(str(metadata["recipe"])), steps=steps, learning_rate=float(rate))
    except RecipeError:
        return None


def _phases(plan: Recipe) -> str:
    rows, begin = [], 0
    for phase in plan.phases:
        span = f"{begin + 1:,} to {begin + phase.steps:,}"
        rows.append((escape(phase.name), span, f"{phase.learning_rate:g}", _learning(phase, plan)))
        begin += phase.steps
    return scrolling("Phases of the training", _table(("phase", "steps", "peak rate", "what learns"), rows))


def _learning(phase: Phase, plan: Recipe) -> str:
    """What learns in a phase, with its share of the learning rate where that is not all of it."""
    rates, euclidean = phase.rates, plan.config.projection == "none"
    named = [("encoder A", rates.encoder_a), ("encoder B", rates.encoder_b), ("decoder", rates.decoder)]
    named += [] if euclidean else [("projection", rates.projection)]
    words = [name if share == 1 else f"{name} \u00d7 {share:g}" for name, share in named if share > 0]
    more = ", under the controller" * phase.controlled + f", A from {phase.thaw:.0%} on" * bool(phase.thaw)
    return escape(", ".join(words) + more)


def _decisions(metadata: Mapping[str, Any]) -> str:
    """The controller's decisions as a table."""
    events = metadata.get("events")
    if not isinstance(events, list):
        return ""
    rows = [_decision(event) for event in events[:MAX_EVENTS] if isinstance(event, dict)]
    table = _table(("step", "part", "decision", "why"), rows, "events")
    more = f"<p>The file has {len(events) - MAX_EVENTS:,} more.</p>" if len(events) > MAX_EVENTS else ""
    words = texts.CONTROLLER if rows else f"{texts.CONTROLLER} {texts.NO_DECISION}"
    inside = scrolling("Decisions of the controller", table) if rows else ""
    return f'<div class="wide"><h3>The controller</h3><p>{escape(words)} {_beginning(metadata)}</p>{inside}{more}</div>'


def _decision(event: Mapping[str, Any]) -> tuple[str, ...]:
    part, action = str(event.get("part")), str(event.get("action"))
    words = (PARTS.get(part, part), ACTIONS.get(action, action), event.get("reason"))
    return (_value(event.get("step")), *(_value(word) for word in words))


def _beginning(metadata: Mapping[str, Any]) -> str:
    """How the controller begins, where the recipe is known."""
    plan = plan_of(metadata)
    if plan is None or plan.controller is None:
        return ""
    first = homeostasis.start(plan.controller).frozen
    words = [f"{PARTS[part]} {'frozen' if frozen else 'free'}" for part, frozen in zip(PARTS, first, strict=True)]
    return escape(f"A check every {plan.controller.every} steps; at its start {words[0]}, {words[1]}.")


def _course(located: Located, metadata: Mapping[str, Any]) -> str:
    """The history as curves, beside what was published of the recipe and what the rows say."""
    history = history_of(metadata)
    if history is None:
        return ""
    marks = _begins(plan_of(metadata))
    legend = f'<p class="quiet">{escape(texts.MARKS)}</p>' if marks else ""
    return (
        f'<div class="wide"><h3>On the way</h3><p class="verdict">{told(located, history)}</p>'
        f"{charts(curves(history, marks))}{legend}</div>"
    )


def curves(history: History, marks: tuple[float, ...] = ()) -> tuple[Chart, ...]:
    """A chart for each metric that the history has; the lines of both encoders in one."""
    x = tuple(float(step) for step in history.steps)
    drawn = []
    for key, title, y_label, digits, limit, reach in _CURVES:
        names = [(own_coverage(history), ""), ("coverage_b", "B")] if key == "coverage" else []
        names = names or [(f"{key}_{side}", side.upper()) for side in "ab"]
        present = [(name, label) for name, label in names if history.has(name)]
        lines = tuple(Line(label if len(present) > 1 else "", history.column(name)) for name, label in present)
        if lines:
            drawn.append(Chart(f"file-{key}", title, y_label, x, lines, digits, limit=limit, reach=reach, marks=marks))
    return tuple(drawn)


# key, title, label of the y axis, digits, limit, what the axis holds in any case
_CURVES: Final[tuple[tuple[str, str, str, int, float | None, tuple[float, ...]], ...]] = (
    ("coverage", "Coverage", "share of the operations", 5, 1.0, (0.9,)),
    ("hierarchy", "Hierarchy", "rank correlation", 5, CEILINGS.hierarchy, (0.0,)),
    ("overlaps", "Level overlaps", "neighbouring pairs, of 9", 0, 0.0, (9.0,)),
    ("richness", "Richness", "variance of the norm", 5, None, (0.0,)),
    ("q", "Q", "distance correlation + 1.5 |hierarchy|", 4, CEILINGS.q, ()),
)


def _begins(plan: Recipe | None) -> tuple[float, ...]:
    """After which step each phase but the first begins."""
    ends, done = [], 0
    for phase in plan.phases if plan else ():
        done += phase.steps
        ends.append(float(done))
    return tuple(ends[:-1])


def _recorded(metadata: Mapping[str, Any]) -> str:
    """What a file that names no recipe records beside its metrics, entry by entry."""
    entries = [entry for entry in _flat(metadata) if entry[0].split(".")[0] not in SHOWN_ELSEWHERE]
    if not entries:
        return f"<p>{escape(texts.NOTHING_RECORDED)}</p>"
    more = f"<p>And {len(entries) - MAX_RECORDED:,} more.</p>" if len(entries) > MAX_RECORDED else ""
    rows = [(escape(name[:MAX_TEXT]), _value(value)) for name, value in entries[:MAX_RECORDED]]
    return f"<div><p>{escape(texts.RECORDED)}</p>{_facts(rows)}{more}</div>"


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Numbers, words and lengths of lists under dotted names; what was no JSON value (`<Tensor>`) is left out."""
    for key, value in values.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            if "optim" not in str(key):  # the optimiser's state says nothing to people
                yield from _flat(value, f"{name}.")
        elif isinstance(value, list):
            yield name, f"{len(value):,} values"
        elif not (isinstance(value, str) and re.fullmatch(r"<\w+>", value)):
            yield name, value


def _facts(rows: list[tuple[str, str]]) -> str:
    """A list of names and values, both HTML already."""
    return '<dl class="facts">' + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table of cells that are HTML already."""
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="numbers {kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _value(value: Any) -> str:
    """Any recorded value as HTML; a dash for none."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else escape(str(value)[:MAX_TEXT])
    return escape(f"{value:g}" if isinstance(value, float) else str(value)[:MAX_TEXT])
