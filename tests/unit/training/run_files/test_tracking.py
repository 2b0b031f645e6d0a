"""What a tracker is called with, and what happens if it fails: with modules that only record their calls."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from huggingface_hub import constants

from tvae.errors import InputError, TrackerError
from tvae.training.run_files.tracking import Tracker

PICTURE = b"a picture"
CONFIG = {"recipe": "v5_5", "steps": 100}
CURVES = [{"step": 50, "phase": "first", "loss": 2.0}, {"step": 100, "phase": "first", "loss": 1.0, "coverage": None}]
Calls = list[tuple[str, Any]]


def result() -> tuple[dict[str, float | None], bytes]:
    return {"coverage": 0.5, "q_a": None}, PICTURE


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The calls of the module `calls_of_mine`, which prints at each of them."""
    made: Calls = []
    module = ModuleType("calls_of_mine")

    def noted(name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            sys.stdout.write("chatter")
            made.append((name, (*given, named)))
            return Path(given[0]).read_bytes() if name == "Image" else None

        return call

    for name in ("init", "log", "finish", "Image"):
        setattr(module, name, noted(name))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return made


def failing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("no\nspace")

    monkeypatch.setattr(sys.modules["calls_of_mine"], name, fail)


def test_a_run_has_its_settings_curves_measures_and_picture(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    tracker = Tracker("calls_of_mine:trees-1")
    tracker.record("one", CONFIG, CURVES, result)
    tracker.record("two", CONFIG, (), result)
    begun = ("init", ({"project": "trees-1", "name": "one", "config": CONFIG},))
    assert calls[:4] == [
        begun,
        ("log", ({"loss": 2.0}, {"step": 50})),
        ("log", ({"loss": 1.0}, {"step": 100})),
        ("log", ({"coverage": 0.5}, {"step": 100})),
    ]
    assert [name for name, _ in calls[4:]] == ["Image", "log", "finish", "init", "log", "Image", "log", "finish"]
    assert calls[5] == ("log", ({"radius": PICTURE}, {"step": 100}))
    assert calls[8] == ("log", ({"coverage": 0.5}, {"step": 0})), "the steps of another run are none of its"
    assert capsys.readouterr() == ("", "")


def test_a_measure_of_the_curves_at_the_last_step_is_logged_once(calls: Calls) -> None:
    measured = {"coverage": 0.5, "q_a": 2.0}, PICTURE
    first, last = CURVES[0] | {"q_a": 1.0}, CURVES[1] | {"coverage": 0.5}
    Tracker("calls_of_mine:trees").record("one", CONFIG, [first, last], lambda: measured)
    logged = [given for name, given in calls if name == "log"]
    assert logged[1:3] == [({"loss": 1.0, "coverage": 0.5}, {"step": 100}), ({"q_a": 2.0}, {"step": 100})]


def test_a_continued_run_is_resumed(calls: Calls) -> None:
    Tracker("calls_of_mine:trees").begin("one", CONFIG, resumed=True)
    assert calls == [("init", ({"project": "trees", "name": "one", "config": CONFIG, "resume": "allow"},))]


def test_a_run_that_stops_is_ended_once(calls: Calls) -> None:
    tracker = Tracker("calls_of_mine:trees")
    tracker.close()
    tracker.begin("one", CONFIG)
    tracker.close()
    tracker.close()
    assert [name for name, _ in calls] == ["init", "finish"]


@pytest.mark.parametrize("fails", ["log", "Image", "finish"])
def test_a_failure_is_said_once_and_raises_nothing(
    calls: Calls, fails: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, fails)
    tracker = Tracker("calls_of_mine:trees")
    for name in ("one", "two"):
        tracker.record(name, CONFIG, CURVES, result)
    assert [name for name, _ in calls].count("init") == 1
    said = "calls_of_mine failed (ValueError: no space) and gets nothing more. The model is not affected."
    assert capsys.readouterr().err.split("\n") == ["", said, ""]


def test_a_tracker_that_does_not_start_is_an_error_before_the_training(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "init")
    with pytest.raises(TrackerError, match=r"^calls_of_mine did not start a run in the project trees \(ValueError: no"):
        Tracker("calls_of_mine:trees").begin("one", CONFIG)


def test_a_tracker_that_does_not_start_ends_no_sweep(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, "init")
    tracker = Tracker("calls_of_mine:trees")
    for name in ("one", "two"):
        tracker.record(name, CONFIG, CURVES, result)
    assert capsys.readouterr().err.count("calls_of_mine did not start a run") == 1
    assert calls == []


@pytest.mark.parametrize(
    "place",
    ["", "trackio", "trackio:", ":trees", "trackio:a b", "trackio:../x", f"trackio:{'x' * 65}", "a.b:x", "trackio:x\n"],
)
def test_another_form_is_refused(place: str) -> None:
    with pytest.raises(InputError, match=r"^--track is .*; write MODULE:PROJECT, such as trackio:sweep-1"):
        Tracker(place)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("trackio", "trackio is not installed. Install it: pip install 'tvae[trackio]'"),
        ("wandb", "wandb is not installed. Install it: pip install wandb"),
        (
            "trackoi",
            "There is no module trackoi. Known trackers are trackio (pip install 'tvae[trackio]') and wandb (pip "
            "install wandb).",
        ),
    ],
)
def test_what_is_not_installed_is_a_sentence(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(TrackerError) as caught:
        Tracker(f"{name}:trees")
    assert str(caught.value) == said


def test_a_module_that_is_no_tracker_is_a_sentence() -> None:
    with pytest.raises(TrackerError, match=r"^json is not a tracker, as it lacks init\. Known trackers are trackio"):
        Tracker("json:trees")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import missing_part_of_it", "ModuleNotFoundError: No module"),
        ("1 / 0", "ZeroDivisionError: division"),
        ("raise SystemExit(0)", "SystemExit: 0"),
    ],
)
def test_a_damaged_tracker_is_a_sentence(code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "damaged_tracker.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # of one second, its time and size could be those of another
    with pytest.raises(TrackerError, match=rf"^damaged_tracker cannot be imported \({said}"):
        Tracker("damaged_tracker:trees")


def test_a_tracker_that_exits_ends_nothing(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.modules["calls_of_mine"], "log", lambda *_, **__: sys.exit(0))
    Tracker("calls_of_mine:trees").record("one", CONFIG, CURVES, result)
    assert "calls_of_mine failed (SystemExit: 0) and gets nothing more." in capsys.readouterr().err


@pytest.mark.parametrize(("variable", "offline"), [("", True), ("TRACKIO_SPACE_ID", False)])
def test_trackio_is_kept_off_the_network_unless_it_is_to_write_to_a_server(
    variable: str, offline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    module = ModuleType("trackio")
    for name in ("init", "log", "finish", "Image"):
        setattr(module, name, lambda *_, **__: seen.append(constants.is_offline_mode()))
    monkeypatch.setitem(sys.modules, "trackio", module)
    monkeypatch.delenv("TRACKIO_SERVER_URL", raising=False)
    monkeypatch.delenv("TRACKIO_SPACE_ID", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    if variable:
        monkeypatch.setenv(variable, "me/here")
    Tracker("trackio:trees").record("one", CONFIG, CURVES, result)
    assert set(seen) == {offline}
    assert not constants.is_offline_mode()
