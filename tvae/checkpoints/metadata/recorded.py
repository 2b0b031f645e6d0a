"""What is used of the metadata of a file, each field with its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from annotated_types import Interval, Len

MAX_WHOLE: Final = 2**64  # of an integer, such as a seed or a time in nanoseconds
MAX_STEP: Final = 10**9
MAX_SETTING: Final = 1e6

Name = Annotated[str, Len(1, 80)]
Step = Annotated[int, Interval(ge=0, le=MAX_STEP)]
Scalar = bool | int | float | str | None
Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Decision:
    """A decision of the homeostasis controller."""

    step: Step
    part: Name
    action: Name
    reason: Annotated[str, Len(0, 500)]


@dataclass(frozen=True)
class History:
    """The rows of a history as columns; a missing value is None."""

    steps: tuple[int, ...]  # increasing, at least one
    columns: Mapping[str, Values]  # coverage, hierarchy_a, overlaps_b, richness_a, q_b, ...; one value per step

    def column(self, name: str) -> Values:
        """The values of a metric, all None if it was not measured."""
        return self.columns.get(name, (None,) * len(self.steps))

    def has(self, name: str) -> bool:
        """Whether any row has this metric."""
        return any(value is not None for value in self.column(name))


@dataclass(frozen=True)
class Run:
    """How a file says it was trained; None is what it does not say, or not in these limits."""

    recipe: Name | None = None
    seed: Annotated[int, Interval(ge=0, lt=MAX_WHOLE)] | None = None
    steps: Annotated[int, Interval(ge=1, le=MAX_STEP)] | None = None
    stopped_after: Step | None = None
    learning_rate: Annotated[float, Interval(gt=0, le=MAX_SETTING)] | None = None
    emphasis: Annotated[dict[Name, Annotated[float, Interval(ge=0, le=MAX_SETTING)]], Len(0, 60)] | None = None
    events: Annotated[tuple[Decision, ...], Len(0, 10_000)] | None = None


@dataclass(frozen=True)
class Recorded:
    """The metadata of a file."""

    values: Mapping[str, Any] = field(default_factory=dict)  # everything, as JSON values
    run: Run = field(default_factory=Run)
    metrics: Mapping[str, Scalar] = field(default_factory=dict)  # under the file's own names
    history: History | None = None
    max_radius: float | None = None  # Euclidean norm, in [1e-6, 1e6)
    curvature: float | None = None  # c, in [1e-6, 1e6)
    decoder_input: Literal["mu", "log0"] | None = None
    notes: tuple[str, ...] = ()  # sentences: what was not used, and why
