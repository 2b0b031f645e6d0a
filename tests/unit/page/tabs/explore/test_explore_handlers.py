"""Explore: what a checkpoint fills, and a share link."""

import json
from dataclasses import replace
from typing import Any

import gradio as gr
import pytest
from app_fixtures import ABSENT, BUNDLED, COLLAPSED, EUCLIDEAN, OPENING, RICH, evaluated_here
from markupsafe import escape
from recorded import with_metadata

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.operations import ternary
from tvae.page.selection import selection
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.selection.handlers import update_selection
from tvae.page.selection.radius_plot import LENGTH_ONLY
from tvae.page.server import compute
from tvae.page.tabs.explore import checkpoint_html, handlers, numbers
from tvae.page.tabs.train.render import restored_result
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.links import navigation, selection_link

MIN, MAX = 15_633, 19_569


pytestmark = pytest.mark.usefixtures("published_without_a_hub")


def event(**data: Any) -> Any:
    return gr.EventData(None, data)


def filled(answer: object) -> dict[str, Any]:
    """The components that an answer fills."""
    return {name: value for name, value in vars(answer).items() if value is not SKIP}


class TestLoading:
    def test_one_that_is_there(self) -> None:
        found = handlers.load_checkpoint(RICH, BUNDLED, "min, 13", "A", 13)
        assert (found.loaded, found.alert, found.current) == (RICH, "", 13)
        assert "value" not in found.measure  # as it is, or as it has become meanwhile
        assert json.loads(found.plot["value"])["key"].startswith(RICH)
        assert found.plot["selected"] == [MIN, 13]

    def test_the_selection_is_rendered_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        shown: list[str] = []
        show = selection.show
        monkeypatch.setattr(selection, "show", lambda *call: [shown.append(call[1]), show(*call)][1])
        handlers.load_checkpoint(RICH, BUNDLED, "min, 13", "A", 13)
        assert shown == ["min, 13"]
        assert escape(texts.NOTHING_SELECTED) in handlers.first_view().truth

    def test_one_without_a_ball(self) -> None:
        found = handlers.load_checkpoint(EUCLIDEAN, BUNDLED, "", "A", None)
        assert found.without_ball == EUCLIDEAN
        assert "value" not in found.measure  # the browser sets it, by `without_ball`
        assert found.measure["choices"] == list(LENGTH_ONLY)
        assert list(json.loads(found.plot["value"])["encoders"]["A"]) == ["radius"]

    def test_one_that_is_not_there(self) -> None:
        found = handlers.load_checkpoint(ABSENT, RICH, "min", "A", MIN)
        assert set(filled(found)) == {"asked", "alert"}
        assert json.loads(found.asked)["checkpoint"] == ABSENT
        assert f"There is no such file. The page still shows {RICH}." in found.alert

    def test_what_was_selected_meanwhile_is_applied(self) -> None:
        asked = handlers.load_checkpoint(RICH, BUNDLED, "min, 13", "A", 13).asked
        assert filled(handlers.reapply_selection(asked, RICH, "min, 13", "A", 13)) == {}
        assert handlers.reapply_selection(asked, RICH, "5", "A", 13).current == 5
        for text, encoder in (("5", "A"), ("min, 13", "B")):
            found = handlers.reapply_selection(asked, RICH, text, encoder, 13)
            anew = update_selection(RICH, text, encoder, 13)
            assert found.plot["selected"] == anew.plot["selected"]
            assert replace(found, plot=anew.plot) == anew


class TestOperations:
    def test_an_edit_replaces_the_operation_that_was_shown(self) -> None:
        trits = ternary.trits_of(MIN + 1).tolist()
        found = handlers.edit_operation(BUNDLED, "max, min, 13", "A", MIN, event(trits=trits))
        assert (found.text, found.current) == (f"{MAX}, {MIN + 1}, 13", MIN + 1)
        assert handlers.edit_operation(BUNDLED, "", "A", None, event(trits=trits)).text == str(MIN + 1)

    def test_an_edit_to_one_that_is_selected_already_joins_them(self) -> None:
        trits = ternary.trits_of(14).tolist()
        found = handlers.edit_operation(BUNDLED, "13, 14, 20", "A", 13, event(trits=trits))
        assert (found.text, found.current) == ("14, 20", 14)

    def test_one_of_the_selected_is_shown(self) -> None:
        found = handlers.show_operation(BUNDLED, "min, 13", "B", event(id=13))
        assert set(filled(found)) == {"truth", "current", "plot"}
        assert found.plot["current"] == 13  # distances are measured from it
        assert found.current == 13
        assert "<strong>13</strong>" in found.truth


