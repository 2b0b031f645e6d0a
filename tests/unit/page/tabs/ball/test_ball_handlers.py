"""The handlers of the ball's tab: what is asked for, the points, decoding places of the disk, links."""

import base64
import json
from html import unescape
from typing import Any

import gradio as gr
import numpy as np
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, digest, evaluated_here
from csv_tables import read_csv
from markupsafe import escape

from tvae.analysis import evaluation, geodesics
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.views import disk_layout
from tvae.checkpoints import loading
from tvae.checkpoints.checkpoint_file import build
from tvae.errors import InputError, OperationsError
from tvae.operations import ternary
from tvae.page.server import compute
from tvae.page.tabs.ball import decoding, handlers, layout
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.reports import explorer

MIN, MAX = 15_633, 19_569


@pytest.fixture(autouse=True)
def published_without_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """`compute.opened` gives what the local Hub of the browser tests has."""

    def opened(name: str) -> EvaluatedCheckpoint:
        return evaluated_here(EUCLIDEAN) if name == EUCLIDEAN else original(name)

    original = compute.load_evaluated
    monkeypatch.setattr(compute, "load_evaluated", opened)
    monkeypatch.setattr(compute, "measure_on_gpu", evaluation.measure)


@pytest.fixture(scope="module")
def tree() -> EvaluatedCheckpoint:
    location = loading.locate("tree")
    return evaluation.measure(location, loading.open_located(location), tree=False)


def shown(name: str = BUNDLED, text: str = "min, max", ends: str = "", **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"current": None, "encoder": "A", "k": 10, "by": "neighbours"} | changes
    answer = handlers.refresh(
        name, text, fields["current"], fields["encoder"], fields["k"], fields["by"], ends, fields.get("steps", 20)
    )
    return {part: value for part, value in vars(answer).items() if value is not SKIP}


class TestRefresh:
    def test_neighbours_and_way_follow_the_selection(self) -> None:
        found = shown()
        document = explorer.near(compute.load_evaluated(BUNDLED), MIN, 10, "A")
        rows = [f'data-row="{row["index"]}"' for row in document["neighbours"]]
        assert (
            f"From operation <strong>{MIN}</strong> (min) to <strong>{MAX}</strong> (max):"
            in found["geodesic"]["value"]
        )
        places = [found["near"]["value"].index(row) for row in rows]
        assert places == sorted(places)
        assert (found["pair"], found["ends"]) == (f"{MIN} to {MAX}", "")
        way = explorer.geodesic(compute.load_evaluated(BUNDLED), MIN, MAX, 20, "A")
        assert found["disk"]["path"]["points"] == [row["point"] for row in way["points"]]
        assert found["disk"]["path"]["decoded"] == [row["index"] for row in way["points"]]
        assert found["disk"]["selected"] == [MIN, MAX]
        assert {found[name] for name in ("alert", "near_alert", "walk_alert", "notice")} == {""}

    def test_the_current_operation_has_the_neighbours(self) -> None:
        assert f"operations to <strong>{MAX}</strong> (max) by" in shown(current=MAX)["near"]["value"]
        assert f"operations to <strong>{MIN}</strong>" in shown(text="", current=0)["near"]["value"]

    @pytest.mark.parametrize("by", ["nearest_3adic", "nearest_hamming"])
    def test_by_another_distance(self, by: str) -> None:
        document = explorer.near(compute.load_evaluated(BUNDLED), MIN, 10, "A")
        value = shown(by=by)["near"]["value"]
        assert [row["index"] for row in document[by]] == [
            int(part.split('"')[0]) for part in value.split('data-row="')[1:]
        ]

    def test_ends_that_were_typed_stay_and_go(self) -> None:
        typed = shown(ends="13 to consensus")
        assert (typed["pair"], typed["ends"]) == ("13 to consensus", "13 to consensus")
        assert shown(text="13")["pair"] == ""
        assert shown(text="13, 14", ends="13 to 14")["ends"] == ""
        assert shown(text="13")["disk"]["path"] is None
        assert texts.GEODESIC_HINT in shown(text="13")["geodesic"]["value"]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"ends": "13 to v=8"}, "names 2 operations; give one"),
            ({"ends": "13 to nonsense"}, "nonsense"),
            ({"k": 0}, "The number of neighbours is 0;"),
            ({"k": None}, "The number of neighbours is missing; type a whole number from 1 to 1,000, for example 10."),
            ({"steps": 1_000}, "The number of steps is 1000;"),
            ({"steps": None}, "The number of steps is missing"),
        ],
    )
    def test_what_cannot_be_is_a_sentence_next_to_its_fields(self, changes: dict[str, Any], said: str) -> None:
        """The result that it replaces goes, and the other part stays."""
        found = shown(**changes)
        wrong, right = ("near", "walk") if "k" in changes else ("walk", "near")
        assert said in unescape(found[f"{wrong}_alert"])
        assert 'role="alert"' in found[f"{wrong}_alert"]
        assert found["alert"] == found[f"{right}_alert"] == ""
        values = {"near": found["near"]["value"], "walk": found["geodesic"]["value"]}
        assert (values[wrong], bool(values[right])) == ("", True)

    @pytest.mark.parametrize("changes", [{"ends": "13 to v=8"}, {"ends": "13 to nonsense"}, {"steps": 1_000}])
    def test_without_a_geodesic_the_old_one_goes_and_the_address_keeps_its_ends(self, changes: dict[str, Any]) -> None:
        assert shown(ends="13 to 14")["path"] == "13 to 14"
        assert shown(text="13, 14", ends="13 to 14")["path"] == ""  # the address names the selection already
        found = shown(**changes)
        assert (found["geodesic"]["value"], found["disk"]["path"]) == ("", None)
        assert "path" not in found

    def test_an_unknown_checkpoint_leaves_everything_as_it_is(self) -> None:
        found = shown("no such thing")
        assert "no such thing" in found["alert"]
        assert set(found) == {"alert"}

    def test_without_a_ball(self) -> None:
        found = shown(EUCLIDEAN)
        assert texts.BALL_EUCLIDEAN in found["notice"]
        assert found["disk"]["source"]["ball"] is False
        line = explorer.geodesic(compute.load_evaluated(EUCLIDEAN), MIN, MAX, 20, "A")
        assert found["disk"]["path"]["points"] == [row["mu"] for row in line["points"]]
        assert "Euclidean" in found["near"]["value"]
        assert "straight line" in found["geodesic"]["value"]


