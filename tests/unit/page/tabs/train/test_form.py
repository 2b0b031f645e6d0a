"""The form of the Train tab: what it requests, what it refuses, and what the browser may remember of it."""

from dataclasses import replace
from typing import Any

import pytest

from tvae.errors import RecipeError
from tvae.page.tabs.train.form import FIRST, Form, own_values, remembered, request_of
from tvae.page.tabs.train.render import peak_rate
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import recipe

OWN = own_values(recipe("v5_5"))
SENT: dict[str, Any] = {"recipe": "v5_5", "seed": 7, "steps": 40, "rate": 0.01, "reconstruction": 2, "smoothness": 0}


def test_the_recipes_own_values_are_the_recipe_itself() -> None:
    request = request_of(OWN, 20_000)
    assert (request.recipe, request.seed, request.steps, request.learning_rate, request.emphasis) == (
        "v5_5",
        0,
        None,
        None,
        {},
    )


def test_changed_values_are_in_the_request() -> None:
    factors = OWN.factors | {"reconstruction": 2.0}
    request = request_of(Form("v5_5", 7.0, 40.0, 0.01, factors), 20_000)
    assert (request.seed, request.steps, request.learning_rate) == (7, 40, 0.01)
    assert request.emphasis == {"reconstruction": 2.0}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (
            replace(OWN, seed=None),
            'The field "Seed" is empty. Give a whole number from 0 to 9,007,199,254,740,991, such as 0.',
        ),
        (replace(OWN, seed=0.5), 'The field "Seed" is 0.5. Give a whole number from 0 to 9,007,199,254,740,991'),
        (replace(OWN, steps=None), 'The field "Steps" is empty. Give a whole number from 1 to 20,000, such as 1,500.'),
        (replace(OWN, steps=2.5), 'The field "Steps" is 2.5. Give a whole number from 1 to 20,000, such as 1,500.'),
        (replace(OWN, steps=1e6 + 0.5), 'The field "Steps" is 1,000,000.5. Give a whole number from 1 to 20,000'),
        (
            replace(own_values(recipe("v5_11")), steps=2.5),
            f"Give a whole number from {len(recipe('v5_11').phases)} to 20,000, such as 4,500.",
        ),
        (replace(OWN, rate=None), 'The field "Learning rate (peak)" is empty. Give a positive number, such as 0.00'),
    ],
)
def test_a_field_that_is_empty_or_not_whole_is_a_sentence_with_the_limits_of_the_page(
    form: Form, sentence: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        request_of(form, 20_000)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("wrong", ["7", True, [7], {}, 10**400])
@pytest.mark.parametrize("name", ["seed", "steps", "rate"])
def test_a_value_that_no_page_sends_is_a_sentence(name: str, wrong: Any) -> None:
    with pytest.raises(RecipeError, match=r'The field ".+" is .+\. Give a ') as caught:
        request_of(replace(OWN, **{name: wrong}), 20_000)
    assert len(str(caught.value)) < 300


def test_a_recipe_that_no_page_sends_is_a_sentence() -> None:
    unknown: Any = None
    with pytest.raises(RecipeError, match="No recipe is called empty"):
        request_of(replace(OWN, recipe=unknown), 20_000)


def test_what_the_browser_remembers_is_the_form_again() -> None:
    form = remembered(SENT)
    assert (form.recipe, form.seed, form.steps, form.rate) == ("v5_5", 7, 40, 0.01)
    assert form.factors == dict.fromkeys(EMPHASES, 1.0) | {"reconstruction": 2.0, "smoothness": 0.0}
    assert remembered(SENT | {"seed": None}).seed is None  # an empty field stays empty


@pytest.mark.parametrize("sent", [None, [], "tree", 5, {}, {"recipe": "unknown"}, {"recipe": ["tree"]}])
def test_without_a_known_recipe_it_is_the_first_one(sent: object) -> None:
    assert remembered(sent) == own_values(recipe(FIRST))


@pytest.mark.parametrize("wrong", ["7", True, [7], {}, float("nan"), float("inf"), 10**400])
def test_a_value_that_the_form_cannot_have_is_the_recipes_own(wrong: object) -> None:
    form = remembered(SENT | dict.fromkeys(("seed", "steps", "rate", *EMPHASES), wrong))
    assert form == OWN
    assert form.rate == peak_rate(recipe("v5_5"))


def test_a_weight_that_the_recipe_lacks_stays_at_one() -> None:
    assert remembered(SENT | {"order": 3}).factors["order"] == 1.0
    assert remembered(SENT | {"smoothness": 5.1}).factors["smoothness"] == 1.0
