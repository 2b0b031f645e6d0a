"""Line charts as SVG: what is drawn where, what is said in words, and what text can do to it."""

import math
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tvae.page.ui.charts.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from tvae.page.ui.charts.line_chart import BINS, LINE_HEIGHT, Chart, Line, chart, charts, in_words, plotly

PLAIN = Chart(
    "q",
    "Q",
    "rank correlation",
    (500.0, 1000.0, 1500.0),
    (Line("A", (0.0, 2.0, 1.0)), Line("B", (1.0, 1.0, 1.0))),
)


def parsed(drawn: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(chart(drawn))


def found(drawn: Chart, tag: str, kind: str) -> list[ElementTree.Element]:
    return [element for element in parsed(drawn).iter(tag) if (element.get("class") or "").split()[:1] == [kind]]


def points(path: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d") or "")
    return [(float(x), float(y)) for x, y in pairs]


def test_a_line_goes_through_its_values() -> None:
    first, second = found(PLAIN, "path", "line")
    (x0, low), (x1, high), (x2, middle) = points(first)
    assert (x0, x2) == (LEFT, WIDTH - RIGHT)
    assert x1 == pytest.approx((x0 + x2) / 2)
    assert TOP < high < middle < low < HEIGHT - BOTTOM
    assert middle == pytest.approx((low + high) / 2, abs=0.06)
    assert {y for _, y in points(second)} == {middle}
    assert [line.get("class") for line in (first, second)] == ["line c0", "line c1"]


def test_last_values_stand_at_the_ends_and_apart() -> None:
    labels = found(PLAIN, "text", "last")
    assert {label.text for label in labels} == {"A 1.000", "B 1.000"}
    heights = sorted(float(label.get("y") or 0) for label in labels)
    assert heights[1] - heights[0] >= LINE_HEIGHT
    many = replace(PLAIN, lines=tuple(Line(name, (0.0, 0.0, 0.0)) for name in "ABCDE"))
    heights = sorted(float(label.get("y") or 0) for label in found(many, "text", "last"))
    assert all(b - a >= LINE_HEIGHT - 0.1 for a, b in pairwise(heights))
    assert heights[0] > TOP
    assert heights[-1] <= HEIGHT - BOTTOM + 2  # above the values of the x axis, which begin there


def test_a_long_last_value_has_room() -> None:
    long = replace(PLAIN, lines=(Line("exact", (1.0, 0.0, 5.08e-5)), Line("trits", (1.0, 0.4, 0.334))))
    labels = found(long, "text", "last")
    assert {label.text for label in labels} == {"exact 5.1\u00d710\u207b\u2075", "trits 0.334"}
    for label in labels:
        assert float(label.get("x") or 0) + 7.5 * len(label.text or "") <= WIDTH
    for line in found(long, "path", "line"):
        assert points(line)[-1][0] == pytest.approx(float(labels[0].get("x") or 0) - 6, abs=0.11)


def test_the_axes_have_labels_and_round_values() -> None:
    words = [element.text for element in parsed(PLAIN).iter("text")]
    assert {"step", "rank correlation", "0.0", "0.5", "2.0", "500", "1,000", "1,500"} <= set(words)


def test_a_label_of_the_caption_is_not_written_twice() -> None:
    words = [element.text for element in parsed(replace(PLAIN, title="Rank correlation")).iter("text")]
    assert "rank correlation" not in words


def test_limit_and_reach_are_in_view_and_marks_inside() -> None:
    drawn = replace(PLAIN, limit=3.0, reach=(-1.0,), marks=(0.0, 700.0, 1500.0))
    (limit,) = found(drawn, "path", "limit")
    assert (limit.get("d") or "").startswith(f"M{LEFT} ")
    height = float((limit.get("d") or "").split()[1].split("H")[0])
    assert TOP < height < min(y for _, y in points(found(drawn, "path", "line")[0]))
    assert len(found(drawn, "path", "mark")) == 1
    assert "\u22121" in [element.text for element in parsed(drawn).iter("text")]


def test_gaps_and_single_points() -> None:
    drawn = replace(PLAIN, lines=(Line("", (1.0, None, 2.0)),))
    (path,) = found(drawn, "path", "line")
    assert (path.get("d") or "").count("M") == (path.get("d") or "").count("h0") == 2
    single = Chart("one", "One", "y", (5.0,), (Line("", (1.0,)),))
    assert len(found(single, "circle", "dot")) == 1
    assert in_words(single) == "Y by step. It: 1.000 from 5 to 5."


def test_without_a_value_it_says_so() -> None:
    drawn = replace(PLAIN, lines=(Line("A", (None, None, None)),))
    assert "No measurements yet." in chart(drawn)
    assert "<svg" not in chart(drawn)
    half = replace(PLAIN, lines=(*PLAIN.lines, Line("C", (None, None, None))))
    assert len(found(half, "path", "line")) == 2
    assert "C has no values." in in_words(half)


WAITING = Chart("w", "Wait", "share", (), (Line("A", ()),), x_reach=(0.0, 5_800.0), waiting="Waiting for numbers")


def test_an_empty_chart_that_waits_has_axes_and_says_so() -> None:
    words = [element.text for element in parsed(WAITING).iter("text")]
    assert words == ["share", "0", "2,000", "4,000", "step", "Waiting for numbers"]
    assert found(WAITING, "path", "grid")
    assert found(WAITING, "path", "line") == []
    assert 'class="save"' not in chart(WAITING)  # there is nothing to save
    known = replace(WAITING, reach=(0.0, 1.0))
    assert {"0.0", "0.5", "1.0"} <= {element.text for element in parsed(known).iter("text")}
    named = {element.get("id"): element.text for element in parsed(known).iter("desc")}
    assert named == {"curve-w-words": "Waiting for numbers"}


def test_the_x_axis_has_room_for_the_whole_run() -> None:
    drawn = replace(PLAIN, x_reach=(0.0, 3000.0), marks=(2000.0,))
    (x0, _), *_, (x1, _) = points(found(drawn, "path", "line")[0])
    width = WIDTH - RIGHT - LEFT
    assert (x0, x1) == (pytest.approx(LEFT + width / 6, abs=0.1), pytest.approx(LEFT + width / 2, abs=0.1))
    (mark,) = found(drawn, "path", "mark")
    assert float((mark.get("d") or "")[1:].split()[0]) == pytest.approx(LEFT + width * 2 / 3, abs=0.1)
    first = replace(drawn, x=(0.0,), lines=(Line("A", (1.0,)),))  # the axis is there from step 0
    assert "3,000" in [element.text for element in parsed(first).iter("text")]


def test_the_y_axis_stays_while_small_values_arrive() -> None:
    """Values that are small compared with `reach` do not change the axis."""
    drawn = replace(PLAIN, reach=(0.0, 1e-3))
    axes = []
    for last in (1e-6, 4e-6, 1e-4):
        chart_of = replace(drawn, lines=(Line("A", (1e-6, 2e-6, last)),))
        axes.append([element.text for element in found(chart_of, "text", "end")])
    assert axes[0] == axes[1] == axes[2]
    assert axes[0] == ["0.0000", "0.0005", "0.0010"]
    assert all(len(label or "") <= 6 for label in axes[0])


def test_small_values_have_a_factor_in_the_title_of_the_axis() -> None:
    drawn = replace(PLAIN, y_label="variance", digits=4, lines=(Line("A", (0.0, 2e-6, 4.2e-6)),))
    words = [element.text for element in parsed(drawn).iter("text")]
    assert {"variance (\u00d7 10\u207b\u2076)", "0", "1", "2", "3", "4", "A 4.20"} <= set(words)
    assert in_words(drawn).startswith("Variance (\u00d7 10\u207b\u2076) by step. A: from 0.00 at 500 to 4.20 at 1,500;")
    assert plotly(drawn)["data"][0]["y"] == [0.0, 2e-6, 4.2e-6]


def test_a_value_that_its_decimals_would_hide_is_shown() -> None:
    drawn = replace(PLAIN, digits=4, reach=(0.0, 1.0), lines=(Line("A", (0.0, 0.0, 2.7e-7)),))
    assert [element.text for element in found(drawn, "text", "last")] == ["A 2.7\u00d710\u207b\u2077"]


def test_a_loss_over_decades_has_a_log_scale_that_is_named() -> None:
    drawn = replace(PLAIN, y_label="sum", may_be_log=True, reach=(0.0,), lines=(Line("", (500.0, 5.0, 0.5)),))
    words = [element.text for element in parsed(drawn).iter("text")]
    assert {"sum, log scale", "0.1", "1", "10", "100", "1,000", "0.500"} <= set(words)
    (x0, high), (_, middle), (x2, low) = points(found(drawn, "path", "line")[0])
    assert (x0, x2) == (LEFT, WIDTH - RIGHT)
    assert (middle - high) / (low - middle) == pytest.approx(2, abs=0.02)
    assert plotly(drawn)["layout"]["yaxis"]["type"] == "log"
    assert in_words(drawn).startswith("Sum, log scale by step. It: from 500 at 500 to 0.500 at 1,500;")


@pytest.mark.parametrize("values", [(9.0, 5.0, 1.0), (500.0, 5.0, 0.0), (500.0, 5.0, -1.0)])
def test_a_loss_within_a_decade_or_not_positive_has_a_linear_scale(values: tuple[float, ...]) -> None:
    drawn = replace(PLAIN, may_be_log=True, reach=(0.0,), lines=(Line("", values),))
    assert not [element for element in parsed(drawn).iter("text") if "log" in (element.text or "")]
    assert "type" not in plotly(drawn)["layout"]["yaxis"]


def test_in_words() -> None:
    drawn = replace(PLAIN, limit=2.5, marks=(700.0,))
    assert in_words(drawn) == (
        "Rank correlation by step. A: from 0.000 at 500 to 1.000 at 1,500; minimum 0.000 at 500, maximum 2.000 at "
        "1,000. B: 1.000 from 500 to 1,500. Marked: 700. Limit 2.500."
    )
    svg = next(parsed(drawn).iter("svg"))
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert named[svg.get("aria-labelledby")] == "Q"
    assert named[svg.get("aria-describedby")] == in_words(drawn)
    assert svg.get("role") == "img"


def test_a_long_line_is_thinned_and_no_spike_is_lost() -> None:
    count = 20_000
    values = [math.sin(i / 2000) for i in range(count)]
    values[12_345] = 9.0
    drawn = Chart("long", "Long", "y", tuple(float(i) for i in range(count)), (Line("", tuple(values)),))
    (path,) = found(drawn, "path", "line")
    places = points(path)
    assert len(places) <= 2 * BINS + 2
    top = min(y for _, y in places)
    assert top == pytest.approx(TOP + (HEIGHT - TOP - BOTTOM) * 0.05 / 1.1, abs=0.2)
    assert places[0][0] == LEFT
    assert places[-1][0] == WIDTH - RIGHT
    assert places == sorted(places, key=lambda place: place[0])
    assert len(chart(drawn).partition('<span class="save">')[0]) < 8_000
    assert len(chart(drawn)) < 20_000


def test_flat_values_have_an_axis() -> None:
    for value in (0.0, 1.0, -7.0):
        (path,) = found(Chart("f", "F", "y", (1.0, 2.0), (Line("", (value, value)),)), "path", "line")
        assert [y for _, y in points(path)] == pytest.approx([(TOP + HEIGHT - BOTTOM) / 2] * 2)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1e15, math.nextafter(1e15, 2e15)),
        (-1e15, 1e15),
        (0.0, 5e-324),
        (1e-310, 2e-310),
        (1.0, 1 + 1e-12),
        (1.0, 1 + 1e-8),
    ],
)
def test_values_that_a_float_hardly_tells_apart_have_an_axis(low: float, high: float) -> None:
    (path,) = found(Chart("q", "Q", "q", (1.0, 2.0), (Line("", (low, high)),)), "path", "line")
    assert [x for x, _ in points(path)] == [LEFT, WIDTH - RIGHT]
    assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in points(path))


