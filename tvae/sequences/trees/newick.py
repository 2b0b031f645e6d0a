"""A tree of species in the Newick format: path lengths between leaves, and what lies below a common ancestor.

    tree = read("((Human:1,Chimpanzee:1):2,Mouse:5);")
    tree.paths(["Human", "Mouse"])          (2, 2) lengths of the paths
    tree.below("Human", "Chimpanzee")       the leaves below their last common ancestor

Names are words, as those of FASTA records are, or in single quotes; text in brackets is a comment. A tree without any
length has branches of length 1. This does not use a library: the small one (newick) exceeds Python's recursion limit on
a deep tree and accepts a length that is no number, and those that read every tree weigh tens of MB.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.checkpoints.atomic_files import storage
from tvae.errors import SequenceError
from tvae.operations.validation import quoted

MAX_FILE: Final = 2**20  # bytes
MAX_NODES: Final = 20_000
MAX_NAMES: Final = 1_000  # between which paths are measured
_EXAMPLE: Final = "A tree is a text such as ((Human:1,Chimpanzee:1):2,Mouse:5);"
_TOKEN: Final = re.compile(r"\s*(?:\[[^\]]*\]\s*)*('(?:[^']|'')*'|[(),;]|:\s*[^\s(),:;\[\]']*|[^\s(),:;\[\]']+)")


@dataclass(frozen=True)
class Tree:
    """N nodes, each after its parent; node 0 is the root."""

    parent: tuple[int, ...]  # (N,) -1 for the root
    length: tuple[float, ...]  # (N,) of the branch to the parent
    leaves: dict[str, int]  # node of each leaf
    measured: bool  # whether the text has lengths; otherwise each branch counts 1

    def paths(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Lengths of the paths between leaves (S, S). Raises SequenceError for a name that is no leaf."""
        if len(names) > MAX_NAMES:
            raise SequenceError(
                f"{len(names):,} sequences were given; paths are measured between {MAX_NAMES:,}. Give fewer."
            )
        depth = np.zeros(len(self.parent))
        for node in range(1, len(self.parent)):
            depth[node] = depth[self.parent[node]] + self.length[node]
        nodes = [self._leaf(name) for name in names]
        found = np.zeros((len(nodes), len(nodes)))
        for row, node in enumerate(nodes):
            meeting = self._meeting(node)  # (N,) last common ancestor with each node
            found[row] = depth[node] + depth[nodes] - 2 * depth[meeting[nodes]]
        return np.maximum(found, 0)  # a sum of lengths may be a rounding error below 0

    def below(self, one: str, other: str) -> tuple[str, ...]:
        """The leaves below the last common ancestor of two leaves, in the tree's order."""
        top = self._meeting(self._leaf(one))[self._leaf(other)]
        inside = {top}
        for node in range(top + 1, len(self.parent)):  # each node comes after its parent
            if self.parent[node] in inside:
                inside.add(node)
        return tuple(name for name, node in self.leaves.items() if node in inside)

    def _meeting(self, node: int) -> NDArray[np.int64]:
        above, up = {node}, node
        while (up := self.parent[up]) >= 0:
            above.add(up)
        found = np.zeros(len(self.parent), np.int64)
        for one in range(len(self.parent)):
            found[one] = one if one in above else found[self.parent[one]]
        return found

    def _leaf(self, name: str) -> int:
        if name not in self.leaves:
            near = get_close_matches(name, self.leaves, 3) or list(self.leaves)[:3]
            raise SequenceError(f"{quoted(name)} is not a leaf of the tree. It has {', '.join(near)}.")
        return self.leaves[name]


def read_tree(path: Path) -> Tree:
    """`read` of a file. Raises SequenceError, or StorageError if it cannot be read."""
    with storage(path):
        if not path.is_file():
            raise SequenceError(f"{str(path)[:200]!r} is not a file. Give the path of a tree in Newick format.")
        if (size := path.stat().st_size) > MAX_FILE:
            raise SequenceError(f"{path.name} has {size:,} bytes; a tree may have {MAX_FILE:,}. Give a smaller tree.")
        data = path.read_bytes()
    try:
        return read(data.decode())
    except UnicodeDecodeError as error:
        raise SequenceError(f"{path.name} is not a text in UTF-8. {_EXAMPLE}") from error


