"""Metrics of the exact tree: what the best embedding of the 3-adic tree reaches, as a baseline for trained ones.

This is the tree that the recipe `tree` learns, with float32 points like those of every checkpoint. Measuring it takes
about as long as measuring an encoder, so its numbers are stored in `tvae/bundled/exact_tree.json`, written by
`python benchmarks/exact_tree.py`; a test measures the tree again.

In exact arithmetic it has only 1,152 different norms, because digits 1 and 2 of a plane have equal norms. With these
ties its hierarchy would be -0.8320526, 2e-6 beyond the limit for untied radii; rounding to float32 breaks the ties.
"""

import json
from functools import lru_cache
from typing import Any, Final

from tvae.analysis.metrics.metrics import EncoderMetrics, encoder_metrics
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.geometry.exact_tree import Tree
from tvae.models.embedding import EncoderEmbedding, side_of_points
from tvae.training.recipes.table import recipe

FILE: Final = BUNDLED_DIRECTORY / "exact_tree.json"
CURVATURE: Final = 1.0


def tree_of_the_recipe() -> Tree:
    """The tree that the recipe `tree` learns."""
    tree = recipe("tree").tree
    assert isinstance(tree, Tree)  # noqa: S101 (for the type checker)
    return tree


def _side() -> EncoderEmbedding:
    """An encoder that maps each operation exactly to its point."""
    return side_of_points(tree_of_the_recipe().points(), CURVATURE)


def measure_exact_tree() -> EncoderMetrics:
    """Every metric of the exact tree."""
    return encoder_metrics(_side())


def measure_tree_measures() -> TreeMeasures:
    """The field's measures of the exact tree, with the same sample as for every checkpoint."""
    return tree_measures.measure(_side())


@lru_cache(1)
def exact_tree() -> EncoderMetrics:
    """The stored result of `measure_exact_tree`, from `FILE`."""
    stored = _stored("metrics")
    for name in ("overlapping", "level_mean_norm", "level_mean_radius"):
        stored[name] = tuple(stored[name])
    return EncoderMetrics(**stored)


@lru_cache(1)
def exact_tree_measures() -> TreeMeasures:
    """The stored result of `measure_tree_measures`, from `FILE`."""
    return TreeMeasures(**_stored("tree_measures"))


def _stored(part: str) -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))[part]
    return numbers
