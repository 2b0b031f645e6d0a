"""The recipe table and the target layout: every operation has its own place inside its level's interval."""

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest

from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.errors import RecipeError
from tvae.geometry.exact_tree import Tree
from tvae.operations import ternary
from tvae.training.objectives.objective import NEAR
from tvae.training.recipes.recipe import Recipe, ShellLayout, targets_of
from tvae.training.recipes.table import RECIPES, recipe

LAYOUTS = list(dict.fromkeys(layout for row in RECIPES for layout in (row.layout_a, row.layout_b)))
LEVELS = ternary.VALUATIONS.astype(int)


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.name)
def test_a_row_is_complete_and_possible(row: Recipe) -> None:
    assert recipe(row.name) is row
    assert row.summary
    assert "\n" not in row.summary
    assert "Published" in row.notes
    assert row.batch_size * row.level_balanced_share >= len(
        ternary.LEVEL_SIZES
    )  # every level has a place in every batch
    assert max(row.layout_a.top, row.layout_b.top) < row.config.max_radius
    assert 0 <= row.level_balanced_share < 1
    assert any(phase.controlled for phase in row.phases) == (row.controller is not None)
    for phase in row.phases:
        assert phase.steps > 0
        assert 0 < phase.warmup < 1
        assert phase.learning_rate > 0
        assert 0 <= phase.thaw < 1
        assert 0 < phase.near_rise <= 1 - phase.near_from
        numbers = (asdict(phase.weights_a), asdict(phase.weights_b), asdict(phase.rates))
        assert all(value >= 0 for table in numbers for value in table.values())


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.name)
def test_an_encoder_that_moves_keeps_its_reconstruction(row: Recipe) -> None:
    for phase in row.phases:
        weights = phase.weights_a
        assert (phase.rates.encoder_a > 0) == (weights.reconstruction + weights.at_mu > 0)
        assert (weights.reconstruction > 0) == (weights.kl > 0)  # a sample needs a prior, or its noise dies out
        assert (weights.at_ball > 0) == (row.config.decoder_input == "log0")


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.name)
def test_the_last_phase_has_the_terms_of_the_recipes_goal(row: Recipe) -> None:
    last = row.phases[-1]
    if row.config.projection == "none":
        assert last.weights_b.reconstruction > 0
        return
    for side, weights in (("A", last.weights_a), ("B", last.weights_b)):
        assert (side in row.tree_sides) == (weights.place > 0)
        if weights.place:
            assert (weights.stray > 0) == isinstance(row.tree, Tree)
            continue
        assert weights.outside > 0
        assert weights.pull > 0


@pytest.mark.parametrize("row", RECIPES, ids=lambda row: row.name)
def test_a_recipe_draws_near_pairs_if_it_has_terms_on_them(row: Recipe) -> None:
    weights = [weights for phase in row.phases for weights in (phase.weights_a, phase.weights_b)]
    assert any(getattr(one, name) for one in weights for name in NEAR) == (row.near_pairs > 0)
    assert 2 * row.near_pairs <= row.batch_size * (1 - row.level_balanced_share)  # the levels keep their places


@pytest.mark.parametrize(
    ("name", "sides"), [("rich_tree", "A"), ("tree", "AB"), ("isometric", "AB"), ("ball", ""), ("v5_11", "")]
)
def test_the_encoders_that_learn_a_tree(name: str, sides: str) -> None:
    assert recipe(name).tree_sides == sides
    assert (recipe(name).tree is not None) == bool(sides)


def test_phases_follow_one_another() -> None:
    plan = recipe("v5_11")
    first, second = (phase.steps for phase in plan.phases)
    assert plan.steps == first + second
    assert [plan.phase_at(step) for step in (1, first, first + 1, plan.steps)] == [
        (0, 1),
        (0, first),
        (1, 1),
        (1, second),
    ]
    with pytest.raises(IndexError):
        plan.phase_at(plan.steps + 1)


