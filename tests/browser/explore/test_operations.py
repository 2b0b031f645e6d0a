"""Selecting operations in the browser: text, plot, lasso, truth table, chips, encoder, measure, exports."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from app_fixtures import OPENING, RICH, OpenExplorer, digest, evaluated_here
from explorer import Explorer
from playwright.sync_api import expect

from tvae.analysis import neighbours
from tvae.operations import ternary
from tvae.operations.atlas.codes import code_of
from tvae.operations.parsing import parse_operations
from tvae.page.ui import texts
from tvae.page.ui.html import number
from tvae.reports import checkpoints

pytestmark = pytest.mark.browser

MIN = 15_633


@pytest.fixture
def opened(explorer: OpenExplorer) -> Explorer:
    return explorer()


def nearest(index: int, encoder: str, k: int = 5, name: str = OPENING) -> list[str]:
    embedding = evaluated_here(name).embedding
    indices, _ = neighbours.nearest(embedding.b if encoder == "B" else embedding.a, np.array([index]), k)
    return [str(i) for i in indices[0]]


class TestText:
    def test_every_accepted_form(self, opened: Explorer) -> None:
        opened.type("min 13, 5-7 v=8; +-0+-0+-0 [1,-1,0,1,-1,0,1,-1,0]")
        table = int(ternary.index_of([1, -1, 0] * 3))
        opened.chosen(MIN, 13, 5, 6, 7, 6_561, 13_122, table)
        opened.current(MIN)
        row = opened.rows.first.locator("td")
        embedding = evaluated_here(OPENING).embedding
        expected = [
            str(MIN),
            "".join("\u22120+"[trit + 1] for trit in ternary.ALL_TRITS[MIN]),
            "min",
            "4",
            *(number(float(side.norm[MIN]), 6) for side in (embedding.a, embedding.b) if side.norm is not None),
            *(number(float(side.radius[MIN]), 6) for side in (embedding.a, embedding.b)),
            "exact",
        ]
        expect(row).to_have_count(11)
        assert [row.nth(k).inner_text().replace("\n", "") for k in range(9)] == expected

    def test_the_button_and_the_examples(self, opened: Explorer) -> None:
        opened.text.fill("0-26")
        opened.page.get_by_role("button", name="Show").click()
        opened.chosen(*range(27))
        for example in texts.row("EXAMPLES")[:3]:
            opened.page.get_by_role("button", name=example, exact=True).click()
            expect(opened.text).to_have_value(example)
            opened.chosen(*parse_operations(example))

    def test_a_wrong_part_is_marked_and_the_others_are_selected(self, opened: Explorer) -> None:
        marks = opened.problem.locator(".typed mark")
        opened.type("0, min, foo, 20000 v >= 9")
        opened.chosen(0, MIN)
        expect(marks).to_have_text(["foo", "20000"])
        expect(opened.problem.locator(".typed")).to_have_text("0, min, foo, 20000 v >= 9")
        expect(opened.problem.locator("li").last).to_have_text("20000: an index is between 0 and 19682.")
        expect(opened.text).to_have_value("0, min, foo, 20000 v >= 9")
        box, said = opened.text.bounding_box(), opened.problem.bounding_box()
        assert box
        assert said
        assert box["y"] + box["height"] <= said["y"] < box["y"] + box["height"] + 40  # right below
        opened.type("1,000 13")
        opened.chosen(13)
        expect(marks).to_have_text(["1,000"])
        opened.type("-1,0,1,-1,0,1,-1,0,1")
        expect(opened.problem).to_contain_text("nine indices or one truth table")
        opened.nothing_chosen()
        opened.type("min, 13")
        expect(opened.problem).to_be_hidden()
        opened.chosen(MIN, 13)

    def test_a_wrong_part_stays_marked_in_a_link_and_with_another_checkpoint(self, explorer: OpenExplorer) -> None:
        opened = explorer("?operations=min,%20foo,%2013")
        opened.chosen(MIN, 13)
        expect(opened.problem.locator(".typed mark")).to_have_text(["foo"])
        opened.choose(RICH)
        opened.answered(RICH)
        opened.chosen(MIN, 13)
        expect(opened.problem.locator(".typed mark")).to_have_text(["foo"])
        expect(opened.text).to_have_value("min, foo, 13")
        opened.page.wait_for_url("**operations=min%2C+foo%2C+13*")
        with opened.page.expect_download() as download:
            opened.results.get_by_role("button", name="Export JSON").click()
        rows = json.loads(Path(download.value.path()).read_text())["operations"]
        assert [row["index"] for row in rows] == [MIN, 13]

    @pytest.mark.parametrize("width", [1440, 375])
    def test_a_long_text_takes_three_lines_and_says_how_much_it_names(self, explorer: OpenExplorer, width: int) -> None:
        opened = explorer(width=width)
        line = opened.text.evaluate("box => parseFloat(getComputedStyle(box).lineHeight)")
        some = list(range(0, ternary.N, 5))
        opened.type(", ".join(map(str, some)))
        opened.wait(f".selected.length === {len(some)}")
        expect(opened.page.locator("#problem")).to_have_text(texts.LONG_TEXT.format(count=len(some)))
        padding = opened.text.evaluate(
            "box => parseFloat(getComputedStyle(box).paddingTop) + parseFloat(getComputedStyle(box).paddingBottom)"
        )
        height = opened.text.evaluate("box => box.clientHeight")
        assert 2.5 * line < height - padding <= 3 * line + 2
        assert parse_operations(opened.text.input_value()) == tuple(some)
        opened.type("min")
        opened.chosen(MIN)
        expect(opened.page.locator("#problem")).to_be_hidden()

    def test_all_operations_at_once(self, opened: Explorer) -> None:
        opened.type("all")
        expect(opened.results).to_contain_text("19,683 selected. Only the first 100 are shown;")
        expect(opened.rows).to_have_count(100)
        opened.wait(f".selected.length === {ternary.N}")


class TestPlot:
    def test_clicks_select_add_and_remove(self, opened: Explorer) -> None:
        opened.click_point(0)
        opened.chosen(0)
        opened.current(0)
        expect(opened.text).to_have_value("0")
        opened.click_point(6_561, "Control")
        opened.chosen(0, 6_561)
        opened.current(6_561)
        expect(opened.text).to_have_value("0, 6561")
        opened.click_point(0, "Control")
        opened.chosen(6_561)
        x, y = opened.get("screen(0)")
        opened.page.mouse.click(x, y - 150)
        opened.nothing_chosen()
        expect(opened.text).to_have_value("")

    def test_a_lasso_selects_what_it_encloses(self, opened: Explorer) -> None:
        members = np.flatnonzero(ternary.VALUATIONS >= 7).tolist()
        outside = np.flatnonzero(ternary.VALUATIONS == 6).tolist()
        across = f"ids => ids.map(i => {opened.handle}.screen(i))"
        inner, outer = (np.array(opened.page.evaluate(across, ids)) for ids in (members, outside))
        left = (inner[:, 0].min() + outer[:, 0].max()) / 2
        top, right, bottom = inner[:, 1].min() - 40, inner[:, 0].max() + 10, inner[:, 1].max() + 8
        opened.page.mouse.move(left, top)
        opened.page.mouse.down()
        for corner in ((right, top), (right, bottom), (left, bottom)):
            opened.page.mouse.move(*corner, steps=5)
        opened.page.mouse.up()
        opened.chosen(*members)
        expect(opened.text).to_have_value("v=7-9")

    def test_encoder_and_measure(self, opened: Explorer) -> None:
        opened.type("13")
        opened.chosen(13)
        chips = opened.facts.locator(".chip")
        expect(chips).to_have_text(nearest(13, "B"))
        before = opened.get("screen(13)")
        opened.page.get_by_label("A", exact=True).check()
        opened.wait(".encoder === 'A'")
        expect(chips).to_have_text(nearest(13, "A"))
        expect(opened.rows.first.locator("td").last.locator(".chip")).to_have_text(nearest(13, "A", 3))
        assert opened.get("screen(13)") != before
        opened.page.get_by_label("norm", exact=True).check()
        opened.wait(".measure === 'norm'")
        label = opened.page.get_by_role("application").get_attribute("aria-label") or ""
        assert "Euclidean norm, encoder A" in label
        opened.chosen(13)


class TestTruthTable:
    def test_by_mouse(self, opened: Explorer) -> None:
        opened.type("min, max")
        opened.chosen(MIN, 19_569)
        opened.trits.nth(0).click()
        opened.current(MIN + 1)
        opened.chosen(MIN + 1, 19_569)
        expect(opened.text).to_have_value(f"{MIN + 1}, 19569")
        opened.trits.nth(0).click()
        opened.current(MIN + 2)
        opened.trits.nth(0).click()
        opened.current(MIN)
        expect(opened.facts).to_contain_text("min")

    def test_by_keyboard_with_stable_focus(self, opened: Explorer) -> None:
        opened.trits.nth(2).focus()
        opened.page.keyboard.press("+")
        opened.current(MIN + 18)
        expect(opened.trits.nth(2)).to_be_focused()
        expect(opened.trits.nth(2)).to_have_accessible_name("f(\u2212, +) = +, change")
        opened.page.keyboard.press("Tab")
        expect(opened.trits.nth(3)).to_be_focused()
        opened.page.keyboard.press("0")
        opened.current(MIN + 18 + 27)
        expect(opened.trits.nth(3)).to_be_focused()
        opened.page.keyboard.press("Enter")
        opened.current(MIN + 18 + 54)
        expect(opened.trits.nth(3)).to_be_focused()
        opened.page.keyboard.press("-")
        opened.current(MIN + 18)
        opened.chosen(MIN + 18)
        expect(opened.text).to_have_value(str(MIN + 18))

    def test_quick_typing_is_not_lost(self, opened: Explorer) -> None:
        for k in range(9):
            opened.trits.nth(k).press("+")
        opened.current(ternary.N - 1)
        opened.chosen(ternary.N - 1)

    def test_a_wrong_reconstruction_is_marked(self, explorer: OpenExplorer) -> None:
        opened = explorer(f"?checkpoint={RICH}&operations=min")
        opened.current(MIN)
        decoded = evaluated_here(RICH).embedding.reconstruction[MIN]
        wrong = [k for k in range(9) if decoded[k] != ternary.ALL_TRITS[MIN][k]]
        assert wrong
        tiles = opened.truth.locator("table.decoded .trit")
        expect(tiles).to_have_text(["\u22120+"[trit + 1] for trit in decoded])
        expect(opened.truth.locator(".trit.wrong")).to_have_count(len(wrong))
        right = ["\u22120+"[ternary.ALL_TRITS[MIN][k] + 1] for k in wrong]
        expect(opened.truth.locator(".should")).to_have_text(right)
        expect(opened.facts).to_contain_text("not reconstructed")

    def test_a_row_is_shown_and_its_nearest_are_selected(self, opened: Explorer) -> None:
        opened.type("min, max, 13")
        opened.chosen(MIN, 19_569, 13)
        opened.results.get_by_role("button", name="13", exact=True).click()
        opened.current(13)
        opened.chosen(MIN, 19_569, 13)
        first, second = nearest(13, "B", 2)
        opened.facts.get_by_role("button", name=first, exact=True).click(modifiers=["Control"])
        opened.chosen(MIN, 19_569, 13, int(first))
        opened.current(int(first))
        opened.rows.nth(2).get_by_role("button", name=second, exact=True).click()
        opened.chosen(int(second))
        opened.current(int(second))


class TestExports:
    def export(self, opened: Explorer, kind: str) -> str:
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name=f"Export {kind.upper()}").click()
        name = f"{OPENING}-operations-{digest(OPENING)}.{kind}"
        assert download.value.suggested_filename == name
        expect(opened.results.get_by_role("status")).to_have_text(f"Saved {name}")
        return download.value.path().read_text(encoding="utf-8")

    def test_csv_and_json_have_every_selected_operation(self, opened: Explorer) -> None:
        opened.type("min, 0-149")
        expect(opened.results).to_contain_text("151 selected")
        expected = checkpoints.encoding(evaluated_here(OPENING), "min, 0-149", False, None)
        document = json.loads(self.export(opened, "json"))
        near = [row.pop("nearest_b") for row in document["operations"]]
        assert [row.pop("code") for row in document["operations"]] == [code_of(i) for i in (MIN, *range(150))]
        assert document == expected
        assert near[0] == [int(i) for i in nearest(MIN, "B", 3)]
        rows = list(csv.DictReader(io.StringIO(self.export(opened, "csv"))))
        assert [int(row["index"]) for row in rows] == [row["index"] for row in expected["operations"]]
        first, document = rows[0], expected["operations"][0]
        assert first["checkpoint"] == OPENING
        assert first["sha256"] == expected["sha256"]
        assert first["name"] == "min"
        assert first["trits"].removeprefix("'") == ternary.trit_string(document["trits"])  # a text, not a formula
        assert [float(first[key]) for key in ("norm_a", "radius_b")] == [document["norm_a"], document["radius_b"]]
        assert first["exact"] == "True"
        assert first["nearest_b"].split() == nearest(MIN, "B", 3)
        assert rows[1]["name"] == "false"

    def test_the_export_matches_the_page(self, opened: Explorer) -> None:
        opened.type("13")
        opened.chosen(13)
        opened.page.get_by_label("A", exact=True).check()
        expect(opened.facts.locator(".chip")).to_have_text(nearest(13, "A"))
        opened.text.fill("min")  # typed but not submitted
        (row,) = json.loads(self.export(opened, "json"))["operations"]
        assert row["index"] == 13
        assert row["nearest_a"] == [int(i) for i in nearest(13, "A", 3)]
