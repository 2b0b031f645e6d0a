"""The runs of a directory, and what is no run: nothing in it is trusted, and nothing outside it is read."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sweep_runs import BUNDLED, run_row, sweep_of, write_run

from tvae.errors import InputError
from tvae.reports import leaderboard
from tvae.reports.surveys.sweeps import collection
from tvae.reports.surveys.sweeps.collection import model_bytes, read
from tvae.reports.surveys.sweeps.rows import COLUMNS, MAX_TEXT, nested
from tvae.training.sweeps.row_file import MAX_ROW

GOOD = run_row("rich_tree")


def why(directory: Path) -> str:
    """Why the only directory is skipped."""
    found = read(directory, check=True)
    assert found.rows == ()
    (one,) = found.skipped
    return one.why


def test_a_row_has_the_settings_and_the_measures_of_the_run(tmp_path: Path) -> None:
    weights = {"order": 0.5}
    (row,) = read(sweep_of(tmp_path, run_row("v5_11", 3, steps=7, weights=weights)), check=True).rows
    assert tuple(row) == tuple(COLUMNS)
    assert (row["recipe"], row["seed"], row["steps"], row["weight_order"], row["weight_distances"]) == (
        *("v5_11", 3, 7),
        *(0.5, 1.0),
    )
    assert (row["status"], row["sha256"], row["error"]) == ("good", BUNDLED["v5_11"]["sha256"], None)
    (same,) = leaderboard.table_of([BUNDLED["v5_11"]]).rows
    assert {name: row[name] for name in leaderboard.MEASURES} == {name: same[name] for name in leaderboard.MEASURES}
    assert nested(row)["b"]["q"] == BUNDLED["v5_11"]["b"]["q"]


def test_the_status_is_that_of_the_rule(tmp_path: Path) -> None:
    found = read(sweep_of(tmp_path, *(run_row(name) for name in BUNDLED)), check=False)
    assert {row["recipe"]: row["status"] for row in found.rows} == {
        name: row["status"] for name, row in BUNDLED.items()
    }


def test_runs_are_ordered_by_recipe_settings_and_seed_and_files_are_no_runs(tmp_path: Path) -> None:
    rows = [run_row("v5_5", width=None, curvature=None), run_row("v5_11", 10), run_row("v5_11", 9), run_row("tree")]
    failed = run_row("v5_11", 9, error="no memory\x1b[31m" + "x" * MAX_TEXT, steps=4)
    sweep_of(tmp_path, *rows, failed)
    (tmp_path / "grid.toml").write_text("")
    (tmp_path / ".locks").mkdir()
    said: list[tuple[int, int]] = []
    found = read(tmp_path, check=True, say=lambda *counts: said.append(counts))
    assert [(row["recipe"], row["seed"], row["steps"]) for row in found.rows] == [
        *(("tree", 0, 60), ("v5_11", 9, 4), ("v5_11", 9, 60), ("v5_11", 10, 60), ("v5_5", 0, 60)),
    ]
    assert (found.skipped, found.left_out, said[-1]) == ((), 0, (5, 5))
    broken = found.rows[1]
    assert broken["error"].startswith(r"no memory\x1b[31mxx")
    assert len(broken["error"]) == MAX_TEXT + 3
    assert {broken[name] for name in ("coverage", "q_b", "sha256", "status")} == {None}


CHANGES: dict[str, dict[str, Any]] = {
    "row.json has another id than its directory.": {"id": "0" * 16},
    "recipe is not of the form that a sweep writes.": {"recipe": "<script>alert(1)</script>"},
    "seed is not a whole number from 0 to 2^63 - 1.": {"seed": True},
    "settings is not an object.": {"settings": [1]},
    "seconds is not a number from -1e+150 to 1e+150.": {"seconds": "1"},
    "error is not a text.": {"error": {"a": 1}},
    "metrics is not an object.": {"metrics": None},
    "sha256 is not of the form that a sweep writes.": {"sha256": "../../etc"},
}


@pytest.mark.parametrize("sentence", CHANGES)
def test_a_row_of_another_form_is_skipped(sentence: str, tmp_path: Path) -> None:
    place = write_run(tmp_path, GOOD)
    (place / "row.json").write_text(json.dumps(GOOD | CHANGES[sentence]))
    assert why(tmp_path) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reconstructed": 19_684}, "metrics has 19,684 of 19,683; there are 19,683 operations."),
        ({"coverage": 1.5}, "coverage is 1.5; it is between 0 and 1."),
        ({"coverage": -0.1}, "coverage is -0.1; it is between 0 and 1."),
        ({"total": 5}, "metrics has 19,683 of 5; there are 19,683 operations."),
        ({"coverage": None}, "coverage is not a number from -1e+150 to 1e+150."),
        ({"reconstructed": 1.0}, "reconstructed is not a whole number from 0 to 2^63 - 1."),
        ({"trit_accuracy": 1.7e308}, "trit_accuracy is not a number from -1e+150 to 1e+150."),
        ({"trit_accuracy": 10**400}, "trit_accuracy is not a number from -1e+150 to 1e+150."),
        ({"a": {"q": "high"}}, "q is not a number from -1e+150 to 1e+150."),
        ({"b": 3}, "b is not an object."),
    ],
)
def test_measures_of_another_form_are_skipped(change: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    place = write_run(tmp_path, GOOD)
    (place / "row.json").write_text(json.dumps(GOOD | {"metrics": GOOD["metrics"] | change}))
    assert why(tmp_path) == sentence


@pytest.mark.parametrize(
    "text", ["", "{", "\ud800", "[" * 60_000, json.dumps(GOOD | {"seconds": float("nan")}), "1" * 5_000]
)
def test_what_is_not_json_is_skipped(text: str, tmp_path: Path) -> None:
    (write_run(tmp_path, GOOD) / "row.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert why(tmp_path) == "row.json is not JSON."


def test_what_is_no_object_is_skipped(tmp_path: Path) -> None:
    (write_run(tmp_path, GOOD) / "row.json").write_text("[]")
    assert why(tmp_path) == "row.json is not an object."


def to_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def to_link(path: Path) -> None:
    outside = path.parents[2] / f"outside-{path.name}"
    path.rename(outside)
    path.symlink_to(outside)


def to_large(path: Path) -> None:
    os.truncate(path, MAX_ROW + 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Path.unlink, "row.json is missing, a link, or no file."),
        (to_fifo, "row.json is missing, a link, or no file."),
        (to_link, "row.json is missing, a link, or no file."),
        (to_large, "row.json has 100,001 bytes; at most 100,000 are read."),
    ],
)
def test_what_is_no_file_of_its_size_is_not_opened(
    change: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    change(write_run(tmp_path / "runs", GOOD) / "row.json")
    assert why(tmp_path / "runs") == sentence


@pytest.mark.parametrize("change", [Path.unlink, to_fifo, to_link])
def test_a_model_that_is_no_file_of_the_directory_is_not_opened(change: Callable[[Path], None], tmp_path: Path) -> None:
    change(write_run(tmp_path / "runs", GOOD) / "model.safetensors")
    assert why(tmp_path / "runs") == "model.safetensors is missing, a link, or no file."
    with pytest.raises(InputError, match=r"model\.safetensors is missing"):
        model_bytes(tmp_path / "runs", GOOD["id"])


def test_a_run_that_is_a_link_is_skipped(tmp_path: Path) -> None:
    outside = write_run(tmp_path / "other", GOOD)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / GOOD["id"]).symlink_to(outside)
    assert why(tmp_path / "runs") == "It is a link, or no directory."
    with pytest.raises(InputError, match="is missing or a link"):
        model_bytes(tmp_path / "runs", GOOD["id"])


def test_a_model_that_was_not_measured_is_skipped_when_models_are_checked(tmp_path: Path) -> None:
    (write_run(tmp_path, GOOD) / "model.safetensors").write_bytes(b"another")
    assert why(tmp_path).startswith("model.safetensors has another sha256 than row.json says.")
    assert len(read(tmp_path, check=False).rows) == 1


def test_other_directories_are_named_as_text(tmp_path: Path) -> None:
    sweep_of(tmp_path, GOOD)
    (tmp_path / ("<b>\x1b" + "n" * 150)).mkdir()
    (one,) = read(tmp_path, check=False).skipped
    assert one.name == r"<b>\x1b" + "n" * 93 + "..."
    assert one.why == "It does not have the name of a run, which is 16 hexadecimal digits."


def test_more_directories_than_a_sweep_has_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MAX_RUNS", 2)
    found = read(sweep_of(tmp_path, *(run_row("tree", seed) for seed in range(5))), check=False)
    assert (len(found.rows), found.left_out) == (2, 3)


@pytest.mark.parametrize("name", ["missing", "empty", "file", "n" * 5_000])
def test_without_a_run_there_is_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"Give the directory that python -m tvae sweep GRID\.toml --output DIR has"):
        read(tmp_path / name, check=False)
