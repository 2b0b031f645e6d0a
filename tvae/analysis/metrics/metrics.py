"""All metrics of an embedding: the coverage of its decoder, and those of each encoder."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tvae.analysis.metrics.distances import TreeMetrics, distance_correlation, tree_metrics
from tvae.analysis.metrics.levels import LEVELS, concordance, level_means, overlapping_levels, richness
from tvae.analysis.metrics.ranks import spearman
from tvae.models.config import DecoderInput
from tvae.models.embedding import Embedding, EncoderEmbedding, decoded_trits
from tvae.operations import ternary


@dataclass(frozen=True)
class EncoderMetrics:
    """Metrics of one encoder; those that need a ball are None for a Euclidean checkpoint."""

    hierarchy: float | None  # Spearman of valuation and radius; the best is -0.8320502954
    overlaps: int  # neighbouring level pairs that overlap, 0..9; 0 is best
    overlapping: tuple[int, ...]  # the v of each overlapping pair (v, v + 1)
    ordering_accuracy: float | None  # share of pairs in the right order, 0..1; chance 0.5
    richness: float | None  # mean over levels of the variance of the norm; high is good if no levels overlap
    hyperbolic_richness: float | None  # the same of the hyperbolic radius; not comparable with richness
    distance_correlation: float | None  # seeded sample, -1..1, high is good
    q: float | None  # distance correlation + 1.5 |hierarchy|
    tree_fidelity: float | None  # seeded sample, -1..1; the best is +0.8320
    tree_fidelity_error: float | None  # its standard error
    triplet_agreement: float | None  # seeded sample, 0..1; chance 0.5
    level_mean_norm: tuple[float, ...] | None  # (10,)
    level_mean_radius: tuple[float, ...]  # (10,) hyperbolic, or Euclidean |mu| without a ball


@dataclass(frozen=True)
class Coverage:
    """How many operations the decoder reconstructs exactly, from one of its two possible inputs."""

    coverage: float  # reconstructed / total
    reconstructed: int
    total: int
    trit_accuracy: float  # share of the 9 N trits that are right
    by_position: tuple[float, ...]  # (9,) share of right trits at each position
    by_valuation: tuple[float, ...]  # (10,) share of reconstructed operations in each level
    failing: tuple[int, ...]  # indices of the operations with a wrong trit


class Reconstruction(NamedTuple):
    """The coverage of each input that a decoder can have; None for inputs that the checkpoint has no decoder for."""

    at_mu: Coverage
    at_ball: Coverage | None
    at_mu_b: Coverage | None


@dataclass(frozen=True)
class Metrics:
    """Everything that `evaluate` measures."""

    at_mu: Coverage  # decoder input mu_A; this is what "coverage" means everywhere
    at_ball: Coverage | None  # decoder input log0(point_A); only for checkpoints whose decoder reads the ball
    decoder_input: DecoderInput  # the input that the checkpoint itself uses
    a: EncoderMetrics
    b: EncoderMetrics
    at_mu_b: Coverage | None = None  # decoder_B with input mu_B; only for checkpoints with a second decoder (v5_5)


def evaluate(embedding: Embedding, tree: bool = True) -> Metrics:
    """All metrics. `tree=False` omits tree fidelity and triplet agreement (None), which take most of the time.

    Raises TypeError for anything but an embedding.
    """
    if not isinstance(embedding, Embedding):
        raise TypeError(f"evaluate takes an Embedding, not {type(embedding).__name__}. Make one: tvae.embed(model).")
    return Metrics(
        **reconstruction(embedding)._asdict(),
        decoder_input=embedding.decoder_input,
        a=encoder_metrics(embedding.a, tree),
        b=encoder_metrics(embedding.b, tree),
    )


def reconstruction(embedding: Embedding) -> Reconstruction:
    """How many operations the decoders reconstruct: of all metrics those that take the least time."""
    return Reconstruction(
        at_mu=coverage(embedding.mu_logits),
        at_ball=coverage(embedding.logits) if embedding.decoder_input == "log0" else None,
        at_mu_b=None if embedding.logits_b is None else coverage(embedding.logits_b),
    )


def coverage(logits: NDArray[np.float32]) -> Coverage:
    """Exact reconstruction of all operations from logits (N, 9, 3): argmax at each position, all nine right."""
    right = decoded_trits(logits) == ternary.ALL_TRITS  # (N, 9)
    exact = right.all(1)
    sizes = np.asarray(ternary.LEVEL_SIZES)
    by_position = right.mean(0)
    return Coverage(
        coverage=float(exact.mean()),
        reconstructed=int(exact.sum()),
        total=ternary.N,
        trit_accuracy=float(by_position.mean()),
        by_position=tuple(by_position.tolist()),
        by_valuation=tuple((np.bincount(ternary.VALUATIONS, exact, LEVELS) / sizes).tolist()),
        failing=tuple(np.flatnonzero(~exact).tolist()),
    )


def encoder_metrics(side: EncoderEmbedding, tree: bool = True) -> EncoderMetrics:
    """All metrics of one encoder."""
    hierarchy = spearman(side.radius, ternary.VALUATIONS)
    correlation = None if side.point is None else distance_correlation(side.point)
    q = None if correlation is None or hierarchy is None else correlation + 1.5 * abs(hierarchy)
    overlapping = overlapping_levels(side.radius)
    fidelity = tree_metrics(side) if tree and side.point is not None else TreeMetrics(None, None, None)
    return EncoderMetrics(
        hierarchy=hierarchy,
        overlaps=len(overlapping),
        overlapping=overlapping,
        ordering_accuracy=concordance(side.radius),
        richness=None if side.norm is None else richness(side.norm),
        hyperbolic_richness=None if side.point is None else richness(side.radius),
        distance_correlation=correlation,
        q=q,
        tree_fidelity=fidelity.fidelity,
        tree_fidelity_error=fidelity.error,
        triplet_agreement=fidelity.triplets,
        level_mean_norm=None if side.norm is None else level_means(side.norm),
        level_mean_radius=level_means(side.radius),
    )
