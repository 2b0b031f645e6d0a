"""The tree measures of the bundled files, against a few lines of numpy and scipy that share no code with them."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist, squareform

from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.models.embedding import EncoderEmbedding, embed

NAMES = [entry.name for entry in ENTRIES if entry.source == "bundled" and entry.name != "v5_5"]
N, RANKED = 19_683, 40
OPERATIONS = np.random.default_rng(0).permutation(N)[:2_000]
QUERIES = OPERATIONS[:RANKED]


def distances(side: EncoderEmbedding, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Hyperbolic distances (S, O) by the arcosh of the ball of curvature -c."""
    assert side.point is not None
    assert side.curvature is not None
    z = side.point.astype(np.float64) * side.curvature**0.5
    room = 1 - (z**2).sum(1)
    ratio = cdist(z[some], z[others], "sqeuclidean") / (room[some, None] * room[others])
    found: np.ndarray = np.arccosh(1 + 2 * ratio) / side.curvature**0.5
    return found


@lru_cache(1)
def lengths() -> np.ndarray:
    """Twice the levels below the last common ancestor, of all pairs of the sample."""
    apart = OPERATIONS[:, None] - OPERATIONS
    square: np.ndarray = 2 * (9 - sum((apart % 3**k == 0).astype(np.int64) for k in range(1, 10)))
    return squareform(square)


def precision(far: np.ndarray, query: int, size: int) -> float:
    order = np.argsort(far)
    order = order[order != query]
    hits = (order - query) % (N // size) == 0
    return float((hits.cumsum() / np.arange(1, N))[hits].mean())


@pytest.mark.parametrize("encoder", ["A", "B"])
@pytest.mark.parametrize("name", NAMES)
def test_numpy_measures_the_same(name: str, encoder: str) -> None:
    side = embed(checkpoint_file.build(loading.open_located(loading.locate(name)))).side(encoder)
    found = tree_measures.measure(side)
    square, t = distances(side, OPERATIONS, OPERATIONS), lengths()
    d = squareform(square, checks=False)
    ratio = d / t
    least = minimize_scalar(lambda s: np.abs(s * ratio - 1).mean(), (0, 1 / ratio.mean()))
    assert found.average_distortion == pytest.approx(least.fun, abs=1e-6)
    assert found.worst_distortion == pytest.approx(ratio.max() / ratio.min(), rel=1e-4)
    assert found.cophenetic == pytest.approx(np.corrcoef(d, t)[0, 1], abs=1e-6)
    near = square[:500, :500]
    products = (near[:1] + near[:, :1] - near) / 2
    delta = max((np.minimum(products[:, k : k + 1], products[k]) - products).max() for k in range(500))
    assert found.relative_hyperbolicity == pytest.approx(2 * delta / near.max(), abs=1e-5)
    ranked = tree_measures.neighbourhoods(side, QUERIES)
    far = distances(side, QUERIES, np.arange(N))
    for size in (3, 9, 27):
        each = [precision(row, query, size) for row, query in zip(far, QUERIES.tolist(), strict=True)]
        assert ranked[f"map_{size}"] == pytest.approx(np.mean(each), abs=1e-6)
        assert ranked[f"map_{size}_error"] == pytest.approx(np.std(each, ddof=1) / RANKED**0.5, abs=1e-6)
