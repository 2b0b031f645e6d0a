"""Documents of two checkpoints compared: strict JSON with the fixed fields, as the functions beneath find."""

import json
from typing import Any

import pytest

from tvae.analysis import alignment
from tvae.analysis.comparison import comparison
from tvae.analysis.comparison.rules import MEASURE_DIRECTION, METRIC_DIRECTION
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.errors import InputError, OperationsError
from tvae.reports import comparison as comparison_reports

COMPARED = {"index", "valuation", "radius_a", "radius_b", "moved", "exact_a", "exact_b"}
LOW, HIGH = TreeMeasures(average_distortion=0.1, map_3=0.5), TreeMeasures(average_distortion=0.2, map_3=0.5)


def strict(document: Any) -> Any:
    """What a client that follows the standard reads."""
    return json.loads(json.dumps(document, allow_nan=False))


@pytest.mark.parametrize("encoder", ["A", "B"])
def test_two_checkpoints(rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint, encoder: str) -> None:
    document = strict(comparison_reports.compare(rich, ball_reader, "13, min", encoder))
    found = comparison.compare((rich.embedding, rich.metrics), (ball_reader.embedding, ball_reader.metrics), encoder)
    assert document["checkpoint_a"] == {"checkpoint": rich.location.name, "sha256": rich.checkpoint.sha256}
    for name in ("a", "b", "differences", "better"):
        assert document["metrics"][name] == strict(getattr(found.metrics, name))
    assert document["metrics"]["good"] == METRIC_DIRECTION
    assert document["only_a"] == found.only_a.tolist()
    assert document["only_b"] == found.only_b.tolist()
    assert [row["index"] for row in document["operations"]] == [13, 15633]
    assert [row["index"] for row in document["moved_most"]] == found.moved_most.tolist()
    for row in document["operations"] + document["moved_most"]:
        assert set(row) == COMPARED
        sides = [opened.embedding.side(encoder) for opened in (rich, ball_reader)]
        assert [row["radius_a"], row["radius_b"]] == [side.radius[row["index"]] for side in sides]
        assert row["moved"] == row["radius_b"] - row["radius_a"]
        assert row["exact_a"] == bool(rich.embedding.exact[row["index"]])


@pytest.mark.parametrize("operations", ["", []])
def test_no_operation_needs_to_be_named(rich: EvaluatedCheckpoint, operations: Any) -> None:
    document = strict(comparison_reports.compare(rich, rich, operations, "A"))
    assert document["operations"] == document["only_a"] == document["only_b"] == []


def test_radii_of_different_kinds_do_not_move(rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint) -> None:
    document = strict(comparison_reports.compare(rich, euclidean, "13", "A"))
    assert document["measure"] == {"a": "hyperbolic", "b": "euclidean"}
    assert document["moved_most"] is None
    assert document["operations"][0]["moved"] is None
    assert document["operations"][0]["radius_b"] == euclidean.embedding.a.radius[13]


def test_refusals(rich: EvaluatedCheckpoint) -> None:
    with pytest.raises(InputError, match=r"^The encoder is empty; it must be A or B"):
        comparison_reports.compare(rich, rich, "", None)
    with pytest.raises(OperationsError, match="'foo' at character 1"):
        comparison_reports.compare(rich, rich, "foo", "A")


@pytest.mark.parametrize("encoder", ["A", "b"])
def test_what_moved_in_the_ball(rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint, encoder: str) -> None:
    asked: list[tuple[EvaluatedCheckpoint, str]] = []

    def measure(evaluated: EvaluatedCheckpoint, letter: str) -> TreeMeasures:
        asked.append((evaluated, letter))
        return LOW if evaluated is rich else HIGH

    letter = encoder.upper()
    document = strict(comparison_reports.near_and_far((rich, ball_reader), measure, encoder))
    found = alignment.align(rich.embedding.side(letter), ball_reader.embedding.side(letter))
    assert found is not None
    assert asked == [(rich, letter), (ball_reader, letter)]
    assert document["alignment"]["residual"] == found.residual
    rows = document["alignment"]["moved"]
    assert [row["index"] for row in rows] == found.moved_most.tolist()
    for row in rows:
        assert set(row) == COMPARED
        assert row["moved"] == found.distances[row["index"]]
        assert row["radius_b"] == ball_reader.embedding.side(letter).radius[row["index"]]
        assert row["exact_b"] == bool(ball_reader.embedding.exact[row["index"]])
    assert document["metrics"]["better"]["average_distortion"] == "a"
    assert document["metrics"]["better"]["map_3"] == "equal"
    assert document["metrics"]["better"]["map_9"] is None
    assert document["metrics"]["good"] == MEASURE_DIRECTION


def test_the_whole_document_joins_both_parts(rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint) -> None:
    def measure(evaluated: EvaluatedCheckpoint, encoder: str) -> TreeMeasures:
        return tree_measures.measure(evaluated.embedding.side(encoder))

    document = strict(comparison_reports.whole((rich, euclidean), measure, "13", "A"))
    assert document["alignment"] is None
    assert document["metrics"]["good"] == METRIC_DIRECTION | MEASURE_DIRECTION
    assert document["metrics"]["a"]["map_27"] == tree_measures.measure(rich.embedding.a).map_27
    assert document["metrics"]["b"]["map_27"] is document["metrics"]["better"]["map_27"] is None
    part = comparison_reports.compare(rich, euclidean, "13", "A")
    assert {name: document["metrics"]["a"][name] for name in METRIC_DIRECTION} == strict(part["metrics"]["a"])
    assert {key: value for key, value in document.items() if key not in ("metrics", "alignment")} == {
        key: value for key, value in strict(part).items() if key != "metrics"
    }
    assert "residual" not in comparison_reports.comparison_table(document)
    same = comparison_reports.whole((rich, rich), measure, "", "A")
    assert "residual after alignment by a rotation: 0.0000" in comparison_reports.comparison_table(same)


def test_a_wrong_operation_fails_before_anything_is_measured(rich: EvaluatedCheckpoint) -> None:
    with pytest.raises(OperationsError, match="'foo' at character 1"):
        comparison_reports.whole((rich, rich), lambda *_: pytest.fail("measured"), "foo", "A")
