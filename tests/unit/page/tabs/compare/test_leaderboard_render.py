"""The table and the chart of all checkpoints, as HTML: numbers, claims, headings that sort, and the front."""

import json
import re
from html import unescape
from typing import Any

import pytest
from app_fixtures import BUNDLED, RICH, evaluated_here

from tvae.analysis.comparison.rules import DIGITS
from tvae.analysis.tree_measures import tree_measures
from tvae.page.tabs.compare.leaderboard import render
from tvae.page.ui import texts
from tvae.reports import leaderboard

Document = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Document]:
    evaluated = evaluated_here(RICH)
    measured = leaderboard.measured_row(evaluated, tree_measures.evaluate(evaluated.embedding))
    return leaderboard.leaderboard([measured])


def row_of(html: str, name: str) -> str:
    (found,) = re.findall(rf'<tr data-row="{re.escape(name)}">(.*?)</tr>', html)
    assert isinstance(found, str)
    return found


def cells(html: str, name: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", row_of(html, name))


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html).strip()


class TestTable:
    def test_a_row_for_each_with_the_chosen_columns(self, rows: list[Document]) -> None:
        html = render.board(rows, {}, "A", ["overlaps", "richness"])
        assert re.findall(r'data-row="([^"]+)"', html) == [row["checkpoint"] for row in rows]
        assert re.findall(r'data-sort="(\w+)"', html) == ["checkpoint", "status", "source", "overlaps", "richness"]
        found = next(row for row in rows if row["checkpoint"] == BUNDLED)
        assert cells(html, BUNDLED) == ["good", "bundled", "0", f"{found['a']['richness']:.5f}"]
        assert f'data-gain="{leaderboard.gain(found, "A", "richness")}"' in row_of(html, BUNDLED)  # nine digits
        b = cells(render.board(rows, {}, "B", ["richness"]), BUNDLED)
        assert b[-1] == f"{found['b']['richness']:.5f}"

    def test_digits_are_those_of_the_measure_but_for_two_that_are_shorter(self, rows: list[Document]) -> None:
        found = dict(zip(DIGITS, cells(render.board(rows, {}, "A", list(DIGITS)), BUNDLED)[2:], strict=True))
        shown = {name: len(words(text).partition(".")[2]) for name, text in found.items() if text != "\u2013"}
        assert {name: digits for name, digits in shown.items() if digits != DIGITS[name]} == {
            "hierarchy": 4,
            "richness": 5,
        }

    def test_a_claim_stands_below_what_was_measured(self, rows: list[Document]) -> None:
        html = render.board(rows, {}, "A", ["hierarchy", "richness", "q"])
        measured = evaluated_here(RICH).metrics.a
        hierarchy, richness, q = cells(html, RICH)[-3:]
        assert words(richness).split() == [f"{measured.richness:.5f}", "claimed", "0.00787"]
        assert words(hierarchy).split()[-2:] == ["claimed", "\u22120.8321"]
        assert "claim" not in q

    def test_a_claim_alone_is_no_measured_value(self, rows: list[Document]) -> None:
        html = render.board(rows, {}, "A", ["richness"])
        row = row_of(html, "v5_11_homeostasis/best.pt")
        assert 'data-claim="0.00136"' in row
        assert "data-gain" not in row
        assert words(cells(html, "v5_11_homeostasis/best.pt")[-1]) == "claimed 0.00136"
        assert cells(html, "v5_11/best.pt")[-1] == "\u2013"

    def test_a_heading_says_which_end_comes_first(self) -> None:
        html = render.board([], {}, "A", list(render.MEASURES))
        best = dict(re.findall(r'data-sort="(\w+)" data-best="(\w+)"', html))
        low = {name for name in render.MEASURES if best[name] == "low"}
        assert low == {"hierarchy", "overlaps", "average_distortion", "worst_distortion", "relative_hyperbolicity"}
        assert set(render.USUAL) < set(render.MEASURES) == set(render.labels())

    def test_values_are_sorted_by_how_good_they_are(self, rows: list[Document]) -> None:
        html = render.board(rows, {}, "A", ["richness", "hierarchy"])
        assert re.findall(r'data-gain="([^"]+)"', row_of(html, "isometric"))[0] == "-inf"  # its levels overlap
        (tied,) = (row for row in rows if row["checkpoint"] == "tree")
        tied = tied | {"a": tied["a"] | {"hierarchy": -0.85}}
        beyond, at_limit = (
            float(re.findall(r'data-gain="([^"]+)"', row_of(render.board([row], {}, "A", ["hierarchy"]), "tree"))[0])
            for row in (tied, next(row for row in rows if row["checkpoint"] == "tree"))
        )
        assert beyond < at_limit

    def test_buttons_open_and_compare_by_name_and_say_so(self, rows: list[Document]) -> None:
        row = row_of(render.board(rows, {}, "A", []), BUNDLED)
        assert f'data-open="{BUNDLED}" title="{texts.BOARD_OPEN.format(name=BUNDLED)}"' in row
        assert f'data-compare="{BUNDLED}" aria-label="{texts.BOARD_COMPARE.format(name=BUNDLED)}"' in row

    def test_a_title_never_becomes_markup(self, rows: list[Document]) -> None:
        own = rows[0] | {"checkpoint": "mine/x", "source": "upload"}
        title = '<b onclick="x">'
        made = render.board([own], {"mine/x": title}, "A", []) + render.chart([own], {"mine/x": title}, "q", "map_27")
        assert "<b " not in made
        assert "&lt;b onclick=" in made
        assert texts.table("BOARD_SOURCES")["upload"] in made


