"""Embed a checkpoint on a GPU, on ZeroGPU one that is lent for seconds, and on the CPU if none comes.

ZeroGPU runs a decorated function in a process with a GPU, against the quota of the visitor whose request it serves (the
default is a minute or more of a few). Embedding alone needs the GPU, so nothing else runs there. SECONDS is what is
asked for: an embedding takes 0.3 s on two cores of a CPU, and the rest is for the start of the process and of CUDA.
"""

import logging
from collections.abc import Callable
from typing import Final, Literal

import torch

from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.models.embedding import Embedding, embed

try:
    import spaces
except ImportError:  # everywhere but on a Space
    spaces = None

Device = Literal["cpu", "cuda"]
SECONDS: Final = 10


def embedded_on(checkpoint: Checkpoint, device: Device) -> Embedding:
    """The embedding, computed on this device; it is on the CPU."""
    return embed(checkpoint_file.build(checkpoint).to(device))


def _embedded(checkpoint: Checkpoint) -> tuple[Embedding, Device]:
    device: Device = "cuda" if torch.cuda.is_available() else "cpu"
    return embedded_on(checkpoint, device), device


_on_lent_gpu: Callable[[Checkpoint], tuple[Embedding, Device]] = (
    spaces.GPU(duration=SECONDS)(_embedded) if spaces else _embedded
)


def embedded(checkpoint: Checkpoint) -> tuple[Embedding, Device]:
    """The embedding, and the device that computed it. Raises EmbeddingError for weights that do not give one."""
    if not spaces:
        return _embedded(checkpoint)
    try:
        return _on_lent_gpu(checkpoint)
    except Exception as error:  # of any kind: the CPU gives the same numbers, or the error that is the file's fault
        logging.getLogger(__name__).warning("No GPU, so the CPU is used: %s", error)
        return embedded_on(checkpoint, "cpu"), "cpu"