class _Reader:
    """The nodes that are read so far, and the one at which the text stands."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.length: list[float] = []
        self.name: list[str] = []
        self.has_child: list[bool] = []
        self.node, self.done = 0, False
        self.named = False  # whether a name may no longer follow
        self.add(-1)

    def add(self, parent: int) -> None:
        """A new node, at which the text now stands."""
        if len(self.parent) == MAX_NODES:
            raise SequenceError(
                f"The tree has more than {MAX_NODES:,} nodes; at most these are read. Give a part of it."
            )
        if parent >= 0:
            self.has_child[parent] = True
        self.parent.append(parent)
        self.length.append(math.nan)
        self.name.append("")
        self.has_child.append(False)
        self.node, self.named = len(self.parent) - 1, False

    def take(self, word: str, place: int) -> None:
        """Read one word of the text."""
        if word == "(" and not self.has_child[self.node] and not self.named:
            self.add(self.node)
        elif word == "," and self.parent[self.node] >= 0:
            self.add(self.parent[self.node])
        elif word == ")" and self.parent[self.node] >= 0:
            self.node, self.named = self.parent[self.node], False
        elif word == ";" and self.node == 0:
            self.done = True
        elif word.startswith(":") and math.isnan(self.length[self.node]):
            self.length[self.node], self.named = _length(word[1:].strip(), place), True
        elif word[0] not in "(),;:" and not self.named:
            self.name[self.node] = word[1:-1].replace("''", "'") if word.startswith("'") else word
            self.named = True
        else:
            raise _misplaced(word, place)


def read(text: str) -> Tree:
    """The tree of a text. Raises SequenceError, which names the place, for anything but one tree in Newick format."""
    reader, place = _Reader(), 0
    while not reader.done:
        found = _TOKEN.match(text, place)
        if found is None:
            if text[place:].strip():
                raise _misplaced(text[place:].lstrip()[:20], place)
            raise SequenceError(f"The tree does not end: a bracket is open, or the last ; is missing. {_EXAMPLE}")
        reader.take(found[1], found.start(1))
        place = found.end()
    if text[place:].strip():
        raise SequenceError(f"The text goes on after the tree, at character {place + 1:,}. Give one tree.")
    return _tree(reader)


def _tree(reader: _Reader) -> Tree:
    leaves: dict[str, int] = {}
    for node, (name, inner) in enumerate(zip(reader.name, reader.has_child, strict=True)):
        if inner:
            continue
        if not name:
            raise SequenceError(f"A leaf of the tree has no name. {_EXAMPLE}")
        if name in leaves:
            raise SequenceError(f"Two leaves of the tree are called {quoted(name)}. Give each a name of its own.")
        leaves[name] = node
    if len(leaves) < 2:
        raise SequenceError(f"The tree has one leaf; at least 2 are needed. {_EXAMPLE}")
    given = [not math.isnan(value) for value in reader.length[1:]]
    if any(given) and not all(given):
        raise SequenceError("Some branches of the tree have a length and others have none. Give all lengths, or none.")
    length = [0.0, *(reader.length[1:] if all(given) else [1.0] * len(given))]
    return Tree(tuple(reader.parent), tuple(length), leaves, all(given))


def _length(text: str, place: int) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and 0 <= found <= 1e12):
        raise SequenceError(
            f"The length of a branch is {quoted(text)}, at character {place + 1:,} of the tree; give a number that is "
            "not negative."
        )
    return found


def _misplaced(word: str, place: int) -> SequenceError:
    return SequenceError(f"The tree has {quoted(word)} at character {place + 1:,}, where it cannot be. {_EXAMPLE}")
