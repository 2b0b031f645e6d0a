"""Bounds on the number of linear regions of a ReLU network, as exact Python integers, and Chao's estimate.

A network is described by its input dimension n_0 and the widths n_1, ..., n_L of its ReLU layers. The bounds hold for
the best weights of that shape; `counting` counts the regions of a trained network.
"""

from collections.abc import Sequence
from functools import cache
from math import comb, prod


def zaslavsky(hyperplanes: int, dimension: int) -> int:
    """Largest number of regions of n hyperplanes in R^d (in general position): sum over j <= d of C(n, j).

    Zaslavsky, Facing up to arrangements (1975). These are the regions of one ReLU layer of n units over d inputs.
    """
    return sum(comb(hyperplanes, j) for j in range(dimension + 1))


def montufar_lower(inputs: int, widths: Sequence[int]) -> int | None:
    """A number of regions that some network of this shape reaches; None if a layer is narrower than the input.

    (product over l < L of floor(n_l / n_0)^n_0) * (sum over j <= n_0 of C(n_L, j)); Montufar, Pascanu, Cho, Bengio,
    On the number of linear regions of deep neural networks (2014), theorem 4.
    """
    if min(widths) < inputs:
        return None
    *before, last = widths
    folds: int = prod((width // inputs) ** inputs for width in before)
    return folds * zaslavsky(last, inputs)


def serra_upper(inputs: int, widths: Sequence[int], keeps: Sequence[bool] | None = None) -> int:
    """A number of regions that no network of this shape exceeds.

    Sum over (j_1, ..., j_L) of the product of C(n_l, j_l), where 0 <= j_l <= min(n_0, n_1 - j_1, ..., n_(l-1) -
    j_(l-1), n_l); Serra, Tjandraatmadja, Ramalingam, Bounding and counting linear regions of deep neural networks
    (2018), theorem 1. A layer that `keeps` its input next to its output, as the first of a residual block does, reduces
    no dimension.
    """
    shape = tuple(zip(widths, keeps or (False,) * len(widths), strict=True))

    @cache
    def regions(layer: int, dimension: int) -> int:
        if layer == len(shape):
            return 1
        width, keep = shape[layer]
        return sum(
            comb(width, j) * regions(layer + 1, dimension if keep else min(width - j, dimension))
            for j in range(min(width, dimension) + 1)
        )

    return regions(0, inputs)


def chao1(singletons: int, doubletons: int, seen: int) -> float:
    """Estimate the number of classes from a sample with `seen` classes, f1 of them seen once and f2 twice.

    seen + f1 (f1 - 1) / (2 (f2 + 1)), the bias-corrected form of Chao, Nonparametric estimation of the number of
    classes in a population (1984). It estimates a lower bound. If nearly every point is in a class of its own, the
    sample was too small, and the estimate grows with the square of the sample size.
    """
    return seen + singletons * (singletons - 1) / (2 * (doubletons + 1))