class TestPoints:
    def test_they_are_the_packed_ones(self) -> None:
        found = handlers.points({"checkpoint": BUNDLED, "encoder": "B"})
        embedding = compute.load_evaluated(BUNDLED).embedding
        assert base64.b64decode(found["points"]) == disk_layout.pack(embedding.b)
        exact = np.unpackbits(np.frombuffer(base64.b64decode(found["exact"]), np.uint8), bitorder="little")
        np.testing.assert_array_equal(exact[: ternary.N], embedding.exact)
        assert found["curvature"] == embedding.b.curvature

    def test_without_a_ball_they_are_the_means(self) -> None:
        found = handlers.points({"checkpoint": EUCLIDEAN, "encoder": "A"})
        side = compute.load_evaluated(EUCLIDEAN).embedding.a
        assert base64.b64decode(found["points"]) == disk_layout.pack(side)
        assert found["curvature"] is None

    def test_an_unknown_encoder_is_refused(self) -> None:
        assert "is 'C'; it must be A or B" in handlers.points({"checkpoint": BUNDLED, "encoder": "C"})["error"]


class TestDecode:
    @pytest.mark.parametrize("centre", [-1, MIN])
    @pytest.mark.parametrize("index", [13, 2, 19_000])
    def test_at_an_operation_its_own_mean_is_read(self, centre: int, index: int) -> None:
        evaluated = compute.load_evaluated(BUNDLED)
        side = evaluated.embedding.a
        assert side.point is not None
        middle = np.zeros(16) if centre < 0 else side.point[centre].astype(float)
        radius = disk_layout.radii_from(side, middle)[index]
        found, note = decoding.lifted(evaluated, "A", centre, float(radius), float(disk_layout.angle(index)))
        np.testing.assert_allclose(found, side.mu[index], atol=1e-6)
        assert "at 100% of the straight line" in note

    def test_a_decoder_of_the_ball_reads_the_point(self, tree: EvaluatedCheckpoint) -> None:
        side = tree.embedding.a
        assert side.point is not None
        found, note = decoding.lifted(tree, "A", -1, float(side.radius[13]), float(disk_layout.angle(13)))
        np.testing.assert_allclose(found, side.point[13], atol=1e-6)
        assert geodesics.decode(build(tree.checkpoint), found[None]).decoded.index[0] == 13
        assert "on the ray towards operation 13" in note

    def test_a_place_is_decoded_as_html(self) -> None:
        side = compute.load_evaluated(BUNDLED).embedding.a
        place = {"radius": float(side.radius[13]), "angle": float(disk_layout.angle(13))}
        html = decoding.decode({"checkpoint": BUNDLED, "encoder": "A", "centre": -1, **place})["html"]
        assert 'data-index="13"' in html
        assert html.count("<small>") == 9

    def test_what_cannot_be_decoded_is_a_sentence(self) -> None:
        asked = {"checkpoint": BUNDLED, "encoder": "B", "centre": -1, "radius": 1.0, "angle": 1.0}
        assert escape(texts.NOT_DECODED) in decoding.decode(asked)["html"]
        far = {"checkpoint": "tree", "encoder": "A", "centre": -1, "radius": 12.0, "angle": 1.0}
        assert "Norms up to" in decoding.decode(far)["html"]


