"""What the Compare tab says of two checkpoints: numbers with their differences, which is better, in words too."""

import re
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, HOMEOSTASIS, RICH, evaluated_here
from markupsafe import escape

from tvae.analysis.comparison.rules import DIGITS, MEASURE_DIRECTION, METRIC_DIRECTION
from tvae.page.server import compute
from tvae.page.tabs.compare import render
from tvae.page.ui import texts
from tvae.reports import comparison as comparison_reports

OWN_ONE, OTHER_TWO = texts.ONE_WITHOUT_BALL.format(name="one"), texts.OTHER_INPUT.format(name="two")


def document(first: str, second: str, operations: Any = "", encoder: str = "A") -> dict[str, Any]:
    return comparison_reports.compare(evaluated_here(first), evaluated_here(second), operations, encoder)


def row_of(html: str, name: str) -> list[str]:
    (row,) = re.findall(rf'<tr data-metric="{name}">(.*?)</tr>', html)
    return re.findall(r"<td[^>]*>(.*?)</td>", row)


def test_every_metric_and_every_rule_has_its_words() -> None:
    assert list(texts.table("METRICS")) == list(METRIC_DIRECTION)
    assert set(texts.table("RULES")) == set(METRIC_DIRECTION.values())
    table = render.metrics_table(document(BUNDLED, RICH), ("one", "two"))
    for label in texts.table("METRICS").values():
        assert f'<th scope="row">{label}</th>' in table
    assert table.count("\u22120.8320502954") >= 1  # the limit, beside the rule that needs it


def test_metrics_side_by_side() -> None:
    compare = document(BUNDLED, RICH)
    found = compare["metrics"]
    table = render.metrics_table(compare, ("one", "two"))
    first, second, difference, better = row_of(table, "hierarchy")
    assert (float(first.replace("\u2212", "-")), len(first.split(".")[1])) == (round(found["a"]["hierarchy"], 10), 10)
    assert float(second.replace("\u2212", "-")) == round(found["b"]["hierarchy"], 10)
    assert float(difference.replace("\u2212", "-")) == round(found["differences"]["hierarchy"], 10)
    assert better == texts.table("BETTER")[found["better"]["hierarchy"]] == "\u25c2 first"
    assert row_of(table, "ball_coverage") == ["\u2013"] * 4
    assert row_of(table, "coverage")[0] == "1.000000"
    bold = table.count('<td class="better">')
    assert bold == sum(which in ("a", "b") for which in found["better"].values()) > 0


def near_and_far(first: str, second: str) -> dict[str, Any]:
    pair = evaluated_here(first), evaluated_here(second)
    return comparison_reports.near_and_far(pair, compute.encoder_tree_measures, "A")


def test_tree_measures_side_by_side_and_what_moved() -> None:
    assert list(texts.table("TREE_MEASURES")) == list(MEASURE_DIRECTION)
    compare = near_and_far(BUNDLED, RICH)
    found, table = compare["metrics"], render.measures_table(compare, ("one", "two"))
    for name in MEASURE_DIRECTION:
        digits = DIGITS[name]
        assert row_of(table, name)[0] == f"{found['a'][name]:.{digits}f}"
        assert row_of(table, name)[3] == texts.table("BETTER")[found["better"][name]]
    rows, moved = compare["alignment"]["moved"], render.aligned_table(compare)
    assert re.findall(r'data-index="(\d+)"', moved) == [str(row["index"]) for row in rows]
    assert f"{rows[0]['moved']:.4f}" in moved
    assert "\u25b2" not in moved
    assert f"{compare['alignment']['residual']:.4f}" in moved


def test_what_cannot_be_aligned_and_what_did_not_move() -> None:
    assert render.aligned_table(near_and_far(BUNDLED, EUCLIDEAN)) == f'<p class="quiet">{texts.NOT_ALIGNED}</p>'
    assert render.aligned_table(near_and_far(RICH, RICH)) == f'<p class="quiet">{texts.ALL_IN_PLACE}</p>'
    assert (
        row_of(render.measures_table(near_and_far(BUNDLED, EUCLIDEAN), ("one", "two")), "map_3")[1:] == ["\u2013"] * 3
    )


