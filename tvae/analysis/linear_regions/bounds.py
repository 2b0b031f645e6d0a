"""How many linear regions a ReLU network can have at most and at least, as exact Python integers, and Chao's estimate.

A network is its input dimension n_0 and the widths n_1, ..., n_L of its ReLU layers. The bounds speak of the best
weights of that shape, not of a trained network's own: those are counted in `tropical`.
"""

from collections.abc import Sequence
from functools import cache
from math import comb, prod


def zaslavsky(hyperplanes: int, dimension: int) -> int:
    """Regions of n hyperplanes in general position in R^d, the most there can be: sum over j <= d of C(n, j).

    Zaslavsky, Facing up to arrangements (1975). These are the regions of one ReLU layer of n units over d inputs.
    """
    return sum(comb(hyperplanes, j) for j in range(dimension + 1))


def montufar_lower(inputs: int, widths: Sequence[int]) -> int | None:
    """What some network of this shape reaches at least; None where a layer is narrower than the input.

    (product over l < L of floor(n_l / n_0)^n_0) * (sum over j <= n_0 of C(n_L, j)); Montufar, Pascanu, Cho, Bengio,
    On the number of linear regions of deep neural networks (2014), theorem 4.
    """
    if min(widths) < inputs:
        return None
    *before, last = widths
    folds: int = prod((width // inputs) ** inputs for width in before)
    return folds * zaslavsky(last, inputs)


def serra_upper(inputs: int, widths: Sequence[int], keeps: Sequence[bool] | None = None) -> int:
    """What no network of this shape exceeds.

    Sum over (j_1, ..., j_L) of the product of C(n_l, j_l), where 0 <= j_l <= min(n_0, n_1 - j_1, ..., n_(l-1) -
    j_(l-1), n_l); Serra, Tjandraatmadja, Ramalingam, Bounding and counting linear regions of deep neural networks
    (2018), theorem 1. A layer that `keeps` its input beside its output, as the first of a residual block, lets every
    dimension through.
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
    """An estimate of the number of kinds from a sample that saw `seen`, of them so many once and so many twice.

    seen + f1 (f1 - 1) / (2 (f2 + 1)), the bias-corrected form of Chao, Nonparametric estimation of the number of
    classes in a population (1984). It estimates a lower bound; where nearly every point is a kind of its own it only
    says that the sample was too small, and grows with its square.
    """
    return seen + singletons * (singletons - 1) / (2 * (doubletons + 1))
