"""All checkpoints at once: what is shown at once, what is measured when, and what a row's buttons do."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from app_fixtures import BUNDLED, HOMEOSTASIS, OPENING, published
from csv_tables import read_csv
from hub_server import LocalHub
from paths import DATA

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluationCache
from tvae.analysis.single_flight import Cache
from tvae.checkpoints import loading
from tvae.errors import InputError
from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.tabs.compare.leaderboard import handlers, render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP

SESSION: Any = SimpleNamespace(session_hash="someone")
FILE = DATA / "v5_11_homeostasis_layout.pt"
pytestmark = pytest.mark.usefixtures("hub", "fresh")


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known yet, and nobody has files."""
    monkeypatch.setattr(compute, "LEADERBOARD_CACHE", Cache(64))
    monkeypatch.setattr(compute, "CACHE", EvaluationCache(evaluation.measure))
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles())


@pytest.fixture
def own(tmp_path: Path) -> str:
    """The name of an uploaded file of the session."""
    file = tmp_path / "own.pt"
    shutil.copy(FILE, file)
    return compute.SESSION_FILES.keep("someone", "your file: own.pt", (file,)).name


def asked(loaded: str = OPENING) -> str:
    return json.dumps({"loaded": loaded, "times": 0})


def show(loaded: str = OPENING, columns: tuple[str, ...] = render.USUAL) -> handlers.Board:
    return handlers.show(asked(loaded), "A", list(columns), "richness", "tree_fidelity", SESSION)


def listed(board: handlers.Board) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', board.board_table["value"])


def filled(answers: Iterator[handlers.Known]) -> list[dict[str, Any]]:
    return [{name: value for name, value in vars(one).items() if value is not SKIP} for one in answers]


def test_at_first_bundled_rows_and_claims_are_shown_without_the_hub(hub: LocalHub) -> None:
    board = show()
    names = listed(board)
    assert names[0] == OPENING
    assert {BUNDLED, HOMEOSTASIS, "v5_5/best.pt"} < set(names)
    assert "codon_vae_all.pt" not in names
    assert board.board_here["visible"] is False
    assert texts.BOARD_COUNT.format(count=len(names), encoder="A") in board.board_table["value"]
    assert "figure" in board.board_chart
    assert filled(handlers.measure_own(asked(), SESSION)) == [{}]
    assert hub.requests == []
    assert len(compute.LEADERBOARD_CACHE) == 0


def test_before_the_page_says_anything_and_with_no_column() -> None:
    board = handlers.show("", "B", [], "q", "map_27", SESSION)
    assert len(re.findall("data-sort=", board.board_table["value"])) == 3
    assert filled(handlers.measure_own("", SESSION)) == [{}]


def test_a_file_of_the_visitor_is_measured_and_comes_first_under_its_title(own: str) -> None:
    assert own not in listed(show())
    said, known, over = filled(handlers.measure_own(asked(), SESSION))
    assert "Measuring your file: own.pt" in said["board_status"]
    assert (set(known), over) == ({"board_known"}, {"board_status": ""})
    board = show()
    assert listed(board)[0] == own
    assert "your file: own.pt" in board.board_table["value"]
    assert "your file: own.pt A" in board.board_chart
    assert board.board_table["context"]["names"] == [own]  # those of the catalogue are known
    assert filled(handlers.measure_own(asked(), SESSION)) == [{}]  # once
    other: Any = SimpleNamespace(session_hash="someone else")
    theirs = handlers.show(asked(), "A", [], "q", "map_27", other)
    assert own not in listed(theirs)
    by_link = handlers.show(asked(own), "A", [], "q", "map_27", other)  # who has its name sees it
    assert own in listed(by_link)


def test_showing_leaves_the_order_of_use_as_it_is(own: str, tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "other.pt")
    compute.SESSION_FILES.keep("someone", "other", (tmp_path / "other.pt",))
    before = compute.SESSION_FILES.of("someone")
    show()
    assert compute.SESSION_FILES.of("someone") == before


def test_files_of_an_ended_session_are_left_out(own: str) -> None:
    list(handlers.measure_own(asked(), SESSION))
    assert own in listed(show(own))
    compute.SESSION_FILES.close("someone")
    compute.SESSION_FILES.sweep(float("inf"))
    assert own not in listed(show(own))
    assert filled(handlers.measure_own(asked(own), SESSION)) == [{}]


