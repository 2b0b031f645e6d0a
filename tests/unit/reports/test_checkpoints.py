"""The JSON documents: their fields, that they are strict JSON, and the table for people."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.linear_regions import counting
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS
from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.catalogue.catalogue import BY_NAME, ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.reports import checkpoints
from tvae.training.recipes.exact_tree import exact_tree, exact_tree_measures


def metrics_of(evaluated: EvaluatedCheckpoint) -> dict[str, Any]:
    return checkpoints.metrics(evaluated, tree_measures.evaluate(evaluated.embedding))


def strict(document: Any) -> Any:
    """What a client that follows the standard reads."""
    return json.loads(json.dumps(document, allow_nan=False))


def test_checkpoints_are_those_of_the_catalogue() -> None:
    rows = strict(checkpoints.checkpoints())
    assert [row["name"] for row in rows] == [entry.name for entry in ENTRIES]
    assert all(row.keys() == {"name", "status", "source", "note"} for row in rows)
    overnight = next(row for row in rows if row["name"] == "v5_11_overnight/best.pt")
    assert "training collapsed" in overnight["note"]
    rich = next(row for row in rows if row["name"] == "homeostatic_rich")
    assert rich["status"] == BY_NAME["homeostatic_rich"].status
    assert 'not the published homeostatic_rich/best.pt, whose status is "recommended"' in rich["note"]
    assert BY_NAME["homeostatic_rich"].measured in rich["note"]


def test_encoding(rich: EvaluatedCheckpoint) -> None:
    document = strict(checkpoints.encoding(rich, "0-2, min", vectors=True, limit=4))
    assert document.keys() == {"checkpoint", "sha256", "operations"}
    assert document["checkpoint"] == rich.location.name
    assert document["sha256"] == rich.checkpoint.sha256
    assert [row["index"] for row in document["operations"]][:3] == [0, 1, 2]
    assert document["operations"][3]["name"] == "min"
    without = checkpoints.encoding(rich, "all", vectors=False, limit=4)
    assert len(without["operations"]) == ternary.N
    with pytest.raises(OperationsError, match=r"5 operations with vectors were asked for; at most 4 .* to false"):
        checkpoints.encoding(rich, "0-4", vectors=True, limit=4)
    assert len(checkpoints.encoding(rich, "0-4", vectors=True, limit=None)["operations"]) == 5


def test_coverage(rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint) -> None:
    document = strict(checkpoints.coverage(rich))
    wanted = rich.metrics.at_mu
    assert document["reconstructed"] == wanted.reconstructed == ternary.N - len(document["failing"])
    assert document["failing"] == list(wanted.failing)
    assert len(document["by_position"]) == 9
    assert len(document["by_valuation"]) == 10
    assert (document["decoder_input"], document["ball"]) == ("mu", None)
    other = strict(checkpoints.coverage(ball_reader))
    assert other["decoder_input"] == "log0"
    assert other["ball"]["reconstructed"] == ball_reader.metrics.at_ball.reconstructed
    assert other["reconstructed"] == ball_reader.metrics.at_mu.reconstructed


def test_metrics(rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint) -> None:
    document = strict(metrics_of(rich))
    measured = tree_measures.evaluate(rich.embedding)
    for encoder, wanted, tree in (("a", rich.metrics.a, measured.a), ("b", rich.metrics.b, measured.b)):
        assert document[encoder] == strict(asdict(wanted) | asdict(tree))
    assert document["exact_tree"] == strict(asdict(exact_tree()) | asdict(exact_tree_measures()))
    assert document["tree_sample"] == {"seed": 0, "operations": 2_000, "four_points": 500, "queries": 1_000}
    assert (document["ceilings"]["map_27"], document["ceilings"]["average_distortion"]) == (1, 0)
    assert [(one["average_distortion"], one["worst_distortion"]) for one in document["constructions"]] == [
        (0.0116, 1.43),
        (0.0008, 1.09),
    ]
    assert document["exact_tree"].keys() == document["a"].keys()
    assert document["ceilings"]["hierarchy"] == pytest.approx(-0.8320502954, abs=5e-11)
    assert document["stored"] == {"coverage": 1.0, "hierarchy": -0.69442, "richness": pytest.approx(0.006615)}
    assert (document["claimed"], document["max_radius"], document["max_radius_from"]) == ({}, 0.99, "assumed")
    assert document["notes"] == list(rich.checkpoint.notes)
    assert "max_radius 0.99, decoder input mu" in document["notes"][0]
    assert f"note: {document['notes'][0]}" in checkpoints.metrics_table(document).splitlines()
    assert document["architecture"] == "dual projection, H64 L1, controller, learnable curvature"
    assert document["recipe_match"] is None
    assert "recipe match: the file records no recipe" in checkpoints.metrics_table(document).splitlines()
    bytes_ = checkpoints.metrics_table(document | {"recipe_match": "bytes"})
    assert "recipe match: bytes, this is the bundled file of its recipe" in bytes_.splitlines()
    unlike = checkpoints.metrics_table(document | {"recipe_match": "no"}, ["steps 20, in the recipe 300"])
    assert "recipe match: no; steps 20, in the recipe 300" in unlike.splitlines()
    assert document["ball_coverage"] is None
    assert strict(metrics_of(ball_reader))["ball_coverage"] == ball_reader.metrics.at_ball.coverage


def test_what_is_undefined_is_null(euclidean: EvaluatedCheckpoint) -> None:
    document = strict(metrics_of(euclidean))
    assert (document["max_radius"], document["max_radius_from"]) == (None, None)
    for name in (
        "richness",
        "hyperbolic_richness",
        "distance_correlation",
        "q",
        "tree_fidelity",
        "level_mean_norm",
        "map_3",
    ):
        assert document["a"][name] is None
    assert document["a"]["hierarchy"] is not None
    assert len(document["a"]["level_mean_radius"]) == 10
    rows = strict(checkpoints.encoding(euclidean, "0", True, None))["operations"]
    assert (rows[0]["point_a"], rows[0]["norm_b"]) == (None, None)


def test_claimed_and_stored_numbers_of_a_known_checkpoint(rich: EvaluatedCheckpoint) -> None:
    entry = BY_NAME["homeostatic_rich/best.pt"]
    known = CheckpointLocation(entry.name, rich.location.path, "hub", "0123456789abcdef", entry)
    document = strict(metrics_of(replace(rich, location=known)))
    assert document["claimed"] == {"coverage": 1.0, "hierarchy": -0.8321, "richness": 0.00787}
    assert document["stored"]["hierarchy"] == -0.69442  # the file's own word goes before the catalogue's
    assert document["source"] == "Hugging Face Hub, just downloaded, revision 0123456789ab"


def test_the_table_has_every_number(
    rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint
) -> None:
    for opened in (rich, euclidean, ball_reader):
        document = metrics_of(opened)
        lines = checkpoints.metrics_table(document).splitlines()
        assert f"sha256 {document['sha256']}" in lines
        assert f"coverage {document['reconstructed']:,} of 19,683 at mu_A" in lines
        rows = {line[:32].strip(): line[32:].split() for line in lines if line[32:].split() and len(line) == 92}
        assert set(rows) >= {"hierarchy", "overlaps", "richness", "q", "tree fidelity", "triplet agreement"}
        assert rows["hierarchy"] == [f"{document[e]['hierarchy']:.10f}" for e in "ab"] + ["-0.8320502954"] * 2
        for name, bound in asdict(BOUNDS).items():
            values = [*(document[column][name] for column in ("a", "b", "exact_tree")), bound]
            assert [None if cell == "-" else float(cell) for cell in rows[name.replace("_", " ")]] == [
                None if value is None else pytest.approx(value, abs=0.005) for value in values
            ]
        assert (rows["richness"][0] == "-") == (document["a"]["richness"] is None)
    assert any(
        line.startswith("ball coverage 0.") for line in checkpoints.metrics_table(metrics_of(ball_reader)).splitlines()
    )


@pytest.mark.parametrize("fixture", ["rich", "euclidean", "ball_reader"])
def test_regions(fixture: str, request: pytest.FixtureRequest) -> None:
    evaluated = request.getfixturevalue(fixture)
    counted = counting.count(checkpoint_file.build(evaluated.checkpoint), samples=300)
    document = strict(checkpoints.regions(evaluated.location, evaluated.checkpoint, counted))
    assert document.keys() == {
        *("checkpoint", "sha256", "architecture", "operations", "samples", "seed", "steps", "parts", "not_counted"),
    }
    assert (document["operations"], document["samples"], document["seed"]) == (ternary.N, 300, 0)
    assert len(document["parts"]) == len(counted.parts) > 0
    lines = checkpoints.regions_table(document).splitlines()
    for part, wanted in zip(document["parts"], counted.parts, strict=True):
        assert (part["name"], part["occupied"], part["sampled"]) == (wanted.name, wanted.occupied, wanted.sampled)
        assert [int(layer["upper"]) for layer in part["layers"]] == [layer.upper for layer in wanted.layers]
        last = part["layers"][-1]
        assert 10 ** last["upper_log10"] == pytest.approx(wanted.layers[-1].upper)
        assert last["lower"] is None or int(last["lower"]) == wanted.layers[-1].lower
        start = lines.index(f"{part['name']}, {part['inputs']} inputs")
        assert lines[start + 1].startswith(f"  {part['occupied']:,} regions hold the operations (exact); ")
        rows = [line.split() for line in lines[start + 5 : start + 5 + len(part["layers"])]]
        assert [row[3] for row in rows] == [f"{layer['occupied']:,}" for layer in part["layers"]]
    assert sum(line.startswith("not counted: ") for line in lines) == len(document["not_counted"])
