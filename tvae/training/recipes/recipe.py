"""What a training recipe is made of: frozen dataclasses, and the target norms of a layout.

The recipes themselves are in `table.py`, the loss terms in `tvae.training.objectives.losses`, and
`tvae.training.loop` runs a recipe. A `ShellLayout` gives each operation a target norm for its point in the ball: each
level has an interval, and each operation a position in the interval of its level. Disjoint intervals, with larger
valuations further in, are the best possible hierarchy; the variance inside the intervals is richness.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tvae.errors import RecipeError
from tvae.geometry.exact_tree import Tree
from tvae.geometry.sarkar_tree import SarkarTree
from tvae.models.config import ModelConfig
from tvae.operations import ternary
from tvae.operations.validation import is_number
from tvae.training.objectives import homeostasis

Optimiser = Literal["adamw", "kfac"]
OPTIMISERS: Final[tuple[Optimiser, ...]] = get_args(Optimiser)
MAX_STEPS: Final = 10**9
PEAKS: Final = {"adamw": 5e-3, "kfac": 0.3}  # learning rates for a recipe that was made for the other optimiser


@dataclass(frozen=True)
class ShellLayout:
    """Target norms of the ten levels; level 0 is outermost, and level v + 1 is inside level v."""

    bottom: float  # level 0 has the norms [bottom, top]
    top: float
    width: float  # of the interval of every other level
    gap: float  # between the intervals of neighbouring levels
    ends: float  # share of an interval at either end that is used; 0.5 uses all of it, less gives more variance


# The published target norms of the v5_11 family, 0.85 for level 0 to 0.1 for level 9, as ten equal shells.
PUBLISHED_SHELLS: Final = ShellLayout(bottom=0.825, top=0.875, width=0.05, gap=1 / 30, ends=0.15)


@dataclass(frozen=True)
class Targets:
    """Interval and target norm of each operation, arrays (N,); low < norm < high."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    norm: NDArray[np.float64]


def targets_of(layout: ShellLayout) -> Targets:
    """Interval and target norm of every operation.

    The layout is nested: for an operation with valuation v, the trit at position v (the first that is not -1) chooses
    the lower or the upper end of the interval, and each later trit a third of the remainder. So operations with close
    targets have equal leading trits, which is 3-adic closeness, and no two operations share a target.
    """
    v = ternary.VALUATIONS.astype(np.int64)  # (N,)
    step = layout.width + layout.gap
    high = np.where(v == 0, layout.top, layout.bottom - layout.gap - (v - 1) * step)
    low = np.where(v == 0, layout.bottom, high - layout.width)
    return Targets(low, high, low + (high - low) * _place(v, layout.ends))


def _place(v: NDArray[np.int64], ends: float) -> NDArray[np.float64]:
    """Relative position in its interval, (N,) in (0, 1): in the lowest or highest `ends`, or 0.5 for operation 0."""
    digits = ternary.ALL_TRITS.astype(np.int64) + 1  # (N, 9) in 0..2
    after = np.arange(ternary.T) - v[:, None]  # (N, 9) 0 at the first digit that is not 0
    thirds = np.where(after > 0, 3.0**-after, 0.0)
    rest = (digits * thirds).sum(-1) + 0.5 * 3.0 ** (v - ternary.T + 1)  # (N,) in (0, 1), the middle of its cell
    upper = (digits == 2) & (after == 0)  # (N, 9) at most one a row
    place = np.where(upper.any(-1), 1 - ends + ends * rest, ends * rest)
    return np.where(v == ternary.MAX_VALUATION, 0.5, place)


@dataclass(frozen=True)
class Weights:
    """The objective of one encoder: the weight of each loss term; a term of weight 0 is not computed."""

    reconstruction: float = 0.0  # at a sample; B uses decoder_B, or decoder_A if there is none
    at_mu: float = 0.0  # the same at the mean itself, without noise
    at_ball: float = 0.0  # the same at log0 of the point of the ball
    kl: float = 0.0
    repulsion: float = 0.0
    outside: float = 0.0
    pull: float = 0.0
    geodesic: float = 0.0
    rank: float = 0.0
    steps: float = 0.0
    place: float = 0.0  # this and the next two need the recipe's tree
    near_place: float = 0.0
    stray: float = 0.0
    near_geodesic: float = 0.0


