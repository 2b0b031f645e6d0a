"""What held-out tokens can be told without a model. A model is of use only if it knows more.

- `most_frequent`: the most frequent training token of each place. It never sees the held-out sequence.
- `nearest_sequence`: the training window with the same start that differs in the smallest share of the tokens that both
  have, the first of equal ones. It sees all of the held-out window, as the model does.
- `nearest_in_tree`: the training sequence at the shortest path in a tree; of equally near ones, their most frequent
  token.

Where a baseline has no token of its own, it takes the most frequent one of the place. Places count from the start of
the sequence, so they mean the same only in aligned sequences.
"""

import numpy as np

from tvae.sequences.fasta import Tokens
from tvae.sequences.training.data import Accuracy, Data, accuracy
from tvae.sequences.trees.newick import Tree
from tvae.sequences.windows import Mask, Windows


def most_frequent(data: Data) -> Accuracy:
    """Baseline on the held-out windows: the most frequent training token at each place."""
    return accuracy(data.held, _guess(data.train, data.held))


def nearest_sequence(data: Data) -> Accuracy:
    """Baseline on the held-out windows: the nearest training window at the same place."""
    found = _guess(data.train, data.held)
    for row, (inputs, known, start) in enumerate(zip(data.held.inputs, data.held.known, data.held.start, strict=True)):
        there = data.train.chosen(data.train.start == start)
        both = there.known & known
        if both.any():
            shared = both.sum(1)
            differ = ((there.inputs != inputs) & both).sum(1) / np.maximum(shared, 1)
            near = np.where(shared > 0, differ, np.inf).argmin()
            found[row] = np.where(there.known[near], there.inputs[near], found[row])
    return accuracy(data.held, found)


def nearest_in_tree(data: Data, tree: Tree) -> Accuracy:
    """Baseline on the held-out windows: the training sequences that are nearest in a tree.

    Raises SequenceError if a sequence is no leaf of the tree.
    """
    path = tree.paths(data.names)  # (R, R)
    trained = np.unique(data.train.record)
    found = _guess(data.train, data.held)
    for row, (record, start) in enumerate(zip(data.held.record, data.held.start, strict=True)):
        lengths = path[record, trained]
        near = trained[lengths <= lengths.min() * (1 + 1e-9)]
        there = data.train.chosen(np.isin(data.train.record, near) & (data.train.start == start))
        known, best = _counted(there)
        found[row] = np.where(known, best, found[row])
    return accuracy(data.held, found)


def _guess(train: Windows, asked: Windows) -> Tokens:
    """(W, 100) the most frequent token at each place of the windows asked for; at new places, that of all places."""
    everywhere = np.bincount(train.inputs[train.known], minlength=1).argmax()
    longest = int(max(train.start.max(initial=0), asked.start.max(initial=0))) + train.inputs.shape[1]
    kinds = int(train.inputs.max(initial=0)) + 1
    counts = np.zeros((longest, kinds), np.int64)
    place = train.start[:, None] + np.arange(train.inputs.shape[1])
    np.add.at(counts, (place[train.known], train.inputs[train.known]), 1)
    best = np.where(counts.any(1), counts.argmax(1), everywhere)
    found: Tokens = best[asked.start[:, None] + np.arange(asked.inputs.shape[1])]
    return found


def _counted(windows: Windows) -> tuple[Mask, Tokens]:
    """(100,) whether any of the windows has a token there, and the most frequent one."""
    known: Mask = np.atleast_1d(windows.known.any(0))
    best: Tokens = np.zeros(known.shape, np.int64)
    for place in np.flatnonzero(known):
        best[place] = np.bincount(windows.inputs[windows.known[:, place], place]).argmax()
    return known, best
