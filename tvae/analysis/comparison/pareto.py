"""The Pareto front: what no other one beats in several measures at once."""

from collections.abc import Sequence


def on_front(gains: Sequence[Sequence[float]]) -> list[bool]:
    """Whether each is on the front: no other one is at least as good in all measures, and better in one.

    A gain is a value of which high is good, and all have the same measures.
    """

    def beaten(one: Sequence[float]) -> bool:
        return any(
            other != one and all(theirs >= mine for mine, theirs in zip(one, other, strict=True)) for other in gains
        )

    return [not beaten(one) for one in gains]
