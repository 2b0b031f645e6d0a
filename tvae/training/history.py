"""Analysis of a training history: whether metrics regressed during training, and which.

A history is the list of metrics that a run measured during training (`loop.Run.history`), as a checkpoint file stores
it and `tvae.checkpoints.metadata` reads it. Training collapsed in a metric if the last row is worse than an earlier
one:

- coverage (of the decoder's own input, and of decoder B): below 1 after having been 1;
- overlaps: some, after none;
- hierarchy: undefined, beyond its limit (radii are tied), or more than 0.01 worse than its best, the loss at which the
  homeostasis controller unfreezes an encoder;
- richness: undefined, or less than a tenth of its maximum since the levels of the encoder were first separate.

A loss recovered before the end is reported but does not count as a collapse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.checkpoints.metadata.recorded import History, Run
from tvae.errors import RecipeError
from tvae.training.objectives import homeostasis
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe, with_overrides

LOST_HIERARCHY: Final = homeostasis.Settings().loss
LOST_RICHNESS: Final = 0.1  # share of the maximum
TIED: Final = 1e-4  # a hierarchy this far beyond its limit shows relevant ties

Judge = Callable[[float, float | None], bool]  # (best value so far, current value) -> whether it regressed


@dataclass(frozen=True)
class Regression:
    """A metric that reached a value and lost it."""

    what: str
    step: int  # the first row in which it is lost
    best: float  # before that step
    last: float | None  # in the last row
    lasting: bool  # whether it is still lost in the last row


def own_coverage(history: History) -> str:
    """Column with the coverage of the decoder's own input: that of the ball if the decoder reads the ball."""
    return "coverage_ball" if history.has("coverage_ball") else "coverage"


def good_since(history: History) -> int | None:
    """First step from which, until the end, all operations are reconstructed and (in a ball) no level overlaps."""
    names = [own_coverage(history), *(["coverage_b"] if history.has("coverage_b") else [])]
    wanted = [(history.column(name), 1.0) for name in names]
    wanted += [(history.column(f"overlaps_{side}"), 0.0) for side in _sides(history)]
    since = None
    for place, step in enumerate(history.steps):
        if any(values[place] != value for values, value in wanted):
            since = None
        elif since is None:
            since = step
    return since


def regressions(history: History) -> tuple[Regression, ...]:
    """All regressions, by metric; the module's docstring defines them."""
    found = [
        _loss(history, name, words, (1.0).__eq__, lambda best, now: now is None or now < best, max)
        for name, words in ((own_coverage(history), "coverage"), ("coverage_b", "coverage of decoder B"))
    ]
    for side in _sides(history):
        apart = _first(history, f"overlaps_{side}", 0.0)
        found += [
            _loss(history, f"overlaps_{side}", f"overlaps of {side.upper()}", (0.0).__eq__, _more, min),
            _only_lasting(_loss(history, f"hierarchy_{side}", f"hierarchy of {side.upper()}", _any, _worse, _steeper)),
            _loss(history, f"richness_{side}", f"richness of {side.upper()}", _any, _poorer, max, since=apart),
        ]
    return tuple(loss for loss in found if loss is not None)


def _sides(history: History) -> str:
    """The encoders whose order is judged: those with a ball, since nothing orders the levels without one."""
    return "".join(side for side in "ab" if history.has(f"richness_{side}"))


def _any(_value: float) -> bool:
    return True


def _more(best: float, now: float | None) -> bool:
    return now is None or now > best


def _worse(best: float, now: float | None) -> bool:
    return now is None or now > best + LOST_HIERARCHY or now < CEILINGS.hierarchy - TIED


def _steeper(best: float, now: float) -> float:
    return max(min(best, now), CEILINGS.hierarchy)


def _poorer(best: float, now: float | None) -> bool:
    return now is None or now < LOST_RICHNESS * best


def _only_lasting(loss: Regression | None) -> Regression | None:
    """The hierarchy fluctuates during training by more than the final loss allowed."""
    return loss if loss is not None and loss.lasting else None


def _first(history: History, name: str, value: float) -> int:
    """The first step at which a metric has this value; a step beyond the last if there is none."""
    pairs = zip(history.steps, history.column(name), strict=True)
    return next((step for step, found in pairs if found == value), history.steps[-1] + 1)


def _loss(
    history: History,
    name: str,
    what: str,
    reached: Callable[[float], bool],
    lost: Judge,
    better: Callable[[float, float], float],
    since: int = 0,
) -> Regression | None:
    """The regression of one metric, from the first row that is `lost` compared with the best one before it."""
    best: float | None = None
    seen: list[tuple[int, float]] = []  # first step of each run of lost rows, and the best value before it
    lasting = False
    values = history.column(name)
    for step, value in zip(history.steps, values, strict=True):
        if step < since:
            continue
        before, lasting = lasting, best is not None and lost(best, value)
        if lasting and not before and best is not None:
            seen.append((step, best))
        if value is not None and (best is not None or reached(value)):
            best = value if best is None else better(best, value)
    return Regression(what, *seen[-1 if lasting else 0], values[-1], lasting) if seen else None


def collapse_summary(history: History) -> str:
    """One or two sentences: whether training collapsed and in which metric, or else since when all goals hold.

    "Training collapsed" is the published term.
    """
    found = regressions(history)
    passing = [_lost(loss) for loss in found if not loss.lasting]
    lasting = [f"{_lost(loss)} and ends at {_form(loss.last)}" for loss in found if loss.lasting]
    recovered = f" On the way {_list(passing)}; recovered by the end." if passing else ""
    if lasting:
        return f"It collapses: {_list(lasting)}.{recovered}"
    since, end = good_since(history), f"{history.steps[-1]:,}"
    if since is None:
        return f"It does not collapse, but at the end, step {end}, {_missing(history)}.{recovered}"
    apart = " and no level overlaps, on both encoders" if _sides(history) else ""
    when = f"from step {since:,} to {end}" if since < history.steps[-1] else f"at step {end}"
    return f"It does not collapse: {when} every operation is reconstructed{apart}.{recovered}"


def _lost(loss: Regression) -> str:
    return f"{loss.what} leaves {_form(loss.best)} at step {loss.step:,}"


def _missing(history: History) -> str:
    """The goals that the last row misses."""
    last = {name: values[-1] for name, values in history.columns.items()}
    parts = [f"coverage is {_form(last.get(own_coverage(history)))}"]
    parts += [f"{_form(last.get(f'overlaps_{side}'))} levels overlap on {side.upper()}" for side in _sides(history)]
    return _list(parts)


def _form(value: float | None) -> str:
    """At most five decimals, a true minus; "undefined" for None."""
    if value is None:
        return "undefined"
    return (f"{value:.5f}".rstrip("0").rstrip(".") or "0").replace("-", "\u2212")


def _list(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and {parts[-1]}"


def recorded_recipe(run: Run) -> Recipe | None:
    """The recipe that the file names, with its length and learning rate; None if there is no such recipe."""
    if run.recipe is None or run.steps is None or run.learning_rate is None:
        return None
    try:
        return with_overrides(table.recipe(run.recipe), steps=run.steps, learning_rate=run.learning_rate)
    except RecipeError:
        return None
