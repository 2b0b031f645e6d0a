"""Count a checkpoint's linear regions: over the operations, a sample, straight segments, and a plane.

Axes: N = 19,683 operations; B points. `activation_patterns` says what a region is and which parts have them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tvae.analysis.linear_regions.activation_patterns import (
    Doubles,
    Integers,
    Network,
    latents,
    networks,
    pattern_ids,
    patterns,
    regions_along,
)
from tvae.analysis.linear_regions.bounds import chao1, montufar_lower, serra_upper
from tvae.errors import RegionsError
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary
from tvae.operations.validation import quoted

SAMPLES: Final = 10_000  # random points of a part's domain, by default
MAX_SAMPLES: Final = 100_000
MAX_SEED: Final = 2**32 - 1
STEPS: Final = 500  # seeded pairs of operations that differ in one trit by one
CORNERS: Final = "min, max, consensus"  # operations that a slice goes through, by default
PICTURES: Final = ("depth", "slice")
PIXELS: Final = 240  # of a slice's side
MARGIN: Final = 1.25  # half the side of a slice, in units of the largest distance of a corner from the centre


@dataclass(frozen=True)
class LayerRegions:
    """Regions of one ReLU layer of a part, and of the layers up to it."""

    units: int
    own: int  # distinct patterns of this layer alone, over the operations
    occupied: int  # distinct patterns of all layers up to here, over the operations
    sampled: int  # the same over the sample
    dead: int  # units that are off at every operation
    always_on: int  # units that are on at every operation
    upper: int  # no network with the layers up to here has more regions
    lower: int | None  # some network with these layers has as many; None if the theorem does not apply


@dataclass(frozen=True)
class PartRegions:
    """Regions of one piecewise linear part."""

    name: str
    inputs: int  # dimension of its input
    domain: str  # where the sample was drawn
    layers: tuple[LayerRegions, ...]
    alone: int  # operations alone in their region
    largest: int  # operations in the fullest region
    undecided: int  # signs of units that rounding could have changed; at 0 the counts are exact
    met_once: int  # regions with exactly one point of the sample
    met_twice: int
    estimate: float | None  # Chao's, of the regions of the domain; None if no region has exactly two points
    steps_mean: float  # regions along the segment between two operations that differ by one in one trit
    steps_fewest: int
    steps_most: int

    @property
    def occupied(self) -> int:
        """Number of regions that contain at least one of the 19,683 operations."""
        return self.layers[-1].occupied

    @property
    def sampled(self) -> int:
        """Number of regions in the sample: a lower bound of the regions of the domain."""
        return self.layers[-1].sampled


@dataclass(frozen=True)
class Regions:
    """Linear regions of one model."""

    parts: tuple[PartRegions, ...]
    not_counted: tuple[tuple[str, str], ...]  # name, and the reason why it has no regions
    samples: int
    seed: int


@dataclass(frozen=True)
class Slice:
    """A plane through three operations, as a square of pixels."""

    part: str
    corners: tuple[int, int, int]  # operations
    region: Integers  # (P, P) number of each pixel's region, from 0; row 0 is the top
    places: Doubles  # (3, 2) of the corners: column and row as fractions of the side
    side: float  # in units of the part's input

    @property
    def count(self) -> int:
        """Regions with the centre of a pixel: a lower bound of the regions in the square."""
        return int(self.region.max()) + 1


def count(model: TernaryVAE, samples: int = SAMPLES, seed: int = 0) -> Regions:
    """Count the regions of every piecewise linear part of `model`, on the CPU; deterministic for a given seed.

    Raises RegionsError for a number of samples outside 1 to 100,000, or a seed outside 0 to 2^32 - 1.
    """
    check(samples, seed)
    parts, others = networks(model)
    inputs = _inputs(model, np.arange(ternary.N))
    counted = tuple(_count(part, _read_by(part, inputs), samples, seed) for part in parts)
    return Regions(counted, others, samples, seed)


def check(samples: object, seed: object) -> None:
    """Raise RegionsError unless both are whole numbers within their limits."""
    for name, value, low, high in (("samples", samples, 1, MAX_SAMPLES), ("seed", seed, 0, MAX_SEED)):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise RegionsError(f"{name} is {quoted(value)}; it must be a whole number from {low:,} to {high:,}.")


def _inputs(model: TernaryVAE, operations: Integers) -> tuple[Doubles, Doubles, Doubles]:
    """Inputs of the encoders, decoder A and decoder B for operations (B,): (B, 9), (B, D), (B, D)."""
    trits = ternary.trits_of(operations).astype(np.float64)
    return trits, *latents(model, trits)


def _read_by(part: Network, inputs: tuple[Doubles, Doubles, Doubles]) -> Doubles:
    if part.name.startswith("encoder"):
        return inputs[0]
    return inputs[1] if part.name == "decoder A" else inputs[2]


def _count(part: Network, points: Doubles, samples: int, seed: int) -> PartRegions:
    random = np.random.default_rng(seed)
    at_operations = patterns(part, points, certify=True)
    pairs = one_trit_apart(random, STEPS)
    along = regions_along(part, points[pairs[:, 0]], points[pairs[:, 1]])
    drawn = random.uniform(points.min(0), points.max(0), (samples, part.inputs))
    of_operations = list(pattern_ids(at_operations.packed))
    of_sample = [so_far for _, so_far in pattern_ids(patterns(part, drawn).packed)]
    full = np.bincount(of_operations[-1][1])
    met = np.bincount(of_sample[-1])
    once, twice = int((met == 1).sum()), int((met == 2).sum())
    return PartRegions(
        name=part.name,
        inputs=part.inputs,
        domain="the cube [-1, 1]^9" if points.shape[1] == ternary.T else "the smallest box around its 19,683 inputs",
        layers=tuple(
            _layer(part, k, own, so_far, of_sample[k], at_operations.on[k])
            for k, (own, so_far) in enumerate(of_operations)
        ),
        alone=int((full == 1).sum()),
        largest=int(full.max()),
        undecided=at_operations.undecided,
        met_once=once,
        met_twice=twice,
        estimate=chao1(once, twice, len(met)) if twice else None,
        steps_mean=float(along.mean()),
        steps_fewest=int(along.min()),
        steps_most=int(along.max()),
    )


def _layer(part: Network, k: int, own: Integers, so_far: Integers, sampled: Integers, on: Integers) -> LayerRegions:
    bending = part.bending[: k + 1]
    widths, keeps = [len(layer.bias) for layer in bending], [layer.kind == "keep" for layer in bending]
    return LayerRegions(
        units=widths[-1],
        own=int(own.max()) + 1,
        occupied=int(so_far.max()) + 1,
        sampled=int(sampled.max()) + 1,
        dead=int((on == 0).sum()),
        always_on=int((on == len(own)).sum()),
        upper=serra_upper(part.inputs, widths, keeps),
        lower=None if any(keeps) else montufar_lower(part.inputs, widths),
    )


def one_trit_apart(random: np.random.Generator, count: int) -> Integers:
    """Random pairs (count, 2) of neighbours on the 3^9 grid: operations that differ by one in one trit."""
    first = random.integers(0, ternary.N, count)
    trits = ternary.trits_of(first)
    place = random.integers(0, ternary.T, count)
    rows = np.arange(count)
    away = random.choice(np.array([-1, 1], np.int8), count)
    trits[rows, place] = np.where(trits[rows, place] == 0, away, 0)
    return np.stack([first, ternary.index_of(trits)], 1)


def slice_regions(model: TernaryVAE, part: str, corners: Sequence[int], pixels: int = PIXELS) -> Slice:
    """A square of the plane through a part's inputs for three operations; each pixel has the region of its centre.

    The centre of the square is the mean of the three. Raises RegionsError if the part has no regions or the three are
    on one line.
    """
    network = _named(model, part)
    if len(corners) != 3:
        raise RegionsError(f"{len(corners):,} operations are given; a plane goes through 3, such as min, max, 0.")
    points = _read_by(network, _inputs(model, np.asarray(corners, np.int64)))  # (3, n_0)
    middle = points.mean(0)
    across, down = _basis(points, corners)
    half = MARGIN * np.linalg.norm(points - middle, axis=1).max()
    ticks = ((np.arange(pixels) + 0.5) / pixels * 2 - 1) * half
    grid = middle + ticks[None, :, None] * across + ticks[:, None, None] * down  # (P, P, n_0)
    *_, (_, last) = pattern_ids(patterns(network, grid.reshape(-1, network.inputs)).packed)
    places = np.stack([(points - middle) @ across, (points - middle) @ down], 1) / (2 * half) + 0.5
    return Slice(part, tuple(map(int, corners)), last.reshape(pixels, pixels), places, 2 * half)  # type: ignore[arg-type]


def _named(model: TernaryVAE, part: str) -> Network:
    parts, others = networks(model)
    for network in parts:
        if network.name == part:
            return network
    why = dict(others).get(part) if isinstance(part, str) else None
    known = ", ".join(repr(network.name) for network in parts) or "none"
    if why:
        raise RegionsError(f"The part {quoted(part)} has no linear regions: {why}. Choose one of these: {known}.")
    raise RegionsError(f"The part is {quoted(part)}; it must be one of these: {known}.")


def _basis(points: Doubles, corners: Sequence[int]) -> tuple[Doubles, Doubles]:
    """Two orthonormal directions (n_0,) of the plane, the first from corner 0 to corner 1."""
    first, second = points[1] - points[0], points[2] - points[0]
    length = np.linalg.norm(first)
    across = first / length if length > 0 else first
    down = second - (second @ across) * across
    height = np.linalg.norm(down)
    if min(length, height) <= 1e-9 * max(1.0, float(np.abs(points).max())):
        raise RegionsError(
            f"The operations {', '.join(map(str, corners))} are on one line, so they do not determine a plane. Choose "
            "three others, such as min, max, 0."
        )
    return across, -down / height
