"""A checkpoint with everything that is computed from it, and the one cache of these computations.

Key: the sha256 of the file and the radius in the catalogue. Value: immutable. Concurrent callers: `single_flight`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import torch

from tvae.analysis.metrics.metrics import EncoderMetrics, Metrics, evaluate
from tvae.analysis.single_flight import Cache, Once
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.catalogue.status import EncoderFacts, Facts
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.models.embedding import Embedding, embed

CAPACITY = 12  # checkpoints; about 9 MB each


@dataclass(frozen=True)
class EvaluatedCheckpoint:
    """A checkpoint, where it came from, its embedding and its metrics.

    The metrics are computed when they are first needed: they take several times as long as the embedding, and most
    calls need the embedding alone.
    """

    location: CheckpointLocation
    checkpoint: Checkpoint
    embedding: Embedding
    measured: Once[Metrics]
    device: str = "cpu"  # that computed the embedding; the metrics are always computed on the CPU

    @property
    def metrics(self) -> Metrics:
        """All metrics of the embedding."""
        return self.measured.get()


def with_metrics(
    location: CheckpointLocation, checkpoint: Checkpoint, embedding: Embedding, device: str, tree: bool = True
) -> EvaluatedCheckpoint:
    """A checkpoint with its embedding, which `device` computed. `tree=False` omits what `metrics.evaluate` says."""
    return EvaluatedCheckpoint(location, checkpoint, embedding, Once(lambda: evaluate(embedding, tree)), device)


def measure(
    location: CheckpointLocation, checkpoint: Checkpoint, device: str | None = None, tree: bool = True
) -> EvaluatedCheckpoint:
    """Embed the checkpoint of a location on `device` (None: CUDA if present). Results are on the CPU.

    `tree=False` leaves out the metrics that take most of the time.
    """
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    embedding = embed(checkpoint_file.build(checkpoint).to(chosen))
    return with_metrics(location, checkpoint, embedding, chosen, tree)


def status_facts(metrics: Metrics, trees: BothEncoders) -> Facts:
    """What a checkpoint's status depends on, from its metrics and tree measures."""
    inputs = (metrics.at_mu, metrics.at_ball, metrics.at_mu_b)
    lost = max(coverage.total - coverage.reconstructed for coverage in inputs if coverage is not None)
    return _facts(lost, numbers(metrics, trees))


def facts_in(document: Mapping[str, Any]) -> Facts:
    """As `status_facts`, from the document of `numbers`, which has the coverage of all inputs but the count of one."""
    shares = (document[name] for name in ("coverage", "ball_coverage", "coverage_b"))
    lost = max(round((1 - share) * document["total"]) for share in shares if share is not None)
    return _facts(lost, document)


def _facts(lost: int, document: Mapping[str, Any]) -> Facts:
    if document["a"]["richness"] is None:  # no ball
        return Facts(lost)
    a, b = (EncoderFacts(**{one.name: document[side][one.name] for one in fields(EncoderFacts)}) for side in "ab")
    return Facts(lost, a, b)


def numbers(metrics: Metrics, trees: BothEncoders) -> dict[str, Any]:
    """The measured numbers of a checkpoint under the names of the document of /metrics, as JSON values."""
    at_mu, at_ball, at_mu_b = metrics.at_mu, metrics.at_ball, metrics.at_mu_b
    return {
        **{name: getattr(at_mu, name) for name in ("coverage", "reconstructed", "total", "trit_accuracy")},
        "ball_coverage": None if at_ball is None else at_ball.coverage,
        "coverage_b": None if at_mu_b is None else at_mu_b.coverage,
        "a": encoder_numbers(metrics.a, trees.a),
        "b": encoder_numbers(metrics.b, trees.b),
    }


def encoder_numbers(metrics: EncoderMetrics, tree: TreeMeasures) -> dict[str, Any]:
    """The measured numbers of one encoder, as `numbers` has them."""
    return lists(asdict(metrics) | asdict(tree))


def lists(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose tuples are lists, as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in document.items()}


Evaluate = Callable[[CheckpointLocation, Checkpoint], EvaluatedCheckpoint]


class EvaluationCache:
    """Evaluated checkpoints, each computed once."""

    def __init__(self, compute: Evaluate = measure, capacity: int = CAPACITY) -> None:
        self._compute = compute
        self._cache = Cache[tuple[str, float | None], EvaluatedCheckpoint](capacity)

    def get(self, location: CheckpointLocation, compute: Evaluate | None = None) -> EvaluatedCheckpoint:
        """The evaluated checkpoint of a location, from the cache or from `compute` (None: the cache's own function).

        The same file in two places is computed once; each caller gets its own location. Raises what reading or
        evaluating raises.
        """
        data = checkpoint_file.read_bytes(location.path)
        key = (checkpoint_file.digest(data), location.entry.max_radius if location.entry else None)
        found = self._cache.get(key, lambda: (compute or self._compute)(location, loading.open_located(location, data)))
        return found if found.location == location else replace(found, location=location)
