"""The page's plain functions: from a text to what is shown, from an event to the next choice, from a link to a view."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from app_fixtures import ABSENT, BUNDLED, COLLAPSED, EUCLIDEAN, RICH, evaluated_here
from markupsafe import escape

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint, EvaluationCache
from tvae.analysis.metrics import EncoderMetrics
from tvae.checkpoints.catalogue import Numbers
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import HubNotFound
from tvae.operations import ternary
from tvae.page.selection import (
    handlers,
    operations_html,
    selection,
)
from tvae.page.server import compute
from tvae.page.tabs.explore import checkpoint_html, exports
from tvae.page.ui import html, texts

MIN, MAX = 15_633, 19_569


@pytest.fixture(autouse=True)
def published_without_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """`compute.opened` gives what the local Hub of the browser tests has, but for one name."""

    def opened(name: str) -> EvaluatedCheckpoint:
        if name == ABSENT:
            raise HubNotFound("There is no such file.")
        return evaluated_here(name) if name in (RICH, EUCLIDEAN, COLLAPSED) else original(name)

    original = compute.load_evaluated
    monkeypatch.setattr(compute, "load_evaluated", opened)
    monkeypatch.setattr(compute, "default_checkpoint", lambda: evaluated_here(BUNDLED))
    monkeypatch.setattr(compute, "measure_on_gpu", evaluation.measure)


def with_metadata(evaluated: EvaluatedCheckpoint, metadata: dict[str, Any]) -> EvaluatedCheckpoint:
    return replace(evaluated, checkpoint=replace(evaluated.checkpoint, metadata=metadata))


def event(**data: Any) -> Any:
    return SimpleNamespace(**data)


class TestSelection:
    def test_a_text_is_read_once_each_and_in_order(self) -> None:
        assert selection.read("13, min, 12-14") == ((13, MIN, 12, 14), "")
        assert selection.read("  ") == ((), "")
        indices, sentence = selection.read("13, foo")
        assert indices == ()
        assert "'foo' at character 5" in sentence

    def test_what_is_shown(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        shown = selection.show(evaluated, "min, max, 13", "A", current=13)
        assert (shown.indices, shown.current, shown.error) == ((MIN, MAX, 13), 13, "")
        assert "<strong>13</strong>" in shown.truth
        assert shown.results.count("<tr data-row=") == 3
        assert selection.show(evaluated, "min, max", "A", current=13).current == MIN

    def test_nothing_and_nonsense_show_the_example(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        for text in ("", "nonsense"):
            shown = selection.show(evaluated, text, "A", current=13)
            assert (shown.indices, shown.current, shown.results) == ((), None, "")
            assert bool(shown.error) == bool(text)
            assert f"<strong>{MIN}</strong> <em>min</em>" in shown.truth
            assert texts.NOTHING_SELECTED in shown.truth

    def test_the_table_stops_at_a_hundred_rows_and_the_export_does_not(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        shown = selection.show(evaluated, "0-149", "A")
        assert shown.results.count("<tr data-row=") == operations_html.MAX_ROWS
        assert "150 chosen. The first 100 are shown" in shown.results
        asked = {"operations": "0-149, 3", "encoder": "A", "kind": "json"}
        assert len(json.loads(exports.export_file(evaluated, asked)[1])["operations"]) == 150


class TestEvents:
    """The first value is the text; problem, plot, truth, results and current follow."""

    def test_a_click_chooses_one(self) -> None:
        written, _, plot, _, results, current = handlers.on_pick(BUNDLED, "min", "A", event(ids=[13], add=False))
        assert (written, current) == ("13", 13)
        assert plot["selected"] == [13]
        assert results["context"] == {"checkpoint": BUNDLED, "operations": "13", "encoder": "A"}

    def test_with_a_modifier_it_adds_and_takes_out(self) -> None:
        assert handlers.on_pick(BUNDLED, "min", "A", event(ids=[13], add=True))[0] == f"{MIN}, 13"
        assert handlers.on_pick(BUNDLED, "min, 13, max", "A", event(ids=[13], add=True))[0] == f"{MIN}, {MAX}"
        assert handlers.on_pick(BUNDLED, "13", "A", event(ids=[13], add=True))[0] == ""
        assert handlers.on_pick(BUNDLED, "nonsense", "A", event(ids=[13], add=True))[0] == "13"
        assert handlers.on_pick(BUNDLED, "5, 6", "A", event(ids=[6, 7, 8], add=True))[0] == "5-8"

    def test_what_is_no_operation_is_not_chosen(self) -> None:
        assert handlers.on_pick(BUNDLED, "", "A", event(ids=[-1, 19_683, 4], add=False))[0] == "4"

    def test_an_edit_takes_the_place_of_what_it_was_made_to(self) -> None:
        trits = ternary.trits_of(MIN + 1).tolist()
        written, *_, current = handlers.edit_operation(BUNDLED, "max, min, 13", "A", MIN, event(trits=trits))
        assert (written, current) == (f"{MAX}, {MIN + 1}, 13", MIN + 1)
        assert handlers.edit_operation(BUNDLED, "", "A", None, event(trits=trits))[0] == str(MIN + 1)

    def test_an_edit_to_one_that_is_chosen_already_joins_them(self) -> None:
        trits = ternary.trits_of(14).tolist()
        written, *_, current = handlers.edit_operation(BUNDLED, "13, 14, 20", "A", 13, event(trits=trits))
        assert (written, current) == ("14, 20", 14)

    def test_the_rest(self) -> None:
        assert handlers.clear_selection(BUNDLED, "min", "A")[0] == ""
        written, problem, *_ = handlers.apply_example(BUNDLED, "", "A", event(text="v=8"))
        assert (written, problem) == ("v=8", "")
        truth, current = handlers.show_operation(BUNDLED, "min, 13", "B", event(id=13))
        assert current == 13
        assert "<strong>13</strong>" in truth


class TestSwitching:
    def values(self, answer: tuple[Any, ...]) -> dict[str, Any]:
        names = [*handlers.CHECKPOINT_OUTPUTS, "problem", "shown", "truth", "results", "current"]
        return dict(zip(names, answer, strict=True))

    def test_to_one_that_is_there(self) -> None:
        values = self.values(handlers.load_checkpoint(RICH, BUNDLED, "min, 13", "A", "norm", 13))
        assert (values["loaded"], values["alert"], values["current"]) == (RICH, "", 13)
        assert "value" not in values["measure"]  # as it is, or as it has become meanwhile
        assert json.loads(values["plot"])["key"].startswith(RICH)

    def test_to_one_without_a_ball(self) -> None:
        values = self.values(handlers.load_checkpoint(EUCLIDEAN, BUNDLED, "", "A", "norm", None))
        assert values["measure"]["value"] == "radius"
        assert values["measure"]["choices"] == list(handlers.LENGTH_ONLY)
        assert list(json.loads(values["plot"])["encoders"]["A"]) == ["radius"]

    def test_to_one_that_is_not(self) -> None:
        values = self.values(handlers.load_checkpoint(ABSENT, RICH, "min", "A", "radius", MIN))
        assert json.loads(values.pop("asked"))["checkpoint"] == ABSENT
        assert f"There is no such file. The page still shows {RICH}." in values.pop("alert")
        assert all(value == {"__type__": "update"} for value in values.values())

    def test_what_was_chosen_meanwhile_is_caught_up_with(self) -> None:
        asked = self.values(handlers.load_checkpoint(RICH, BUNDLED, "min, 13", "A", "norm", 13))["asked"]
        untouched = {"__type__": "update"}
        assert all(value == untouched for value in handlers.reapply_selection(asked, RICH, "min, 13", "A", 13))
        assert handlers.reapply_selection(asked, RICH, "5", "A", 13)[-1] == 5
        for text, encoder in (("5", "A"), ("min, 13", "B")):
            caught_up, anew = (
                handlers.reapply_selection(asked, RICH, text, encoder, 13),
                handlers.update_selection(RICH, text, encoder, 13),
            )
            assert caught_up[2:] == anew[2:]
            assert caught_up[1]["selected"] == anew[1]["selected"]

    def link(self, **query: str) -> dict[str, Any]:
        names = ("tab", "checkpoint", "text", "encoder", "measure", "linked", "alert", *handlers.SELECTION_OUTPUTS)
        values = handlers.from_link(event(query_params=query, session_hash="someone"))
        return dict(zip(names, values, strict=True))

    def test_links(self) -> None:
        untouched = {"__type__": "update"}
        assert all(value == untouched for value in self.link().values())
        assert all(value == untouched for value in self.link(measure="nonsense", encoder="Z").values())
        values = self.link(checkpoint=BUNDLED, operations="min, 13", encoder="B", measure="norm")
        assert (values["checkpoint"], values["linked"], values["alert"]) == (BUNDLED, untouched, "")
        assert (values["text"], values["encoder"], values["measure"]) == ("min, 13", "B", "norm")
        assert values["current"] == MIN
        for nothing in ("nope", "mine/nope"):
            values = self.link(checkpoint=nothing, operations="13")
            assert (values["checkpoint"], values["linked"], values["current"]) == (BUNDLED, untouched, 13)
            assert f"The page shows {BUNDLED}." in values["alert"]

    @pytest.mark.parametrize("name", ["tree", RICH, ABSENT])
    def test_a_link_to_another_checkpoint_waits_for_nothing(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        here = compute.load_evaluated
        opened: list[str] = []
        monkeypatch.setattr(compute, "load_evaluated", lambda name: [opened.append(name), here(name)][1])
        values = self.link(checkpoint=name, operations="13")
        assert opened == [BUNDLED]
        assert (values["checkpoint"], values["linked"], values["alert"], values["current"]) == (name, name, "", 13)

    def test_ten_visitors_cause_one_computation(self, monkeypatch: pytest.MonkeyPatch) -> None:
        computed: list[str] = []
        start = threading.Barrier(10)

        def measure(location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
            computed.append(checkpoint.sha256)
            return evaluation.measure(location, checkpoint)

        def visit(place: int) -> int | None:
            start.wait(30)
            return handlers.update_selection(BUNDLED, str(place), "A")[-1]

        monkeypatch.setattr(compute, "CACHE", EvaluationCache(measure))
        with ThreadPoolExecutor(10) as pool:
            assert list(pool.map(visit, range(10))) == list(range(10))
        assert computed == [evaluated_here(BUNDLED).checkpoint.sha256]


class TestFragments:
    def comparison(self, evaluated: EvaluatedCheckpoint, stored: dict[str, Any]) -> str:
        return checkpoint_html.comparison(with_metadata(evaluated, {"metrics": stored}))

    def test_stored_numbers_under_the_names_that_files_use(self) -> None:
        evaluated = evaluated_here(RICH)
        stored = {
            "coverage": 0.99,
            "radial_corr_A": -0.7,
            "hierarchy_B": -0.8,
            "richness_B": 0.1,
            "r_v9": 0.2,
            "n": "x",
        }
        expected = Numbers(coverage=0.99, hierarchy_a=-0.7, hierarchy_b=-0.8, richness_b=0.1, norm_v9=0.2)
        assert checkpoint_html.stored_numbers(with_metadata(evaluated, {"metrics": stored})) == expected
        recorded = evaluated.location.entry.stored if evaluated.location.entry else None
        assert checkpoint_html.stored_numbers(with_metadata(evaluated, {})) == recorded

    def test_given_numbers_keep_their_digits(self) -> None:
        table = self.comparison(evaluated_here(RICH), {"hierarchy_A": -0.69442, "coverage": 1.0})
        assert "<td>\u22120.69442</td>" in table
        assert "<td>1</td>" in table
        assert "<td>\u22120.8321</td>" in table

    def test_a_checkpoint_of_no_catalogue(self) -> None:
        published = evaluated_here(RICH)
        evaluated = replace(published, location=replace(published.location, entry=None))
        assert '<span class="badge file">file</span>' in checkpoint_html.badge(evaluated)
        assert "measured here" in checkpoint_html.comparison(evaluated)

    def test_the_status_is_a_word_and_a_warning_stands_first(self) -> None:
        badge = checkpoint_html.badge(evaluated_here(COLLAPSED))
        assert '<span class="badge do-not-use">do not use</span>' in badge
        assert badge.index("training collapsed") < badge.index("A very long run")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"hierarchy": None}, "undefined"),
            ({"hierarchy": -0.84}, "beyond the limit: radii are tied"),
            ({"hierarchy": 0.1}, "\u221212.01850 % of limit"),
            ({"richness": None}, "\u2013"),
        ],
    )
    def test_tiles_of_odd_numbers(self, change: dict[str, Any], words: str) -> None:
        metrics = evaluated_here(BUNDLED).metrics
        odd: EncoderMetrics = replace(metrics.a, **change)
        assert words in checkpoint_html.tile_row(replace(metrics, a=odd))

    def test_a_decoder_that_reads_the_ball_is_counted_there(self) -> None:
        metrics = evaluated_here(RICH).metrics
        tiles = checkpoint_html.tile_row(replace(metrics, at_ball=evaluated_here(BUNDLED).metrics.at_mu))
        assert "Ball coverage" in tiles
        assert f"all reconstructed; at \u03bc {metrics.at_mu.reconstructed:,}" in tiles

    def test_a_wrong_trit_has_the_right_sign_beside_it(self) -> None:
        assert html.trit_tile(1) == html.trit_tile(1, 1) == '<span class="trit plus">+</span>'
        assert 'trit minus wrong">\u2212</span><sup class="should" title="right: 0">0</sup>' in html.trit_tile(-1, 0)

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
