"""The endpoints for codons and sequences."""

from typing import Any

from tvae import genetic, genetic_reports
from tvae.page import compute
from tvae.page.endpoints import endpoint


@endpoint
def genetic_code(
    checkpoint: str,
    stops: bool = False,
    permutations: int = genetic.PERMUTATIONS,
    seed: int = 0,
    distances: bool = False,
) -> dict[str, Any]:
    """Ask whether the distances of a ternary checkpoint know the genetic code, and encode the 64 codons with it.

    `sentence` is the answer in words. `nearer` is the share of comparisons in which a synonymous pair is nearer than
    another; `p_chance` deals the amino acids anew, `p_mapping` compares with codes of the same 3-adic distances, that
    is, with what the mapping of bases to trits brings along without a model; `controls` are the 3-adic and the Hamming
    distance.
    """
    return genetic_reports.genetic_code(*compute.coded(checkpoint, stops, permutations, seed), distances)
