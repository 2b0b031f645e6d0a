"""The knobs of a plan: emphasis on groups of objectives."""

from dataclasses import asdict

import pytest

from tvae.errors import RecipeError
from tvae.training.recipes.recipe import (
    EMPHASES,
    Weights,
    objectives,
    with_objective_weights,
)
from tvae.training.recipes.table import RECIPES, recipe


def test_every_part_of_the_objective_is_in_one_group() -> None:
    assert sorted(part for parts in EMPHASES.values() for part in parts) == sorted(asdict(Weights()))


@pytest.mark.parametrize("name", [row.name for row in RECIPES])
def test_a_factor_multiplies_its_group_and_nothing_else(name: str) -> None:
    plan = recipe(name)
    for group in objectives(plan):
        changed = with_objective_weights(plan, {group: 3.0})
        assert changed.emphasis == ((group, 3.0),)
        for before, after in zip(plan.phases, changed.phases, strict=True):
            for old, new in ((before.weights_a, after.weights_a), (before.weights_b, after.weights_b)):
                factors = {part: 3.0 if part in EMPHASES[group] else 1.0 for part in asdict(old)}
                assert asdict(new) == {part: weight * factors[part] for part, weight in asdict(old).items()}


def test_one_changes_nothing() -> None:
    plan = recipe("v5_11")
    assert with_objective_weights(plan, dict.fromkeys(EMPHASES, 1.0)) is plan


@pytest.mark.parametrize(
    ("name", "factors", "said"),
    [
        ("v5_11", {"speed": 2.0}, "Found the objective 'speed'; choose from reconstruction, smoothness"),
        ("v5_11", {"order": -1.0}, "Found the factor -1.0 for 'order'; it must be in 0..100"),
        ("v5_11", {"order": float("nan")}, "Found the factor nan"),
        ("v5_5", {"order": 2.0}, "'v5_5' has no objective 'order'. It has reconstruction, smoothness."),
        ("v5_5", {"reconstruction": 0.0, "smoothness": 0.0}, "a phase of 'v5_5' has nothing to learn"),
        ("v5_11", {"order": 0.0, "distances": 0.0}, "Without order and distances a phase of 'v5_11' has nothing"),
    ],
)
def test_invalid_factors_are_refused(name: str, factors: dict[str, float], said: str) -> None:
    with pytest.raises(RecipeError, match=said.replace("(", r"\(")):
        with_objective_weights(recipe(name), factors)
