"""The explorer's documents: strict JSON with the fixed fields, equal to what the functions beneath them find."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from tvae.analysis import (
    geodesics,
    neighbours,
    robustness,
)
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import checkpoint_file
from tvae.errors import InputError
from tvae.operations import ternary
from tvae.reports import explorer

ROW = {"index", "trits", "distance", "distance_3adic", "hamming", "valuation"}
STEP = {"t", "point", "radius", "index", "trits", "confidence", "valuation", "gap", "mu"}
DECODED = {"logits", "index", "trits", "confidence", "valuation", "radius", "point"}
LISTS = ("neighbours", "nearest_3adic", "nearest_hamming")
KINDS = ("rich", "euclidean", "ball_reader")


def strict(document: Any) -> Any:
    """What a client that follows the standard reads."""
    return json.loads(json.dumps(document, allow_nan=False))


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest) -> EvaluatedCheckpoint:
    found: EvaluatedCheckpoint = request.getfixturevalue(request.param)
    return found


class TestNeighbours:
    @pytest.mark.parametrize("encoder", ["A", "b"])
    def test_rows_are_those_of_the_module(self, opened: EvaluatedCheckpoint, encoder: str) -> None:
        document = strict(explorer.near(opened, 13, 7, encoder))
        assert (document["operation"], document["encoder"], document["k"]) == (13, encoder.upper(), 7)
        assert document["measure"] == ("hyperbolic" if opened.embedding.has_ball else "euclidean")
        (found,) = neighbours.neighbourhood(opened.embedding.side(encoder.upper()), np.array([13]), 7)
        for name, who, far in zip(
            LISTS,
            (found.nearest, found.nearest_3adic, found.nearest_hamming),
            (found.distances, found.distances_3adic, found.distances_hamming),
            strict=True,
        ):
            rows = document[name]
            assert all(set(row) == ROW for row in rows)
            assert [row["index"] for row in rows] == who.tolist()
            assert [row["distance"] for row in rows] == far.tolist()
            for row in rows:
                assert row["trits"] == ternary.trits_of(row["index"]).tolist()
                assert row["distance_3adic"] == 3.0 ** -float(ternary.valuation_of(row["index"] - 13))
                assert row["hamming"] == int((ternary.trits_of(13) != row["trits"]).sum())
                assert row["valuation"] == ternary.VALUATIONS[row["index"]]
        assert document["agreement"] == {
            "with_3adic": asdict(found.agreement_3adic), "with_hamming": asdict(found.agreement_hamming)
        }  # fmt: skip

    def test_many_are_answered_one_by_one(self, rich: EvaluatedCheckpoint) -> None:
        document = strict(explorer.near(rich, "13, min, 13", 4, "A"))
        assert "neighbours" not in document
        singles = [strict(explorer.near(rich, one, 4, "A")) for one in (13, "min", 13)]
        assert document["results"] == [{key: one[key] for key in document["results"][0]} for one in singles]
        (alone,) = explorer.near(rich, [13], 4, "A")["results"]
        assert alone["operation"] == 13

    @pytest.mark.parametrize(
        ("operation", "k", "encoder", "sentence"),
        [
            (13, 0, "A", r"^k is 0; it must be a whole number from 1 to 1,000, for example 10\.$"),
            (13, 1_001, "A", "^k is 1001"),
            (13, "10", "A", "^k is '10'"),
            (13, 10, "C", "^The encoder is 'C'; it must be A or B"),
            (None, 10, "A", "^The operation is empty; it must be an index, a text or a list"),
            (
                "0-50",
                100,
                "A",
                "^100 neighbours of each of 51 operations .* at most 500 operations and 5,000 neighbours",
            ),
            ("0-500", 1, "A", "^1 neighbours of each of 501 operations"),
        ],
    )
    def test_refusals(self, rich: EvaluatedCheckpoint, operation: Any, k: Any, encoder: Any, sentence: str) -> None:
        with pytest.raises(InputError, match=sentence):
            explorer.near(rich, operation, k, encoder)


class TestGeodesic:
    @pytest.mark.parametrize("encoder", ["A", "B"])
    def test_points_are_those_of_the_walk(self, opened: EvaluatedCheckpoint, encoder: str) -> None:
        document = strict(explorer.geodesic(opened, 13, "min", 6, encoder))
        assert (document["start"], document["end"], document["steps"], document["encoder"]) == (13, 15633, 6, encoder)
        assert len(document["points"]) == 7
        assert all(set(point) == STEP for point in document["points"])
        model = checkpoint_file.build(opened.checkpoint)
        way = geodesics.geodesic(model, opened.embedding, 13, 15633, 6, encoder)
        assert document["length"] == way.length
        assert document["decoded_from"] == way.decoded_from
        for name, wanted in (("t", way.t), ("radius", way.radius), ("gap", way.projection_gap)):
            assert [point[name] for point in document["points"]] == ([None] * 7 if wanted is None else wanted.tolist())
        for name in ("index", "confidence", "valuation"):
            wanted = [None] * 7 if way.decoded is None else getattr(way.decoded, name).tolist()
            assert [point[name] for point in document["points"]] == wanted
        for name in ("point", "mu"):
            wanted = getattr(way, name)
            if wanted is None:
                assert [point[name] for point in document["points"]] == [None] * 7
            else:
                np.testing.assert_allclose([point[name] for point in document["points"]], wanted, atol=6e-7)

    def test_the_note_says_what_is_decoded(
        self, rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint
    ) -> None:
        notes = {
            (kind, encoder): explorer.geodesic(opened, 0, 1, 1, encoder)["note"]
            for kind, opened in (("rich", rich), ("euclidean", euclidean), ("ball_reader", ball_reader))
            for encoder in "AB"
        }
        words = explorer.NOTES
        assert notes == {
            ("rich", "A"): words["mu"],
            ("rich", "B"): words["none"],
            ("euclidean", "A"): words["flat"],
            ("euclidean", "B"): words["flat"],
            ("ball_reader", "A"): words["ball"],
            ("ball_reader", "B"): words["ball, B"],
        }

    def test_pairs(self, rich: EvaluatedCheckpoint) -> None:
        document = strict(explorer.geodesic(rich, [13, "min"], "0, 5", 3, "A"))
        assert [(way["start"], way["end"]) for way in document["results"]] == [(13, 0), (15633, 5)]
        alone = strict(explorer.geodesic(rich, 13, 0, 3, "A"))
        assert document["results"][0] == {key: alone[key] for key in ("start", "end", "length", "points")}
        assert len(explorer.geodesic(rich, [13], 0, 3, "A")["results"]) == 1

    @pytest.mark.parametrize(
        ("start", "end", "steps", "encoder", "sentence"),
        [
            (13, 5, 0, "A", "^steps is 0; it must be a whole number from 1 to 500, for example 20"),
            (13, 5, None, "A", "^steps is empty"),
            (13, 5, 1.5, "A", "^steps is 1.5"),
            (13, 5, 9, "AB", "^The encoder is 'AB'; it must be A or B"),
            ({}, 5, 9, "A", "^The start is {}"),
            (13, True, 9, "A", "^The end is true"),
            ("0-2", "5-6", 9, "A", "^3 operations to start from and 2 to end at"),
            ("0-99", "100-199", 20, "A", "^100 paths of 21 points were requested; one answer has at most 2,000 points"),
        ],
    )
    def test_refusals(
        self, rich: EvaluatedCheckpoint, start: Any, end: Any, steps: Any, encoder: Any, sentence: str
    ) -> None:
        with pytest.raises(InputError, match=sentence):
            explorer.geodesic(rich, start, end, steps, encoder)


class TestDecode:
    def test_rows_are_those_of_the_module(self, opened: EvaluatedCheckpoint) -> None:
        given = (0.1 * np.random.default_rng(0).normal(size=(20, 16))).tolist()
        document = strict(explorer.decode(opened, given))
        reads_ball = opened.embedding.decoder_input == "log0"
        assert document["decoder_input"] == opened.embedding.decoder_input
        assert document["max_norm"] == (opened.checkpoint.config.max_radius if reads_ball else None)
        assert all(set(row) == DECODED for row in document["points"])
        placed = geodesics.decode(checkpoint_file.build(opened.checkpoint), np.array(given))
        for name in ("index", "confidence", "valuation"):
            assert [row[name] for row in document["points"]] == getattr(placed.decoded, name).tolist()
        assert [row["radius"] for row in document["points"]] == placed.radius.tolist()
        logits = [row["logits"] for row in document["points"]]
        np.testing.assert_allclose(logits, placed.decoded.logits, atol=6e-7)
        assert (document["points"][0]["point"] is None) == (placed.point is None)

    def test_what_encode_prints_can_be_decoded(self, ball_reader: EvaluatedCheckpoint) -> None:
        """Vectors come with six decimals, and the outermost points lie near the largest norm."""
        embedding = ball_reader.embedding
        outermost = np.argsort(-embedding.a.norm)[:200]
        printed = embedding.a.point[outermost].astype(np.float64).round(6).tolist()
        document = explorer.decode(ball_reader, printed)
        np.testing.assert_allclose(
            [row["radius"] for row in document["points"]], embedding.a.radius[outermost], rtol=1e-4
        )
        assert sum(row["trits"] == embedding.reconstruction[i].tolist()
                   for row, i in zip(document["points"], outermost, strict=True)) > 195  # fmt: skip

    def test_refusals(self, rich: EvaluatedCheckpoint, ball_reader: EvaluatedCheckpoint) -> None:
        with pytest.raises(InputError, match="2,001 points were sent; at most 2,000"):
            explorer.decode(rich, [[0.0] * 16] * 2_001)
        with pytest.raises(InputError, match="Point 1 has 15 numbers; each point has 16"):
            explorer.decode(rich, [[0.0] * 15])
        with pytest.raises(InputError, match=r"Point 1 has the Euclidean norm 4\.000000, outside the ball"):
            explorer.decode(ball_reader, [[1.0] * 16])
        explorer.decode(rich, [[1.0] * 16])  # a mean may lie there


class TestDepth:
    def test_the_document_is_what_was_examined(self, opened: EvaluatedCheckpoint) -> None:
        found = robustness.evaluate(checkpoint_file.build(opened.checkpoint), opened.embedding, 3)
        document = strict(explorer.depth(opened, found))
        assert document["seed"] == 3
        assert np.shape(document["confusion"]["by_position"]) == (9, 3, 3)
        assert np.shape(document["confusion"]["by_valuation"]) == (10, 3, 3)
        for name in ("calibration", "noise", "prior"):
            assert document[name] == strict(asdict(getattr(found, name)))
        assert (document["ball"] is None) == (opened.embedding.decoder_input == "mu")
