"""HTML of the Train tab: a recipe, and a job's progress, curves, points and result."""

import base64
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.operations import ternary
from tvae.page.server.session_files import GRACE, KEPT
from tvae.page.ui import texts
from tvae.page.ui.charts.line_chart import Chart, Line, charts
from tvae.page.ui.html import alert, bar, details, digest, joined, prose, quiet, scrolling, tag
from tvae.page.ui.scatter.scatter import pack_points
from tvae.training.jobs.job import State
from tvae.training.recipes.recipe import EMPHASES, Recipe, objectives

_PHASES_SHOWN: Final = 6
_RICHNESS_LEAST: Final = 1e-3  # end of its axis at least; untrained networks have about 1e-6


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


def leaving(patience: float, shared: bool = False) -> Markup:
    """What happens to a run that goes on if the page is closed or reloaded; `shared`: another page shows it as well."""
    return quiet(texts.SHARED if shared else texts.LEAVING.format(seconds=f"{patience:g}"))


def status(state: State, plan: Recipe, on_leaving: Markup | None = None) -> Markup:
    """The state of a job in one line, with a progress bar, and a sentence on leaving while it goes on."""
    frame = state.frame
    step = frame["step"] if frame else 0
    if state.stage == "failed":
        until = quiet(texts.SHOWN_UNTIL.format(step=step, steps=plan.steps)) if frame else Markup()
        return alert(state.error) + until
    if state.stage == "waiting":
        words = texts.WAITING_BEHIND.format(count=state.ahead) if state.ahead else texts.WAITING
    elif state.stage == "done":
        words = texts.DONE.format(step=step, note=state.note)
    elif frame:
        words = texts.AT_STEP.format(step=step, steps=plan.steps, phase=frame["phase"])
    else:
        words = texts.STARTING
    if frame and state.stage != "waiting":
        numbers = _in_numbers(frame["numbers"], state.stage == "done")
        words += f" {texts.SO_FAR.format(numbers=numbers, seconds=frame['seconds'])}"
    if state.stage == "done" or on_leaving is None:
        return progress(words, bar(step / plan.steps))
    return progress(words, bar(step / plan.steps), on_leaving)


def progress(words: str, *more: Markup) -> Markup:
    """Words on a job's progress, which screen readers announce."""
    return tag("div", tag("p", words, role="status"), *more, class_="progress")


def _in_numbers(numbers: dict[str, Any], final: bool) -> str:
    covered = round(numbers.get("coverage_ball", numbers["coverage"]) * ternary.N)
    words = texts.RECONSTRUCTED if numbers["richness_a"] is None else texts.RECONSTRUCTED_AND_OVERLAPS
    words = words.format(count=covered, total=ternary.N, a=numbers["overlaps_a"], b=numbers["overlaps_b"])
    a, b = (numbers.get(f"distortion_{side}") for side in "ab")
    if not final or a is None or b is None:
        return words
    return f"{words}, {texts.DISTORTION_IN_NUMBERS.format(a=a, b=b)}"


def curves(state: State, plan: Recipe) -> Markup:
    """Coverage, hierarchy, overlaps, richness, distortion and loss by step, on axes that fit the whole run.

    The distortion, of recipes that aim at distances, is measured less often than the others. A run that failed before
    its first numbers has no curves.
    """
    rows = state.curve
    if state.stage == "failed" and not rows:
        return Markup()
    has_ball = plan.config.projection != "none"
    by_distances = has_ball and "distances" in objectives(plan)
    begins = tuple(float(end) for end in np.cumsum([phase.steps for phase in plan.phases])[:-1])
    end = rows[-1]["step"] if rows and state.stage in ("done", "failed") else plan.steps
    names = texts.pairs("TRAIN_CHARTS")  # title, label of the y axis

    def drawn(key: str, lines: Mapping[str, str], digits: int, reach: tuple[float, ...], **more: Any) -> Chart:
        """A chart of the rows that have the values; `lines`: name of a line -> its column in the rows."""
        there = [row for row in rows if any(column in row for column in lines.values())]
        values = tuple(Line(name, tuple(row.get(column) for row in there)) for name, column in lines.items())
        x = tuple(float(row["step"]) for row in there)
        common = {"marks": begins, "x_reach": (0.0, float(end)), "waiting": texts.CURVES_WAIT}
        return Chart(key, *names[key], x, values, digits, reach=reach, **common | more)

    def both(key: str) -> dict[str, str]:
        return {"A": f"{key}_a", "B": f"{key}_b"}

    covered = {"A": "coverage", texts.TRAIN_BALL_LINE: "coverage_ball", "B": "coverage_b"}
    known = {name: key for name, key in covered.items() if not rows or key in rows[0]}
    made = [drawn("coverage", known, 4, (0.0, 1.0))]
    if has_ball:
        made += [
            drawn("hierarchy", both("hierarchy"), 4, (0.0,), limit=CEILINGS.hierarchy),
            drawn("overlaps", both("overlaps"), 0, (0.0, 9.0)),
            drawn("richness", both("richness"), 4, (0.0, _RICHNESS_LEAST)),
        ]
    if by_distances:
        made.append(drawn("distortion", both("distortion"), 4, (0.0,)))
    return charts([*made, drawn("loss", {"": "loss"}, 3, (0.0,), may_be_log=True)])


def points(state: State, key: str, recipe: str) -> str | None:
    """The value of the radius plot for the latest frame; None before the first frame."""
    if state.frame is None:
        return None
    packed: dict[str, str] = state.frame["points"]
    has_ball = packed["norm_a"] is not None
    bits = np.frombuffer(base64.b64decode(packed["exact"]), np.uint8)
    return pack_points(
        key=key,
        file=(recipe, state.sha256 or ""),
        title=texts.IN_TRAINING.format(recipe=recipe, step=state.frame["step"]),
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


def ended_with_server() -> Markup:
    """The message in place of a run that the server no longer has."""
    return alert(texts.ENDED_WITH_SERVER)


def deleted() -> Markup:
    """The message after a reload if the trained model was deleted."""
    return alert(texts.DELETED.format(minutes=GRACE / 60))