def test_a_short_run_has_steps_of_its_own() -> None:
    words = [element.text for element in parsed(replace(PLAIN, x=(1.0, 2.0, 3.0))).iter("text")]
    assert [word for word in words if word in ("1", "2", "3")] == ["1", "2", "3"]


def test_text_never_becomes_markup() -> None:
    evil = '<b onclick="x">'
    drawn = Chart(evil, evil, evil, (1.0, 2.0), (Line(evil, (1.0, 2.0)),), x_label=evil)
    made = charts([drawn])
    assert "<b " not in made
    ElementTree.fromstring(made)


def test_places_and_values_have_the_digits_that_tell_them_apart() -> None:
    noise = Chart(
        "n", "Noise", "operations", (0.0, 0.25, 3.0), (Line("", (19_683.0, 5_000.0, 7_000.0)),), digits=0,
        x_label="standard deviations", x_digits=2,
    )  # fmt: skip
    assert in_words(noise) == (
        "Operations by standard deviations. It: from 19,683 at 0.00 to 7,000 at 3.00; minimum 5,000 at 0.25, maximum "
        "19,683 at 0.00."
    )
    words = [element.text for element in parsed(noise).iter("text")]
    assert {"standard deviations", "0", "1", "2", "3", "7,000", "20,000"} <= set(words)
