"""How a checkpoint was trained, as HTML: from the metadata alone, and never more than that."""

import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import recorded
from app_fixtures import evaluated_here
from markupsafe import escape

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.metadata.metadata import parse
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.tabs.explore import checkpoint_html, numbers
from tvae.page.tabs.explore.training_record import MAX_EVENTS, MAX_RECORDED, curves, trained
from tvae.page.ui import texts
from tvae.page.ui.html import prose
from tvae.training.history import recorded_recipe
from tvae.training.recipes.table import RECIPES, names, recipe


@cache
def bundled(name: str) -> EvaluatedCheckpoint:
    location = loading.locate(name)
    return evaluation.measure(location, loading.open_located(location), tree=False)


def with_metadata(metadata: dict[str, Any], name: str = "homeostatic_rich") -> str:
    return trained(recorded.with_metadata(bundled(name), metadata))


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("name", names())
def test_every_bundled_file_tells_its_settings(name: str) -> None:
    html, plan = trained(bundled(name)), recipe(name)
    assert recorded_recipe(bundled(name).checkpoint.recorded.run) == plan
    text = words(html)
    assert f"recipe {name} , {plan.summary} seed 0 steps {plan.steps:,}" in text
    assert f"peak learning rate {max(phase.learning_rate for phase in plan.phases):g}" in text
    assert f"batch size {plan.batch_size:,} operations" in text
    assert words(prose(plan.notes)) in text
    for phase in plan.phases:
        assert phase.name in text
    assert (texts.CONTROLLER in text) == (name == "v5_11_homeostasis")
    assert html.count("<svg") == (5 if name == "v5_11_overnight" else 0)
    assert len(html) < (20_000 if name == "v5_11_overnight" else 5_000)


def test_phases_say_when_and_what_learns() -> None:
    text = words(trained(bundled("v5_11_progressive")))
    assert "base 1 to 700 0.15 encoder A, encoder B, decoder projection 701 to 3,200 0.3" in text
    assert "encoder A \u00d7 0.3, encoder B \u00d7 0.3, decoder \u00d7 0.3, projection, A from 10% of the phase" in text
    assert "projection" not in words(trained(bundled("v5_5"))).split("trained parts")[1]


def test_a_shorter_run_has_shorter_phases() -> None:
    metadata = {**bundled("v5_11").checkpoint.metadata, "steps": 22, "learning_rate": 0.1}
    assert "base 1 to 7 0.05" in words(with_metadata(metadata))


def test_a_run_of_the_page_tells_what_was_changed() -> None:
    metadata = {**bundled("v5_11").checkpoint.metadata, "emphasis": {"order": 2.5}, "stopped_after": 1000}
    text = words(with_metadata(metadata))
    assert "steps 4,500 stopped after step 1,000 peak learning rate" in text
    assert "weight of order \u00d7 2.5" in text
    assert "weight of" not in words(with_metadata({**metadata, "emphasis": "much"}))


def test_the_controllers_decisions_are_a_table() -> None:
    evaluated = bundled("v5_11_homeostasis")
    text = words(trained(evaluated))
    assert "It checks every 100 steps; at the start: encoder A frozen, encoder B free." in text
    assert (
        "step part decision reason 2,200 encoder A unfrozen coverage 1.00000 and A gained 0.00000 in 5 checks" in text
    )
    assert len(evaluated.checkpoint.metadata["events"]) == 2
    assert "2,200 encoder B frozen B gained 0.00000 in 5 checks" in text


def test_a_controller_that_decided_nothing_or_much() -> None:
    metadata = dict(bundled("v5_11_homeostasis").checkpoint.metadata)
    assert texts.NO_DECISION in with_metadata({**metadata, "events": []})
    event = {"step": 1, "part": "thresholds", "action": "relax", "reason": "Q"}
    text = words(with_metadata({**metadata, "events": [event] * (MAX_EVENTS + 5)}))
    assert text.count("thresholds relaxed Q") == MAX_EVENTS
    assert "The file contains 5 more." in text
    assert texts.CONTROLLER_TITLE not in with_metadata({**metadata, "events": "none"})


def test_the_long_run_answers_its_warning() -> None:
    evaluated = bundled("v5_11_overnight")
    text = words(trained(evaluated))
    said = (
        "Published warning for this recipe: training collapsed. "
        "According to the history in this file, it does not collapse: from "
        "step 1,500 to 11,200 every operation is reconstructed and no level overlaps, on both encoders."
    )
    assert said in text
    assert said in words(badge(evaluated))
    charts = curves(evaluated.checkpoint.recorded.history or pytest.fail("no history"), (700.0,))
    assert [chart.title for chart in charts] == ["Coverage", "Hierarchy", "Level overlaps", "Richness", "Q"]
    assert all(chart.key.startswith("file-") for chart in charts)  # the training tab has charts of the same metrics
    assert [len(chart.lines) for chart in charts] == [1, 2, 2, 2, 2]


