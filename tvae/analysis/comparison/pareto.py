"""The Pareto front: what no other one beats in several measures at once."""

from collections.abc import Sequence


def on_front(gains: Sequence[Sequence[float]]) -> list[bool]:
    """Whether each is on the front: no other one is at least as good in all measures, and better in one.

    A gain is a value of which high is good, and all have the same measures.
    """
    front: list[tuple[float, ...]] = []
    # What beats another one comes before it in this order, and what is beaten is beaten by one of the front.
    for one in sorted({tuple(gain) for gain in gains}, reverse=True):
        if not any(all(theirs >= mine for mine, theirs in zip(one, other, strict=True)) for other in front):
            front.append(one)
    best = set(front)
    return [tuple(gain) in best for gain in gains]
