"""The mathematical limit of each metric, where there is one."""

from dataclasses import dataclass

from tvae.errors import InputError
from tvae.operations import ternary


def spearman_ceiling(sizes: tuple[int, ...]) -> float:
    """Largest |Spearman| between untied values and a variable with tie groups of these sizes.

    sqrt(1 - sum(t^3 - t) / (N^3 - N)). For the level sizes 13122, 4374, ..., 1 it is 0.8320502954, and it tends to
    sqrt(9 / 13) for infinitely many levels.
    """
    total = sum(sizes)
    return float((1 - sum(t**3 - t for t in sizes) / (total**3 - total)) ** 0.5)


def tree_ceiling(p: int, depth: int | None) -> float:
    """Largest Spearman correlation of untied distances and the p-adic distance, over all pairs of p^depth leaves.

    `p` >= 2 is the number of branches at each node, prime or not; `depth` >= 2, or None for the limit of infinitely
    many levels. A leaf shares exactly its first k digits with (p - 1) p^(n-1-k) of the p^n - 1 others, k = 0..n-1. The
    p-adic distance is tied within each of these n groups of pairs, shares f_k = (p - 1) p^(n-1-k) / (p^n - 1) of all M
    pairs, so `spearman_ceiling` applies: sqrt((1 - sum f_k^3) / (1 - 1/M^2)), which is sqrt(1 - sum f_k^3) for all but
    the smallest trees. For n to infinity f_k is (p - 1) / p^(k+1), and the limit sqrt(1 - (p - 1)^3 / (p^3 - 1)). A
    value beyond it is noise of sampled pairs, or comes from tied distances. Raises InputError for another p or depth.
    """
    if p < 2 or (depth is not None and depth < 2):
        raise InputError(f"Found {p} branches and the depth {depth}; both are at least 2, for example 3 and 9.")
    if depth is None:
        return float((1 - (p - 1) ** 3 / (p**3 - 1)) ** 0.5)
    return spearman_ceiling(tuple(p**depth * (p - 1) * p ** (depth - 1 - k) // 2 for k in range(depth)))


HIERARCHY_CEILING = spearman_ceiling(ternary.LEVEL_SIZES)


@dataclass(frozen=True)
class Ceilings:
    """The mathematical limit of each metric, where there is one."""

    hierarchy: float = -HIERARCHY_CEILING  # a larger magnitude needs tied radii: collapsed shells
    overlaps: int = 0
    richness: float = 0.99**2 / 40  # for norms in [0, 0.99] without overlap; approached, not reached
    distance_correlation: float = 0.9146  # with untied distances, over the whole population
    q: float = 0.9146 + 1.5 * HIERARCHY_CEILING  # 2.1627
    tree_fidelity: float = tree_ceiling(3, ternary.T)  # by ties of the 3-adic distance
    triplet_agreement: float = 1.0


CEILINGS = Ceilings()