class TestAddress:
    def at(self, request: str, dropdown: str, loaded: str, **query: str) -> handlers.LinkedView:
        """What an address shows on a page that has one checkpoint in its dropdown and another loaded."""
        caller: Any = event(query_params=query, session_hash="someone")
        return handlers.from_link(request, dropdown, loaded, caller)

    def link(self, **query: str) -> handlers.LinkedView:
        """What a link shows on a new page."""
        return self.at(navigation.OPENING, OPENING, OPENING, **query)

    def test_the_usual_view_fills_nothing(self) -> None:
        assert filled(self.link()) == {"answered": navigation.OPENING}
        assert filled(self.link(measure="nonsense", encoder="Z", tab="explore")) == {"answered": navigation.OPENING}

    def test_a_link_fills_the_selection(self) -> None:
        found = self.link(checkpoint=OPENING, operations="min, 13", encoder="A", measure="norm", tab="ball")
        assert (found.checkpoint, found.requested, found.alert) == (SKIP, SKIP, "")
        assert (found.text, found.current, found.applied) == ("min, 13", MIN, "operations=min%2C+13")
        assert found.results == update_selection(OPENING, "min, 13", "A").results

    @pytest.mark.parametrize("name", ["nope", "mine/nope"])
    def test_a_link_to_no_checkpoint_is_a_sentence(self, name: str) -> None:
        found = self.link(checkpoint=name, operations="13")
        assert (found.checkpoint, found.requested, found.current) == (SKIP, SKIP, 13)
        assert f"The page shows {OPENING}." in found.alert

    @pytest.mark.parametrize("name", ["tree", RICH, ABSENT])
    def test_a_link_to_another_checkpoint_waits_for_nothing(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        here = compute.load_evaluated
        opened: list[str] = []
        monkeypatch.setattr(compute, "load_evaluated", lambda name: [opened.append(name), here(name)][1])
        found = self.link(checkpoint=name, operations="13")
        assert opened == [OPENING]
        assert (found.checkpoint["value"], found.alert, found.current) == (name, "", 13)
        assert found.requested.startswith(f"{name} ")

    def test_a_large_selection(self) -> None:
        indices = range(0, ternary.N, 3)
        found = self.link(selected=selection_link.packed(indices))
        assert found.plot["selected"] == list(indices)
        assert found.problem == ""
        assert self.link(operations=found.text).plot["selected"] == list(indices)
        assert selection_link.query_of(found.text, indices) == found.applied

    def test_a_selection_that_cannot_be_read_is_a_sentence(self) -> None:
        found = self.link(selected=selection_link.packed([13])[:-3])
        assert (found.text, found.applied, found.plot["selected"]) == ("", "", [])
        assert texts.LINK_NOT_READ in found.problem

    def test_going_back_requests_what_is_not_in_the_dropdown(self) -> None:
        found = self.at("2 ?operations=13", "tree", "tree", operations="13")
        assert (found.answered, found.checkpoint["value"], found.text) == ("2 ?operations=13", OPENING, "13")
        found = self.at("3 ", OPENING, "tree")  # which is being loaded
        assert (found.answered, found.checkpoint, found.requested) == ("3 ", SKIP, SKIP)
        assert (found.text, found.applied, found.alert, found.plot["selected"]) == ("", "", "", [])

    def test_going_back_from_a_checkpoint_that_is_deleted(self) -> None:
        found = self.at("2 ?operations=13", "mine/gone", "mine/gone", operations="13")
        assert (found.checkpoint["value"], found.text, found.plot) == (OPENING, "13", SKIP)

    def test_going_back_to_a_checkpoint_that_is_deleted_is_a_sentence(self) -> None:
        found = self.at("2 ?checkpoint=mine/gone", "tree", "tree", checkpoint="mine/gone")
        assert (found.checkpoint, found.requested) == (SKIP, SKIP)
        assert "The page shows tree." in found.alert


class TestCheckpointHtml:
    def comparison(self, evaluated: EvaluatedCheckpoint, stored: dict[str, Any]) -> str:
        return checkpoint_html.comparison(with_metadata(evaluated, {"metrics": stored}))

    def test_given_numbers_keep_their_digits(self) -> None:
        table = self.comparison(evaluated_here(RICH), {"hierarchy_A": -0.69442, "coverage": 1.0})
        assert "<td>\u22120.69442</td>" in table
        assert "<td>1</td>" in table
        assert "<td>\u22120.8321</td>" in table

    def test_a_checkpoint_of_no_catalogue(self) -> None:
        published = evaluated_here(RICH)
        evaluated = replace(published, location=replace(published.location, entry=None))
        assert '<span class="badge file">file</span>' in badge(evaluated)
        assert "measured here" in checkpoint_html.comparison(evaluated)

    def test_a_checkpoint_of_a_visit_says_how_long_it_is_kept(self) -> None:
        published = evaluated_here(RICH)
        evaluated = replace(published, location=replace(published.location, entry=None, origin="upload", revision=None))
        kept = "kept while the page it came from is open and for 10 more minutes"
        assert f"opened or trained on this server, {kept}, sha256" in badge(evaluated)
        assert kept in restored_result("a title", "0" * 64)

    def test_how_a_file_was_read_and_what_is_assumed_is_said(self) -> None:
        published = evaluated_here(RICH)
        assert (published.checkpoint.notes, '<p class="note">' in badge(published)) == ((), False)
        odd = with_metadata(published, {"seed": -1, "<b>": float("nan")})
        assert badge(odd).count('<p class="note">') == len(odd.checkpoint.notes) == 2
        assert "The recorded value of seed is not used: input should be greater than or equal to 0." in badge(odd)

    def test_the_status_is_a_word_with_its_reason_in_one_line(self) -> None:
        """The published word is about the published file, so the line says so; everything else opens below."""
        line, more = badge(evaluated_here(COLLAPSED)).split("<details", 1)
        why = '<strong class="warning">Published warning: training collapsed.</strong> The numbers on this page are'
        assert line.startswith(f'<p class="badge-line"><span class="badge do-not-use">do not use</span>{why}')
        assert "A very long run" in more
        assert "warning" not in more
        line, more = badge(evaluated_here(RICH)).split("<details", 1)
        assert "Published as &#34;recommended&#34;: Best balance.</span> The numbers on this page are measured" in line
        assert "sha256" in more

    def test_a_bundled_checkpoint_has_its_own_word_and_a_published_one_its_published_word(self) -> None:
        html = badge(compute.load_evaluated("v5_11_overnight"))
        line, more = html.split("<details", 1)
        assert line.startswith(
            '<p class="badge-line"><span class="badge good">good</span>Reconstructs every operation; '
        )
        assert "training collapsed. It concerns v5_11_overnight/best.pt, not this file." in line
        assert "warning" not in line.replace("Published warning", "")
        assert more.index("Encoder A is good for the order of distances") < more.index("bundled with this program")
        apart = "not the published v5_11_overnight/best.pt, whose status is &#34;do not use&#34;."
        assert f'<p class="note">Trained for this app; {apart}</p>' in html
        assert "Trained for this app" not in badge(evaluated_here(COLLAPSED))

    def test_a_bundled_checkpoint_is_compared_with_what_was_published_of_its_recipe(self) -> None:
        evaluated = compute.load_evaluated("v5_11_progressive")
        heads, name = ("published claim", "stored in the published file"), "v5_11_progressive/best.pt"
        table = checkpoint_html.comparison(evaluated)
        assert all(f'<th scope="col">{head}</th>' in table for head in heads)
        assert f"The published file, {name}, is not the file measured here." in table
        rows = {row.name: row for row in checkpoint_html.claim_rows(evaluated)}
        order = rows["hierarchy B"]
        assert (order.published_claimed, order.published_stored, order.claimed) == (0.78, -0.8299, None)
        assert order.measured == evaluated.metrics.b.hierarchy

    @pytest.mark.parametrize("name", ["tree", RICH])
    def test_without_another_published_file_there_are_three_columns(self, name: str) -> None:
        evaluated = compute.load_evaluated(name)
        assert "published claim" not in checkpoint_html.comparison(evaluated)
        assert all(row.published_claimed is None for row in checkpoint_html.claim_rows(evaluated))

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("tree", texts.NOTHING_PUBLISHED),
            ("v5_11", texts.NO_CLAIMS.format(name="v5_11/best.pt")),
            (COLLAPSED, texts.NO_CLAIMS.format(name=COLLAPSED)),
            ("v5_11_progressive", ""),
            (RICH, ""),
        ],
    )
    def test_an_empty_column_of_claims_says_why(self, name: str, why: str) -> None:
        table = checkpoint_html.comparison(compute.load_evaluated(name))
        assert ("the first column is empty" in table) == bool(why)
        assert why in table

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"hierarchy": None}, "undefined"),
            ({"hierarchy": -0.84}, "beyond the limit: tied radii"),
            ({"hierarchy": 0.1}, "\u221212.01850% of limit"),
            ({"richness": None}, "\u2013"),
        ],
    )
    def test_tiles_of_odd_numbers(self, change: dict[str, Any], words: str) -> None:
        metrics = evaluated_here(BUNDLED).metrics
        odd: EncoderMetrics = replace(metrics.a, **change)
        assert words in numbers.tile_row(replace(metrics, a=odd))

    def test_a_decoder_that_reads_the_ball_is_counted_there(self) -> None:
        metrics = evaluated_here(RICH).metrics
        tiles = numbers.tile_row(replace(metrics, at_ball=evaluated_here(BUNDLED).metrics.at_mu))
        assert "Ball coverage" in tiles
        assert f"all reconstructed; at \u03bc {metrics.at_mu.reconstructed:,}" in tiles