def test_a_file_that_goes_while_it_is_looked_for_is_left_out(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find = compute.find_file

    def found_and_lost(name: str) -> Any:
        location = find(name)
        if name == own and location:
            location.path.unlink()
        return location

    monkeypatch.setattr(compute, "find_file", found_and_lost)
    assert OPENING in listed(show())
    assert own not in listed(show())
    assert filled(handlers.measure_own(asked(), SESSION)) == [{}]
    assert "base64" in handlers.export({"names": [own], "kind": "csv"})


def test_a_file_that_goes_before_it_is_measured_is_a_sentence(own: str) -> None:
    answers = handlers.measure_own(asked(), SESSION)
    assert "Measuring" in str(next(answers).board_status)
    compute.SESSION_FILES.find(own).files[0].unlink()
    *_, last = filled(answers)
    assert texts.CHECKPOINT_EXPIRED in last["board_status"]


def test_what_another_event_said_stays_if_there_is_nothing_to_measure(own: str) -> None:
    """An error of Open or Compare, or that a published file is being measured."""
    list(handlers.measure_own(asked(), SESSION))
    for answers in (handlers.measure_own(asked(), SESSION), handlers.measure_published()):
        assert [answer.board_status for answer in answers] == [SKIP]


def test_what_is_known_is_shown_without_locating_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which would download a file that has gone meanwhile."""
    save(HOMEOSTASIS)
    located: list[str] = []
    locate = loading.locate
    monkeypatch.setattr(loading, "locate", lambda name, own_token=True: [located.append(name), locate(name)][1])
    list(handlers.measure_published())
    assert "data-gain" in row(show(), HOMEOSTASIS)
    assert located == []


def save(name: str) -> None:
    """Put a published file where this machine looks first."""
    path = Path("outputs/models") / name
    path.parent.mkdir(parents=True)
    path.write_bytes(published()[name])


def test_published_files_on_this_machine_are_measured_on_request(hub: LocalHub) -> None:
    for name in (HOMEOSTASIS, "max_hierarchy/best.pt"):
        save(name)
    board = show()
    assert (board.board_here["visible"], board.board_measure) == (True, texts.BOARD_MEASURE.format(count=2))
    assert "data-gain" not in row(board, HOMEOSTASIS)
    answers = filled(handlers.measure_published())
    assert "max_hierarchy/best.pt: best.pt: found 5,000 bytes of something else" in answers[-1]["board_status"]
    board = show()
    assert "data-gain" in row(board, HOMEOSTASIS)
    assert "data-gain" not in row(board, "max_hierarchy/best.pt")
    assert board.board_measure == texts.BOARD_MEASURE.format(count=1)  # the broken one
    assert hub.requests == []


def row(board: handlers.Board, name: str) -> str:
    found: str = re.findall(rf'<tr data-row="{re.escape(name)}">(.*?)</tr>', board.board_table["value"])[0]
    return found


def test_the_published_checkpoint_of_the_page_is_measured() -> None:
    save(HOMEOSTASIS)
    list(handlers.measure_own(asked(HOMEOSTASIS), SESSION))
    assert "data-gain" in row(show(), HOMEOSTASIS)


class TestButtons:
    def event(self, **data: Any) -> Any:
        return gr.EventData(None, data)

    def test_a_name_opens_explore_and_requests_the_checkpoint(self) -> None:
        opened = handlers.open_checkpoint(SESSION, self.event(checkpoint="tree"))
        assert (opened.board_status, opened.tabs["selected"], opened.checkpoint["value"]) == ("", "explore", "tree")
        assert opened.requested.startswith("tree ")

    def test_an_arrow_chooses_the_second(self, own: str) -> None:
        compared = handlers.compare_checkpoint(SESSION, self.event(checkpoint=own))
        assert (compared.second["value"], compared.wanted) == (own, own)
        assert ("your file: own.pt", own) in compared.second["choices"]

    def test_an_ended_session_and_hostile_events_are_sentences(self) -> None:
        for data in ({"checkpoint": "mine/gone"}, {"checkpoint": "<i>" + "D" * 9_000}, {}, {"checkpoint": 5}):
            for handler in (handlers.open_checkpoint, handlers.compare_checkpoint):
                answer = handler(SESSION, self.event(**data))
                assert "alert" in answer.board_status
                assert [name for name, value in vars(answer).items() if value is not SKIP] == ["board_status"]


class TestExports:
    def export(self, **sent: Any) -> dict[str, str]:
        found: dict[str, str] = handlers.export(sent)
        return found

    def test_the_table_with_the_visitors_own(self, own: str) -> None:
        list(handlers.measure_own(asked(), SESSION))
        names = show().board_table["context"]["names"]
        file = self.export(names=names, kind="csv")
        assert file["name"] == "tvae-all-checkpoints.csv"
        rows = read_csv(base64.b64decode(file["base64"]).decode())
        assert [one["checkpoint"] for one in rows[1:]] == listed(show())[1:]
        assert (rows[0]["checkpoint"], listed(show())[0]) == ("your file: own.pt", own)
        assert own not in base64.b64decode(file["base64"]).decode()
        assert float(rows[0]["richness_a"]) > 0
        kinds = {kind: self.export(names=names, kind=kind)["name"] for kind in ("json", "parquet")}
        assert kinds == {kind: f"tvae-all-checkpoints.{kind}" for kind in kinds}

    @pytest.mark.parametrize("names", ["tree", None, [5, {}], ["mine/gone"] * 1_000, ["no such name"]])
    def test_other_names_add_nothing(self, names: Any) -> None:
        rows = read_csv(base64.b64decode(self.export(names=names, kind="csv")["base64"]).decode())
        assert rows[0]["checkpoint"] == OPENING

    def test_another_kind_is_a_sentence(self) -> None:
        assert self.export(names=[], kind="xls")["error"].startswith("The format is 'xls'")


@pytest.mark.parametrize(
    ("encoder", "x", "y"),
    [(None, "q", "q"), ("A", None, "q"), ("A", "q", None), ("A", "nothing", "q"), ("A", 5, "q"), ("A", ["q"], "q")],
)
def test_a_choice_that_no_page_sends_is_a_sentence(encoder: Any, x: Any, y: Any) -> None:
    with pytest.raises(InputError, match=r" is .*; it must be "):
        handlers.show(asked(), encoder, [], x, y, SESSION)


@pytest.mark.parametrize("columns", [None, [], ["nothing"]])
def test_columns_that_there_are_not_are_left_out(columns: Any) -> None:
    board = handlers.show(asked(), "A", columns, "q", "richness", SESSION)
    assert "data-sort" in board.board_table["value"]
    assert 'data-sort="nothing"' not in board.board_table["value"]
