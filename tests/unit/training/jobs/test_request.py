"""Orders within limits, and what is refused before anything runs."""

from dataclasses import replace

import pytest

from tvae.errors import RecipeError, TrainingRefused
from tvae.training.jobs.request import MAX_SEED, PUBLIC, JobLimits, TrainingRequest
from tvae.training.recipes.table import recipe

PHASES = recipe("v5_11").phases
SHORT = TrainingRequest("v5_5", seed=1, steps=20)


def test_a_request_without_overrides_is_the_recipe_itself() -> None:
    assert TrainingRequest("tree").to_recipe(JobLimits()) == recipe("tree")


def test_overrides_are_in_the_recipe() -> None:
    plan = replace(SHORT, learning_rate=0.02, emphasis={"smoothness": 2.0}).to_recipe(JobLimits())
    assert (plan.steps, plan.phases[0].learning_rate, plan.emphasis) == (20, 0.02, (("smoothness", 2.0),))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(SHORT, steps=20_001), "Found 20,001 steps; a run here has 1 to 20,000"),
        (replace(SHORT, steps=-5), "Found -5 steps; a run here has 1 to 20,000"),
        (replace(SHORT, steps=0), "Found 0 steps; a run here has 1 to 20,000"),
        (replace(SHORT, recipe="v5_11", steps=len(PHASES) - 1), f"a run here has {len(PHASES)} to 20,000"),
        (
            replace(SHORT, seed=-1),
            "Found the seed -1; on the page, a seed is a whole number from 0 to 9,007,199,254,740",
        ),
        (replace(SHORT, seed=2**53), "Found the seed 9,007,199,254,740,992; .+ up to 2.63 - 1, train on your own mach"),
    ],
)
def test_requests_beyond_the_limits_are_refused(order: TrainingRequest, said: str) -> None:
    with pytest.raises(TrainingRefused, match=said):
        order.to_recipe(JobLimits())


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(SHORT, recipe="x"), "No recipe is called 'x'"),
        (replace(SHORT, learning_rate=0.0), "Found the learning rate 0;"),
        (replace(SHORT, emphasis={"order": 2.0}), "has no objective 'order'"),
    ],
)
def test_unknown_recipes_and_objectives_are_refused(order: TrainingRequest, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        order.to_recipe(JobLimits())


def test_the_largest_seed_is_one_that_a_browser_holds_exactly() -> None:
    assert int(float(MAX_SEED)) == MAX_SEED
    assert float(MAX_SEED + 2) == float(MAX_SEED + 1)
    assert replace(SHORT, seed=MAX_SEED).to_recipe(JobLimits()).steps == 20


def test_the_limits_are_named() -> None:
    assert PUBLIC.in_words() == (
        "At most 20,000 steps and 300 s a run, 1 run at a time for each visitor, 12 an hour, 4 at a time for all "
        "visitors of one network address; 2 runs train at once, 6 may wait."
    )
