"""HTML of the Train tab: a recipe, and a job's progress, curves, points and result."""

import base64
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.analysis.metrics import CEILINGS
from tvae.checkpoints.catalogue import BY_NAME
from tvae.operations import ternary
from tvae.page.server.session_files import GRACE, KEPT
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import alert, bar, details, digest, joined, prose, quiet, scrolling, tag
from tvae.page.ui.scatter.scatter import pack_points
from tvae.training.jobs.queue import State
from tvae.training.recipes.recipe import EMPHASES, Recipe, objectives

_PHASES_SHOWN: Final = 6


def about(plan: Recipe) -> Markup:
    """A recipe: summary, phases, and notes that open on what was published and what differs."""
    phases = texts.PHASES_JOINED.join(
        texts.PHASE.format(name=phase.name, steps=phase.steps) for phase in plan.phases[:_PHASES_SHOWN]
    )
    summary = plan.summary[:1].upper() + plan.summary[1:]
    parts = [
        tag("p", summary if summary.endswith("?") else f"{summary}."),
        quiet(texts.PHASES.format(phases=phases, batch=plan.batch_size)),
        details(texts.RECIPE_NOTES, scrolling(texts.RECIPE_NOTES, prose(plan.notes))),
    ]
    return joined(parts)


def peak_rate(plan: Recipe) -> float:
    """The highest peak learning rate of a recipe's phases."""
    return max(phase.learning_rate for phase in plan.phases)


def adjustable_objectives(plan: Recipe) -> dict[str, bool]:
    """For each objective, whether the recipe has it."""
    return {name: name in objectives(plan) for name in EMPHASES}


def status(state: State, plan: Recipe) -> Markup:
    """The state of a job in one line, with a progress bar."""
    if state.stage == "failed":
        return alert(state.error)
    frame = state.frame
    step = frame["step"] if frame else 0
    if state.stage == "waiting":
        words = texts.WAITING_BEHIND.format(count=state.ahead) if state.ahead else texts.WAITING
    elif state.stage == "done":
        words = texts.DONE.format(step=step, note=state.note)
    elif frame:
        words = texts.AT_STEP.format(step=step, steps=plan.steps, phase=frame["phase"])
    else:
        words = texts.STARTING
    if frame and state.stage != "waiting":
        words += f" {texts.SO_FAR.format(numbers=_in_numbers(frame['numbers']), seconds=frame['seconds'])}"
    return progress(words, bar(step / plan.steps))


def progress(words: str, *more: Markup) -> Markup:
    """Words on a job's progress, which screen readers announce."""
    return tag("div", tag("p", words, role="status"), *more, class_="progress")


def _in_numbers(numbers: dict[str, Any]) -> str:
    covered = round(numbers.get("coverage_ball", numbers["coverage"]) * ternary.N)
    words = texts.RECONSTRUCTED if numbers["richness_a"] is None else texts.RECONSTRUCTED_AND_OVERLAPS
    return words.format(count=covered, total=ternary.N, a=numbers["overlaps_a"], b=numbers["overlaps_b"])


def curves(state: State, plan: Recipe) -> Markup:
    """Coverage, hierarchy, overlaps, richness and loss over the steps so far."""
    rows = state.curve
    if not rows:
        return Markup("")
    ends = np.cumsum([phase.steps for phase in plan.phases])[:-1].tolist()

    def line(name: str, key: str) -> Line:
        return Line(name, tuple(row.get(key) for row in rows))

    covered = [line("A", "coverage")]
    covered += [line(texts.TRAIN_BALL_LINE, "coverage_ball")] if "coverage_ball" in rows[0] else []
    covered += [line("B", "coverage_b")] if "coverage_b" in rows[0] else []
    sides = (("A", "a"), ("B", "b"))

    def both(key: str) -> tuple[Line, ...]:
        return tuple(line(name, f"{key}_{side}") for name, side in sides)

    x, marks = tuple(float(row["step"]) for row in rows), tuple(float(end) for end in ends)
    names = texts.pairs("TRAIN_CHARTS")  # title, label of the y axis
    drawn = [Chart("coverage", *names["coverage"], x, tuple(covered), 4, reach=(0.0, 1.0), marks=marks)]
    if rows[0]["richness_a"] is not None:
        limit = CEILINGS.hierarchy
        drawn += [
            Chart("hierarchy", *names["hierarchy"], x, both("hierarchy"), 4, limit=limit, marks=marks),
            Chart("overlaps", *names["overlaps"], x, both("overlaps"), 0, reach=(0.0, 9.0), marks=marks),
            Chart("richness", *names["richness"], x, both("richness"), 4, reach=(0.0,), marks=marks),
        ]
    drawn.append(Chart("loss", *names["loss"], x, (line("", "loss"),), 3, marks=marks))
    return charts(drawn)


def points(state: State, key: str) -> str | None:
    """The value of the radius plot for the latest frame; None before the first frame."""
    if state.frame is None:
        return None
    packed: dict[str, str] = state.frame["points"]
    has_ball = packed["norm_a"] is not None
    bits = np.frombuffer(base64.b64decode(packed["exact"]), np.uint8)
    return pack_points(
        key=key,
        radius_a=_floats(packed["radius_a"]),
        radius_b=_floats(packed["radius_b"]),
        norm_a=_floats(packed["norm_a"]) if has_ball else None,
        norm_b=_floats(packed["norm_b"]) if has_ball else None,
        exact=np.unpackbits(bits)[: ternary.N].astype(bool),
    )


def _floats(text: str) -> NDArray[np.float64]:
    return np.frombuffer(base64.b64decode(text), "<f8")


def result(state: State, plan: Recipe, bundled_digest: str | None) -> Markup:
    """The digest of a finished job's file, whether it equals the bundled file, and the controller's decisions."""
    same = ""
    if state.sha256 == bundled_digest:
        same = f" {texts.SAME_BYTES}"
    elif bundled_digest and plan.name in BY_NAME:
        same = f" {texts.OTHER_BYTES}"
    events = (state.frame or {}).get("events", [])
    log = details(texts.EVENTS, tag("ol", *(tag("li", event) for event in events))) if events else ""
    return tag("p", "sha256 ", digest(state.sha256), f".{same} {_kept()}") + log


def _kept() -> str:
    return texts.KEPT_FOR_SESSION.format(kept=KEPT)


def restored_result(title: str, sha256: str) -> Markup:
    """The result of a finished job after a reload."""
    return tag("p", f"{texts.STILL_HERE} {title}, sha256 ", digest(sha256), f". {_kept()}")


def deleted() -> Markup:
    """The message after a reload if the trained model was deleted."""
    return alert(texts.DELETED.format(minutes=GRACE / 60))
