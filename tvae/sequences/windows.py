"""Long sequences as windows of at most 100 tokens, which is what the network reads.

    cut(found, window=100)              windows 0..99, 100..199, ... of each sequence; tokens after the last whole one
                                        are not read, unless the sequence is shorter than a window
    cut(found)                          the first 100 tokens only, as the published models read sequences
    complete_sites(found)               aligned sequences without the places at which any of them lacks its token

In aligned sequences, windows with the same start hold the same places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tvae.errors import RecipeError, SequenceError
from tvae.sequences.fasta import LENGTH, MISSING, Tokens, padded

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Windows:
    """W windows, in the order of their sequences."""

    inputs: Tokens  # (W, 100) tokens; index 0 at padding and at missing tokens
    known: Mask  # (W, 100) false at padding and at missing tokens
    padding: Mask  # (W, 100) true after the end of a window
    record: Tokens  # (W,) 0-based place of the sequence
    start: Tokens  # (W,) 0-based place of the window's first token

    def __len__(self) -> int:
        """W."""
        return len(self.inputs)

    def chosen(self, which: Mask | Tokens) -> "Windows":
        """Some of the windows."""
        return Windows(
            self.inputs[which], self.known[which], self.padding[which], self.record[which], self.start[which]
        )


def check_window(window: int | None, stride: int | None) -> None:
    """Raises RecipeError for a window or a stride that is not possible."""
    if window is None:
        if stride is not None:
            raise RecipeError("A stride is the distance between windows. Give --window as well, such as --window 100.")
        return
    for name, value in (("window", window), ("stride", window if stride is None else stride)):
        if not 1 <= value <= LENGTH:
            raise RecipeError(f"Found the {name} {value}; give a number of tokens from 1 to {LENGTH}.")


def starts(length: int, window: int | None = None, stride: int | None = None) -> range:
    """Starts of the windows of a sequence: 0, and each further one whose window ends within the sequence."""
    return range(1) if window is None else range(0, max(length - window + 1, 1), stride or window)


def cut(found: Sequence[Tokens], window: int | None = None, stride: int | None = None, every: bool = False) -> Windows:
    """The windows of all sequences, without those whose tokens are all missing unless `every` is true."""
    places = [(number, start) for number, one in enumerate(found) for start in starts(len(one), window, stride)]
    parts = [found[number][start : start + (window or LENGTH)] for number, start in places]
    inputs = np.stack([padded(part) for part in parts]) if parts else np.empty((0, LENGTH), np.int64)
    padding = np.arange(LENGTH) >= np.array([len(part) for part in parts], np.int64)[:, None]
    known = ~padding
    for row, part in zip(known, parts, strict=True):
        row[: len(part)] = part != MISSING
    record, start = np.array(places, np.int64).reshape(-1, 2).T
    windows = Windows(inputs, known, padding, record, start)
    return windows if every else windows.chosen(np.flatnonzero(known.any(1)))


def complete_sites(found: Sequence[Tokens]) -> list[Tokens]:
    """Aligned sequences, reduced to the places at which none of them lacks its token.

    Raises SequenceError if their lengths differ or if no place is left.
    """
    lengths = sorted({len(one) for one in found})
    if len(lengths) > 1:
        raise SequenceError(
            f"The sequences have {lengths[0]:,} to {lengths[-1]:,} tokens; places are only left out of aligned ones, "
            "which are of one length. Align them, or use --missing mask."
        )
    whole = (np.stack(list(found)) != MISSING).all(0)
    if not whole.any():
        raise SequenceError("At each place one of the sequences lacks its token, so none is left. Use --missing mask.")
    return [one[whole] for one in found]
