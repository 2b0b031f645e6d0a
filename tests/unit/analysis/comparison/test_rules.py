"""The rules of measures: which end is good, and when a better value does not mean a better encoder."""

from dataclasses import fields

import pytest

from tvae.analysis.comparison import rules
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures.tree_measures import TreeMeasures


def test_every_measure_of_an_encoder_that_is_one_number_has_a_rule() -> None:
    both = (*fields(EncoderMetrics), *fields(TreeMeasures))
    numbers = {field.name for field in both if "tuple" not in str(field.type) and not field.name.endswith("_error")}
    assert numbers == rules.DIRECTION.keys() - {
        *("coverage", "coverage_b", "reconstructed", "trit_accuracy", "ball_coverage")
    }


def test_every_measure_has_its_digits() -> None:
    assert rules.DIGITS.keys() == rules.DIRECTION.keys()
    assert {name for name, digits in rules.DIGITS.items() if not digits} == {"overlaps", "reconstructed"}  # counts


def test_low_is_good_for_distortions_overlaps_and_the_hierarchy_alone() -> None:
    low = {name for name in rules.DIRECTION if rules.low_is_good(name)}
    assert low == {"hierarchy", "overlaps", "average_distortion", "worst_distortion", "relative_hyperbolicity"}


@pytest.mark.parametrize("name", rules.DIRECTION)
def test_where_values_count_gain_rises_towards_the_end_that_is_good(name: str) -> None:
    values = [value for value in (-0.9, -0.84, -0.83, -0.1, 0.0, 0.5, 0.83, 0.84, 0.9) if rules.counts(name, value, 0)]
    assert len(values) >= 7
    gains = [rules.gain(name, value) for value in values]
    assert gains == sorted(gains, reverse=rules.low_is_good(name))


@pytest.mark.parametrize(
    ("name", "value", "overlaps", "counts"),
    [
        ("q", 2.0, 3, True),
        ("q", None, 0, False),
        ("richness", 0.01, 0, True),
        ("richness", 0.01, 1, False),
        ("richness", 0.01, None, True),
        ("hyperbolic_richness", 0.01, 1, False),
        ("hierarchy", -0.83, 1, True),
        ("hierarchy", CEILINGS.hierarchy, 0, True),
        ("hierarchy", CEILINGS.hierarchy * (1 + 1e-12), 0, True),  # another order of summation
        ("hierarchy", -0.85, 0, False),
        ("hierarchy", 0.85, 0, True),  # the wrong order, which nothing hides
        ("tree_fidelity", CEILINGS.tree_fidelity, 0, True),
        ("tree_fidelity", 0.9, 0, False),
        ("tree_fidelity", -0.9, 0, True),
        ("triplet_agreement", 1.0, 0, True),
    ],
)
def test_a_value_that_looks_better_than_it_is_does_not_count(
    name: str, value: float | None, overlaps: int | None, counts: bool
) -> None:
    assert rules.counts(name, value, overlaps) == counts
