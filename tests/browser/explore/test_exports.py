"""Exported tables and figures of the Explore tab: their contents, and the buttons in the browser."""

import base64
import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from app_fixtures import EUCLIDEAN, HOMEOSTASIS, OPENING, RICH, OpenExplorer, digest, evaluated_here
from arro3.io import read_parquet
from csv_tables import read_csv
from explorer import Explorer
from export_menu import SVG, export
from http_api import Api
from playwright.sync_api import expect

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.atlas.codes import code_of
from tvae.operations.parsing import parse_operations
from tvae.page.selection.radius_plot import figure
from tvae.page.tabs.explore import exports

MIN = 15_633


def rows_of(data: bytes) -> list[dict[str, Any]]:
    table = read_parquet(io.BytesIO(data)).read_all()
    columns = {name: [cell.as_py() for cell in table.column(name)] for name in table.schema.names}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def exported(name: str, table: str, kind: str, **more: str) -> bytes:
    return exports.export_file(evaluated_here(name), {"table": table, "kind": kind, **more})[1]


def test_three_formats_hold_the_same_selected_operations() -> None:
    request = {"operations": "min, 0-9, 3", "encoder": "B"}
    lines, parquet = (exported(OPENING, "operations", kind, **request) for kind in ("csv", "parquet"))
    document = json.loads(exported(OPENING, "operations", "json", **request))
    expected = document["operations"]
    assert [row["index"] for row in expected] == [MIN, *range(10)]
    for text, row, other in zip(read_csv(lines.decode()), rows_of(parquet), expected, strict=True):
        assert (row["checkpoint"], row["sha256"]) == (OPENING, document["sha256"])
        assert row["trits"] == text["trits"] == ternary.trit_string(other["trits"])
        assert row["code"] == text["code"] == code_of(row["index"])
        for name in ("index", "code", "name", "valuation", "norm_a", "radius_b", "exact", "confidence", "nearest_b"):
            assert row[name] == other[name]
        assert float(text["radius_a"]) == other["radius_a"]
        assert text["nearest_b"].split() == [str(i) for i in other["nearest_b"]]


def test_a_large_export_omits_the_nearest() -> None:
    for kind, columns in (
        ("csv", exported(OPENING, "operations", "csv", operations="all", encoder="A").decode().split("\n")[0]),
        ("parquet", str(list(rows_of(exported(OPENING, "operations", "parquet", operations="all", encoder="A"))[0]))),
    ):
        assert "nearest" not in columns, kind
    assert len(rows_of(exported(OPENING, "operations", "parquet", operations="all", encoder="A"))) == ternary.N


def test_a_csv_of_a_euclidean_checkpoint() -> None:
    request = {"operations": "min", "encoder": "B", "kind": "csv"}
    name, data = exports.export_file(evaluated_here(EUCLIDEAN), request)
    assert name == f"v5_5_latest-operations-{digest(EUCLIDEAN)}.csv"
    (row,) = read_csv(data.decode())
    assert row["norm_a"] == row["norm_b"] == ""
    assert float(row["radius_b"]) == evaluated_here(EUCLIDEAN).embedding.b.radius[MIN]
    assert parse_operations(row["trits"]) == (MIN,)


def test_claimed_stored_and_measured_metrics() -> None:
    metrics = evaluated_here(RICH).metrics
    rows = {row["number"]: row for row in rows_of(exported(RICH, "comparison", "parquet"))}
    assert rows["coverage"]["claimed"] == rows["coverage"]["stored"] == 1.0
    assert rows["coverage"]["measured"] == metrics.at_mu.coverage
    assert rows["hierarchy A"]["claimed"] is None
    assert rows["hierarchy A"]["measured"] == metrics.a.hierarchy
    assert all({row["claimed"], row["stored"], row["measured"]} != {None} for row in rows.values())


def test_the_ceilings() -> None:
    rows = {row["metric"]: row for row in json.loads(exported(OPENING, "limits", "json"))["limits"]}
    metrics = evaluated_here(OPENING).metrics
    assert rows["hierarchy"]["encoder_a"] == metrics.a.hierarchy
    assert rows["level overlaps"]["encoder_b"] == metrics.b.overlaps
    assert rows["tree fidelity"]["limit"] > rows["tree fidelity"]["encoder_a"]


def test_coverage_and_failing_operations() -> None:
    metrics = evaluated_here(HOMEOSTASIS).metrics
    shares = rows_of(exported(HOMEOSTASIS, "coverage", "parquet"))
    of = {by: [row["share"] for row in shares if row["by"] == by] for by in ("valuation", "position", "all operations")}
    assert of["valuation"] == list(metrics.at_mu.by_valuation)
    assert of["position"] == list(metrics.at_mu.by_position)
    assert of["all operations"] == [metrics.at_mu.coverage]
    failing = rows_of(exported(HOMEOSTASIS, "failing", "parquet"))
    assert [row["index"] for row in failing] == list(metrics.at_mu.failing)
    assert not any(row["exact"] for row in failing)
    assert [row["code"] for row in failing] == [code_of(row["index"]) for row in failing]
    assert rows_of(exported(OPENING, "failing", "parquet")) == []


