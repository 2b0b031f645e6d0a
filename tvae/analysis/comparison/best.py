"""The one rule for the best of several checkpoints: most operations reconstructed, then the highest Q of an encoder."""

from typing import Final

# For readers, after "The best ... is".
RULE: Final = "the one that reconstructs the most operations, and among equals the one with the highest Q of an encoder"


def best_q(a: float | None, b: float | None) -> float | None:
    """The higher Q of the two encoders; None without a ball."""
    return max((q for q in (a, b) if q is not None), default=None)


def merit(reconstructed: int, a: float | None, b: float | None) -> tuple[int, float]:
    """The rank of a checkpoint: the best has the highest. `a` and `b` are the Q of its encoders."""
    q = best_q(a, b)
    return reconstructed, float("-inf") if q is None else q
