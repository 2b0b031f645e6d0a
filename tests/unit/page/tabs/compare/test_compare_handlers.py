"""From what the browser asks for to what the Compare tab shows: plain functions, no browser."""

import base64
import json
from dataclasses import asdict, fields, replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from app_fixtures import ABSENT, BUNDLED, EUCLIDEAN, HOMEOSTASIS, OPENING, RICH, digest, evaluated_here
from csv_tables import read_csv

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import HubNotFound
from tvae.operations import ternary
from tvae.page.selection.checkpoint.checkpoints import counterpart
from tvae.page.selection.radius_plot import LENGTH_ONLY
from tvae.page.server import compute
from tvae.page.tabs.compare import exports, handlers
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.reports.plots.radius_plot import axis_of, levels_of

SESSION: Any = SimpleNamespace(session_hash="someone")


@pytest.fixture(autouse=True)
def published_without_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(name: str) -> EvaluatedCheckpoint:
        if name == ABSENT:
            raise HubNotFound("There is no such file.")
        return evaluated_here(name) if name in (RICH, EUCLIDEAN, HOMEOSTASIS, BUNDLED) else original(name)

    original = compute.load_evaluated
    monkeypatch.setattr(compute, "load_evaluated", opened)
    monkeypatch.setattr(compute, "measure_on_gpu", evaluation.measure)


def asked(a: str = BUNDLED, wanted: str = RICH, encoder: str = "A", operations: str = "") -> str:
    return json.dumps({"a": a, "wanted": wanted, "encoder": encoder, "operations": operations})


def answer(wish: str, shown: str = "", measure: str = "radius") -> dict[str, Any]:
    return filled(handlers.answer(wish, shown, measure, "someone"))


def filled(answer: object) -> dict[str, Any]:
    """The components that an answer fills."""
    return {name: value for name, value in vars(answer).items() if value is not SKIP}


def test_the_first_plot_comes_before_anything_is_measured() -> None:
    first, whole = [filled(one) for one in handlers.show(asked(), "", "norm", SESSION)]
    assert set(first) == {"plot_a", "heading_a"}
    assert json.loads(first["plot_a"]["value"])["key"].startswith(BUNDLED)
    assert first["plot_a"]["measure"] == "norm"
    assert "value" not in whole["plot_a"]
    assert json.loads(whole["plot_b"]["value"])["key"].startswith(RICH)
    assert list(handlers.show("", "", "radius", SESSION)) == []


def test_both_plots_share_their_axes_and_the_choice() -> None:
    parts = answer(asked(operations="min, 13", encoder="B"))
    for plot in (parts["plot_a"], parts["plot_b"]):
        assert (plot["selected"], plot["encoder"]) == ([15_633, 13], "B")
        assert "measure" not in plot  # the visitor may have changed it while the answer was made
    shared = parts["plot_a"]["axes"]
    assert shared == parts["plot_b"]["axes"]
    one, two = (evaluated_here(name).embedding for name in (BUNDLED, RICH))
    for encoder in ("A", "B"):
        sides = one.side(encoder), two.side(encoder)
        norms = [side.norm for side in sides if side.norm is not None]
        for measure, both in (("radius", [side.radius for side in sides]), ("norm", norms)):
            assert shared[encoder][measure] == asdict(axis_of(*map(levels_of, both)))
            ends = np.concatenate(both)
            assert (shared[encoder][measure]["low"], shared[encoder][measure]["high"]) == (ends.min(), ends.max())
    assert parts["second"]["choices"] == [(entry.title, entry.name) for entry in ENTRIES]


