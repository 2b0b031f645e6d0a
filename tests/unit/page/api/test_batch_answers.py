"""The explorer's endpoints: equal to our own documents, by every kind of checkpoint, and bad input gives sentences."""

import json
import math
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, RICH, Site, evaluated_here
from gradio_client import Client
from http_api import Api, Refused

from tvae.analysis import robustness
from tvae.checkpoints import checkpoint_file
from tvae.page.server import compute
from tvae.reports import comparison, explorer

BALL = "ball"  # bundled, its decoder reads the ball
OUTSIDE = [0.3] * 16  # norm 1.2
TABLE = [1, -1, 0, 1, -1, 0, 1, -1, 0]


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document))


class TestAnswers:
    @pytest.mark.parametrize("operation", [13, "min", "5-7", [13, TABLE]])
    @pytest.mark.parametrize("name", [BUNDLED, RICH, EUCLIDEAN])
    def test_neighbours(self, api: Api, name: str, operation: Any) -> None:
        answer = api("neighbours", name, operation, 5, "B")
        assert answer == through_json(explorer.near(evaluated_here(name), operation, 5, "B"))
        assert ("results" in answer) == (operation not in (13, "min"))

    @pytest.mark.parametrize(("start", "end"), [(13, "min"), ([13, 5], "0, 1")])
    @pytest.mark.parametrize("name", [BUNDLED, EUCLIDEAN])
    def test_geodesic(self, api: Api, name: str, start: Any, end: Any) -> None:
        answer = api("geodesic", name, start, end, 4, "A")
        assert answer == through_json(explorer.geodesic(evaluated_here(name), start, end, 4, "A"))
        assert answer["decoded_from"] == "mu"

    def test_a_geodesic_in_the_ball_that_the_decoder_reads(self, api: Api) -> None:
        answer = api("geodesic", BALL, 13, "min", 10, "A")
        assert answer["decoded_from"] == "ball"
        assert [answer["points"][end]["index"] for end in (0, -1)] == [13, 15633]
        assert {point["gap"] for point in answer["points"]} == {0}

    def test_points_of_encode_decode_to_their_operations(self, api: Api) -> None:
        """Points of the ball where the decoder reads it, and means elsewhere."""
        for name, field in ((BALL, "point_a"), (BUNDLED, "mu_a"), (EUCLIDEAN, "mu_a")):
            rows = api("encode", name, "min, 5-9", True)["operations"]
            answer = api("decode", name, [row[field] for row in rows])
            assert answer["decoder_input"] == ("log0" if name == BALL else "mu")
            assert [point["trits"] for point in answer["points"]] == [row["reconstruction"] for row in rows]
            for point, row in zip(answer["points"], rows, strict=True):
                assert point["radius"] == pytest.approx(row["radius_a"], rel=1e-4)

    def test_compare(self, api: Api) -> None:
        answer = api("compare", BUNDLED, RICH, "min, v=9", "A")
        pair = evaluated_here(BUNDLED), evaluated_here(RICH)
        assert answer == through_json(comparison.whole(pair, compute.encoder_tree_measures, "min, v=9", "A"))
        assert (len(answer["alignment"]["moved"]), answer["metrics"]["good"]["map_3"]) == (20, "high")
        assert answer["metrics"]["better"]["coverage"] == "a"
        assert answer["only_b"] == []

    @pytest.mark.parametrize("name", [RICH, EUCLIDEAN])
    def test_robustness(self, api: Api, name: str) -> None:
        evaluated = evaluated_here(name)
        found = robustness.evaluate(checkpoint_file.build(evaluated.checkpoint), evaluated.embedding, 1)
        assert api("robustness", name, 1) == through_json(explorer.depth(evaluated, found))

    def test_gradio_client_needs_no_more_than_the_names(self, site: Site) -> None:
        client = Client(site.url, verbose=False, analytics_enabled=False)
        assert len(client.predict(BUNDLED, 13, api_name="/neighbours")["neighbours"]) == 10
        assert len(client.predict(BUNDLED, 13, "min", api_name="/geodesic")["points"]) == 21
        assert len(client.predict(BALL, [[0.0] * 16], api_name="/decode")["points"]) == 1
        assert client.predict(BUNDLED, BALL, api_name="/compare")["operations"] == []
        assert client.predict(BUNDLED, api_name="/robustness")["noise"]["coverage"][0] == 1


