"""Ticks and labels of axes: few, round, short, and never ambiguous."""

import math

import pytest

from tvae.page.ui.charts.axes import frame_of, log_ticks, significant, ticks, y_labels


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (-0.87, 0.04), (0.0, 5e-4), (500.0, 11_200.0), (2.1, 2.1001), (-3.0, 1e9)]
)
@pytest.mark.parametrize("most", [4, 5])
def test_ticks_are_few_round_and_inside(low: float, high: float, most: int) -> None:
    marks = ticks(low, high, most)
    assert 1 <= len(marks) <= most
    slack = (high - low) * 1e-6
    assert low - slack <= marks[0] <= marks[-1] <= high + slack
    if len(marks) > 1:
        step = marks[1] - marks[0]
        leading = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert leading == pytest.approx({1: 1, 2: 2, 5: 5}[round(leading)], rel=1e-3)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1, 0, [0.1, 0.2, 0.5, 1.0]),
        (-1, 1, [0.1, 1.0, 10.0]),
        (-4, 3, [1e-4, 1e-2, 1.0, 100.0]),
        (-8, 9, [1e-8, 1e-4, 1.0, 1e4, 1e8]),
    ],
)
def test_log_ticks_are_few_powers(low: int, high: int, expected: list[float]) -> None:
    assert log_ticks(low, high, 5) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.0, 3, "0"),
        (1.0, 1, "1"),
        (0.001, 1, "0.001"),
        (1e-4, 1, "10\u207b\u2074"),
        (2e-6, 1, "2\u00d710\u207b\u2076"),
        (9.99e-7, 2, "1.0\u00d710\u207b\u2076"),
        (-4.2e-6, 2, "\u22124.2\u00d710\u207b\u2076"),
        (0.0123, 3, "0.0123"),
        (1234.5, 3, "1,234"),
        (1e6, 1, "10\u2076"),
    ],
)
def test_significant_digits(value: float, digits: int, shown: str) -> None:
    assert significant(value, digits) == shown


@pytest.mark.parametrize("largest", [4.2e-9, 4e-6, 3e-4, 0.0137, 0.9, 9.0, 17.3, 19_683.0, 8e6, 1.5e9])
@pytest.mark.parametrize("least", [0.0, -0.5, 0.99])
def test_labels_are_short_and_differ(largest: float, least: float) -> None:
    frame = frame_of((0.0, 10.0), (largest * least, largest), (), may_be_log=False)
    labels = [label for _, label in y_labels(frame, 3)]
    assert len(set(labels)) == len(labels) >= 2
    assert all(len(label) <= 7 for label in labels)  # the space for them has 46 units, a digit 6.7


def test_the_scale_of_a_log_axis_seldom_changes() -> None:
    frames = {frame_of((0.0, 10.0), (50.0, last), (), may_be_log=True).y for last in (4.9, 3.0, 2.0, 1.1)}
    assert len(frames) == 1