# Loss terms by purpose; `with_objective_weights` multiplies the weights of a group.
EMPHASES: Final = {
    "reconstruction": ("reconstruction", "at_mu", "at_ball"),
    "smoothness": ("kl", "repulsion"),
    "order": ("outside", "pull", "rank", "stray"),
    "distances": ("geodesic", "near_geodesic", "steps", "place", "near_place"),
}
MAX_EMPHASIS: Final = 100.0


@dataclass(frozen=True)
class Rates:
    """The learning rate of each part of the network as a share of the phase's; 0 is frozen."""

    encoder_a: float = 1.0
    encoder_b: float = 1.0
    decoder: float = 1.0  # both decoders, where there are two
    projection: float = 1.0


@dataclass(frozen=True)
class Phase:
    """One part of a training run, with its own optimiser and learning-rate cycle."""

    name: str
    steps: int
    weights_a: Weights
    weights_b: Weights
    learning_rate: float  # at its peak: linear rise, then half a cosine down to 0
    warmup: float  # share of the steps that the rise takes, 0 < warmup < 1
    rates: Rates = Rates()
    thaw: float = 0.0  # encoder A's rate rises linearly from 0 after this share of the steps; 0: full from the start
    free_bits: float = 0.0  # nats per dimension that the KL does not count
    near_from: float = 0.0  # the weights of `near_place` and `near_geodesic` rise from 0 after this share of the steps
    near_rise: float = 0.2  # share of the steps that this rise takes, above 0
    controlled: bool = False  # the recipe's controller freezes and unfreezes the encoders
    optimiser: Optimiser = "adamw"


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a training run, except for the seed."""

    name: str
    summary: str  # one line, shown on the page
    notes: str  # what the published recipe did, what is different here, and why
    config: ModelConfig
    layout_a: ShellLayout
    layout_b: ShellLayout
    phases: tuple[Phase, ...]
    batch_size: int
    weight_decay: float
    # Share of a batch that is drawn evenly over the levels; the rest is drawn from all operations.
    level_balanced_share: float = 0.5
    # Pairs of operations in a batch that share leading digits, for the terms `near_place` and `near_geodesic`.
    near_pairs: int = 0
    tree: Tree | SarkarTree | None = None  # target points of `tree_sides`; their training is scaled to it
    controller: homeostasis.Settings | None = None
    keep_history: bool = False  # the file records the metrics during training, not only the final ones
    emphasis: tuple[tuple[str, float], ...] = ()  # factors of `with_objective_weights`; the weights above include them

    @property
    def steps(self) -> int:
        """Number of steps of all phases."""
        return sum(phase.steps for phase in self.phases)

    @property
    def tree_sides(self) -> str:
        """The encoders that learn the tree: "AB", "A", "B" or "" for none."""
        a, b = (any(getattr(phase, name).place for phase in self.phases) for name in ("weights_a", "weights_b"))
        return "A" * a + "B" * b

    def phase_at(self, step: int) -> tuple[int, int]:
        """Number of the phase (from 0) of a step, and the number of the step in that phase; both steps from 1."""
        for number, phase in enumerate(self.phases):
            if step <= phase.steps:
                return number, step
            step -= phase.steps
        raise IndexError("the step is beyond the last phase")

    @property
    def optimisers(self) -> list[Optimiser]:
        """Optimisers of its phases, each once."""
        return list(dict.fromkeys(phase.optimiser for phase in self.phases))


def with_overrides(
    recipe: Recipe,
    *,
    steps: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    optimiser: str | None = None,
) -> Recipe:
    """The recipe with another length (in steps or epochs), peak learning rate (phases in proportion), or optimiser.

    An epoch is N = 19,683 draws, that is N / batch_size steps. With an optimiser that the recipe was not made for, the
    peak is that of `PEAKS` unless it is given. Raises RecipeError for fewer steps than phases or more than `MAX_STEPS`,
    for a rate that is not positive, and for an unknown optimiser.
    """
    if epochs is not None:
        steps = round(epochs * ternary.N / recipe.batch_size) if is_number(epochs) else 0
    phases = recipe.phases
    if steps is not None:
        if not len(phases) <= steps <= MAX_STEPS:
            found = f"{steps} steps" if epochs is None else f"{epochs:g} epochs"
            least = math.ceil(1000 * len(phases) * recipe.batch_size / ternary.N) / 1000
            most = MAX_STEPS * recipe.batch_size // ternary.N
            lengths_taken = f"{len(phases)} to {MAX_STEPS:,} steps, {least} to {most:,} epochs"
            raise RecipeError(f"Found {found} for {recipe.name!r}; give {lengths_taken}.")
        ends = np.round(np.cumsum([phase.steps for phase in phases]) * (steps / recipe.steps)).astype(int)
        lengths = np.maximum(np.diff(ends, prepend=0), 1).tolist()
        phases = tuple(replace(phase, steps=length) for phase, length in zip(phases, lengths, strict=True))
    if optimiser is not None and recipe.optimisers != [optimiser]:
        chosen = next((known for known in OPTIMISERS if known == optimiser), None)
        if chosen is None:
            raise RecipeError(f"No optimiser is called {optimiser!r}. Use {' or '.join(OPTIMISERS)}.")
        phases = tuple(replace(phase, optimiser=chosen) for phase in phases)
        learning_rate = PEAKS[chosen] if learning_rate is None else learning_rate
    if learning_rate is not None:
        if not (math.isfinite(learning_rate) and learning_rate > 0):
            raise RecipeError(f"Found the learning rate {learning_rate:g}; give a positive number, such as 0.003.")
        factor = learning_rate / max(phase.learning_rate for phase in phases)
        phases = tuple(replace(phase, learning_rate=phase.learning_rate * factor) for phase in phases)
    return replace(recipe, phases=phases)


def with_objective_weights(recipe: Recipe, factors: Mapping[str, float]) -> Recipe:
    """The recipe with the weights of each group of `EMPHASES` multiplied by its factor, 0 to 100; 1 changes nothing.

    A term that a phase does not have stays absent. Raises RecipeError for an unknown group, for one that the recipe
    does not have, for a factor out of range, and if a phase would have nothing left to learn.
    """
    for name, factor in factors.items():
        if name not in EMPHASES:
            raise RecipeError(f"Found the objective {name!r}; choose from {', '.join(EMPHASES)}.")
        if not (math.isfinite(factor) and 0 <= factor <= MAX_EMPHASIS):
            raise RecipeError(
                f"Found the factor {factor} for {name!r}; it must be in 0..{MAX_EMPHASIS:g}, where 1 changes nothing."
            )
        if factor != 1 and name not in objectives(recipe):
            raise RecipeError(f"{recipe.name!r} has no objective {name!r}. It has {', '.join(objectives(recipe))}.")
    changed = {name: float(factor) for name, factor in factors.items() if factor != 1}
    if not changed:
        return recipe
    phases = tuple(
        replace(phase, weights_a=_times(phase.weights_a, changed), weights_b=_times(phase.weights_b, changed))
        for phase in recipe.phases
    )
    if not all(any(vars(phase.weights_a).values()) or any(vars(phase.weights_b).values()) for phase in phases):
        raise RecipeError(f"Without {' and '.join(changed)} a phase of {recipe.name!r} has nothing to learn. Keep one.")
    return replace(recipe, phases=phases, emphasis=tuple(sorted(changed.items())))


def objectives(recipe: Recipe) -> tuple[str, ...]:
    """The groups of `EMPHASES` of which the recipe has a term, in their order."""
    weights = [weights for phase in recipe.phases for weights in (phase.weights_a, phase.weights_b)]
    return tuple(
        name for name, parts in EMPHASES.items() if any(getattr(row, part) for row in weights for part in parts)
    )


def _times(weights: Weights, factors: Mapping[str, float]) -> Weights:
    changed = {part: getattr(weights, part) * factor for name, factor in factors.items() for part in EMPHASES[name]}
    return replace(weights, **changed)
