"""The bundled checkpoint: its file is the one in the manifest, and is as good as the manifest says."""

import hashlib
import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tvae.checkpoint_file import Checkpoint, build, read
from tvae.embedding import Embedding, embed
from tvae.metrics import CEILINGS, Metrics, evaluate, level_ranges
from tvae.recipes import recipe

BUNDLED = Path(str(files("tvae") / "bundled"))
ROWS: dict[str, dict[str, Any]] = json.loads((BUNDLED / "manifest.json").read_text())
FLOATS = 1e-5  # other processors round differently: a few of 400,000 sampled triplets may turn


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return read(BUNDLED / "homeostatic_rich.safetensors")


@pytest.fixture(scope="module")
def embedding(checkpoint: Checkpoint) -> Embedding:
    return embed(build(checkpoint))


@pytest.fixture(scope="module")
def measured(embedding: Embedding) -> Metrics:
    return evaluate(embedding)


def test_files_and_rows_are_the_same_set() -> None:
    assert {row["file"] for row in ROWS.values()} == {path.name for path in BUNDLED.glob("*.safetensors")}


@pytest.mark.parametrize("name", ROWS)
def test_the_file_is_the_one_in_the_manifest(name: str) -> None:
    row = ROWS[name]
    assert hashlib.sha256((BUNDLED / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert row["recipe"] == name
    assert row["steps"] == recipe(name).steps


def test_the_file_says_where_it_comes_from(checkpoint: Checkpoint) -> None:
    plan, row = recipe("homeostatic_rich"), ROWS["homeostatic_rich"]
    assert checkpoint.config == plan.config
    assert checkpoint.metadata["recipe"] == plan.name
    assert (checkpoint.metadata["seed"], checkpoint.metadata["steps"]) == (row["seed"], plan.steps)


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name in expected:
            assert_same(found[name], expected[name])
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=FLOATS)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    else:
        assert found == expected


def test_the_metrics_are_those_of_the_manifest(measured: Metrics) -> None:
    assert_same(json.loads(json.dumps(asdict(measured))), ROWS["homeostatic_rich"]["metrics"])


def test_every_operation_is_reconstructed(measured: Metrics) -> None:
    assert measured.at_mu.reconstructed == measured.at_mu.total == 19_683


def test_both_encoders_have_the_best_possible_hierarchy(measured: Metrics) -> None:
    for encoder in (measured.a, measured.b):
        assert encoder.overlaps == 0
        assert encoder.hierarchy == pytest.approx(CEILINGS.hierarchy, abs=1e-7)
        assert encoder.ordering_accuracy == 1.0
    assert CEILINGS.hierarchy == pytest.approx(-0.8320502954, abs=1e-10)


def test_encoder_a_is_richer_than_anything_published_at_no_overlap(measured: Metrics) -> None:
    assert measured.a.richness is not None
    assert measured.a.richness >= 0.0115


def test_the_levels_are_far_apart_compared_with_rounding(embedding: Embedding) -> None:
    for norm in (embedding.a.norm, embedding.b.norm):
        assert norm is not None
        low, high = level_ranges(norm)
        assert (low[:-1] - high[1:]).min() > 0.004