def text_of(file: dict[str, str]) -> str:
    return base64.b64decode(file["base64"]).decode()


class TestExports:
    def test_neighbours_and_steps(self) -> None:
        near = {"table": "neighbours", "checkpoint": BUNDLED, "operation": MIN, "k": 5, "encoder": "A"}
        exported = handlers.export({**near, "by": "nearest_3adic", "kind": "csv"})
        rows = read_csv(text_of(exported))
        assert exported["name"] == f"{BUNDLED}-neighbours-{MIN}-a-{digest(BUNDLED)}.csv"
        document = json.loads(text_of(handlers.export({**near, "by": "neighbours", "kind": "json"})))
        assert [int(row["index"]) for row in rows] == [row["index"] for row in document["nearest_3adic"]]
        assert rows[0]["trits"] == ternary.trit_string(document["nearest_3adic"][0]["trits"])
        way = {"table": "geodesic", "checkpoint": EUCLIDEAN, "start": "min", "end": "max", "steps": 4, "encoder": "A"}
        steps = handlers.export({**way, "kind": "csv"})
        assert steps["name"] == f"v5_5_latest-geodesic-{MIN}-{MAX}-a-{digest(EUCLIDEAN)}.csv"
        assert [float(row["t"]) for row in read_csv(text_of(steps))] == [0, 0.25, 0.5, 0.75, 1]
        assert "error" in handlers.export({**way, "end": "nonsense", "kind": "csv"})
        wrong = handlers.export({**near, "by": "nearest", "kind": "csv"})
        assert wrong["error"].startswith("The distance of the neighbours is 'nearest'; it ")


class TestFields:
    def test_one_operation(self) -> None:
        assert handlers.one_operation("min", "The centre") == MIN
        with pytest.raises(InputError, match=r"^The centre '5-9' names 5 operations; give one"):
            handlers.one_operation("5-9", "The centre")
        with pytest.raises(OperationsError):
            handlers.one_operation("nonsense", "The centre")

    def test_the_centre(self) -> None:
        assert handlers.recentre("min").disk["move"]["centre"] == MIN
        assert handlers.recentre(" ").disk["move"]["centre"] == handlers.ORIGIN
        assert "nonsense" in handlers.recentre("nonsense").centre_alert
        event = gr.EventData(None, {"radius": 1.5, "angle": 90})
        assert decoding.placed(event) == decoding.Point("1.5", "90")

    def test_a_ready_disk_moves_to_the_centre_of_a_link(self) -> None:
        assert handlers.ready("min").disk["move"]["centre"] == MIN
        wrong = handlers.ready("nonsense")
        assert wrong.disk is SKIP
        assert "nonsense" in wrong.centre_alert
        assert handlers.ready("") == handlers.Centre(SKIP)

    def test_a_link_is_read_and_nonsense_in_it_is_not(self) -> None:
        said = {"ball_encoder": "B", "centre": "min", "walk": "13 to 14", "point_radius": "1"}
        assert layout.from_link({"ball_view": "3d"})["view"] == "3d"
        assert layout.from_link({"ball_view": "4d", "view": "api"})["view"] == "digits"
        assert layout.from_link({"arrows": "triple"})["arrows"] == "triple"
        assert layout.from_link({"arrows": "double"})["arrows"] == "none"
        found = layout.from_link(said | {"tab": "ball"})
        usual = layout.from_link({"tab": "ball"})
        assert usual == {part: value for part, (_, value) in layout._USUAL.items()}
        assert found == usual | {"encoder": "B", "centre": "min", "path": "13 to 14", "radius": "1"}
        assert {name for name, _ in layout._USUAL.values()} >= {
            "centre",
            "ball_encoder",
            "walk",
            "point_radius",
        }
