"""The properties that are asked about: their counts, and that no name of a value matters."""

import itertools

import numpy as np
import pytest

from tvae.analysis.algebra.questions import FEWEST, QUESTIONS, Question
from tvae.operations import ternary
from tvae.operations.atlas import classes
from tvae.operations.atlas.properties import PROPERTIES

PAIRS = list(itertools.product((-1, 0, 1), repeat=2))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_count_and_no_name_of_a_value_matters(question: Question) -> None:
    members = question.members()
    assert members.sum() == question.count >= FEWEST
    for relabelling in classes.S3:
        moved = classes.images([(relabelling, relabelling, relabelling, False)])[:, 0]
        assert (members[moved] == members).all()


def test_the_pooled_ones_by_definition() -> None:
    by_name = {question.name: question.members() for question in QUESTIONS}
    for index in np.random.default_rng(0).integers(0, ternary.N, 300):
        f = dict(zip(PAIRS, ternary.ALL_TRITS[index].tolist(), strict=True))
        assert by_name["closed_value"][index] == any(f[a, a] == a for a in (-1, 0, 1))
        subsets = ((-1, 0), (-1, 1), (0, 1))
        assert by_name["closed_pair"][index] == any(
            all(f[a, b] in pair for a in pair for b in pair) for pair in subsets
        )
        blocks = [{a: a == alone for a in (-1, 0, 1)} for alone in (-1, 0, 1)]
        assert by_name["congruence"][index] == any(
            len({(block[a], block[b], block[f[a, b]]) for a, b in PAIRS})
            == len({(block[a], block[b]) for a, b in PAIRS})
            for block in blocks
        )


def test_what_is_left_out_is_small_or_names_values() -> None:
    asked = {question.name for question in QUESTIONS}
    left_out = {known.name: known.count for known in PROPERTIES if known.name not in asked}
    large = {name for name, count in left_out.items() if count >= FEWEST and "(" not in name}
    assert large == {"onto"}  # the module says why
