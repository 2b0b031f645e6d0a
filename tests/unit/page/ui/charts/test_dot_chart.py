"""Scatter charts of named dots: which dots have a name and where, marks, axes and the front."""

import json
import re
from html import unescape

import numpy as np
import pytest

from tvae.page.ui import texts
from tvae.page.ui.charts.dot_chart import LETTER, Legend, dots
from tvae.page.ui.charts.plotly_json import Axis, Dot, front_steps, span

ORIGIN = Dot(0.0, 0.0, "origin", filled=True, front=False)  # so that both axes begin at 0


def names(*rows: Dot, all_named: bool = False) -> dict[str, tuple[str, float, float]]:
    """Each drawn name with its side and place."""
    drawn = str(dots(rows, "words", "name", Axis("across"), Axis("up"), all_named=all_named))
    found = re.findall(r"<text([^>]*)>([^<]*)</text>", drawn)
    placed: dict[str, tuple[str, float, float]] = {}
    for options, name in found:
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', options))
        if name in {row.name for row in rows}:
            placed[name] = values.get("class", "start"), float(values["x"]), float(values["y"])
    return placed


def front(x: float, y: float, name: str) -> Dot:
    return Dot(x, y, name, filled=True, front=True)


def test_names_lie_towards_the_middle_and_below() -> None:
    placed = names(
        front(0.0, 1.0, "left"), front(1.0, 0.5, "right"), ORIGIN, Dot(0.5, 0.2, "behind", filled=True, front=False)
    )
    assert placed.keys() == {"left", "right"}
    assert [placed[name][0] for name in ("left", "right")] == ["start", "end"]
    assert placed["left"][2] == pytest.approx(22 + 13)


def test_of_two_names_that_would_meet_the_upper_lies_above_its_dot() -> None:
    for rows in (
        [front(0.9, 1.0, "the upper"), front(1.0, 0.96, "the lower")],
        [front(1.0, 0.96, "the lower"), front(0.9, 1.0, "the upper")],
    ):
        placed = names(*rows, ORIGIN)
        assert placed["the upper"][2] == pytest.approx(22 - 6)
        assert placed["the lower"][2] == pytest.approx(22 + 0.04 * 180 + 13)


def test_of_dots_that_nearly_coincide_the_first_is_named() -> None:
    assert names(front(0.9, 1.0, "first"), front(0.91, 0.99, "second"), front(0.2, 0.3, "far")).keys() == {
        "first",
        "far",
    }


def boxes(placed: dict[str, tuple[str, float, float]]) -> list[tuple[float, float, float, float]]:
    found = []
    for name, (side, x, y) in placed.items():
        begin = x - LETTER * len(name) if side == "end" else x
        found.append((begin, y - 9, begin + LETTER * len(name), y + 2))
    return found


