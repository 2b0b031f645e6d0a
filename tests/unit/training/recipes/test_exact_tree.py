"""The exact tree's numbers: the stored ones are what is measured, and they are at the limits of a tree."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

from tvae.analysis.metrics import metrics
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.ranks import spearman
from tvae.analysis.tree_measures import tree_measures
from tvae.geometry import poincare_ball
from tvae.models.embedding import side_of_points
from tvae.operations import ternary
from tvae.training.recipes import exact_tree
from tvae.training.recipes.table import recipe

FLOATS = 1e-5  # other processors round differently


def test_the_stored_numbers_are_measured() -> None:
    stored = asdict(exact_tree.exact_tree())
    for name, value in asdict(exact_tree.measure_exact_tree()).items():
        assert stored[name] == pytest.approx(value, abs=FLOATS), name


def test_the_stored_tree_measures_are_measured() -> None:
    assert asdict(exact_tree.exact_tree_measures()) == pytest.approx(
        asdict(exact_tree.measure_tree_measures()), abs=FLOATS, rel=FLOATS
    )


def test_the_file_names_its_tree() -> None:
    settings = json.loads(exact_tree.FILE.read_text())["settings"]
    assert settings == {**asdict(exact_tree.tree_of_the_recipe()), "curvature": 1.0}
    assert recipe("tree").tree == exact_tree.tree_of_the_recipe()


def test_it_reaches_the_limits_of_a_tree() -> None:
    exact = exact_tree.exact_tree()
    assert (exact.overlaps, exact.ordering_accuracy, exact.triplet_agreement) == (0, 1.0, 1.0)
    assert exact.hierarchy == pytest.approx(CEILINGS.hierarchy, abs=1e-7)
    assert exact.tree_fidelity == pytest.approx(CEILINGS.tree_fidelity, abs=5e-4)
    assert exact.q is not None
    assert exact.richness is not None
    assert exact.q < 1.7 < CEILINGS.q
    assert 0 < exact.richness < CEILINGS.richness / 100


def test_rounding_separates_equal_norms() -> None:
    points = exact_tree.tree_of_the_recipe().points()
    exact = np.linalg.norm(points, axis=1).round(12)
    assert len(np.unique(exact)) == 1152
    assert spearman(exact, ternary.VALUATIONS) == pytest.approx(-0.8320526, abs=1e-7)
    assert len(np.unique(side_of_points(points, 1.0).norm)) == ternary.N


def test_showing_it_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    exact_tree.exact_tree.cache_clear()
    exact_tree.exact_tree_measures.cache_clear()
    monkeypatch.setattr(metrics, "spearman", lambda *_: pytest.fail("something was measured"))
    monkeypatch.setattr(tree_measures, "measure", lambda *_: pytest.fail("something was measured"))
    assert exact_tree.exact_tree().overlaps == 0
    assert exact_tree.exact_tree_measures().map_3 == 1


def test_a_side_from_points_is_that_of_a_checkpoint() -> None:
    points = exact_tree.tree_of_the_recipe().points()
    side = side_of_points(points, 1.0)
    assert side.point is not None
    assert side.norm is not None
    assert side.point.dtype == side.mu.dtype == np.float32
    assert not any(array.flags.writeable for array in (side.point, side.mu, side.norm, side.radius))
    assert side.norm == pytest.approx(np.linalg.norm(points, axis=1), abs=1e-7)
    assert side.radius == pytest.approx(2 * np.arctanh(side.norm), abs=1e-7)
    back = poincare_ball.exp0(torch.from_numpy(side.mu.astype(np.float64))).numpy()
    assert back == pytest.approx(points, abs=1e-6)
