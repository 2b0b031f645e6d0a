"""The exact tree, measured: what the best embedding of the 3-adic tree reaches, beside which a trained one is shown.

It is the tree that the recipe `tree` learns, taken as it is written down, with float32 points like those of every
checkpoint. Measuring it takes about as long as measuring an encoder, so its numbers lie in
`tvae/bundled/exact_tree.json`, made by `python benchmarks/exact_tree.py`; a test measures the tree again.

Written down exactly, it has 1,152 different norms only, for the digits 1 and 2 of a plane are equally far out; with
these ties its hierarchy would be -0.8320526, 2e-6 beyond the limit for untied radii. Rounding to float32 parts them.
"""

import json
from functools import lru_cache
from typing import Any, Final

from tvae.analysis.metrics import EncoderMetrics, encoder_metrics
from tvae.checkpoints.catalogue import BUNDLED_DIRECTORY
from tvae.geometry.exact_tree import Tree
from tvae.models.embedding import side_of_points
from tvae.training.recipes.table import recipe

FILE: Final = BUNDLED_DIRECTORY / "exact_tree.json"
CURVATURE: Final = 1.0


def tree_of_the_recipe() -> Tree:
    """The tree that the recipe `tree` asks for."""
    tree = recipe("tree").tree
    assert tree is not None  # noqa: S101 (for the type checker)
    return tree


def measure_exact_tree() -> EncoderMetrics:
    """Every metric of the exact tree, as of an encoder that puts each operation on its very point."""
    return encoder_metrics(side_of_points(tree_of_the_recipe().points(), CURVATURE))


@lru_cache(1)
def exact_tree() -> EncoderMetrics:
    """The same numbers from `FILE`; nothing is computed."""
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["metrics"]
    for name in ("overlapping", "level_mean_norm", "level_mean_radius"):
        stored[name] = tuple(stored[name])
    return EncoderMetrics(**stored)
