"""The form of the Train tab: its values, which the browser remembers, and the training request that they make."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeGuard

from tvae.errors import RecipeError
from tvae.operations.validation import quoted
from tvae.page.tabs.train import render
from tvae.page.ui import texts
from tvae.page.ui.scripts.sent import fields
from tvae.training.jobs.request import MAX_SEED, TrainingRequest
from tvae.training.recipes.recipe import EMPHASES, Recipe
from tvae.training.recipes.table import RECIPES, recipe

FIRST: Final = "rich_tree"
MOST: Final = 5.0  # of a slider: times the recipe's own weight
NAMES: Final = ("recipe", "seed", "steps", "rate", *EMPHASES)  # of the values, as the browser remembers them
_LARGEST: Final = 1e300  # magnitude of a remembered number


@dataclass(frozen=True)
class Form:
    """The values of the form; None is an empty field."""

    recipe: str
    seed: float | None
    steps: float | None
    rate: float | None  # peak learning rate
    factors: dict[str, float] = field(default_factory=lambda: dict.fromkeys(EMPHASES, 1.0))  # of the loss weights


def own_values(plan: Recipe, seed: float | None = 0) -> Form:
    """The recipe's own values."""
    return Form(plan.name, seed, plan.steps, render.peak_rate(plan))


def remembered(sent: object) -> Form:
    """The values that the browser sent, as any JSON; whatever the form cannot have is replaced by the recipe's own."""
    given = fields(sent)
    known = {row.name for row in RECIPES}
    name = given.get("recipe")
    own = own_values(recipe(name if isinstance(name, str) and name in known else FIRST))
    if own.recipe != name:
        return own
    there = render.adjustable_objectives(recipe(own.recipe))
    return Form(
        own.recipe,
        _number(given, "seed", own.seed),
        _number(given, "steps", own.steps),
        _number(given, "rate", own.rate),
        {group: _factor(given.get(group)) if there[group] else 1.0 for group in EMPHASES},
    )


def _number(given: Mapping[str, object], name: str, own: float | None) -> float | None:
    value = given.get(name, own)
    if value is None:
        return None
    return value if _is_number(value) and abs(value) <= _LARGEST else own


def _factor(value: object) -> float:
    return float(value) if _is_number(value) and 0 <= value <= MOST else 1.0


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def request_of(form: Form, most_steps: int) -> TrainingRequest:
    """The training request of the values. Raises RecipeError for an empty field, or a number that is not whole."""
    plan = recipe(form.recipe)
    seed = _whole(texts.TRAIN_SEED, form.seed, range(MAX_SEED + 1), 0)
    steps = _whole(texts.TRAIN_STEPS, form.steps, range(len(plan.phases), most_steps + 1), plan.steps)
    rate, own_rate = form.rate, render.peak_rate(plan)
    if rate is None:
        raise RecipeError(texts.EMPTY_RATE.format(field=texts.TRAIN_RATE, example=own_rate))
    if not _is_number(rate) or abs(rate) > _LARGEST:
        words = texts.NOT_A_RATE.format(field=texts.TRAIN_RATE, value=quoted(rate), example=own_rate)
        raise RecipeError(words)
    return TrainingRequest(
        recipe=form.recipe,
        seed=seed,
        steps=None if steps == plan.steps else steps,
        learning_rate=None if rate == own_rate else float(rate),
        emphasis={group: factor for group, factor in form.factors.items() if factor != 1},
    )


def _whole(label: str, value: float | None, accepted: range, example: int) -> int:
    """The value of a field as a whole number; that it is within its limits is checked with the request."""
    if value is None:
        words = texts.EMPTY_FIELD.format(field=label)
    elif not _is_number(value) or _LARGEST < abs(value) < math.inf:  # which no page sends
        words = texts.NOT_WHOLE.format(field=label, value=quoted(value))
    elif not math.isfinite(value) or value != int(value):
        words = texts.NOT_WHOLE.format(field=label, value=f"{value:,}")
    else:
        return int(value)
    limits = texts.WHOLE_WANTED.format(least=accepted[0], most=accepted[-1], example=example)
    raise RecipeError(f"{words} {limits}")
