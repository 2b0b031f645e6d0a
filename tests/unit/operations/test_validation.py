"""Validation of choices, counts, operations and points: each wrong value has its own sentence."""

import math
from typing import Any

import numpy as np
import pytest

from tvae.errors import InputError, OperationsError
from tvae.operations import ternary, validation
from tvae.reports.plots.figures import MEASURES

HUGE = 10**5_000  # an integer with more digits than Python prints, pytest included
TABLE = [1, -1, 0, 1, -1, 0, 1, -1, 0]


@pytest.mark.parametrize("value", ["a", " B ", "RADIUS"])
def test_choices_ignore_case(value: str) -> None:
    accepted = validation.ENCODERS if len(value.strip()) == 1 else MEASURES
    assert validation.parse_choice(value, accepted, "Encoder") == next(
        word for word in accepted if word.lower() == value.strip().lower()
    )


@pytest.mark.parametrize("value", ["C", "", None, 3, "x" * 1000])
def test_a_wrong_choice_is_rejected_with_the_right_ones(value: Any) -> None:
    with pytest.raises(InputError, match=r"^Encoder is .{1,62}; it must be A or B\.$"):
        validation.parse_choice(value, validation.ENCODERS, "Encoder")


def test_accepted_words_are_listed_with_one_or() -> None:
    with pytest.raises(InputError, match=r"^The scale is 'x'; it must be auto, linear, log or levels\.$"):
        validation.parse_choice("x", ("auto", "linear", "log", "levels"), "The scale")
    assert [validation.listed("and", words) for words in ((), ("a",), ("a", "b"))] == ["", "a", "a and b"]


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [
        (0, True, True),
        (-1, True, False),
        (0.5, True, False),
        (2**63 - 1, True, True),
        (2**63, True, False),
        (1e150, True, False),
        (1.1e150, False, False),
        (-1e308, False, False),
        *((value, False, False) for value in (math.nan, math.inf, -math.inf, True, None, "1", [1])),
        pytest.param(HUGE, False, False, id="huge"),
        pytest.param(-HUGE, False, False, id="huge below 0"),
    ],
)
def test_what_is_a_number_and_what_is_a_whole_one(value: Any, number: bool, whole: bool) -> None:
    assert (validation.is_number(value), validation.is_whole(value)) == (number, whole)


@pytest.mark.parametrize("value", [1, 7, 1_000, 5.0])
def test_counts(value: float) -> None:
    assert validation.count(value, 1, 1_000, "k", 10) == int(value)


@pytest.mark.parametrize(
    "value", [0, 1_001, -1, 2.5, math.nan, math.inf, "5", None, True, [], {}, pytest.param(HUGE, id="huge")]
)
def test_a_wrong_count_is_rejected_with_its_range(value: Any) -> None:
    with pytest.raises(
        InputError, match=r"^k is .{1,70}; it must be a whole number from 1 to 1,000, for example 10\.$"
    ):
        validation.count(value, 1, 1_000, "k", 10)


@pytest.mark.parametrize(
    ("value", "indices", "many"),
    [
        (13, (13,), False),
        ("13", (13,), False),
        ("---------", (0,), False),
        (str(TABLE), (int(ternary.index_of(TABLE)),), False),
        ([13], (13,), True),
        ([TABLE], (int(ternary.index_of(TABLE)),), True),
        ("5-7", (5, 6, 7), True),
        ("5-6", (5, 6), True),
        ("5-5", (5,), False),
        ([13, "v=9", 13], (13, 0, 13), True),
    ],
)
def test_one_operation_or_many(value: Any, indices: tuple[int, ...], many: bool) -> None:
    assert validation.parse_operations_argument(value, "operation") == (indices, many)


@pytest.mark.parametrize("value", [None, True, 1.5, {"a": 1}])
def test_operations_of_a_wrong_type_are_rejected(value: Any) -> None:
    with pytest.raises(
        InputError, match=r"^start is .*; it must be an index, a text or a list of these, for example 13"
    ):
        validation.parse_operations_argument(value, "start")


@pytest.mark.parametrize("value", ["foo", "", [], [1.5], 19_683, -1, TABLE, pytest.param(HUGE, id="huge")])
def test_operations_that_do_not_exist_are_rejected(value: Any) -> None:
    with pytest.raises(OperationsError):
        validation.parse_operations_argument(value, "start")


def test_points() -> None:
    given = [[0, 0.5, -1e6], [1, 2, 3]]
    found = validation.points(given, 3, 2)
    assert found.dtype == np.float64
    assert found.tolist() == given


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0.1", "The points are '0.1'; they must be a list of lists of 2 numbers"),
        (None, "The points are empty"),
        ([], r"The points are \[\]"),
        (5, "The points are 5"),
        ([[0, 0]] * 4, "4 points were sent; at most 3 are decoded at once"),
        ([[0, 0], 0.5], "Point 2 is 0.5; each point must be a list of 2 numbers"),
        ([[0, 0], "ab"], "Point 2 is 'ab'"),
        ([[0, 0, 0]], "Point 1 has 3 numbers; each point has 2"),
        ([[]], "Point 1 has 0 numbers"),
        ([[0, math.nan]], "Number 2 of point 1 is NaN; it must be a finite number from -1,000,000 to 1,000,000"),
        ([[0, 0], [math.inf, 0]], "Number 1 of point 2 is Infinity"),
        ([[0, 1.1e6]], "Number 2 of point 1 is 1100000.0"),
        ([[0, "1"]], "Number 2 of point 1 is '1'"),
        ([[0, True]], "Number 2 of point 1 is true"),
        ([[0, None]], "Number 2 of point 1 is empty"),
        ([[0, [1]]], r"Number 2 of point 1 is \[1\]"),
        pytest.param([[0, HUGE]], "Number 2 of point 1 is a value that cannot be shown", id="huge"),
    ],
)
def test_wrong_points_are_rejected_with_their_position(value: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        validation.points(value, 2, 3)