def test_only_what_differs_is_answered() -> None:
    first = answer(asked())
    assert set(first) == {field.name for field in fields(handlers.Answer)}
    chosen = answer(asked(operations="13"), first["shown"])
    assert set(chosen) == {"alert", "status", "plot_a", "plot_b", "chosen", "shown"}
    assert "value" not in chosen["plot_a"]
    again = answer(asked(operations="13"), chosen["shown"])
    assert set(again) == {"status", "shown"}
    other = answer(asked(encoder="B"), first["shown"])
    assert "value" not in other["plot_a"] | other["plot_b"]
    assert "Encoder B" in other["summary"]
    second = answer(asked(wanted=HOMEOSTASIS), first["shown"])
    assert "value" not in second["plot_a"]
    assert "value" in second["plot_b"]


def test_one_without_a_ball_beside_one_with() -> None:
    parts = answer(asked(wanted=EUCLIDEAN), measure="norm")
    assert parts["plot_a"]["axes"] == parts["plot_b"]["axes"] == {}
    assert (parts["measure"]["value"], parts["measure"]["choices"]) == ("radius", list(handlers.RADIUS_ONLY))
    assert "each plot has its own axis" in parts["notes"]
    assert texts.NOT_MOVED in parts["moved"]["value"]
    both = answer(asked(a=EUCLIDEAN, wanted=EUCLIDEAN))
    assert both["measure"]["choices"] == list(LENGTH_ONLY)
    assert list(both["plot_a"]["axes"]["A"]) == ["radius"]


def test_a_second_that_cannot_be_had_is_a_sentence() -> None:
    before = answer(asked())
    wish = asked(wanted=ABSENT)
    refused = answer(wish, before["shown"])
    assert set(refused) == {"alert", "status", "shown"}
    assert f"There is no such file. The tab still shows {RICH} as the second checkpoint." in refused["alert"]
    told, kept = json.loads(refused["shown"]), json.loads(before["shown"])
    assert told == kept | {"asked": wish}
    opened = answer(wish)  # from a link: there is nothing to keep
    assert f"There is no such file. The second checkpoint is {OPENING}." in opened["alert"]
    assert (json.loads(opened["shown"])["b"], json.loads(opened["shown"])["view"]["wanted"]) == (OPENING, "")
    assert set(answer(asked(a=ABSENT))) == {"alert", "status"}


@pytest.mark.parametrize(
    ("name", "other"),
    [(OPENING, BUNDLED), (BUNDLED, OPENING), (RICH, BUNDLED), (HOMEOSTASIS, "v5_11_homeostasis"), ("tree", OPENING)],
)
def test_the_counterpart_is_bundled(name: str, other: str) -> None:
    assert counterpart(compute.load_evaluated(name)) == other
    assert next(entry for entry in ENTRIES if entry.name == other).source == "bundled"


def test_the_counterpart_of_ones_own_is_its_recipe() -> None:
    tree = compute.load_evaluated("tree")
    uploaded = CheckpointLocation("mine/abc", tree.location.path, "upload", None, None)
    assert counterpart(replace(tree, location=uploaded)) == "tree"


class TestChoosing:
    def event(self, *ids: int, add: bool = False) -> Any:
        return gr.EventData(None, {"ids": list(ids), "add": add})

    def test_here_and_on_the_main_tab(self) -> None:
        shown = answer(asked(operations="min"))["shown"]
        found = handlers.pick(BUNDLED, "min", "A", shown, self.event(13, add=True))
        assert (found.text, found.current) == ("15633, 13", 13)
        assert found.plot_a["selected"] == found.plot_b["selected"] == found.plot["selected"] == [15_633, 13]
        assert 'data-row="13"' in found.chosen["value"]
        assert found.chosen["context"]["operations"] == found.text

    def test_clearing(self) -> None:
        found = handlers.clear(BUNDLED, "min", "A", answer(asked())["shown"])
        assert (found.text, found.plot_a["selected"], found.plot_b["selected"]) == ("", [], [])
        assert texts.NOTHING_SELECTED_TO_COMPARE in found.chosen["value"]

    def test_before_the_tab_shows_anything(self) -> None:
        found = handlers.pick(BUNDLED, "", "A", "", self.event(13))
        assert found.text == "13"
        assert not {"plot_a", "plot_b", "chosen"} & set(filled(found))