def test_every_published_recipe_is_here() -> None:
    published = {entry.name.split("/")[0] for entry in ENTRIES if "/" in entry.name}
    assert published <= {row.name for row in RECIPES}


def test_names_are_unique() -> None:
    assert len({row.name for row in RECIPES}) == len(RECIPES)


def test_an_unknown_recipe_is_refused_with_the_known_names() -> None:
    with pytest.raises(RecipeError, match=r"'homeostatic'.*Known recipes: .*homeostatic_rich"):
        recipe("homeostatic")


def test_advanced_is_homeostatic_rich_with_another_optimiser() -> None:
    rich, advanced = recipe("homeostatic_rich"), recipe("advanced")
    assert advanced.optimisers == ["kfac"]
    assert advanced.steps < rich.steps
    same = ("config", "layout_a", "layout_b", "batch_size", "weight_decay", "level_balanced_share")
    assert all(getattr(rich, name) == getattr(advanced, name) for name in same)
    (one,), (other,) = rich.phases, advanced.phases
    assert (one.weights_a, one.weights_b, one.rates) == (other.weights_a, other.weights_b, other.rates)


def test_the_bundled_recipe_has_the_published_sizes() -> None:
    config = recipe("homeostatic_rich").config
    assert (config.projection, config.hidden_dim, config.layers, config.latent_dim) == ("dual", 64, 1, 16)
    assert (config.encoder, config.decoder, config.max_radius) == ("plain", "plain", 0.99)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_intervals_are_disjoint_and_ordered(layout: ShellLayout) -> None:
    targets = targets_of(layout)
    low, high = [], []
    for level in range(10):
        (lowest,), (highest,) = (set(ends[level == LEVELS].tolist()) for ends in (targets.low, targets.high))
        low.append(lowest)
        high.append(highest)
    assert high[0] == layout.top
    assert low[9] > 0
    assert np.subtract(low[:9], high[1:]) == pytest.approx(layout.gap, abs=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_target_is_inside_its_own_interval_only(layout: ShellLayout) -> None:
    targets = targets_of(layout)
    assert targets.norm.shape == (ternary.N,)
    assert np.all((targets.low < targets.norm) & (targets.norm < targets.high))
    assert len(np.unique(targets.norm)) == ternary.N


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_trit_chooses_the_end_and_the_rest_refine(layout: ShellLayout) -> None:
    targets = targets_of(layout)
    place = (targets.norm - targets.low) / (targets.high - targets.low)
    for index in range(1, ternary.N, 97):
        trits = ternary.ALL_TRITS[index].tolist()
        first = next(i for i in range(9) if trits[i] != -1)
        rest = sum((trits[i] + 1) / 3 ** (i - first) for i in range(first + 1, 9)) + 0.5 / 3 ** (8 - first)
        expected = layout.ends * rest if trits[first] == 0 else 1 - layout.ends + layout.ends * rest
        assert place[index] == pytest.approx(expected, abs=1e-9)
    assert place[0] == pytest.approx(0.5)


def test_equal_leading_trits_mean_close_targets() -> None:
    layout = recipe("homeostatic_rich").layout_a
    norms = targets_of(layout).norm.reshape([3] * 9)  # axes: position 8 first, position 0 last
    level_0 = norms[..., 1:]  # position 0 is not -1
    spread = [float(np.ptp(level_0, axis=tuple(range(depth))).max()) for depth in range(1, 9)]
    assert spread[-1] < layout.ends * (layout.top - layout.bottom)
    assert all(wide / narrow > 2.9 for narrow, wide in pairwise(spread))


def test_the_target_itself_is_rich() -> None:
    norms = targets_of(recipe("homeostatic_rich").layout_a).norm
    richness = np.mean([norms[level == LEVELS].var() for level in range(10)])
    assert richness == pytest.approx(0.0124697, abs=1e-7)
    assert richness < 0.99**2 / 40
