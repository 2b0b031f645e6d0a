"""The endpoints: answers equal to our own functions', under the names that scripts depend on."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import httpx
import numpy as np
import plotly.graph_objects as go
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, NEW_TO_TEN, RICH, Site, evaluated_here
from gradio_client import Client
from gradio_client.exceptions import AppError
from http_api import Api, Refused, no_constant

from tvae.analysis.linear_regions import counting
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.catalogue.catalogue import DEFAULT, ENTRIES
from tvae.operations import ternary
from tvae.reports import checkpoints, leaderboard
from tvae.reports.plots import figures

CODONS = {"/genetic_code", "/encode_sequence", "/sequence_map"}
ATLAS = {"/operations", "/properties", "/algebra"}  # tested in test_operations_endpoints.py, test_algebra_endpoint.py
EXPLORER = {"/neighbours", "/geodesic", "/decode", "/compare", "/robustness"}  # tested in test_api_explorer.py
ROW = {
    *("index", "trits", "name", "valuation", "norm_a", "norm_b", "radius_a", "radius_b"),
    *("reconstruction", "exact", "confidence"),
}
VECTORS = {"mu_a", "mu_b", "point_a", "point_b", "logits"}
COVERAGE = {"coverage", "reconstructed", "total", "trit_accuracy", "by_position", "by_valuation", "failing"}
METRICS = {
    *("checkpoint", "sha256", "source", "coverage", "reconstructed", "total", "trit_accuracy", "ball_coverage"),
    *("a", "b", "exact_tree", "ceilings", "constructions", "tree_sample", "claimed", "stored", "recipe_match"),
}
ENCODER = {
    *("hierarchy", "overlaps", "ordering_accuracy", "richness", "hyperbolic_richness", "distance_correlation", "q"),
    *("tree_fidelity", "tree_fidelity_error", "triplet_agreement", "level_mean_norm", "level_mean_radius"),
    *asdict(TreeMeasures()),
}
NEEDS_A_BALL = {
    *("richness", "hyperbolic_richness", "distance_correlation", "q", "tree_fidelity", "tree_fidelity_error"),
    *("triplet_agreement", "level_mean_norm"),
    *asdict(TreeMeasures()),
}


@pytest.fixture(scope="module")
def client(site: Site) -> Client:
    return Client(site.url, verbose=False, analytics_enabled=False)


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document))


class TestAnswers:
    def test_the_endpoints_are_these(self, site: Site) -> None:
        described = httpx.get(f"{site.url}gradio_api/info").json()["named_endpoints"]
        assert set(described) == EXPLORER | CODONS | ATLAS | {"/hub_checkpoints", "/open_from_hub"} | {
            *(
                "/checkpoints",
                "/leaderboard",
                "/encode",
                "/coverage",
                "/metrics",
                "/radius_plot",
                "/regions",
                "/regions_plot",
            )
        }
        inputs = [parameter["parameter_name"] for parameter in described["/encode"]["parameters"]]
        assert inputs == ["checkpoint", "operations", "vectors"]
        inputs = [parameter["parameter_name"] for parameter in described["/radius_plot"]["parameters"]]
        assert inputs == ["checkpoint", "operations", "encoder", "measure", "scale"]

    def test_checkpoints(self, api: Api) -> None:
        rows = api("checkpoints")
        assert [row["name"] for row in rows] == [entry.name for entry in ENTRIES]
        assert all(set(row) == {"name", "status", "source", "note"} for row in rows)
        assert rows[0]["source"] == "bundled"
        assert "training collapsed" in next(row["note"] for row in rows if "overnight" in row["name"])

    def test_leaderboard(self, api: Api, site: Site) -> None:
        before = len(site.hub.requests)
        rows = {row["checkpoint"]: row for row in api("leaderboard")}
        assert len(site.hub.requests) == before
        assert rows == through_json({row["checkpoint"]: row for row in leaderboard.leaderboard()})
        measured = {row["checkpoint"]: row for row in api("leaderboard", [EUCLIDEAN])}
        document = api("metrics", EUCLIDEAN)
        assert list(measured) == list(rows)
        found = measured.pop(EUCLIDEAN)
        assert found["sha256"] == document["sha256"]
        for name in ("a", "b", "claimed", *leaderboard.COVERAGE):
            assert found[name] == document[name]
        assert measured == {name: row for name, row in rows.items() if name != EUCLIDEAN}
        for also, sentence in (("nonsense", "No checkpoint is called 'nonsense'"), (5, "also is 5;")):
            with pytest.raises(Refused, match=sentence):
                api("leaderboard", also)

    @pytest.mark.parametrize("name", [BUNDLED, RICH])
    def test_encode(self, api: Api, name: str) -> None:
        answer = api("encode", name, "min, 5-7, v=8", True)
        assert set(answer) == {"checkpoint", "sha256", "operations"}
        assert all(set(row) == ROW | VECTORS for row in answer["operations"])
        assert answer == through_json(checkpoints.encoding(evaluated_here(name), "min, 5-7, v=8", True, None))
        row = answer["operations"][0]
        assert np.shape(row["mu_a"]) == np.shape(row["point_b"]) == (16,)
        assert np.shape(row["logits"]) == (9, 3)
        assert np.linalg.norm(row["point_a"]) == pytest.approx(row["norm_a"], abs=1e-6)

    def test_text_and_list_are_the_same_question(self, api: Api) -> None:
        table = [1, -1, 0, 1, -1, 0, 1, -1, 0]
        listed = api("encode", RICH, [13, "min", table, "5-7", 13], False)
        assert listed == api("encode", RICH, f"13, min, {table}, 5-7, 13", False)
        assert [row["index"] for row in listed["operations"]][::6] == [13, 13]

    def test_without_vectors_all_come_at_once(self, api: Api) -> None:
        rows = api("encode", RICH, "all", False)["operations"]
        assert len(rows) == ternary.N
        assert set(rows[0]) == ROW
        assert sum(row["exact"] for row in rows) == evaluated_here(RICH).metrics.at_mu.reconstructed

    def test_with_vectors_two_thousand_come_and_no_more(self, api: Api) -> None:
        assert len(api("encode", RICH, "0-1999", True)["operations"]) == 2_000
        with pytest.raises(Refused, match=r"2,001 operations .* at most 2,000 .* set vectors to false"):
            api("encode", RICH, "0-2000", True)

    @pytest.mark.parametrize("name", [BUNDLED, RICH, EUCLIDEAN])
    def test_coverage(self, api: Api, name: str) -> None:
        answer = api("coverage", name)
        assert set(answer) >= COVERAGE
        assert answer == through_json(checkpoints.coverage(evaluated_here(name)))
        assert len(answer["failing"]) == answer["total"] - answer["reconstructed"]
        assert (len(answer["by_position"]), len(answer["by_valuation"])) == (9, 10)

    @pytest.mark.parametrize("name", [BUNDLED, RICH, EUCLIDEAN])
    def test_metrics(self, api: Api, name: str) -> None:
        answer = api("metrics", name)
        assert set(answer) >= METRICS
        assert set(answer["a"]) >= ENCODER
        assert set(answer["a"]) == set(answer["b"])
        evaluated = evaluated_here(name)
        expected = through_json(checkpoints.metrics(evaluated, tree_measures.evaluate(evaluated.embedding)))
        assert {**answer, "source": ""} == {**expected, "source": ""}
        assert answer["ceilings"]["hierarchy"] == pytest.approx(-0.8320502943378436)

    def test_stored_and_claimed_are_what_was_given(self, api: Api) -> None:
        answer = api("metrics", RICH)
        assert answer["claimed"] == {"coverage": 1.0, "hierarchy": -0.8321, "richness": 0.00787}
        assert answer["stored"]["hierarchy"] == pytest.approx(-0.69442)
        assert answer["source"].startswith("Hugging Face Hub")

    def test_what_needs_a_ball_is_null_without_one(self, api: Api) -> None:
        answer = api("metrics", EUCLIDEAN)
        for side in (answer["a"], answer["b"]):
            assert {name for name, value in side.items() if value is None} == NEEDS_A_BALL
        assert answer["ball_coverage"] is None
        assert answer["max_radius"] is None
        (row,) = api("encode", EUCLIDEAN, "13", True)["operations"]
        assert [row[name] for name in ("norm_a", "norm_b", "point_a", "point_b")] == [None] * 4
        assert row["radius_a"] == pytest.approx(np.linalg.norm(row["mu_a"]), abs=1e-6)

    @pytest.mark.parametrize("operations", ["", "min, v=8", "v>=1", "all"])
    @pytest.mark.parametrize("name", [BUNDLED, EUCLIDEAN])
    def test_radius_plot(self, api: Api, name: str, operations: str) -> None:
        text = api.raw("radius_plot", name, operations, "B", "radius")
        assert len(text) < 300_000
        (document,) = json.loads(text, parse_constant=no_constant)
        figure = go.Figure(**document)
        assert len(figure.data) == (3 if operations == "min, v=8" else 2)
        heights = np.frombuffer(base64.b64decode(document["data"][0]["y"]["bdata"]), document["data"][0]["y"]["dtype"])
        assert np.array_equal(heights, evaluated_here(name).embedding.b.radius.astype(np.float32))
        words = "Euclidean norm of the latent mean" if name == EUCLIDEAN else "hyperbolic radius"
        assert figure.layout.yaxis.title.text == f"{words}, encoder B"

    def test_radius_plot_of_the_norm(self, api: Api) -> None:
        document = api("radius_plot", RICH, [13], "a", "Norm")
        expected = figures.radius_by_valuation(evaluated_here(RICH).embedding, (13,), "A", "norm")
        assert document == json.loads(expected.to_json())

    def test_radius_plot_on_a_scale(self, api: Api) -> None:
        document = api("radius_plot", RICH, "", "A", "radius", "Levels")
        expected = figures.radius_by_valuation(evaluated_here(RICH).embedding, (), "A", "radius", "levels")
        assert document == json.loads(expected.to_json())
        with pytest.raises(Exception, match="The scale is 'square'; it must be"):
            api("radius_plot", RICH, "", "A", "radius", "square")

    @pytest.mark.parametrize("name", [BUNDLED, EUCLIDEAN])
    def test_regions(self, api: Api, name: str) -> None:
        evaluated = evaluated_here(name)
        counted = counting.count(checkpoint_file.build(evaluated.checkpoint), 100, 3)
        assert api("regions", name, 100, 3) == through_json(
            checkpoints.regions(evaluated.location, evaluated.checkpoint, counted)
        )

    def test_regions_plot(self, api: Api) -> None:
        model = checkpoint_file.build(evaluated_here(BUNDLED).checkpoint)
        document = api("regions_plot", BUNDLED, "slice", "decoder A", [15_633, 19_569, 0])
        expected = figures.regions_slice(counting.slice_regions(model, "decoder A", (15_633, 19_569, 0)))
        assert document == json.loads(expected.to_json())
        assert len(go.Figure(**api("regions_plot", BUNDLED, "Depth", "", "")).data) == 12


class TestClients:
    def test_gradio_client_needs_no_more_than_the_names(self, client: Client) -> None:
        assert client.predict(api_name="/checkpoints")[0]["name"] == DEFAULT
        answer = client.predict(RICH, "13", api_name="/encode")
        assert set(answer["operations"][0]) == ROW | VECTORS
        answer = client.predict(checkpoint=BUNDLED, operations=["min"], vectors=False, api_name="/encode")
        assert answer == through_json(checkpoints.encoding(evaluated_here(BUNDLED), ["min"], False, None))
        assert client.predict(BUNDLED, api_name="/coverage")["reconstructed"] == ternary.N
        assert client.predict(BUNDLED, api_name="/metrics")["a"]["overlaps"] == 0
        assert go.Figure(**client.predict(BUNDLED, api_name="/radius_plot")).data
        assert client.predict(BUNDLED, api_name="/regions")["samples"] == 10_000
        assert go.Figure(**client.predict(BUNDLED, api_name="/regions_plot")).data

    def test_gradio_client_gets_the_sentence(self, client: Client) -> None:
        with pytest.raises(AppError, match="'foo' at character 1"):
            client.predict(BUNDLED, "foo", api_name="/encode")

    def test_ten_at_once_cause_one_download(self, site: Site) -> None:
        start = threading.Barrier(10)

        def ask(_: int) -> dict[str, Any]:
            api = Api(site.url)
            start.wait(30)
            answer: dict[str, Any] = api("coverage", NEW_TO_TEN)
            api.close()
            return answer

        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(ask, range(10)))
        assert answers == [through_json(checkpoints.coverage(evaluated_here(NEW_TO_TEN)))] * 10
        assert site.hub.count("GET", f"/large/{answers[0]['sha256']}") == 1
