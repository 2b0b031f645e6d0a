"""What each bundled checkpoint trades: measures that pull against each other, and the encoders that no other one beats.

Nothing is measured here; the numbers are the facts in the manifest of the bundled files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tvae.checkpoints.catalogue.bundled import FACTS
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.catalogue.status import EncoderFacts

MEASURES: Final = ("richness", "q", "average_distortion", "map_27")  # fields of `EncoderFacts`
LOW_IS_GOOD: Final = ("average_distortion",)


@dataclass(frozen=True)
class Corner:
    """One encoder of a bundled checkpoint, with its facts."""

    name: str  # of the checkpoint
    encoder: str  # A or B
    facts: EncoderFacts

    def gain(self, measure: str) -> float:
        """The value of a measure, negated where low is good; of an undefined one the worst."""
        value: float | None = getattr(self.facts, measure)
        if value is None:
            return float("-inf")
        return -value if measure in LOW_IS_GOOD else value


def corners() -> tuple[Corner, ...]:
    """Both encoders of every bundled checkpoint that has a ball, in the order of the catalogue."""
    return tuple(
        Corner(entry.name, encoder, side)
        for entry in ENTRIES
        if (facts := FACTS.get(entry.name))
        for encoder, side in (("A", facts.a), ("B", facts.b))
        if side is not None
    )


def front(among: Sequence[Corner], measures: Sequence[str] = MEASURES) -> tuple[Corner, ...]:
    """The Pareto front: the encoders for which no other one is at least as good in all measures, and better in one."""
    unbeaten = on_front([[corner.gain(measure) for measure in measures] for corner in among])
    return tuple(corner for corner, best in zip(among, unbeaten, strict=True) if best)


def on_front(gains: Sequence[Sequence[float]]) -> list[bool]:
    """Whether each is on the Pareto front; a gain is a value of which high is good, and all have the same measures."""

    def beaten(one: Sequence[float]) -> bool:
        return any(
            other != one and all(theirs >= mine for mine, theirs in zip(one, other, strict=True)) for other in gains
        )

    return [not beaten(one) for one in gains]
