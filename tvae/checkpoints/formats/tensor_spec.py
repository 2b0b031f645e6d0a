"""What a file says about a tensor, before anything is allocated for it, and the error of a file that is rejected."""

import math
from dataclasses import dataclass, field
from typing import Final

import torch

MAX_DIMENSIONS: Final = 8  # of a tensor
STORAGES: Final = {
    "torch FloatStorage": torch.float32,
    "torch DoubleStorage": torch.float64,
    "torch HalfStorage": torch.float16,
    "torch BFloat16Storage": torch.bfloat16,
    "torch LongStorage": torch.int64,
    "torch IntStorage": torch.int32,
    "torch ShortStorage": torch.int16,
    "torch CharStorage": torch.int8,
    "torch ByteStorage": torch.uint8,
    "torch BoolStorage": torch.bool,
}


class BadTorchFile(Exception):
    """The file is rejected; `found` and `expected` are noun phrases for the message, `action` a sentence if known."""

    def __init__(self, found: str, expected: str, action: str = "") -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.action = action


@dataclass(frozen=True)
class Storage:
    """The values of one record, before they have a shape."""

    key: str  # of the record data/KEY
    kind: str  # "torch FloatStorage"
    numel: int


@dataclass(frozen=True)
class View:
    """Where in a storage the values of a tensor are."""

    storage: Storage
    offset: int  # these three in values, not in bytes
    stride: tuple[int, ...]


@dataclass(frozen=True)
class TensorSpec:
    """Type and shape of a tensor according to the file; nothing is allocated for it."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    view: View | None = field(default=None, compare=False, repr=False)  # in a torch archive

    @property
    def nbytes(self) -> int:
        """Bytes of the tensor's values, wherever they are stored."""
        return math.prod(self.shape) * self.dtype.itemsize
