"""The rule of the status words: at its thresholds, for every combination of conditions, and in its sentences."""

import json
from dataclasses import asdict, fields, replace
from itertools import product

import pytest

from tvae.checkpoints.catalogue import status
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.catalogue.status import CONDITIONS, EncoderFacts, Facts, facts_of, sentence, status_of, summary

ENCODER = EncoderFacts(
    0, richness=0.0102, q=1.6, tree_fidelity=0.832, average_distortion=0.5, map_3=0.9954, map_27=0.9998
)
WHOLE = Facts(0, ENCODER, replace(ENCODER, richness=0.0, map_3=0.1))  # B counts only by its overlaps
POOR = {"richness": 0.00034, "tree_fidelity": 0.14, "map_3": 0.3, "map_27": 0.18}


def with_a(**changed: float | None) -> Facts:
    return replace(WHOLE, a=replace(ENCODER, **changed))


def lacking(*names: str) -> Facts:
    return with_a(**{name: POOR[name] for name in names})


def test_what_has_everything_is_recommended() -> None:
    assert status_of(WHOLE) == "recommended"
    assert sentence(WHOLE) == (
        "Encoder A is good for spread within the levels (richness 0.01020), the order of distances (tree fidelity "
        "0.832), nearest neighbours (map 3 1.00) and neighbourhoods (map 27 1.00)."
    )


@pytest.mark.parametrize(("rich", "far", "near_3", "near_27"), list(product([True, False], repeat=4)))
def test_every_combination(rich: bool, far: bool, near_3: bool, near_27: bool) -> None:
    met = {"richness": rich, "tree_fidelity": far, "map_3": near_3, "map_27": near_27}
    facts = lacking(*(name for name, holds in met.items() if not holds))
    if rich and far and near_3 and near_27:
        assert status_of(facts) == "recommended"
    elif rich or far:
        assert status_of(facts) == "good"
    else:
        assert status_of(facts) == "experimental"
    assert facts.a is not None
    good, _, bad = sentence(facts).partition("not for " if any(met.values()) else "not good for ")
    assert good.startswith("Encoder A is ")
    for condition in CONDITIONS:
        assert (condition.shown(facts.a) in good) == met[condition.fact]
        assert (condition.shown(facts.a) in bad) != met[condition.fact]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.fact)
def test_a_condition_holds_from_its_threshold_on(condition: status.Condition) -> None:
    def met(value: float | None) -> bool:
        return condition.holds(replace(ENCODER, **{condition.fact: value}))

    assert met(condition.least)
    assert not met(condition.least - 1e-9)
    assert not met(None)
    assert "undefined" in condition.shown(replace(ENCODER, **{condition.fact: None}))


def test_the_conditions_are_about_the_facts() -> None:
    assert {condition.fact for condition in CONDITIONS} < {field.name for field in fields(EncoderFacts)}
    assert set(status.EITHER) < {condition.fact for condition in CONDITIONS}
    assert CONDITIONS[0].least == BY_NAME["homeostatic_rich/best.pt"].claimed.richness


@pytest.mark.parametrize(
    ("lost", "overlaps", "words"),
    [
        (2, (0, 0), "2 operations are lost. Encoder A is good"),
        (0, (1, 0), "Of 9 pairs of neighbouring levels, 1 overlap in A and 0 in B. Encoder A is good"),
        (0, (0, 9), "Of 9 pairs of neighbouring levels, 0 overlap in A and 9 in B. Encoder A is good"),
        (1234, (0, 2), "1,234 operations are lost. Of 9 pairs of neighbouring levels, 0 overlap"),
    ],
)
def test_what_loses_operations_or_order_and_tree_is_not_to_be_used(
    lost: int, overlaps: tuple[int, int], words: str
) -> None:
    a, b = (replace(ENCODER, overlaps=count) for count in overlaps)
    facts = Facts(lost, a, b)
    assert status_of(facts) == ("do not use" if lost else "experimental")
    assert status_of(replace(facts, a=replace(a, map_3=0.9))) == ("do not use" if lost or any(overlaps) else "good")
    assert sentence(facts).startswith(words)


def test_without_a_ball_only_the_operations_count() -> None:
    assert status_of(Facts(0)) == "base"
    assert sentence(Facts(0)) == "Without a ball, neither order nor tree is judged."
    assert status_of(Facts(1)) == "do not use"
    assert sentence(Facts(1)).startswith("1 operation is lost. ")
    assert sentence(Facts(3)) == "3 operations are lost. Without a ball, neither order nor tree is judged."


def test_what_speaks_against_a_checkpoint_follows_what_speaks_for_it() -> None:
    assert sentence(lacking("tree_fidelity", "map_3", "map_27")) == (
        "Encoder A is good for spread within the levels (richness 0.01020), but not for the order of distances (tree "
        "fidelity 0.140), nearest neighbours (map 3 0.30) or neighbourhoods (map 27 0.18)."
    )
    assert sentence(with_a(**POOR)).startswith(
        "Encoder A is not good for spread within the levels (richness 0.00034), "
    )


ORDER, SPREAD, TREE, NEAR = (
    "the order of the levels",
    "the spread within levels",
    "the distances of the tree",
    "nearest neighbours",
)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (WHOLE, f"keeps {ORDER}, {SPREAD}, {TREE} and {NEAR}."),
        (lacking("richness"), f"keeps {ORDER}, {TREE} and {NEAR}, but not {SPREAD}."),
        (lacking("tree_fidelity"), f"keeps {ORDER}, {SPREAD} and {NEAR}, but not {TREE}."),
        (lacking("richness", "map_27"), f"keeps {ORDER} and {TREE}, but not {SPREAD} or {NEAR}."),
        (with_a(**POOR), f"keeps {ORDER}, but not {SPREAD}, {TREE} or {NEAR}."),
        (with_a(overlaps=3), f"keeps {SPREAD}, {TREE} and {NEAR}, but not {ORDER}."),
        (Facts(0), "without a ball, neither order nor tree is judged."),
    ],
)
def test_the_reason_in_short(facts: Facts, words: str) -> None:
    assert summary(facts) == f"Reconstructs every operation; {words}"


def test_the_reason_in_short_is_what_is_lost() -> None:
    assert summary(with_a(overlaps=3, **POOR)).endswith("but keeps neither order nor tree.")
    assert summary(replace(WHOLE, lost=1)) == "Loses 1 operation."
    assert summary(Facts(1234)) == "Loses 1,234 operations."


@pytest.mark.parametrize("facts", [WHOLE, Facts(3)])
def test_facts_are_those_that_were_written(facts: Facts) -> None:
    assert facts_of(json.loads(json.dumps(asdict(facts)))) == facts
