"""The selected operations: from a text to what is shown, and from an event to the next selection."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest
from app_fixtures import BUNDLED, RICH, evaluated_here
from markupsafe import escape

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint, EvaluationCache
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import InputError, OperationsError
from tvae.operations.parsing import parse_operations
from tvae.page.selection import (
    handlers,
    operations_html,
    selection,
)
from tvae.page.selection.checkpoint.checkpoints import request_checkpoint
from tvae.page.server import compute
from tvae.page.tabs.explore import exports
from tvae.page.ui import html, texts
from tvae.page.ui.components import SKIP

MIN, MAX = 15_633, 19_569


pytestmark = pytest.mark.usefixtures("published_without_a_hub")


def event(**data: Any) -> Any:
    return gr.EventData(None, data)


class TestSelection:
    def test_a_text_is_read_once_each_and_in_order(self) -> None:
        assert selection.read("13, min, 12-14") == ((13, MIN, 12, 14), "")
        assert selection.read("  ") == ((), "")
        indices, said = selection.read("13, foo, min")
        assert indices == (13, MIN)
        assert '<p class="typed">13, <mark>foo</mark>, min</p>' in said

    def test_what_is_shown(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        shown = selection.show(evaluated, "min, max, 13", "A", current=13)
        assert (shown.indices, shown.current, shown.said) == ((MIN, MAX, 13), 13, "")
        assert "<strong>13</strong>" in shown.truth
        assert shown.results.count("<tr data-row=") == 3
        assert selection.show(evaluated, "min, max", "A", current=13).current == MIN

    def test_nothing_and_nonsense_show_the_example(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        for text in ("", "nonsense"):
            shown = selection.show(evaluated, text, "A", current=13)
            assert (shown.indices, shown.current, shown.results) == ((), None, "")
            assert bool(shown.said) == bool(text)
            assert f"<strong>{MIN}</strong> <em>min</em>" in shown.truth
            assert texts.NOTHING_SELECTED in shown.truth

    def test_the_table_stops_at_a_hundred_rows_and_the_export_does_not(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        shown = selection.show(evaluated, "0-149", "A")
        assert shown.results.count("<tr data-row=") == operations_html.MAX_ROWS
        assert "150 selected. Only the first 100 are shown" in shown.results
        asked = {"operations": "0-149, 3", "encoder": "A", "kind": "json"}
        assert len(json.loads(exports.export_file(evaluated, asked)[1])["operations"]) == 150

    def test_an_export_has_what_could_be_read_as_the_table_has(self) -> None:
        asked = {"operations": "min, foo, 13", "encoder": "A", "kind": "json"}
        rows = json.loads(exports.export_file(evaluated_here(BUNDLED), asked)[1])["operations"]
        assert [row["index"] for row in rows] == [MIN, 13]
        for text, sentence in (("foo", "Could not read 'foo'"), (" ", "No operation is given")):
            with pytest.raises(OperationsError, match=sentence):
                exports.export_file(evaluated_here(BUNDLED), asked | {"operations": text})


class TestEvents:
    def picked(self, text: str, *ids: int, add: bool = True) -> str:
        return handlers.on_pick(BUNDLED, text, "A", event(ids=list(ids), add=add)).text

    def test_a_click_selects_one(self) -> None:
        found = handlers.on_pick(BUNDLED, "min", "A", event(ids=[13], add=False))
        assert (found.text, found.current, found.problem) == ("13", 13, "")
        assert found.plot["selected"] == [13]
        assert found.results["context"] == {"checkpoint": BUNDLED, "operations": "13", "encoder": "A"}

    def test_with_a_modifier_key_it_adds_and_deselects(self) -> None:
        assert self.picked("min", 13) == f"{MIN}, 13"
        assert self.picked("min, 13, max", 13) == f"{MIN}, {MAX}"
        assert self.picked("13", 13) == ""
        assert self.picked("nonsense", 13) == "13"
        assert self.picked("5, 6", 6, 7, 8) == "5-8"
        assert self.picked("5, foo", 7) == "5, 7"

    def test_a_lasso_around_whole_levels_is_written_as_levels(self) -> None:
        assert self.picked("min", *parse_operations("v=3-4"), add=False) == "v=3-4"

    def test_what_is_no_operation_is_not_selected(self) -> None:
        for index in (-1, 19_683):
            with pytest.raises(InputError, match="it must be a whole number from 0 to 19,682"):
                self.picked("", index, 4, add=False)

    @pytest.mark.parametrize("text", ["min, 13", "min, nonsense, 13", "min \N{GRINNING FACE}\ud800 13"])
    def test_typing_leaves_the_text_as_it_is_and_selects_what_can_be_read(self, text: str) -> None:
        found = handlers.update_selection(BUNDLED, text, "A", 13)
        assert found.text is SKIP
        assert (found.current, found.plot["selected"]) == (13, [MIN, 13])
        assert ("<mark>" in found.problem) == (text != "min, 13")
        found.problem.encode()  # as an answer needs it

    def test_clearing_and_examples(self) -> None:
        assert handlers.clear_selection(BUNDLED, "min", "A").text == ""
        found = handlers.apply_example(BUNDLED, "", "A", event(text="v=8"))
        assert (found.text, found.problem) == ("v=8", "")

    def test_half_of_a_surrogate_pair_is_not_written_back(self) -> None:
        assert handlers.apply_example(BUNDLED, "", "A", event(text="v=8 \ud800")).text == "v=8 ?"


def test_every_request_for_a_checkpoint_is_another_text() -> None:
    first, again = (request_checkpoint(RICH, "someone") for _ in range(2))
    assert first.checkpoint["value"] == again.checkpoint["value"] == RICH
    assert first.requested != again.requested


class TestVisitors:
    def test_ten_visitors_cause_one_computation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        computed: list[str] = []
        start = threading.Barrier(10)

        def measure(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
            computed.append(checkpoint.sha256)
            return evaluation.measure(location, checkpoint)

        def visit(place: int) -> int | None:
            start.wait(30)
            return handlers.update_selection(BUNDLED, str(place), "A").current

        monkeypatch.setattr(compute, "CACHE", EvaluationCache(measure))
        with ThreadPoolExecutor(10) as pool:
            assert list(pool.map(visit, range(10))) == list(range(10))
        assert computed == [evaluated_here(BUNDLED).checkpoint.sha256]


class TestHtml:
    def test_a_wrong_trit_has_the_right_sign_beside_it(self) -> None:
        assert html.trit_tile(1) == html.trit_tile(1, 1) == '<span class="trit plus">+</span>'
        assert 'trit minus wrong">\u2212</span><sup class="should" title="should be 0">0</sup>' in html.trit_tile(-1, 0)

    @pytest.mark.parametrize(
        "make",
        [
            html.alert,
            lambda text: html.scrolling(text, ""),
            lambda text: operations_html.results([named(text)], [[1]], 1),
        ],
    )
    def test_text_never_becomes_markup(self, make: Callable[[str], str]) -> None:
        made = make('<b onclick="x">')
        assert "<b " not in made
        assert escape('<b onclick="x">') in made


def named(name: str) -> Any:
    return {
        "index": 0, "trits": [0] * 9, "reconstruction": [0] * 9, "name": name, "valuation": 0, "norm_a": None,
        "norm_b": None, "radius_a": 1.0, "radius_b": 1.0, "exact": True, "confidence": 1.0,
    }  # fmt: skip
