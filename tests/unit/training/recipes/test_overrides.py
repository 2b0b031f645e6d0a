"""A recipe with other settings: which it takes, what they change, and what the file of such a run says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tvae.analysis.metrics.metrics import evaluate
from tvae.checkpoints.checkpoint_file import build, read
from tvae.errors import RecipeError
from tvae.models.embedding import embed
from tvae.training.recipes.match import differences, recipe_match
from tvae.training.recipes.overrides import overridden, own_curvature, own_width, with_network
from tvae.training.recipes.recipe import with_objective_weights, with_overrides
from tvae.training.recipes.table import RECIPES, recipe
from tvae.training.train_to_file import train_to_file


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.name)
def test_the_values_of_a_recipe_change_nothing(row: Any) -> None:
    assert with_network(row, width=own_width(row), curvature=own_curvature(row)) is row
    assert overridden(row.name, steps=row.steps, weights={"order": 1.0}) == row


def test_all_settings_at_once() -> None:
    found = overridden(
        "v5_11", steps=20, learning_rate=0.01, optimiser="adamw", weights={"order": 2.0}, width=32, curvature=0.5
    )
    own = with_overrides(recipe("v5_11"), steps=20, learning_rate=0.01, optimiser="adamw")
    own = with_objective_weights(own, {"order": 2.0})
    assert found == replace(own, config=replace(own.config, hidden_dim=32, curvature=0.5))


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("v5_11", {"width": 0}, "Found the width 0; it is a whole number in 1..4096, such as 64."),
        ("v5_11", {"width": 4097}, "Found the width 4097"),
        ("v5_5", {"width": 32}, "'v5_5' has no projection to give the width 32. Leave it out."),
        ("v5_5", {"curvature": 0.5}, "'v5_5' has no ball, so it takes no curvature 0.5. Leave it out."),
        (
            "rich_tree",
            {"curvature": 0.5},
            "'rich_tree' has target points in the ball of curvature -1, so it takes no curvature",
        ),
        ("v5_11", {"curvature": 0.0}, "Found the curvature 0 for 'v5_11'; it is at least 0.001 and below 1.1080, as"),
        ("v5_11", {"curvature": -1.0}, "Found the curvature -1"),
        ("v5_11", {"curvature": 1.11}, "Found the curvature 1.11"),
        ("v5_11", {"curvature": float("nan")}, "Found the curvature nan"),
        ("v5_11", {"epochs": 1e308}, "Found 1e+308 epochs for 'v5_11'; give "),
        ("v5_11", {"steps": 5, "epochs": 0.5}, "Found 5 steps and 0.5 epochs for 'v5_11'; give one of the two."),
    ],
)
def test_what_a_recipe_cannot_have_is_refused(name: str, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError) as refused:
        overridden(name, **settings)
    assert str(refused.value).startswith(said)


@pytest.mark.usefixtures("one_thread")
def test_the_file_of_such_a_run_says_what_is_not_the_recipes(tmp_path: Path) -> None:
    output = tmp_path / "model.safetensors"
    row = train_to_file("v5_11", steps=4, weights={"order": 2.0}, width=32, curvature=0.5, output=output, show=False)
    file = read(output)
    assert recipe_match(file) == "no"
    assert differences(file) == (
        "steps 4, in the recipe 4500",
        'emphasis {"order": 2.0}, in the recipe none',
        "width 32, in the recipe 64",
        "curvature 0.5, in the recipe 1",
    )
    embedding = embed(build(file))
    assert embedding.a.curvature == embedding.b.curvature == 0.5
    assert evaluate(embedding).a.hierarchy == row["metrics"]["a"]["hierarchy"]
