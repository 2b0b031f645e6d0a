"""Names in small charts: which dots have one, and where."""

import re

import pytest

from tvae.page.ui.charts.plotly_json import Axis, Dot
from tvae.page.ui.charts.small_charts import dots


def names(*rows: Dot) -> dict[str, tuple[str, float, float]]:
    """Each drawn name with its side and place, of the picture that is saved with the rows."""
    drawn = str(dots(rows, "words", Axis("across"), Axis("up")))
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
    placed = names(front(0.0, 1.0, "left"), front(1.0, 0.5, "right"), Dot(0.5, 0.2, "behind", filled=True, front=False))
    assert placed.keys() == {"left", "right"}
    assert [placed[name][0] for name in ("left", "right")] == ["start", "end"]
    assert placed["left"][2] == pytest.approx(22 + 13)


def test_of_two_names_that_would_meet_the_upper_lies_above_its_dot() -> None:
    for rows in (
        [front(0.9, 1.0, "the upper"), front(1.0, 0.96, "the lower")],
        [front(1.0, 0.96, "the lower"), front(0.9, 1.0, "the upper")],
    ):
        placed = names(*rows)
        assert placed["the upper"][2] == pytest.approx(22 - 6)
        assert placed["the lower"][2] == pytest.approx(22 + 0.04 * 180 + 13)


def test_of_dots_that_nearly_coincide_the_first_is_named() -> None:
    assert names(front(0.9, 1.0, "first"), front(0.91, 0.99, "second"), front(0.2, 0.3, "far")).keys() == {
        "first",
        "far",
    }
