"""The section "Near and far in the tree": its table, its sentences, and its export."""

import json
import re
from dataclasses import asdict

import pytest
from app_fixtures import ABSENT, EUCLIDEAN, OPENING, evaluated_here

from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS
from tvae.page.server import compute
from tvae.page.tabs.explore import exports
from tvae.page.tabs.explore.sections import near_and_far
from tvae.page.ui import texts
from tvae.training.recipes.exact_tree import exact_tree_measures

pytestmark = pytest.mark.usefixtures("published_without_a_hub")


def test_every_measure_has_its_row() -> None:
    html = near_and_far.show(OPENING)
    _, found = compute.tree_measures_of(OPENING)
    assert f'data-checkpoint="{OPENING}"' in html
    others = (exact_tree_measures(), CONSTRUCTIONS[0], BOUNDS)
    for name, label in texts.table("TREE_MEASURES").items():
        (cells,) = re.findall(rf'<th scope="row">{label}</th>(.*?)</tr>', html)
        *numbers, meaning = re.findall("<td>(.*?)</td>", cells)
        assert meaning == texts.table("TREE_MEASURE_MEANINGS")[name]
        digits = 1 if name == "worst_distortion" else 3
        for shown, one in zip(numbers[:2], (asdict(found.a), asdict(found.b)), strict=True):
            values = [one[name], one.get(f"{name}_error")]
            assert shown.split(" \u00b1 ") == [f"{value:.{digits}f}" for value in values if value is not None]
        assert numbers[2:] == [f"{getattr(one, name):.{digits}f}" for one in others]
    assert "2,000 operations drawn with seed 0; map is computed for 1,000" in html


def test_without_a_ball_and_without_a_file() -> None:
    assert texts.NO_TREE_MEASURES.strip() in near_and_far.show(EUCLIDEAN)
    refused = near_and_far.show(ABSENT)
    assert "There is no such file." in refused
    assert f'data-checkpoint="{ABSENT}"' in refused


def test_the_export_has_the_digits_of_the_api_and_names_its_sample() -> None:
    asked = {"table": "tree-measures", "kind": "json"}
    document = json.loads(exports.export_file(evaluated_here(OPENING), asked).data)
    _, found = compute.tree_measures_of(OPENING)
    assert (document["checkpoint"], document["seed"], document["operations"]) == (OPENING, "0", "2000")
    assert [row["measure"] for row in document["tree_measures"]] == list(texts.table("TREE_MEASURES"))
    for row in document["tree_measures"]:
        name = row["measure"]
        assert row["encoder_a"] == getattr(found.a, name)
        assert row["encoder_b_error"] == getattr(found.b, f"{name}_error", None)
        assert row["constructed_float32"] == getattr(CONSTRUCTIONS[1], name)
        assert row["best"] == getattr(BOUNDS, name)
