"""A grid: which jobs it gives, and one sentence for whatever is wrong with it."""

from pathlib import Path

import pytest

from tvae.errors import InputError
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import recipe
from tvae.training.sweeps.grid import KEYS, WEIGHTS, Grid, read_grid


def read(text: str | bytes, folder: Path) -> Grid:
    path = folder / "grid.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_grid(path)


def test_all_combinations_with_the_seeds_of_a_setting_together(tmp_path: Path) -> None:
    grid = read('seeds = [0, 1]\nrecipes = ["v5_5", "v5_11"]\nsteps = [6, 5]', tmp_path)
    found = [(job.recipe, job.settings["steps"], job.seed) for job in grid.jobs]
    assert found == [(name, steps, seed) for name in ("v5_5", "v5_11") for steps in (6, 5) for seed in (0, 1)]
    assert len({job.id for job in grid.jobs}) == 8
    assert grid.repeated == 0


def test_only_recipes_are_needed_and_settings_are_then_the_recipes(tmp_path: Path) -> None:
    (job,) = read('recipes = ["v5_11"]', tmp_path).jobs
    assert (job.seed, job.options) == (0, {})
    assert job.settings == {
        "steps": recipe("v5_11").steps,
        "learning_rate": 0.3,
        "optimiser": "kfac",
        "weights": {},
        "width": 64,
        "curvature": 1.0,
    }


def test_every_key_reaches_the_settings(tmp_path: Path) -> None:
    text = """
    recipes = ["v5_11"]
    steps = [20]
    lrs = [1]
    optimisers = ["adamw"]
    widths = [32]
    curvatures = [0.5]
    seeds = [7]
    weights.order = [2]
    weights.distances = [0.5]
    """
    (job,) = read(text, tmp_path).jobs
    assert job.seed == 7
    assert job.settings == {
        "steps": 20,
        "learning_rate": 1.0,
        "optimiser": "adamw",
        "weights": {"distances": 0.5, "order": 2.0},
        "width": 32,
        "curvature": 0.5,
    }
    (job,) = read('recipes = ["v5_5"]\nepochs = [1]', tmp_path).jobs
    assert job.settings["steps"] == 38


def test_ranges_are_decimal_and_include_both_ends(tmp_path: Path) -> None:
    text = 'recipes = ["v5_11"]\nseeds = {from = 0, to = 5, step = 2}\ncurvatures = {from = 0.1, to = 0.3, step = 0.1}'
    jobs = read(text, tmp_path).jobs
    assert sorted({job.seed for job in jobs}) == [0, 2, 4]
    assert sorted({job.settings["curvature"] for job in jobs}) == [0.1, 0.2, 0.3]


def test_the_same_run_is_run_once(tmp_path: Path) -> None:
    steps = recipe("v5_5").steps
    grid = read(
        f'recipes = ["v5_5", "v5_5"]\nsteps = [{steps}, 5]\nlrs = [{5e-3}]\nweights.smoothness = [1, 1.0]', tmp_path
    )
    assert (len(grid.jobs), grid.repeated) == (2, 6)
    assert grid.jobs[0].id == read('recipes = ["v5_5"]', tmp_path).jobs[0].id


@pytest.mark.parametrize("name", KEYS)
def test_the_examples_of_the_messages_are_values(name: str, tmp_path: Path) -> None:
    recipes = "" if name == "recipes" else 'recipes = ["v5_11"]\n'
    read(f"{recipes}{name} = {KEYS[name].example}", tmp_path)


