"""The training recipes as data: a literal table. How a recipe is run is `training.py`, what its parts are `losses.py`.

A recipe tells each operation which norm its point in the ball shall have: a `Layout` gives each level an interval, and
each operation a place in its interval. Disjoint intervals, the larger valuation further in, are the best possible
hierarchy; the variance inside them is richness.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tvae import ternary
from tvae.errors import RecipeError
from tvae.models import ModelConfig


@dataclass(frozen=True)
class Layout:
    """Where the norms of the ten levels shall lie; level 0 is outermost, and level v + 1 is inside level v."""

    bottom: float  # level 0 has the norms [bottom, top]
    top: float
    width: float  # of the interval of every other level
    gap: float  # between the intervals of neighbouring levels
    ends: float  # share of an interval at either end that is used; 0.5 uses all of it, less gives more variance


@dataclass(frozen=True)
class Targets:
    """What a layout asks of each operation, arrays (N,); low < target < high."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    norm: NDArray[np.float64]


def targets_of(layout: Layout) -> Targets:
    """Interval and target norm of every operation.

    The nested layout: of an operation with valuation v, the trit at position v (the first that is not -1) chooses the
    lower or the upper end of the interval, and each later trit a third of what is left. So close targets mean equal
    leading trits, which is the 3-adic idea, and no two operations share a target.
    """
    v = ternary.VALUATIONS.astype(np.int64)  # (N,)
    step = layout.width + layout.gap
    high = np.where(v == 0, layout.top, layout.bottom - layout.gap - (v - 1) * step)
    low = np.where(v == 0, layout.bottom, high - layout.width)
    return Targets(low, high, low + (high - low) * _place(v, layout.ends))


def _place(v: NDArray[np.int64], ends: float) -> NDArray[np.float64]:
    """Share of the way through its interval, (N,) in (0, 1), in the lowest or highest `ends`; 0.5 for operation 0."""
    digits = ternary.ALL_TRITS.astype(np.int64) + 1  # (N, 9) in 0..2
    after = np.arange(ternary.T) - v[:, None]  # (N, 9) 0 at the first digit that is not 0
    thirds = np.where(after > 0, 3.0**-after, 0.0)
    rest = (digits * thirds).sum(-1) + 0.5 * 3.0 ** (v - ternary.T + 1)  # (N,) in (0, 1), the middle of its cell
    upper = (digits == 2) & (after == 0)  # (N, 9) at most one a row
    place = np.where(upper.any(-1), 1 - ends + ends * rest, ends * rest)
    return np.where(v == ternary.MAX_VALUATION, 0.5, place)


@dataclass(frozen=True)
class Weights:
    """The objective: weight of each part of `losses.py`; `_a` and `_b` are the encoders."""

    reconstruction: float
    kl: float  # of encoder A, the one that is decoded
    outside_a: float
    pull_a: float
    outside_b: float
    pull_b: float


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run, the seed aside."""

    name: str
    summary: str  # one line, shown by the program
    notes: str  # what the published recipe did, what is different here, and why
    config: ModelConfig
    layout_a: Layout
    layout_b: Layout
    weights: Weights
    steps: int
    batch_size: int  # half drawn uniformly from all operations, half spread evenly over the levels
    learning_rate: float  # at its peak: linear rise, then half a cosine down to 0
    warmup: float  # share of the steps that the rise takes, 0 < warmup < 1
    weight_decay: float


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        name="homeostatic_rich",
        summary="best hierarchy of both encoders, and a rich encoder A, at full coverage",
        notes="""\
Published: 5 (mean r_v - target_v)^2 + CE + 2 relu(0.5 - var_v / reference variance)^2 + 3 relu(mean r_{v+1} - mean r_v
+ 0.01), AdamW 5e-4, batch 512, 150 epochs, encoders frozen and freed by a controller. It starts from another
checkpoint, never trains encoder B and measures encoder A; the published pair "hierarchy -0.8321, richness 0.00787"
joins B's hierarchy to A's richness, and no single embedding has both.

Here, from nothing, both encoders at once:
- Terms on the means of levels leave single operations free to stray, and a term on the variance pulls against them.
  A target norm for each operation (`targets_of`) asks for order and richness in one term, so no controller has to
  balance them.
- Richness without overlap is at most R^2 / 40, reached when level 0 has nearly all the room and uses only its two
  ends. So A gives level 0 the norms 0.185 to 0.985 and the nine others 0.004 each. The gaps, 0.0135, are twice
  the worst error of the fit over nine runs: they are what keeps the levels apart with any seed.
- B has plain shells, all of the same width, for a hierarchy with wide margins. Only its mean is trained: no
  decoder reads B, so its log-variance keeps its first weights.
- Half of a batch is spread evenly over the levels, for the levels with a handful of operations are otherwise hardly
  ever seen; the rest is uniform, for coverage.""",
        config=ModelConfig(max_radius=0.99, hidden_dim=64, layers=1, projection="dual"),
        layout_a=Layout(bottom=0.185, top=0.985, width=0.004, gap=0.0135, ends=0.12),
        layout_b=Layout(bottom=0.90, top=0.94, width=0.04, gap=0.05, ends=0.15),
        weights=Weights(reconstruction=1.0, kl=1e-3, outside_a=10.0, pull_a=1.0, outside_b=3.0, pull_b=0.3),
        steps=2500,
        batch_size=1024,
        learning_rate=5e-3,
        warmup=0.2,
        weight_decay=1e-4,
    ),
)


def recipe(name: str) -> Recipe:
    """The recipe of that name; RecipeError lists the names there are."""
    for row in RECIPES:
        if row.name == name:
            return row
    raise RecipeError(f"No recipe is called {name!r}. Known recipes: {', '.join(names())}.")


def names() -> tuple[str, ...]:
    """The names of all recipes."""
    return tuple(row.name for row in RECIPES)
