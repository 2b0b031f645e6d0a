"""A checkpoint with everything that is computed from it, and the one cache in front of that computation.

Key: the sha256 of the file and the config read from it. Value: immutable. How it behaves when many ask: `cache.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from tvae.analysis.metrics import Metrics, evaluate
from tvae.analysis.single_flight import Cache
from tvae.checkpoints import checkpoint_file, loading
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.models.embedding import Embedding, embed

CAPACITY = 8  # checkpoints; about 9 MB each


@dataclass(frozen=True)
class EvaluatedCheckpoint:
    """A checkpoint, its embedding and its metrics."""

    checkpoint: Checkpoint
    embedding: Embedding
    metrics: Metrics


def measure(checkpoint: Checkpoint, device: str | None = None, tree: bool = True) -> EvaluatedCheckpoint:
    """Embed and evaluate on `device`; on CUDA where there is one if None. Results are on the CPU.

    `tree=False` leaves out the metrics that take most of the time.
    """
    model = checkpoint_file.build(checkpoint).to(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    embedding = embed(model)
    return EvaluatedCheckpoint(checkpoint, embedding, evaluate(embedding, tree))


class EvaluationCache:
    """`get` measures a located checkpoint, or returns what was measured before."""

    def __init__(
        self, compute: Callable[[Checkpoint], EvaluatedCheckpoint] = measure, capacity: int = CAPACITY
    ) -> None:
        self._compute = compute
        self._cache = Cache[tuple[str, float | None], EvaluatedCheckpoint](capacity)

    def get(
        self, located: CheckpointLocation, compute: Callable[[Checkpoint], EvaluatedCheckpoint] | None = None
    ) -> EvaluatedCheckpoint:
        """What is known of a file, or else what `compute` (by default the cache's own function) makes of it.

        Raises what reading or measuring raises.
        """
        data = checkpoint_file.read_bytes(located.path)
        key = (checkpoint_file.digest(data), located.entry.max_radius if located.entry else None)
        return self._cache.get(key, lambda: (compute or self._compute)(loading.open_located(located, data)))