def test_the_rest_of_a_difference_that_would_be_rounded_away() -> None:
    assert render.difference(None, 4) == "\u2013"
    assert render.difference(0, 4) == "0.0000"
    assert render.difference(-0.25, 4) == "\u22120.2500"
    assert render.difference(3, 0) == "+3"
    assert render.difference(-1.26e-7, 4) == "\u22121.3e\u221207"


def test_the_summary_counts_what_the_tables_show() -> None:
    compare = document(HOMEOSTASIS, BUNDLED, encoder="B")
    words = render.summary(compare)
    better = list(compare["metrics"]["better"].values())
    assert f"first is better in {better.count('a')} of these 13 metrics, the second in {better.count('b')}" in words
    assert f"{better.count(None)} not comparable" in words
    only = len(compare["only_b"])
    assert f"Reconstructed by the first only: 0 operations; by the second only: {only:,} operations." in words
    assert f"Operation {compare['moved_most'][0]['index']} moved most" in words


def test_rows_of_operations_are_buttons_with_signs_and_words() -> None:
    compare = document(HOMEOSTASIS, BUNDLED, [0, 13])
    moved = render.moved_table(compare)
    assert re.findall(r'data-index="(\d+)"', moved) == [str(row["index"]) for row in compare["moved_most"]]
    row = compare["moved_most"][0]
    assert ("\u25b2 out" if row["moved"] > 0 else "\u25bc in") in moved
    chosen = render.chosen_table(compare, 150)
    assert "150 selected. Only the first 2 are shown" in chosen
    assert '<button type="button" class="chip" data-index="0">0</button> false' in chosen
    assert (
        render.chosen_table(document(BUNDLED, RICH), 0) == f'<p class="quiet">{texts.NOTHING_SELECTED_TO_COMPARE}</p>'
    )
    seen = set(re.findall(r"(\S) (both|neither|only the first|only the second)</span>", moved + chosen))
    one = {("\u25d0", "only the first"), ("\u25d0", "only the second")}
    assert seen <= {("\u2713", "both"), ("\u2717", "neither"), *one}


def test_nothing_moves_between_a_checkpoint_and_itself() -> None:
    compare = document(BUNDLED, BUNDLED)
    assert texts.NOTHING_MOVED in render.moved_table(compare)
    assert "moved most" not in render.summary(compare)


def test_what_one_alone_reconstructs_is_listed_to_two_hundred() -> None:
    compare = document(HOMEOSTASIS, BUNDLED)
    html = render.only_lists(compare)
    first, second = html.split('data-only="b"')
    assert "Only by the first (0)" in first
    assert "None." in first
    listed = [int(index) for index in re.findall(r'data-index="(\d+)"', second)]
    assert listed == compare["only_b"][: render.MAX_LISTED]
    assert f"and {len(compare['only_b']) - 200:,} more" in second
    assert "data-export" in html
    assert "data-export" not in render.only_lists(document(BUNDLED, BUNDLED))


@pytest.mark.parametrize(
    ("balls", "inputs", "digests", "said"),
    [
        ((True, True), ("mu", "mu"), ("1", "2"), []),
        ((True, False), ("mu", "mu"), ("1", "2"), [texts.ONE_WITHOUT_BALL.format(name="two")]),
        ((False, True), ("mu", "log0"), ("1", "2"), [OWN_ONE, OTHER_TWO]),
        ((False, False), ("mu", "mu"), ("1", "1"), [texts.BOTH_THE_SAME, texts.NEITHER_HAS_BALL]),
    ],
)  # fmt: skip
def test_what_cannot_be_compared(
    balls: tuple[bool, bool], inputs: tuple[str, str], digests: tuple[str, str], said: list[str]
) -> None:
    found = re.findall(r">(.*?)</p>", render.notes(balls, inputs, digests, ("one", "two")))
    assert found == list(map(escape, said))


def test_radii_of_different_kinds_are_not_listed() -> None:
    assert texts.NOT_MOVED in render.moved_table(document(BUNDLED, EUCLIDEAN))
    assert "<td>\u2013</td>" in render.chosen_table(document(BUNDLED, EUCLIDEAN, "13"), 1)


def test_names_never_become_markup() -> None:
    name = '<b onclick="x">'
    made = render.heading("a", name, "") + render.metrics_table(document(BUNDLED, RICH), (name, name))
    made += render.notes((True, False), ("mu", "mu"), ("1", "2"), (name, name))
    assert "<b " not in made
    assert "&lt;b onclick=" in made
