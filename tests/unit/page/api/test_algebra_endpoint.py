"""The endpoint /algebra: equal to our own document, and bad input gives sentences."""

import json
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, evaluated_here
from http_api import Api, Refused

from tvae.analysis.algebra import association
from tvae.reports import algebra as algebra_reports


@pytest.mark.parametrize("name", [BUNDLED, EUCLIDEAN])
def test_the_answer_is_the_document(api: Api, name: str) -> None:
    evaluated = evaluated_here(name)
    wanted = algebra_reports.algebra(evaluated, association.examine(evaluated.embedding, 19, 7))
    assert api("algebra", name, 19, 7) == json.loads(json.dumps(wanted))


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ((BUNDLED, 0, 0), "permutations is 0; it must be a whole number from 1 to 5,000"),
        ((BUNDLED, 5_001, 0), "permutations is 5001"),
        ((BUNDLED, None, 0), "permutations is empty"),
        ((BUNDLED, "many", 0), "permutations is 'many'"),
        ((BUNDLED, [9], 0), r"permutations is \[9\]"),
        ((BUNDLED, 9.5, 0), "permutations is 9.5"),
        ((BUNDLED, 9, -1), "The seed is -1"),
        ((BUNDLED, 9, {"seed": 0}), 'The seed is {"seed": 0}'),
        (([BUNDLED], 9, 0), "checkpoint"),
        (("../rich_tree", 9, 0), "No checkpoint is called '../rich_tree'"),
        (("nope", 9, 0), "No checkpoint is called 'nope'"),
        (("codon_vae_all.pt", 9, 0), "holds another model"),
    ],
)
def test_what_is_refused(api: Api, inputs: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        api("algebra", *inputs)
