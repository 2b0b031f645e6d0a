"""Functions that the page's scripts call, with a field of another kind than any script sends: always a sentence."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tvae.analysis.views import directions
from tvae.page.columns import column
from tvae.page.tabs.ball import decoding, directions as ball_directions, handlers as ball
from tvae.page.tabs.codons import handlers as codons, sequence_form
from tvae.page.tabs.codons.map import sequence_map
from tvae.page.tabs.compare import exports as compare
from tvae.page.tabs.compare.leaderboard import handlers as leaderboard
from tvae.page.tabs.coverage import handlers as coverage
from tvae.page.tabs.explore import exports as explore
from tvae.page.tabs.explore.sections.atlas import card, classes
from tvae.page.tabs.train import handlers as train
from tvae.page.ui import texts

SENT: Any = {"checkpoint": "tree", "encoder": "A", "kind": "csv"}
PLACE: Any = {"centre": -1, "radius": 0.5, "angle": 0.5}
PAIR: Any = {"a": "tree", "b": "rich_tree", "wanted": "", "operations": "13", "table": "chosen"}
WRONG: tuple[Any, ...] = (None, 5, -1, 1e300, True, [], ["x"], {}, {"a": [1]}, "x", "\ud800", "x" * 10_000)

Function = Callable[[Any], dict[str, Any]]
FUNCTIONS: dict[str, tuple[Function, dict[str, Any]]] = {
    "explore": (explore.export, SENT | {"table": "operations", "operations": "13", "columns": "sheffer"}),
    "card": (card.card, {"operation": 13}),
    "classes": (classes.classes, {"kind": "isotopy", "show": "216", "property": "any", "page": 0}),
    "column": (column.column, SENT | {"column": "nearness_a", "operation": 13}),
    "column of another": (column.column, SENT | {"column": "other_radius_a", "other": ""}),
    "ball, near": (ball.export, SENT | {"table": "neighbours", "operation": 13, "k": 3, "by": "neighbours"}),
    "ball, path": (ball.export, SENT | {"table": "geodesic", "start": "13", "end": "14", "steps": 3}),
    "ball, points": (ball.points, SENT),
    "ball, directions": (ball_directions.components, SENT | {"centre": -1}),
    "ball, decode": (decoding.decode, SENT | PLACE),
    "compare": (compare.export, SENT | PAIR),
    "leaderboard": (leaderboard.export, SENT | {"names": []}),
    "coverage": (coverage.export, SENT | {"table": "noise"}),
    "codons": (codons.export, SENT | {"table": "codons", "stops": False}),
    "sequences": (sequence_form.encode, {"model": "codons_brca1", "fasta": ">a\nATGGCC"}),
    "sequences, file": (sequence_form.export, SENT | {"model": "codons_brca1", "fasta": ">a\nATGGCC"}),
    "map": (sequence_map.sequence_map, {"model": "codons_brca1", "fasta": ">a\nATGGCC"}),
    "map, figure": (sequence_map.map_figure, {"model": "codons_brca1", "fasta": "", "column": "clade"}),
    "map, file": (sequence_map.export_map, SENT | {"model": "codons_brca1", "fasta": ""}),
    "train": (train.download, {"checkpoint": "mine/gone", "suffix": ".pt"}),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Without seconds of work for the values that are right, and nothing in the log."""
    monkeypatch.setattr(directions, "measure", lambda side, centre: None)
    yield
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_field_with_every_kind_of_value(name: str) -> None:
    function, sent = FUNCTIONS[name]
    for field in sent:
        for value in WRONG:
            answer = function(sent | {field: value})
            assert answer.get("error") != texts.UNEXPECTED, (field, value)
            assert len(str(answer.get("error", ""))) < 1_000, (field, value)
