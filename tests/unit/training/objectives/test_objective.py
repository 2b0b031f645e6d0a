"""The error of a point from its place in the recipe's tree, felt far away too; and the terms on near pairs."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tvae.geometry import poincare_ball
from tvae.operations import ternary
from tvae.training.loop import start
from tvae.training.objectives.objective import NEAR, Batch, Data, batch_of, data_of, loss_terms, tree_error
from tvae.training.recipes.table import recipe

TREES = ("tree", "rich_tree", "isometric")
CPU = torch.device("cpu")


def data_and_batch(name: str) -> tuple[Data, Batch]:
    data = data_of(recipe(name), CPU)
    return data, batch_of(data, 256, 1, torch.Generator().manual_seed(0))


def targets(name: str, chosen: Tensor) -> Tensor:
    tree = recipe(name).tree
    assert tree is not None
    return torch.from_numpy(tree.points()).float()[chosen]


@pytest.mark.parametrize("name", TREES)
def test_it_is_zero_at_the_place(name: str) -> None:
    data, batch = data_and_batch(name)
    assert data.tree is not None
    error = tree_error(targets(name, batch.chosen), data.tree, batch)
    assert error.abs().max() < 1e-3 * data.tree.tolerances.max()


@pytest.mark.parametrize("name", ["isometric", "rich_tree"])
def test_its_length_is_half_the_distance_from_the_centre(name: str) -> None:
    data, batch = data_and_batch(name)
    assert data.tree is not None
    others = targets(name, batch.chosen.flip(0))
    error = tree_error(others, data.tree, batch) + data.tree.offsets[batch.chosen]
    apart = poincare_ball.distance(data.tree.centres[batch.chosen], others, 1.0)
    assert torch.allclose(2 * poincare_ball.norm(error), apart, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["isometric", "rich_tree"])
def test_a_point_at_the_place_of_another_branch_feels_its_own(name: str) -> None:
    """Along the geodesic to its own place, the error falls everywhere at the same rate."""
    data, _ = data_and_batch(name)
    assert data.tree is not None
    one, other = 1, 2  # differ in the first digit
    batch = Batch(torch.tensor([one]), torch.empty(0), torch.empty(0), torch.empty(0))
    begin, end = targets(name, torch.tensor([other])), data.tree.centres[one][None].to(torch.float32)
    path = poincare_ball.log0(poincare_ball.mobius_add(-begin, end))
    lengths = []
    for share in np.linspace(0, 0.9, 4):
        point = poincare_ball.mobius_add(begin, poincare_ball.exp0(float(share) * path))
        error = tree_error(point, data.tree, batch) + data.tree.offsets[[one]]
        lengths.append(float(poincare_ball.norm(error)))
    falls = -np.diff(lengths)
    assert falls == pytest.approx(np.full(3, 0.3 * lengths[0]), rel=5e-3)
    assert lengths[0] > 1.0


@pytest.mark.parametrize("name", TREES)
def test_places_of_all_operations(name: str) -> None:
    tree, data = recipe(name).tree, data_of(recipe(name), CPU)
    assert tree is not None
    assert data.tree is not None
    found = poincare_ball.mobius_add(data.tree.centres, poincare_ball.exp0(data.tree.offsets))
    assert found.shape == (ternary.N, 16)
    assert found.numpy() == pytest.approx(tree.points(), abs=2e-6)


def terms(near: float = 1.0) -> dict[str, tuple[float | Tensor, Tensor]]:
    """The objective of rich_tree before training, with the same batch each time."""
    plan = recipe("rich_tree")
    data, batch = data_and_batch("rich_tree")
    return loss_terms(start(plan).model, plan.phases[0], data, batch, torch.Generator(), near)


def test_the_share_of_near_terms_is_a_factor_of_their_weights_alone() -> None:
    whole, half = terms(), terms(0.5)
    assert {name[:-2] for name in whole} >= set(NEAR)
    for name, (weight, part) in half.items():
        assert weight == whole[name][0] * (0.5 if name[:-2] in NEAR else 1.0)
        assert torch.equal(part, whole[name][1])


def test_the_near_term_compares_the_errors_of_each_pair_with_its_first_different_digit() -> None:
    plan = recipe("rich_tree")
    data, batch = data_and_batch("rich_tree")
    assert data.tree is not None
    model = start(plan).model
    points = model.project(model.encoder_A.mean(batch.trits), model.encoder_B.mean(batch.trits))[0]
    errors, total = tree_error(points, data.tree, batch).detach().double(), 0.0
    for first in range(plan.near_pairs):
        second = first + plan.near_pairs
        one, other = (ternary.ALL_TRITS[int(batch.chosen[row])] for row in (first, second))
        digit = next((k for k in range(9) if one[k] != other[k]), 8)
        scaled = (errors[first] - errors[second]).abs() / (0.5 * float(data.tree.digit_sizes[digit]))
        total += float(torch.where(scaled < 0.5, scaled.square(), scaled - 0.25).mean())
    assert terms()["near_place_a"][1].item() == pytest.approx(total / plan.near_pairs, rel=1e-4)