def figure(html: str) -> Document:
    found: Document = json.loads(unescape(re.findall('data-figure="([^"]+)"', html)[0]))
    return found


class TestChart:
    @pytest.mark.parametrize(("x", "y"), [("richness", "map_27"), ("hierarchy", "average_distortion")])
    def test_a_dot_for_each_encoder_with_both_measures_and_the_front(
        self, rows: list[Document], x: str, y: str
    ) -> None:
        expected = {f"{one.row['checkpoint']} {one.encoder}": one for one in leaderboard.pairs(rows, x, y)}
        drawn, line = figure(render.chart(rows, {}, x, y))["data"]
        filled = {
            name: (a, b)
            for name, a, b, symbol in zip(
                drawn["hovertext"], drawn["x"], drawn["y"], drawn["marker"]["symbol"], strict=True
            )
            if not symbol.endswith("-open")
        }
        assert filled == {
            (name if one.counts else texts.DOT_UNRANKED.format(name=name)): (one.x, one.y)
            for name, one in expected.items()
        }
        best = {name for name, one in expected.items() if one.front}
        assert {name for name in drawn["text"] if name} == best
        assert set(zip(line["x"], line["y"], strict=True)) >= {filled[name] for name in best}

    def test_richness_with_overlapping_levels_is_faint_and_explained(self, rows: list[Document]) -> None:
        html = render.chart(rows, {}, "richness", "average_distortion")
        drawn = figure(html)["data"][0]
        faint = {name for name, seen in zip(drawn["hovertext"], drawn["marker"]["opacity"], strict=True) if seen < 1}
        pairs = leaderboard.pairs(rows, "richness", "average_distortion")
        unranked = {f"{one.row['checkpoint']} {one.encoder}" for one in pairs if not one.counts}
        assert faint == {texts.DOT_UNRANKED.format(name=name) for name in unranked}
        assert {"isometric A", "isometric B"} <= unranked
        assert texts.FAINT_DOTS in unescape(html)
        assert texts.FAINT_DOTS not in unescape(render.chart(rows, {}, "q", "average_distortion"))

    def test_a_claimed_pair_is_an_outline_once_and_not_of_the_front(self, rows: list[Document]) -> None:
        drawn = figure(render.chart(rows, {}, "richness", "hierarchy"))["data"][0]
        claimed = {
            name: (a, b, symbol)
            for name, a, b, symbol in zip(
                drawn["hovertext"], drawn["x"], drawn["y"], drawn["marker"]["symbol"], strict=True
            )
            if symbol.endswith("-open")
        }
        assert claimed == {
            f"{RICH}, claimed": (0.00787, -0.8321, "circle-open"),
            "v5_11_homeostasis/best.pt, claimed": (0.00136, -0.82, "circle-open"),
            "v5_11_structural/best.pt, claimed": (0.00304, -0.4, "circle-open"),
        }
        assert not any("claimed" in name for name in drawn["text"])
        twice = figure(render.chart(rows, {}, "coverage", "hierarchy"))["data"][0]["hovertext"]
        assert twice.count(f"{RICH}, claimed") == 1  # the same for both encoders

    def test_low_is_good_is_said_and_turned(self, rows: list[Document]) -> None:
        html = render.chart(rows, {}, "average_distortion", "q")
        assert "average distortion, lower is better" in html
        assert figure(html)["layout"]["xaxis"]["autorange"] == "reversed"
        for words_ in texts.table("BOARD_LEGEND").values():
            assert f">{words_}</text>" in html

    def test_nothing_to_draw_is_said(self, rows: list[Document]) -> None:
        none = [row for row in rows if row["checkpoint"] == "v5_11/best.pt"]
        assert texts.BOARD_NO_DOTS in render.chart(none, {}, "q", "richness")
