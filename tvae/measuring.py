"""A checkpoint with everything that is computed from it, and the one cache in front of that computation.

Key: the sha256 of the file and the config read from it. Value: immutable. Bounded (least recently used goes first),
safe under threads, and one computation a key however many ask at once: the others wait for the first one's result.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

import torch

from tvae import checkpoint_file, loading
from tvae.checkpoint_file import Checkpoint
from tvae.embedding import Embedding, embed
from tvae.loading import Located
from tvae.metrics import Metrics, evaluate

CAPACITY = 8  # checkpoints; about 9 MB each


@dataclass(frozen=True)
class Measured:
    """A checkpoint, its embedding and its metrics."""

    checkpoint: Checkpoint
    embedding: Embedding
    metrics: Metrics


def measure(checkpoint: Checkpoint, device: str | None = None, tree: bool = True) -> Measured:
    """Embed and evaluate on `device`; on CUDA where there is one if None. Results are on the CPU.

    `tree=False` leaves out the metrics that take most of the time.
    """
    model = checkpoint_file.build(checkpoint).to(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    embedding = embed(model)
    return Measured(checkpoint, embedding, evaluate(embedding, tree))


class MeasuredCache:
    """`get` measures a located checkpoint, or returns what was measured before."""

    def __init__(self, compute: Callable[[Checkpoint], Measured] = measure, capacity: int = CAPACITY) -> None:
        self._compute = compute
        self._capacity = capacity
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, float | None], Future[Measured]] = OrderedDict()

    def get(self, located: Located, compute: Callable[[Checkpoint], Measured] | None = None) -> Measured:
        """What is known of a file, or else what `compute` (by default the cache's own function) makes of it.

        Raises what reading or measuring raises; a failure is not kept, so the next visitor tries again.
        """
        data = checkpoint_file.read_bytes(located.path)
        key = (checkpoint_file.digest(data), located.entry.max_radius if located.entry else None)
        with self._lock:
            future = self._known.get(key)
            mine = future is None
            if future is None:
                future = self._known[key] = Future()
                while len(self._known) > self._capacity:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
        if mine:
            self._fill(key, future, lambda: (compute or self._compute)(loading.open_located(located, data)))
        return future.result()

    def _fill(self, key: tuple[str, float | None], future: Future[Measured], compute: Callable[[], Measured]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # whatever it is, those who wait must not wait for ever
            with self._lock:
                if self._known.get(key) is future:
                    del self._known[key]
            future.set_exception(error)