class TestRefusals:
    @pytest.mark.parametrize("name", ["nope", None, 5, ["a"]])
    def test_a_checkpoint_that_there_is_not(self, api: Api, name: Any) -> None:
        calls = {
            "neighbours": (name, 13, 5, "A"),
            "geodesic": (name, 13, 5, 5, "A"),
            "decode": (name, [[0.0] * 16]),
            "robustness": (name, 0),
        }
        for endpoint, inputs in calls.items():
            with pytest.raises(Refused, match="Choose one of these: rich_tree, "):
                api(endpoint, *inputs)
        for pair in ((name, BUNDLED), (BUNDLED, name)):
            with pytest.raises(Refused, match="Choose one of these: rich_tree, "):
                api("compare", *pair, "", "A")

    @pytest.mark.parametrize(
        ("endpoint", "inputs", "sentence"),
        [
            ("neighbours", (None, 5, "A"), "The operation is empty; it must be an index, a text or a list of these"),
            ("neighbours", (True, 5, "A"), "The operation is true"),
            ("neighbours", (1.5, 5, "A"), "The operation is 1.5"),
            ("neighbours", (19_683, 5, "A"), "a list holds indices between 0 and 19682"),
            ("neighbours", ("foo", 5, "A"), "'foo' at character 1"),
            ("neighbours", (TABLE, 5, "A"), "could be nine indices or one truth table"),
            ("neighbours", (13, "5", "A"), "k is '5'; it must be a whole number from 1 to 1,000, for example 10."),
            ("neighbours", (13, None, "A"), "k is empty"),
            ("neighbours", (13, [5], "A"), "k is [5]"),
            ("neighbours", (13, 10**30, "A"), "k is 1000000000000000"),
            ("neighbours", (13, 5, None), "The encoder is empty; it must be A or B."),
            ("neighbours", ("all", 1, "A"), "at most 500 operations and 5,000 neighbours"),
            ("geodesic", (13, {}, 5, "A"), "The end is {}"),
            ("geodesic", (13, [], 5, "A"), "No operation is given"),
            (
                "geodesic",
                (13, 5, "many", "A"),
                "steps is 'many'; it must be a whole number from 1 to 500, for example 20.",
            ),
            ("geodesic", (13, 5, 501, "A"), "steps is 501"),
            ("geodesic", ([1, 2], 5, 5, "A"), "two lists of equal length"),
            ("geodesic", (13, 5, 5, ["A"]), 'The encoder is ["A"]; it must be A or B.'),
            ("decode", ("0.1",), "The points are '0.1'; they must be a list of lists of 16 numbers"),
            ("decode", (None,), "The points are empty"),
            ("decode", ([],), "The points are []"),
            ("decode", ([0.1] * 16,), "Point 1 is 0.1; each point must be a list of 16 numbers"),
            ("decode", ([[0.1] * 17],), "Point 1 has 17 numbers; each point has 16."),
            ("decode", ([["0"] * 16],), "Number 1 of point 1 is '0'; it must be a finite number"),
            ("decode", ([[None] * 16],), "Number 1 of point 1 is empty"),
            ("decode", ([[0.0] * 16] * 2_001,), "2,001 points were sent; at most 2,000 are decoded at once."),
            (
                "decode",
                ([[0.0] * 16, OUTSIDE],),
                "Point 2 has the Euclidean norm 1.200000, outside the ball. Norms up to",
            ),
            (
                "robustness",
                ("0",),
                "The seed is '0'; it must be a whole number from 0 to 2,147,483,647, for example 0.",
            ),
            ("robustness", (-1,), "The seed is -1"),
        ],
    )
    def test_sentences(self, api: Api, endpoint: str, inputs: tuple[Any, ...], sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api(endpoint, BALL, *inputs)
        assert sentence in str(refused.value)

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_numbers_that_json_does_not_have(self, api: Api, number: float) -> None:
        body = json.dumps({"data": [BALL, [[number] * 16]]}).encode()
        posted = api.http.post("decode", content=body, headers={"content-type": "application/json"})
        told = api.http.get(f"decode/{posted.json()['event_id']}").text
        assert f"Number 1 of point 1 is {json.dumps(number)}; it must be a finite number" in told

    @pytest.mark.parametrize(
        ("operations", "encoder", "sentence"),
        [
            ("foo", "A", "'foo' at character 1"),
            (5, "A", "a text or a list, not 5."),
            (None, "A", "a text or a list, not null."),
            ("", "C", "The encoder is 'C'; it must be A or B."),
            ("", 5, "The encoder is 5; it must be A or B."),
        ],
    )
    def test_comparing(self, api: Api, operations: Any, encoder: Any, sentence: str) -> None:
        with pytest.raises(Refused) as refused:
            api("compare", BUNDLED, BALL, operations, encoder)
        assert sentence in str(refused.value)
