"""Time to evaluate one checkpoint, compared with its matrix products alone."""

import statistics
from collections.abc import Callable

import numpy as np
import torch
from table import Row, at_most, interleaved, median_ratio
from torch import nn

from tvae.analysis.linear_regions import counting as regions
from tvae.analysis.metrics import metrics
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.views import directions
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue import catalogue
from tvae.models import embedding
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary

RUNS = 15


def bundled(name: str = catalogue.DEFAULT) -> TernaryVAE:
    """A bundled checkpoint; by default the one that the page opens with."""
    return checkpoint_file.build(loading.open_located(loading.locate(name)))


def matrix_products(model: TernaryVAE, rows: torch.Tensor) -> Callable[[], None]:
    """Every matrix product of the forward pass over `rows` (n, 9), in the same chunks, and nothing else.

    No bias, activation, projection or allocation: a lower bound for any implementation of this network.
    """
    layers: list[nn.Linear] = []
    hooks = [
        module.register_forward_hook(lambda layer, *_: layers.append(layer))
        for module in model.modules()
        if isinstance(module, nn.Linear)
    ]
    model(rows[:1])
    for hook in hooks:
        hook.remove()
    products = []
    for layer in layers:
        weights = layer.weight.detach().t()
        products.append(
            (torch.randn(embedding.CHUNK, weights.shape[0]), weights, torch.empty(embedding.CHUNK, len(layer.weight)))
        )

    def multiply() -> None:
        for _ in range(0, len(rows), embedding.CHUNK):
            for left, weights, out in products:
                torch.mm(left, weights, out=out)

    return multiply


def measure() -> list[Row]:
    """Time full evaluation, forward pass and matrix products in turn, then the additional cost of the tree metrics."""
    with torch.inference_mode():
        return _measure()


def _measure() -> list[Row]:
    model = bundled()
    rows = torch.from_numpy(ternary.ALL_TRITS.astype(np.float32))
    full, forward, floor = interleaved(
        [
            lambda: metrics.evaluate(embedding.embed(model), tree=False),
            lambda: [model(rows[k : k + embedding.CHUNK]) for k in range(0, ternary.N, embedding.CHUNK)],
            matrix_products(model, rows),
        ],
        RUNS,
        warm=3,
    )
    embedded = embedding.embed(model)
    embedding_alone, without, with_tree = interleaved(
        [
            lambda: embedding.embed(model),
            lambda: metrics.evaluate(embedded, tree=False),
            lambda: metrics.evaluate(embedded, tree=True),
        ],
        5,
    )
    (field,) = interleaved([lambda: tree_measures.evaluate(embedded)], 5, warm=1)  # the first call imports scipy
    (field_exact,) = interleaved([lambda: tree_measures.evaluate(embedded, exact=True)], 3)
    (seen,) = interleaved([lambda: directions.measure(embedded.a)], 5)
    largest = bundled("v5_5")  # five parts to count; the others have three or four
    (counting,) = interleaved([lambda: regions.count(largest)], 3)
    seconds = statistics.median
    return [
        at_most("full evaluation, A and B, without tree metrics", seconds(full), 0.15, "s", 3),
        Row("  against the forward pass in the same run", f"{median_ratio(full, forward):.2f} x"),
        at_most("  against its floor, the bare matrix products", median_ratio(full, floor), 2.0, "x", 2),
        Row("  forward pass alone", f"{seconds(forward):.3f} s"),
        Row("  bare matrix products of the forward", f"{seconds(floor):.3f} s"),
        Row("  embedding alone (forward, float64 radii, argmax)", f"{seconds(embedding_alone):.3f} s"),
        Row("  metrics alone, without tree metrics", f"{seconds(without):.3f} s"),
        at_most(
            "tree fidelity and triplets, in addition",
            seconds([b - a for a, b in zip(without, with_tree, strict=True)]),
            1.5,
            "s",
            3,
        ),
        at_most("tree measures (distortion, MAP, dendrogram, ...), A and B", seconds(field), 1.5, "s", 2),
        at_most("  with MAP over all operations", seconds(field_exact), 20.0, "s", 1),
        at_most("directions of one encoder, and how faithful they are", seconds(seen), 1.0, "s", 2),
        at_most("linear regions of v5_5, all parts", seconds(counting), 2.0, "s", 2),
    ]
