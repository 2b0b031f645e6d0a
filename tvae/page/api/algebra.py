"""The endpoint for the algebra of operations."""

from typing import Any

from tvae.analysis.algebra import association
from tvae.page.api.endpoint import endpoint
from tvae.page.server import compute
from tvae.reports import algebra as algebra_reports


@endpoint
def algebra(checkpoint: str, permutations: int = association.PERMUTATIONS, seed: int = 0) -> dict[str, Any]:
    """Test whether the nearest operations by a checkpoint share algebraic properties, beyond what digits explain.

    `sentence` is the answer in words. `share` is that of operations with the property among the k nearest of those that
    have it; `base`, `hamming` and `adic` are the same for any operations, and for the nearest by Hamming and by 3-adic
    distance. `expected` is the mean share of copies of the property: relabellings that keep both distances. `p`
    compares with these, and `p_corrected` allows for the number of rows (Westfall and Young's max-T). A row that is not
    `decidable` has too few copies to be significant.
    """
    return algebra_reports.algebra(*compute.algebra_of(checkpoint, permutations, seed))