def test_where_all_are_named_no_name_meets_another_or_covers_a_dot() -> None:
    random = np.random.default_rng(0)
    rows = [Dot(x, y, f"checkpoint {k}", filled=True, front=False) for k, (x, y) in enumerate(random.random((24, 2)))]
    placed = names(*rows, ORIGIN, all_named=True)
    assert 8 <= len(placed) < len(rows)  # where there is room
    found = boxes(placed)
    assert all(box[0] >= 0 and box[2] <= 320 for box in found)
    for k, (left, top, right, bottom) in enumerate(found):
        for other in found[:k]:
            assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
    drawn = str(dots([*rows, ORIGIN], "words", "name", Axis("across"), Axis("up"), all_named=True))
    marks = [tuple(map(float, pair)) for pair in re.findall(r'<circle[^>]* cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(marks) == len(rows) + 1
    for left, top, right, bottom in found:
        assert not any(left < x < right and top < y < bottom for x, y in marks)


def test_names_of_the_front_come_before_the_others() -> None:
    behind = [Dot(0.5, 0.48 + k / 1000, f"behind {k}", filled=True, front=False) for k in range(3)]
    placed = names(*behind, front(0.52, 0.5, "the best"), ORIGIN, all_named=True)
    assert "the best" in placed
    assert not {"behind 0", "behind 1", "behind 2"} & placed.keys()  # they nearly coincide with it


def test_disks_diamonds_outlines_and_their_legend() -> None:
    rows = [
        Dot(1.0, 1.0, "a", filled=True, front=True),
        Dot(0.5, 0.5, "b", filled=True, front=False, mark="diamond"),
        Dot(0.2, 0.2, "c", filled=False, front=False),
        Dot(0.1, 0.3, "d", filled=False, front=False, mark="diamond"),
    ]
    legend = [Legend("disk", True, "measured"), Legend("diamond", False, "claimed")]
    drawn = str(dots(rows, "words", "name", Axis("across"), Axis("up"), legend))
    for kind, name in (("circle", "a"), ("path", "b"), ("circle", "c"), ("path", "d")):
        assert re.search(rf"<{kind}[^>]*><title>{name}</title></{kind}>", drawn)
    assert [len(re.findall(f'class="{kind}"', drawn)) for kind in ("true", "true diamond", "ring", "ring diamond")] == [
        *(2, 1),
        *(1, 2),
    ]
    assert ">measured</text>" in drawn
    figure = json.loads(unescape(re.findall('data-figure="([^"]+)"', drawn)[0]))
    assert figure["data"][0]["marker"]["symbol"] == ["circle", "diamond", "circle-open", "diamond-open"]


def test_dots_that_are_not_ranked_are_faint_and_say_so() -> None:
    rows = [front(1.0, 1.0, "a"), Dot(2.0, 2.0, "b", filled=True, front=False, mark="diamond", faint=True)]
    drawn = unescape(str(dots(rows, "words", "name", Axis("across"), Axis("up"))))
    named = texts.DOT_UNRANKED.format(name="b")
    assert re.search(rf'<path class="true faint diamond"[^>]*><title>{named}</title>', drawn)
    assert f"<figcaption>words {texts.FAINT_DOTS}</figcaption>" in drawn
    assert f"{named}: 2, 2" in drawn  # to screen readers
    assert texts.FAINT_DOTS not in unescape(str(dots(rows[:1], "words", "name", Axis("across"), Axis("up"))))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.0, 2.0], 0.0, 2.0),
        ([0.9, 2.0], 0.0, 2.0),
        ([1.5, 2.0], 1.475, 2.025),
        ([-0.8, 0.2], -0.85, 0.25),
        ([1.0, 1.0], 0.95, 1.05),
        ([-2.0, -2.0], -2.1, -1.9),
        ([0.0, 0.0], 0.0, 1.0),
        ([], 0.0, 1.0),
    ],
)
def test_an_axis_begins_at_0_if_its_values_lie_near_it(values: list[float], low: float, high: float) -> None:
    assert span(values) == pytest.approx((low, high))


def test_the_front_where_low_is_good_on_both_axes() -> None:
    rows = [front(0.2, 0.5, "left"), front(0.4, 0.1, "low"), Dot(0.6, 0.6, "behind", filled=True, front=False)]
    assert front_steps(rows, low_x=True) == [(0.4, 0.1), (0.4, 0.5), (0.2, 0.5)]
    drawn = str(dots(rows, "words", "name", Axis("across", reversed=True), Axis("up", reversed=True)))
    (left, low, behind) = (
        tuple(map(float, pair)) for pair in re.findall(r'<circle[^>]* cx="([\d.]+)" cy="([\d.]+)"', drawn)
    )
    assert left[0] > low[0] > behind[0]  # the better, the further to the right
    assert low[1] < left[1] < behind[1]  # and up
    (line,) = re.findall(r'class="front" d="M([^"]*)"', drawn)
    assert [tuple(map(float, place.split(","))) for place in line.split()] == [low, (low[0], left[1]), left]


def test_a_negative_tick_has_a_true_minus() -> None:
    rows = [front(-0.8, 0.5, "one"), front(-0.2, 0.1, "other")]
    drawn = str(dots(rows, "words", "name", Axis("across"), Axis("up")))
    assert "\u22120.8</text>" in drawn
    assert "-0.8</text>" not in drawn