MANY = "{from = 1, to = 1000, step = 1}"
WRONG = {
    "nothing": ("", "the key recipes is missing. Name the recipes, such as recipes = "),
    "no TOML": ("recipes = v5_5", "the file is not TOML: "),
    "no text": (b"\xff\xfe", "the file is not TOML: it is not text"),
    "too deep": ("recipes = " + "[" * 5000, "the file is not TOML: "),
    "too large": ("#" * 64_001, "the file has more than 64 kB"),
    "a singular": (
        'recipe = ["v5_5"]',
        "no key is called 'recipe'; the nearest is recipes. Correct it, or leave it out.",
    ),
    "another key": ('recipes = ["v5_5"]\nthreads = [2]', "no key is called 'threads'; "),
    "a key unlike any": ('recipes = ["v5_5"]\nxyz = [2]', "no key is called 'xyz'; a grid has recipes, steps, "),
    "no recipe": ('recipes = ["v5_6"]', "No recipe is called 'v5_6'. Known recipes: rich_tree, "),
    "no list": ('recipes = ["v5_5"]\nsteps = 60', "steps is 60; write a list, such as [60, 200] or {from = 0, "),
    "an empty list": ("recipes = []", 'recipes is []; write a list, such as ["v5_5", "rich_tree"].'),
    "texts for numbers": (
        'recipes = ["v5_5"]\nseeds = ["0"]',
        "seeds has '0'; its values are whole numbers below 2^63, such as",
    ),
    "fractions of seeds": ('recipes = ["v5_5"]\nseeds = [0.5]', "seeds has 0.5; its values are whole numbers"),
    "truth for numbers": ('recipes = ["v5_5"]\nlrs = [true]', "lrs has true; its values are numbers"),
    "not finite": ('recipes = ["v5_5"]\nlrs = [inf]', "lrs has Infinity; its values are numbers"),
    "too large a number": ('recipes = ["v5_5"]\nlrs = [1e308]', "lrs has 1e+308; its values are numbers up to 1e+15"),
    "hundreds of digits": (f'recipes = ["v5_5"]\nlrs = [{"9" * 400}]', "lrs has 999"),
    "thousands of digits": (f'recipes = ["v5_5"]\nseeds = [{"9" * 5000}]', "the file is not TOML: "),
    "thousands in base 16": (
        f'recipes = ["v5_5"]\nseeds = [0x{"f" * 5000}]',
        "seeds has a value that cannot",
    ),
    "endless epochs": ('recipes = ["v5_5"]\nepochs = [1e15]', "Found 1e+15 epochs for 'v5_5'; give "),
    "numbers for texts": ("recipes = [5]", "recipes has 5; its values are texts"),
    "a range of texts": ("recipes = {from = 1, to = 2, step = 1}", "recipes is {"),
    "half a range": (
        'recipes = ["v5_5"]\nseeds = {from = 1, to = 2}',
        "seeds has a range of from and to; it has from,",
    ),
    "a range downwards": (
        'recipes = ["v5_5"]\nseeds = {from = 3, to = 2, step = 1}',
        "seeds has a range from 3 to 2 in steps of 1; go upwards, in steps above 0.",
    ),
    "a range without steps": (
        'recipes = ["v5_5"]\nseeds = {from = 1, to = 2, step = 0}',
        "seeds has a range from 1 to 2 in steps of 0; go upwards",
    ),
    "an endless range": (
        'recipes = ["v5_5"]\nlrs = {from = 0.0, to = 1e15, step = 1e-300}',
        "lrs has a range of more than 100,000 values; a grid has at most that many runs.",
    ),
    "too many runs": (
        f'recipes = ["v5_5"]\nseeds = {MANY}\nsteps = {MANY}',
        "1 recipes x 1,000 steps x 1,000 seeds are 1,000,000 runs; a grid has at most 100,000. Split it.",
    ),
    "weights of no table": ('recipes = ["v5_5"]\nweights = [2]', "weights is [2]; write a line for each part, such as"),
    "another part": (
        'recipes = ["v5_5"]\nweights.ordre = [2]',
        "no part of weights is called 'ordre'; the nearest is order",
    ),
    "a part that the recipe lacks": (
        'recipes = ["v5_5"]\nweights.order = [2]',
        "'v5_5' has no objective 'order'. It has",
    ),
    "no seed": ('recipes = ["v5_5"]\nseeds = [-1]', "Found the seed -1; a seed is in 0..2^63 - 1."),
    "a combination that one recipe refuses": (
        'recipes = ["v5_11", "v5_5"]\nwidths = [32]',
        "'v5_5' has no projection to give the width 32. Leave it out.",
    ),
    "steps and epochs": ('recipes = ["v5_5"]\nsteps = [5]\nepochs = [1]', "Found 5 steps and 1 epochs for 'v5_5'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence_with_the_name_of_the_file(name: str, tmp_path: Path) -> None:
    text, said = WRONG[name]
    with pytest.raises(InputError) as refused:
        read(text, tmp_path)
    message = str(refused.value)
    assert message.startswith(f"grid.toml: {said}")
    assert "\n" not in message
    assert len(message) < 600


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.toml: the file cannot be read \(No such file"):
        read_grid(tmp_path / "nothing.toml")


def test_every_part_of_the_objective_can_be_weighted(tmp_path: Path) -> None:
    for part in EMPHASES:
        (job,) = read(f'recipes = ["v5_11"]\n{WEIGHTS}.{part} = [3]', tmp_path).jobs
        assert job.settings["weights"] == {part: 3.0}
