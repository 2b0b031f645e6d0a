"""The three baselines against plain loops, and what is held out."""

import numpy as np
import pytest

from tvae.errors import RecipeError, SequenceError
from tvae.sequences.fasta import read_fasta
from tvae.sequences.training import data as training_data
from tvae.sequences.training.baselines import most_frequent, nearest_in_tree, nearest_sequence
from tvae.sequences.training.data import Data, SequencePlan, plan_of, plan_values, prepared
from tvae.sequences.training.train_to_file import held_names
from tvae.sequences.trees.newick import read

# Four trained species and one held-out, of two windows of three amino acids; X is missing.
ALIGNED = read_fasta(">a\nAAAKKK\n>b\nAACKKL\n>c\nAADKXX\n>d\nCCCLLL\n>held\nACCKKL\n")
TREE = read("((a,b),((c,held),d));")
PLAN = SequencePlan("amino acids", window=3, hold_out=("held",), missing="mask")


@pytest.fixture
def data() -> Data:
    return prepared(ALIGNED, PLAN)


def test_whole_sequences_are_held_out_with_all_their_windows(data: Data) -> None:
    assert [data.names[number] for number in data.held.record] == ["held", "held"]
    assert {data.names[number] for number in data.train.record} == {"a", "b", "c", "d"}
    assert sorted(data.train.start.tolist()) == [0] * 4 + [3] * 4
    twice = prepared([*ALIGNED, *ALIGNED[:1]], PLAN)
    assert len(twice.train) == len(data.train) + 2  # equal sequences stay, as each is a species of its own


def test_the_most_frequent_token_of_each_place(data: Data) -> None:
    # A A C (C and one each of A, D at the third place: C twice) / K K L
    found = most_frequent(data)
    assert (found.tokens, found.right) == (6, 1 + 0 + 1 + 1 + 1 + 1)


def test_the_nearest_sequence_is_chosen_for_each_window(data: Data) -> None:
    # Window 1: b and d differ in one of three; of equal ones either comes first in the order of the seed.
    found = nearest_sequence(data)
    assert (found.tokens, found.right) == (6, 2 + 3)


def test_the_nearest_in_the_tree_and_what_it_lacks(data: Data) -> None:
    # c is nearest: A A D / K and two missing, at which the most frequent tokens K L stand in.
    found = nearest_in_tree(data, TREE)
    assert (found.tokens, found.right) == (6, 1 + 3)
    with pytest.raises(SequenceError, match="'held' is not a leaf of the tree"):
        nearest_in_tree(data, read("(a,(b,(c,d)));"))


def test_of_equally_near_ones_the_most_frequent_token() -> None:
    records = read_fasta(">a\nAC\n>b\nAD\n>c\nCD\n>far\nEE\n>held\nAD\n")
    plan = SequencePlan("amino acids", window=2, hold_out=("held",))
    assert nearest_in_tree(prepared(records, plan), read("((a,b,c,held),far);")).right == 2


def test_brute_force_on_random_sequences() -> None:
    rng = np.random.default_rng(0)
    letters = ["".join(rng.choice(list("ACX"), 12, p=[0.5, 0.4, 0.1])) for _ in range(9)]
    records = read_fasta("".join(f">s{i}\n{text}\n" for i, text in enumerate(letters)))
    data = prepared(records, SequencePlan("amino acids", window=4, hold_out=("s1", "s5"), missing="mask"))
    right = 0
    for held in (1, 5):
        for start in (0, 4, 8):
            shares = {}
            order = [int(one) for one in data.train.record]
            for other in dict.fromkeys(order):
                pairs = [(letters[held][i], letters[other][i]) for i in range(start, start + 4)]
                known = [one != two for one, two in pairs if "X" not in (one, two)]
                if known:
                    shares[other] = sum(known) / len(known)
            near = min(shares, key=lambda one: shares[one])
            for i in range(start, start + 4):
                column = [letters[one][i] for one in dict.fromkeys(order)]
                usual = "A" if column.count("A") >= column.count("C") else "C"
                guess = letters[near][i] if letters[near][i] != "X" else usual
                right += letters[held][i] == guess
    assert nearest_sequence(data).right == right


def test_names_and_clades() -> None:
    assert held_names(ALIGNED, TREE, None, None) is None
    assert held_names(ALIGNED, None, ("a",), None) == ("a",)
    assert held_names(ALIGNED, TREE, ("a", "c"), ("held", "d")) == ("a", "c", "held", "d")
    with pytest.raises(RecipeError, match="--tree FILE, in Newick format"):
        held_names(ALIGNED, None, None, ("c", "d"))
    with pytest.raises(SequenceError, match="'e' is not a leaf of the tree"):
        held_names(ALIGNED, TREE, None, ("c", "e"))
    with pytest.raises(SequenceError, match="No sequence is below the common ancestor of c and d"):
        held_names(ALIGNED[:2], TREE, None, ("c", "d"))
    with pytest.raises(SequenceError, match="No sequence is called 'helt', so none can be held out"):
        prepared(ALIGNED, SequencePlan("amino acids", hold_out=("helt",), missing="mask"))


def test_a_file_records_only_the_settings_that_older_files_did_not_mean() -> None:
    assert not {"window", "stride", "hold_out", "missing", "code"} & set(plan_values(SequencePlan()))
    assert plan_values(PLAN)["hold_out"] == ["held"]
    assert plan_of(plan_values(PLAN)) == PLAN


def test_there_is_a_limit_to_the_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_data, "MAX_WINDOWS", 9)
    with pytest.raises(SequenceError, match=r"have 10 windows; at most 9 are trained on\. Give a larger --stride"):
        prepared(ALIGNED, PLAN)
