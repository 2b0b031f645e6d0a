"""Embed a checkpoint on a GPU, on ZeroGPU one that is lent for seconds, and on the CPU if none comes.

ZeroGPU runs a decorated function in a process with a GPU, against the quota of the visitor whose request it serves: by
default 60 s, on some of its GPUs counted as 90, of the 120 s a day of a visitor without an account. Only the embedding
runs there. It takes 0.3 to 0.9 s on two cores of a CPU, so SECONDS is mostly for the start of the process and of CUDA.
"""

import logging
from typing import Final, Literal

import torch

from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.errors import EmbeddingError
from tvae.models.embedding import Embedding, embed

try:
    import spaces
except ImportError:  # everywhere but on a Space
    spaces = None

Device = Literal["cpu", "cuda"]
SECONDS: Final = 10
MAY_LEND: Final = spaces is not None  # whether this is a Space, where a GPU may be lent


def embedded(checkpoint: Checkpoint) -> tuple[Embedding, Device]:
    """The embedding, which is on the CPU, and the device that computed it.

    Raises EmbeddingError for weights that do not give one.
    """
    try:
        found = _on_lent_gpu(checkpoint)
    except Exception as error:  # of any kind: no quota, no GPU, a worker that ended; the CPU gives the same numbers
        if not MAY_LEND:
            raise
        logging.getLogger(__name__).warning("The CPU is used, since there is no GPU: %s", error)
        found = _embedded_on(checkpoint, "cpu")
    if isinstance(found, EmbeddingError):
        raise found
    return found


def _embedded(checkpoint: Checkpoint) -> tuple[Embedding, Device] | EmbeddingError:
    return _embedded_on(checkpoint, "cuda" if torch.cuda.is_available() else "cpu")


def _embedded_on(checkpoint: Checkpoint, device: Device) -> tuple[Embedding, Device] | EmbeddingError:
    """The error is returned, because ZeroGPU's process would raise another one in its place and log a traceback."""
    try:
        return embed(checkpoint_file.build(checkpoint).to(device)), device
    except EmbeddingError as error:
        return error


_on_lent_gpu = spaces.GPU(duration=SECONDS)(_embedded) if spaces else _embedded
