"""The four numbers above the plot: in plain words, with four digits, also where a number is undefined."""

import re
from dataclasses import replace
from html import unescape

import pytest
from app_fixtures import EUCLIDEAN, OPENING, RICH, evaluated_here

from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import Metrics
from tvae.page.tabs.explore import numbers
from tvae.page.ui import texts


def shown(metrics: Metrics) -> dict[str, list[str]]:
    """Name, value and meaning by the key of a number."""
    cards = re.findall(r'<div data-number="(\w+)">(.*?)</div>', numbers.numbers(metrics))
    return {key: [unescape(words) for words in re.findall(r">([^<>]+)<", card)] for key, card in cards}


def test_four_numbers_with_four_digits() -> None:
    found = shown(evaluated_here(OPENING).metrics)
    assert {key: words[1] for key, words in found.items()} == {
        "coverage": "19,683 / 19,683",
        "order": "A\u00a0\u22120.8321, B\u00a0\u22120.8321",
        "spread": "A\u00a00.0114, B\u00a00.0004",
        "tree": "A\u00a00.8320, B\u00a00.8319",
    }
    assert found["coverage"][2] == texts.ALL_RETURNED
    assert f"\u2212{-CEILINGS.hierarchy:.4f} is perfect" in found["order"][2]
    assert f"{CEILINGS.tree_fidelity:.4f} is best" in found["tree"][2]
    assert [words[0] for words in found.values()] == list(texts.table("NUMBERS").values())


def test_each_word_of_the_field_stands_behind_a_plain_one() -> None:
    found = shown(evaluated_here(OPENING).metrics)
    for key, term in (("order", "hierarchy"), ("spread", "richness"), ("tree", "tree fidelity")):
        assert term not in found[key][0]
        assert found[key][2].startswith(term)


def test_lost_operations_are_counted() -> None:
    metrics = evaluated_here(RICH).metrics
    own = replace(metrics.at_mu, reconstructed=19_000)
    found = shown(replace(metrics, at_mu=own, at_ball=None))
    assert found["coverage"][1:] == ["19,000 / 19,683", "the decoder turns 683 dots into other operations"]


@pytest.mark.parametrize("key", ["spread", "tree"])
def test_without_a_ball_a_number_is_not_defined(key: str) -> None:
    assert shown(evaluated_here(EUCLIDEAN).metrics)[key][1:] == ["\u2013", texts.NOT_DEFINED]


def test_without_a_ball_order_is_not_judged() -> None:
    metrics = evaluated_here(EUCLIDEAN).metrics
    meaning = shown(metrics)["order"][2]
    assert "not judged" in meaning
    assert "perfect" not in meaning
    assert numbers.tile_row(metrics).count(texts.NOT_JUDGED) == 2
    words = unescape(numbers.numbers(metrics))
    assert texts.READING_FLAT in words
    assert texts.READING not in words
    assert texts.table("RADIUS_NAMES")["norm_of_mu"] in texts.READING_FLAT.replace("\n", " ")


def test_a_number_that_one_encoder_lacks() -> None:
    metrics = evaluated_here(OPENING).metrics
    half = replace(metrics, b=replace(metrics.b, hierarchy=None))
    assert shown(half)["order"][1] == "A\u00a0\u22120.8321, B\u00a0\u2013"


def test_the_tiles_have_ten_digits_of_the_hierarchy() -> None:
    metrics = evaluated_here(OPENING).metrics
    assert "\u22120.8320502954" not in numbers.numbers(metrics)
    assert numbers.tile_row(metrics).count("\u22120.8320502954") >= 2


def test_a_tile_of_both_encoders_has_both_or_says_that_it_is_not_defined() -> None:
    assert numbers.tile_row(evaluated_here(EUCLIDEAN).metrics).count(texts.NOT_DEFINED) == 2  # Q and tree fidelity
    metrics = evaluated_here(OPENING).metrics
    both = texts.A_AND_B.format(a=f"{metrics.a.q:.4f}", b=f"{metrics.b.q:.4f}")
    assert both in numbers.tile_row(metrics)


def test_how_to_read_the_picture_is_said_once() -> None:
    assert unescape(numbers.numbers(evaluated_here(OPENING).metrics)).count(texts.READING) == 1