def test_columns_of_the_atlas_are_saved_in_every_format() -> None:
    columns = "commutative;keeps(-, 0);automorphisms;commutative"
    request = {"operations": "min, 3, left", "encoder": "A", "columns": columns}
    expected = [(True, True, 1), (False, True, 1), (False, True, 6)]
    names = ("commutative", "keeps(-, 0)", "automorphisms")
    document = json.loads(exported(OPENING, "operations", "json", **request))
    assert [tuple(row[name] for name in names) for row in document["operations"]] == expected
    parquet = rows_of(exported(OPENING, "operations", "parquet", **request))
    assert [tuple(row[name] for name in names) for row in parquet] == expected
    lines = read_csv(exported(OPENING, "operations", "csv", **request).decode())
    assert [tuple(row[name] for name in names) for row in lines] == [tuple(map(str, one)) for one in expected]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("hue", "There is no column 'hue'"),
        ("radius_a", "'radius_a' belongs to a checkpoint"),
        (";".join("abcdefg"), "The table has 7 added columns; at most 6 can be saved"),
        (["commutative"], "columns"),
        (None, "columns"),
    ],
)
def test_other_columns_are_refused(columns: object, said: str) -> None:
    request = {"checkpoint": OPENING, "operations": "min", "encoder": "A", "kind": "csv", "columns": columns}
    assert said in exports.export(request)["error"]


def test_an_invalid_export_is_a_sentence() -> None:
    request = {"checkpoint": OPENING, "operations": "nonsense", "encoder": "A", "kind": "csv"}
    with pytest.raises(OperationsError):
        exports.export_file(evaluated_here(OPENING), request)
    assert "Could not read 'nonsense'" in exports.export(request)["error"]
    assert "No checkpoint is called 'nope'" in exports.export({**request, "checkpoint": "nope"})["error"]
    assert "The format is 'xls'" in exports.export({**request, "operations": "min", "kind": "xls"})["error"]
    assert "There is no table 'users'" in exports.export({**request, "table": "users"})["error"]
    good = exports.export({**request, "operations": "min"})
    assert base64.b64decode(good["base64"]).startswith(b"checkpoint,sha256,index")


@pytest.mark.browser
def test_every_table_has_its_buttons(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.choose(HOMEOSTASIS)
    opened.loaded(HOMEOSTASIS)
    expect(opened.page.locator("#coverage [data-table=failing]").first).to_have_attribute(
        "data-checkpoint", HOMEOSTASIS
    )
    opened.type("min, 13")
    opened.chosen(MIN, 13)
    buttons = {
        "Export Parquet": ("operations", 2),
        "Claimed, stored and measured as Parquet": ("comparison", 8),
        "Against the limits as Parquet": ("limits", 6),
        "Coverage as Parquet": ("coverage", 20),
        "Failing operations as Parquet": ("failing", len(evaluated_here(HOMEOSTASIS).metrics.at_mu.failing)),
    }
    for label, (table, count) in buttons.items():
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name=label, exact=True).press("Enter")
        assert download.value.suggested_filename == f"v5_11_homeostasis_best-{table}-{digest(HOMEOSTASIS)}.parquet"
        rows = rows_of(download.value.path().read_bytes())
        assert len(rows) == count or table == "comparison"
        assert {row["checkpoint"] for row in rows} == {HOMEOSTASIS}


class TestFigures:
    """The radius plot as SVG and as a Plotly figure, with its labels."""

    def saved(self, opened: Explorer, kind: str) -> tuple[str, bytes]:
        file = export(opened.page.locator("#plot"), kind)
        return file.suggested_filename, file.path().read_bytes()

    def points(self, root: ElementTree.Element) -> int:
        return sum((path.get("d") or "").count("h0") for path in root.iter(f"{SVG}path"))

    def test_svg_has_every_point_axes_and_labels(self, explorer: OpenExplorer) -> None:
        opened = explorer()
        name, data = self.saved(opened, "svg")
        assert name == f"{OPENING}-radius-b-{digest(OPENING)}.svg"
        assert 200_000 < len(data) < 500_000
        root = ElementTree.fromstring(data)
        assert self.points(root) == ternary.N
        words = [text.text for text in root.iter(f"{SVG}text")]
        assert {
            *"0123456789",
            "13,122",
            "hyperbolic radius, encoder B",
            "no overlaps: every level lies above the next",
        } <= {*words}
        assert "19683 operations" in (root.findtext(f"{SVG}desc") or "")
        opened.type("min, 13")
        opened.chosen(MIN, 13)
        root = ElementTree.fromstring(self.saved(opened, "svg")[1])
        assert self.points(root) == ternary.N
        assert len(list(root.iter(f"{SVG}circle"))) == 2
        assert {"13", "min"} <= {text.text for text in root.iter(f"{SVG}text")}

    def test_the_figure_matches_the_api(self, explorer: OpenExplorer, api: Api) -> None:
        opened = explorer()
        opened.type("min, 13")
        opened.chosen(MIN, 13)
        opened.page.get_by_label("A", exact=True).check()
        opened.wait(".encoder === 'A'")
        name, data = self.saved(opened, "json")
        assert name == f"{OPENING}-radius-a-{digest(OPENING)}.json"
        assert json.loads(data) == api("radius_plot", OPENING, "min, 13", "A", "radius")

    def test_an_invalid_figure_is_a_sentence(self) -> None:
        request = {"checkpoint": EUCLIDEAN, "operations": [], "encoder": "A", "measure": "length", "scale": "auto"}
        assert "The measure is 'length'; it must be" in figure(request)["error"]