def test_the_sentence_is_computed() -> None:
    metadata = dict(bundled("v5_11_overnight").checkpoint.metadata)
    rows = [{**row, "coverage": 0.25 if row["step"] > 9000 else 1.0} for row in metadata["history"]]
    text = words(with_metadata({**metadata, "history": rows}, "v5_11_overnight"))
    assert "history in this file, it collapses: coverage leaves 1 at step 9,500 and ends at 0.25." in text


def test_a_euclidean_history_has_what_it_has() -> None:
    rows = [{"step": step, "coverage": 1.0, "coverage_b": 0.5, "overlaps_a": 9, "q_a": None} for step in (1, 2)]
    charts = curves(parse(Path("best.pt"), {"history": rows}).history or pytest.fail("no history"))
    assert [(chart.title, [line.name for line in chart.lines]) for chart in charts] == [
        ("Coverage", ["", "B"]),
        ("Level overlaps", [""]),
    ]


def test_a_published_file_tells_what_it_records_and_no_more() -> None:
    evaluated = evaluated_here("v5_5/latest.pt")
    text = words(trained(evaluated))
    assert text.startswith(f"{texts.RECORDED} epoch 103")
    assert "loss_history 3 values" in text
    assert "optimizer" not in text
    evaluated = evaluated_here("v5_11_overnight/best.pt")
    text = words(trained(evaluated))
    assert "config.max_radius 0.95" in text
    assert "collapse" not in text
    assert "According to the history in this file" not in badge(evaluated)


def test_a_file_that_records_nothing_or_too_much() -> None:
    assert words(with_metadata({})) == texts.NOTHING_RECORDED
    assert words(with_metadata({"metrics": {"coverage": 1.0}, "x": "<Tensor>"})) == texts.NOTHING_RECORDED
    text = words(with_metadata({"config": {f"k{i}": None for i in range(MAX_RECORDED + 7)}, "frozen": True}))
    assert "config.k0 \u2013" in text
    assert "8 more entries are not shown." in text


@pytest.mark.parametrize(
    "metadata",
    [
        {"recipe": "gone", "seed": 1, "steps": 5, "learning_rate": 0.1},
        {"recipe": "v5_11", "seed": 1, "steps": -5, "learning_rate": 0.1},
        {"recipe": "v5_11", "steps": 100, "learning_rate": -1},
        {"recipe": "v5_11", "steps": "many"},
        {"recipe": "v5_11", "events": [1, {"step": []}], "history": [{"step": 1}]},
    ],
)
def test_what_no_recipe_fits_is_still_shown(metadata: dict[str, Any]) -> None:
    assert recorded_recipe(parse(Path("best.pt"), metadata).run) is None
    text = words(with_metadata(metadata))
    assert f"has no recipe {metadata['recipe']} of that length" in text
    assert "phase" not in text


def test_a_strangers_text_never_becomes_markup() -> None:
    evil = '<b onclick="x">'
    event = {"step": 1, "part": evil, "action": evil, "reason": evil}
    ours = {"recipe": evil, "seed": evil, "steps": evil, "events": [event], "history": [{"step": 1, evil: 1}]}
    for metadata in (ours, {evil: evil}, {**ours, "recipe": "v5_11", "steps": 10, "learning_rate": 0.1}):
        made = with_metadata(metadata)
        assert "<b " not in made
        assert escape(evil) in made


def test_prose() -> None:
    assert prose("One\ntwo <i>.\n\nHere:\n- `a` b\nmore\n- c") == (
        "<p>One\ntwo &lt;i&gt;.</p><p>Here:</p><ul><li><code>a</code> b\nmore</li><li>c</li></ul>"
    )
    for plan in RECIPES:
        assert prose(plan.notes).count("<li>") == len(re.findall("^- ", plan.notes, re.MULTILINE))


def test_against_the_limits() -> None:
    metrics = evaluated_here("homeostatic_rich").metrics
    text = words(checkpoint_html.limits(metrics))
    assert text.startswith("encoder A encoder B exact tree limit")
    assert "hierarchy " + " ".join(["\u22120.8320502954"] * 4) in text
    assert f"Q {metrics.a.q:.4f} {metrics.b.q:.4f} 1.6159 2.1627" in text
    flat = evaluated_here("v5_5/latest.pt").metrics
    assert "tree fidelity \u2013 \u2013 0.8320 0.8320" in words(checkpoint_html.limits(flat))


def test_coverage_of_decoder_b() -> None:
    metrics = evaluated_here("v5_5/latest.pt").metrics
    assert metrics.at_mu_b is not None
    more = f"wrong; decoder B {metrics.at_mu_b.reconstructed:,}"
    assert more in numbers.tile_row(metrics)
    whole = replace(metrics.at_mu, reconstructed=metrics.at_mu.total)
    assert "all; decoder B 19,683" in numbers.tile_row(replace(metrics, at_mu=whole, at_mu_b=whole))
    panel = words(checkpoint_html.coverage_panel(whole, replace(whole, trit_accuracy=1.0)))
    assert "from the latent mean of encoder B: 19,683 of 19,683 operations and 100.0000% of the trits." in panel
    assert "Decoder B" not in checkpoint_html.coverage_panel(whole)
    assert BY_NAME["v5_5"].source == "bundled"
