"""The number of torch threads that training uses: 1, whatever the environment says, unless a run asks for more.

Sums of floating-point numbers depend on how they are split over threads, so this number decides a file's bytes. A
second thread gains 10 to 30% on these small networks, and costs much more than that on a busy machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import torch

from tvae.errors import TrainingError

THREADS: Final = 1
MAX_THREADS: Final = 64

_Item = TypeVar("_Item")


def check_threads(threads: int) -> None:
    """Raise TrainingError unless `threads` is a whole number from 1 to 64."""
    if type(threads) is not int or not 1 <= threads <= MAX_THREADS:
        raise TrainingError(f"Found {threads} threads; give a whole number from 1 to {MAX_THREADS}, such as {THREADS}.")


@contextmanager
def torch_threads(threads: int) -> Iterator[None]:
    """Use this many torch threads inside the block, and the caller's number again after it."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def in_threads(threads: int, items: Iterator[_Item]) -> Iterator[_Item]:
    """The items of a generator that runs with this many torch threads; between two items, the caller's number holds."""
    while True:
        with torch_threads(threads):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item