class TestSwapping:
    def test_the_second_is_asked_for_and_the_first_remembered(self) -> None:
        shown = answer(asked())["shown"]
        first, again = (handlers.swap(shown, SESSION) for _ in range(2))
        assert (first.alert, first.checkpoint["value"]) == ("", RICH)
        assert json.loads(first.swapped) == {"first": RICH, "second": BUNDLED}
        assert first.requested != again.requested  # Gradio reports changes alone

    def test_nothing_to_swap(self) -> None:
        assert handlers.swap("", SESSION) == handlers.Swapped()
        gone = json.loads(answer(asked())["shown"]) | {"b": ABSENT}
        refused = filled(handlers.swap(json.dumps(gone), SESSION))
        assert set(refused) == {"alert"}
        assert "There is no such file." in refused["alert"]


def text_of(file: dict[str, str]) -> str:
    return base64.b64decode(file["base64"]).decode()


class TestExports:
    def export(self, table: str, kind: str, operations: str = "") -> dict[str, str]:
        wish = {"a": HOMEOSTASIS, "b": BUNDLED, "wanted": "", "encoder": "B", "operations": operations}
        return exports.export(wish | {"table": table, "kind": kind})

    def rows(self, table: str, operations: str = "") -> list[dict[str, str]]:
        return read_csv(text_of(self.export(table, "csv", operations)))

    def test_metrics(self) -> None:
        rows = self.rows("metrics")
        assert [row["metric"] for row in rows] == list(texts.table("METRICS"))
        evaluated = evaluated_here(HOMEOSTASIS)
        hierarchy = next(row for row in rows if row["metric"] == "hierarchy")
        assert float(hierarchy["a"]) == evaluated.metrics.b.hierarchy
        assert (hierarchy["checkpoint_a"], hierarchy["sha256_a"]) == (HOMEOSTASIS, evaluated.checkpoint.sha256)
        assert (hierarchy["checkpoint_b"], hierarchy["encoder"], hierarchy["good"]) == (BUNDLED, "B", "near the limit")
        file = self.export("metrics", "json")
        assert (
            file["name"]
            == f"v5_11_homeostasis_best-vs-{BUNDLED}-metrics-b-{digest(HOMEOSTASIS)}-{digest(BUNDLED)}.json"
        )
        assert len(json.loads(text_of(file))["metrics"]) == len(rows)

    def test_operations_with_trits_and_names(self) -> None:
        assert len(self.rows("moved")) == 20
        (row,) = self.rows("chosen", "min")
        assert (row["index"], row["name"]) == ("15633", "min")
        assert (
            ternary.index_of([" -0+".index(sign) - 2 for sign in row["trits"].removeprefix("'").replace("\u2212", "-")])
            == 15_633
        )
        only = self.rows("only")
        wrong = set(evaluated_here(HOMEOSTASIS).metrics.at_mu.failing)
        assert {int(row["index"]) for row in only} == wrong
        assert {row["reconstructed_by"] for row in only} == {"b"}

    def test_tree_measures_with_their_sample_and_moves_in_the_ball(self) -> None:
        rows = self.rows("measures")
        assert [row["metric"] for row in rows] == list(texts.table("TREE_MEASURES"))
        near = next(row for row in rows if row["metric"] == "map_3")
        found = compute.encoder_tree_measures(evaluated_here(BUNDLED), "B")
        assert (float(near["b"]), near["good"]) == (found.map_3, "high")
        assert (near["seed"], near["operations"], near["queries"]) == ("0", "2000", "1000")
        moved = [float(row["moved"]) for row in self.rows("aligned")]
        assert len(moved) == 20
        assert moved == sorted(moved, reverse=True)

    def test_what_cannot_be_had_is_a_sentence(self) -> None:
        wish = {"a": BUNDLED, "b": ABSENT, "encoder": "A", "operations": "", "table": "moved", "kind": "csv"}
        assert exports.export(wish) == {"error": "There is no such file."}
