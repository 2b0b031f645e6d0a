"""All checkpoints at once: bundled rows are what is measured, published ones what is claimed; the table is flat."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from app_fixtures import BUNDLED, RICH, evaluated_here
from arro3.io import read_parquet
from csv_tables import read_csv
from hub_server import LocalHub

from tvae.analysis.comparison.rules import DIRECTION
from tvae.analysis.evaluation import EvaluatedCheckpoint, status_facts
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints.catalogue.bundled import FACTS
from tvae.checkpoints.catalogue.catalogue import BY_NAME, ENTRIES
from tvae.checkpoints.catalogue.status import status_of
from tvae.errors import InputError
from tvae.reports import checkpoints, leaderboard
from tvae.reports.tables import serialize

Document = dict[str, Any]
KEYS = {"checkpoint", "status", "source", "sha256", "claimed", "a", "b"} | set(leaderboard.COVERAGE)
FLOATS = 1e-5  # as for the manifest, see test_bundled.py


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document))


def measured(evaluated: EvaluatedCheckpoint) -> Document:
    return leaderboard.measured_row(evaluated, tree_measures.evaluate(evaluated.embedding))


@pytest.fixture(scope="module")
def rows() -> dict[str, Document]:
    return {row["checkpoint"]: row for row in leaderboard.leaderboard()}


@pytest.fixture(scope="module")
def of_rich() -> Document:
    return measured(evaluated_here(RICH))


def assert_close(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name in expected:
            assert_close(found[name], expected[name])
    elif isinstance(expected, list):
        assert found == pytest.approx(expected, abs=FLOATS)
    else:
        assert found == (pytest.approx(expected, abs=FLOATS) if isinstance(expected, float) else expected)


class TestRows:
    def test_there_is_one_for_every_checkpoint_in_the_order_of_the_catalogue(self, rows: dict[str, Document]) -> None:
        listed = checkpoints.checkpoints()
        assert list(rows) == [entry["name"] for entry in listed]
        for entry in listed:
            row = rows[entry["name"]]
            assert set(row) == KEYS
            assert (row["status"], row["source"]) == (entry["status"], entry["source"])
            assert set(row["a"]) == set(row["b"]) == set(leaderboard.OF_ENCODER)

    @pytest.mark.parametrize("name", [BUNDLED, "rich_tree", "v5_5"])
    def test_that_of_a_bundled_file_has_its_measured_numbers(self, name: str, rows: dict[str, Document]) -> None:
        evaluated = evaluated_here(name)
        document = checkpoints.metrics(evaluated, tree_measures.evaluate(evaluated.embedding))
        expected = through_json({key: document[key] for key in KEYS - {"status", "source"}})
        assert_close({key: rows[name][key] for key in expected}, expected)
        assert_close(rows[name], through_json(measured(evaluated)))

    def test_that_of_a_published_file_has_its_claims_alone_and_sends_no_request(self, hub: LocalHub) -> None:
        for row in leaderboard.leaderboard():
            entry = BY_NAME[row["checkpoint"]]
            if entry.source == "hub":
                assert row["sha256"] is None
                assert {value for side in "ab" for value in row[side].values()} == {None}
                assert {row[name] for name in leaderboard.COVERAGE} == {None}
                given = {name: value for name, value in vars(entry.claimed).items() if value is not None}
                assert row["claimed"] == given
        assert hub.requests == []

    def test_a_measured_published_file_takes_the_place_of_its_claims_and_keeps_them(self, of_rich: Document) -> None:
        found = leaderboard.leaderboard([of_rich])
        assert [row["checkpoint"] for row in found] == [entry.name for entry in ENTRIES]
        row = found[[entry.name for entry in ENTRIES].index(RICH)]
        evaluated = evaluated_here(RICH)
        assert (row["status"], row["source"]) == ("recommended", "hub")  # the published one
        assert row["sha256"] == evaluated.checkpoint.sha256
        assert row["a"]["richness"] == evaluated.metrics.a.richness
        assert row["claimed"] == {"coverage": 1.0, "hierarchy": -0.8321, "richness": 0.00787}

    def test_a_file_without_a_name_comes_last_with_the_status_of_the_rule(self) -> None:
        evaluated = evaluated_here(BUNDLED)
        own = replace(evaluated, location=replace(evaluated.location, name="mine/x", origin="upload", entry=None))
        last = leaderboard.leaderboard([measured(own)])[-1]
        assert (last["checkpoint"], last["source"], last["claimed"]) == ("mine/x", "upload", {})
        assert last["status"] == status_of(FACTS[BUNDLED]) == "good"
        found = status_facts(own.metrics, tree_measures.evaluate(own.embedding))
        assert status_of(found) == last["status"]

    def test_a_checkpoint_without_a_ball_has_the_nulls_of_metrics(self, rows: dict[str, Document]) -> None:
        row = rows["v5_5"]
        assert (row["coverage"], row["coverage_b"], row["ball_coverage"]) == (1.0, 1.0, None)
        assert row["a"]["hierarchy"] is not None
        assert {row["a"][name] for name in ("richness", "q", "map_3", "average_distortion", "level_mean_norm")} == {
            None
        }


class TestNamesToMeasure:
    def test_a_list_or_a_text(self) -> None:
        assert leaderboard.names_to_measure("") == leaderboard.names_to_measure([]) == ()
        named = (RICH, "mine/x")
        assert leaderboard.names_to_measure(f" {RICH}, mine/x,,{RICH}") == named
        assert leaderboard.names_to_measure([RICH, "mine/x", RICH, "tree"]) == named  # tree is measured already

    @pytest.mark.parametrize(
        ("also", "shown"),
        [
            (None, "empty"),
            (5, "5"),
            (True, "true"),
            ({"a": 1}, '{"a": 1}'),
            (["tree", 5], '["tree", 5]'),
            ([["tree"]], '[["tree"]]'),
        ],
    )
    def test_anything_else_is_refused_with_a_sentence(self, also: object, shown: str) -> None:
        sentence = f'also is {shown}; it must be a list of names of checkpoints, for example ["v5_11/best.pt"].'
        with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
            leaderboard.names_to_measure(also)

    def test_there_is_a_limit(self) -> None:
        assert len(leaderboard.names_to_measure([f"mine/{k}" for k in range(leaderboard.MAX_ALSO)])) == 8
        with pytest.raises(InputError, match="also has 9 names; one call measures at most 8"):
            leaderboard.names_to_measure(",".join(f"mine/{k}" for k in range(9)))


class TestValues:
    def test_measured_and_claimed_numbers_of_each_encoder(self, of_rich: Document, rows: dict[str, Document]) -> None:
        metrics = evaluated_here(RICH).metrics
        assert leaderboard.value(of_rich, "A", "richness") == metrics.a.richness
        assert leaderboard.value(of_rich, "B", "richness") == metrics.b.richness
        assert leaderboard.value(of_rich, "B", "coverage") == metrics.at_mu.coverage
        claims = {
            (encoder, name): leaderboard.claim(of_rich, encoder, name)
            for encoder in "AB"
            for name in ("hierarchy", "richness", "coverage", "q")
        }
        assert claims == {
            ("A", "hierarchy"): -0.8321,  # published without naming the encoder
            ("B", "hierarchy"): -0.8321,
            ("A", "richness"): 0.00787,
            ("B", "richness"): None,
            ("A", "coverage"): 1.0,
            ("B", "coverage"): 1.0,
            ("A", "q"): None,
            ("B", "q"): None,
        }
        progressive = rows["v5_11_progressive/best.pt"]
        assert [leaderboard.claim(progressive, encoder, "hierarchy") for encoder in "AB"] == [None, 0.78]

    def test_every_measure_that_is_judged_is_in_a_row(self, rows: dict[str, Document]) -> None:
        for name in DIRECTION:
            assert any(leaderboard.value(row, "A", name) is not None for row in rows.values())

    def test_more_gain_is_better(self, rows: dict[str, Document]) -> None:
        tree, isometric, ball = rows["tree"], rows["isometric"], rows["ball"]
        assert leaderboard.gain(isometric, "A", "average_distortion") > leaderboard.gain(
            tree, "A", "average_distortion"
        )
        assert leaderboard.gain(tree, "A", "map_27") > leaderboard.gain(ball, "A", "map_27")
        assert leaderboard.gain(tree, "A", "hierarchy") > leaderboard.gain(isometric, "A", "hierarchy")
        # Shells that differ by rounding are equally well ordered.
        assert leaderboard.gain(tree, "A", "hierarchy") == leaderboard.gain(ball, "B", "hierarchy")

    def test_richness_with_overlapping_levels_and_an_undefined_number_are_the_worst(
        self, rows: dict[str, Document]
    ) -> None:
        assert leaderboard.gain(rows["isometric"], "A", "richness") == float("-inf")
        assert leaderboard.gain(rows["v5_5"], "A", "q") == float("-inf")
        assert leaderboard.gain(rows["ball"], "A", "richness") == pytest.approx(0.000254, abs=1e-6)


def row(name: str, a: Document, b: Document) -> Document:
    return {"checkpoint": name, "a": {"overlaps": 0} | a, "b": {"overlaps": 0} | b}


class TestPairs:
    def test_every_encoder_with_both_measures(self, rows: dict[str, Document]) -> None:
        found = leaderboard.pairs(rows.values(), "coverage", "q")
        assert {(one.row["checkpoint"], one.encoder) for one in found} == {
            (name, encoder) for name, row in rows.items() for encoder in "AB" if row["a"]["q"] is not None
        }
        assert all((one.x, one.y) == (1.0, one.row[one.encoder.lower()]["q"]) for one in found)

    def test_the_front_is_of_those_that_count(self) -> None:
        listed = [
            row("one", {"richness": 0.01, "q": 1.0}, {"richness": 0.005, "q": 2.0}),
            row("behind", {"richness": 0.005, "q": 1.0}, {"richness": None, "q": 2.1}),
            row("overlapping", {"richness": 0.02, "q": 2.1, "overlaps": 1}, {"richness": 0.0, "q": 2.0}),
        ]
        found = {(one.row["checkpoint"], one.encoder): one for one in leaderboard.pairs(listed, "richness", "q")}
        assert {who for who, one in found.items() if not one.counts} == {("overlapping", "A")}
        assert {who for who, one in found.items() if one.front} == {("one", "A"), ("one", "B")}
        assert ("behind", "B") not in found

    def test_a_hierarchy_beyond_its_limit_is_not_on_the_front(self) -> None:
        listed = [
            row("tied", {"hierarchy": -0.85, "q": 2.2}, {"hierarchy": -0.8, "q": 1.0}),
            row("at the limit", {"hierarchy": CEILINGS.hierarchy, "q": 2.0}, {"hierarchy": 0.85, "q": 2.1}),
        ]
        found = {(one.row["checkpoint"], one.encoder): one for one in leaderboard.pairs(listed, "hierarchy", "q")}
        assert [who for who, one in found.items() if not one.counts] == [("tied", "A")]
        assert {who for who, one in found.items() if one.front} == {("at the limit", "A"), ("at the limit", "B")}

    def test_without_any_that_counts_there_is_no_front(self) -> None:
        listed = [row("one", {"richness": 0.01, "q": 1.0, "overlaps": 2}, {"richness": None, "q": None})]
        (only,) = leaderboard.pairs(listed, "richness", "q")
        assert (only.counts, only.front) == (False, False)

    @pytest.mark.parametrize(("x", "y"), [("richness", "map_27"), ("richness", "average_distortion"), ("q", "map_27")])
    def test_no_bundled_encoder_that_counts_lies_beyond_the_front(self, x: str, y: str) -> None:
        """By the plotted values themselves, up to rounding."""
        found = leaderboard.pairs(leaderboard.bundled(), x, y)
        sign = -1 if y == "average_distortion" else 1
        front = [one for one in found if one.front]
        assert len(front) >= 4
        for one in front:
            for other in found:
                if other.counts:
                    assert not (other.x > one.x + 1e-9 and sign * other.y > sign * one.y + 1e-9)
        overlapping = {one.row["checkpoint"] for one in found if not one.counts}
        assert overlapping == ({"isometric"} if x == "richness" else set())


class TestTable:
    def test_a_column_for_each_number(self, of_rich: Document) -> None:
        found = leaderboard.leaderboard([of_rich])
        table = leaderboard.table_of(found)
        read = read_csv(serialize(table, "csv").decode())
        assert [row["checkpoint"] for row in read] == [row["checkpoint"] for row in found]
        assert {"claimed_hierarchy", "richness_a", "map_27_b", "overlaps_b", "coverage_b", "sha256"} <= read[0].keys()
        assert (read[0]["seed"], read[0]["queries"]) == ("0", "1000")
        for row, cells in zip(found, read, strict=True):
            for name in leaderboard.NUMBERS:
                for side in "ab":
                    number = row[side][name]
                    assert cells[f"{name}_{side}"] == ("" if number is None else str(number))
            assert cells["claimed_richness"] == str(row["claimed"].get("richness", ""))

    def test_parquet_keeps_what_is_missing(self) -> None:
        found = leaderboard.leaderboard()
        read = read_parquet(io.BytesIO(serialize(leaderboard.table_of(found), "parquet"))).read_all()
        overlaps = [cell.as_py() for cell in read.column("overlaps_a")]
        assert overlaps == [row["a"]["overlaps"] for row in found]
        assert {type(one) for one in overlaps} == {int, type(None)}

    def test_for_a_terminal(self, of_rich: Document) -> None:
        lines = leaderboard.leaderboard_table(leaderboard.leaderboard([of_rich])).splitlines()
        at = next(k for k, line in enumerate(lines) if line.startswith("rich_tree "))
        assert lines[at].split()[:6] == ["rich_tree", "recommended", "A", "1.000000", "-0.8321", "0"]
        assert lines[at + 1].split()[:2] == ["B", "1.000000"]
        homeostasis = next(line for line in lines if line.startswith("v5_11_homeostasis/best.pt"))
        assert homeostasis.split() == [
            *("v5_11_homeostasis/best.pt", "good", "A"),
            *("(0.999)", "(-0.82)", "-", "(0.00136)", "-", "-", "-", "-"),
        ]
        assert lines[-1] == "(in brackets: claimed, not measured here)"
        assert max(map(len, lines)) <= 132
