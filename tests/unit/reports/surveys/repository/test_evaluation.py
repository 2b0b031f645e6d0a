"""A repository with 40 files in all layouts, broken ones among them: measured once, kept, and never measured again."""

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from arro3.io import read_parquet
from hub_server import GOOD_TOKEN, LocalHub
from paths import DATA
from repositories import BEST, CARD, GOLDEN, broken, checkpoints, folder_of

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import EvaluationInterrupted
from tvae.reports import leaderboard
from tvae.reports.publishing.publish import publish
from tvae.reports.surveys.repository import evaluation, measuring
from tvae.reports.surveys.repository.evaluation import GIVE_UP, REPORT, TABLE, Evaluated, evaluate
from tvae.reports.surveys.repository.files import open_repository
from tvae.reports.surveys.repository.rows import COLUMNS, MEASURES, NORMS, NUMBERS, statements
from tvae.reports.surveys.repository.store import FOLDER

Document = dict[str, Any]
REPOSITORY = "alice/everything"
SMALL = {"a.pt": b"", "b.pt": b"Not Found", "c.pt": bytes(1000), "d.pt": b"GIF8"}  # none of them takes time


def rows_of(found: Evaluated) -> dict[str, Document]:
    return {row["path"]: row for row in found.rows}


def no_measuring(*_: object) -> None:
    raise AssertionError("measured again")


def table_at(output: Path) -> dict[str, list[Any]]:
    table = read_parquet(io.BytesIO((output / TABLE).read_bytes())).read_all()
    return {name: table[name].to_pylist() for name in table.column_names}


def test_forty_files_of_the_hub(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = checkpoints(), broken()
    files = good | {name: data for name, (data, _) in bad.items()}
    assert len(files) == 40
    hub.add(REPOSITORY, {**files, "README.md": CARD, "config.json": b"{}"})
    commit = hub.repositories[REPOSITORY].branches["main"]
    output = tmp_path / "out"
    found = evaluate(open_repository(REPOSITORY), output, near=False)

    rows = rows_of(found)
    assert list(rows) == sorted(files)
    assert {name for name, row in rows.items() if row["outcome"] == "measured"} == set(good)
    assert {name for name, row in rows.items() if row["outcome"] == "unreadable"} == set(bad)
    for name, data in files.items():
        assert (rows[name]["sha256"], rows[name]["bytes"]) == (digest(data), len(data))
    for name, (_, why) in bad.items():
        assert why in rows[name]["error"], name
        assert rows[name]["coverage"] is None
    assert found.new == len({digest(data) for data in files.values()}) == 39
    assert rows["layouts/v5_5/best.pt"]["architecture"] == "Euclidean, two encoders, two decoders"
    assert (rows[BEST]["format"], rows["wrapped.pth"]["format"]) == ("safetensors", "torch")
    assert found.best is rows[BEST]
    assert (rows[BEST]["claimed_coverage"], rows[BEST]["claimed_map_3_a"], rows[BEST]["claimed_q_a"]) == (1, 0.99, None)
    assert rows[GOLDEN]["stored_hierarchy"] == -0.69442

    table = table_at(output)
    assert set(table) >= set(COLUMNS)
    assert table["path"] == sorted(files)
    assert set(table["revision"]) == {commit}
    assert table["coverage"] == [rows[name]["coverage"] for name in sorted(files)]
    report = (output / REPORT).read_text()
    assert all(name in report for name in files)
    assert commit in report
    assert "data:image/png;base64," in report

    hub.requests.clear()
    monkeypatch.setattr(measuring, "measure", no_measuring)
    again = evaluate(open_repository(REPOSITORY), output, near=False)
    assert again.rows == found.rows
    assert again.new == 0
    assert hub.count("GET", "/large/") == 0
    assert [path for method, path in hub.requests if "/resolve/" in path and not path.endswith("README.md")] == []
    assert (output / REPORT).read_text() == report


def test_what_is_published_claims_what_is_measured(hub: LocalHub, rich: EvaluatedCheckpoint, tmp_path: Path) -> None:
    files = []
    for name in ("model.safetensors", "model.pt"):
        (tmp_path / name).write_bytes(rich.location.path.read_bytes())
        files.append(tmp_path / name)
    publish(rich, tuple(files), "alice/mine", token=GOOD_TOKEN, private=False)
    rows = rows_of(evaluate(open_repository("alice/mine"), tmp_path / "out", near=True))
    assert list(rows) == ["model.pt", "model.safetensors"]
    claims = [one for one in statements(rows["model.safetensors"]) if one.source == "claimed"]
    assert {"coverage", "hierarchy_a", "hierarchy_b", "q_a", "map_3_a", "average_distortion_b"} < {
        one.measure for one in claims
    }
    assert [one for one in claims if one.said != one.measured] == []
    assert [one for one in statements(rows["model.pt"]) if one.source == "claimed"] == []  # the card names one file


def test_a_row_has_the_numbers_of_the_leaderboard(rich: EvaluatedCheckpoint, tmp_path: Path) -> None:
    folder = folder_of({"best.pt": (DATA / "homeostatic_rich_layout.pt").read_bytes()}, tmp_path / "runs")
    output = tmp_path / "out"
    headline = rows_of(evaluate(open_repository(str(folder)), output, near=False))["best.pt"]
    whole = rows_of(evaluate(open_repository(str(folder)), output, near=True))["best.pt"]
    row = leaderboard.measured_row(rich, tree_measures.evaluate(rich.embedding))
    (flat,) = leaderboard.table_of([row]).rows
    measured = {name: whole[name] for name in MEASURES if name not in NORMS}
    assert measured == {name: flat[name] for name in measured}
    assert whole["status"] == row["status"]
    near = {f"{name}_{side}" for name in tree_measures.TreeMeasures.__dataclass_fields__ for side in "ab"}
    assert {name for name in MEASURES if headline[name] != whole[name]} == near
    assert {headline[name] for name in (*near, "status")} == {None}
    norms = rich.metrics.a.level_mean_norm
    assert norms is not None
    assert (whole["norm_v0"], whole["norm_v9"]) == (norms[0], norms[9])
    # What has the near measures is used for both kinds of calls.
    assert rows_of(evaluate(open_repository(str(folder)), output, near=False))["best.pt"] == whole


def test_only_what_is_new_is_measured(hub: LocalHub, tmp_path: Path) -> None:
    repository = hub.add(REPOSITORY, SMALL)
    assert evaluate(open_repository(REPOSITORY), tmp_path, near=False).new == len(SMALL)
    repository.put(**{"e.pt": b"%PDF", "f.pt": SMALL["a.pt"]})
    hub.requests.clear()
    assert evaluate(open_repository(REPOSITORY), tmp_path, near=False).new == 1
    assert hub.count("GET", "/resolve/.*pt$") == 1


def test_files_that_git_holds_are_recognised_too(hub: LocalHub, tmp_path: Path) -> None:
    hub.add(REPOSITORY, {"small.ckpt": b"tiny"})
    evaluate(open_repository(REPOSITORY), tmp_path, near=False)
    hub.requests.clear()
    assert evaluate(open_repository(REPOSITORY), tmp_path, near=False).new == 0
    assert hub.count("GET", "/resolve/") == 0


def test_results_do_not_depend_on_the_place(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(REPOSITORY, SMALL)
    of_hub = evaluate(open_repository(REPOSITORY), tmp_path / "out", near=False)
    monkeypatch.setattr(measuring, "measure", no_measuring)
    folder = folder_of(SMALL, tmp_path / "here")
    of_folder = evaluate(open_repository(str(folder)), tmp_path / "out", near=False)
    assert of_folder.rows == of_hub.rows


def test_an_interrupt_keeps_what_was_measured(tmp_path: Path) -> None:
    folder, output = folder_of(SMALL, tmp_path / "here"), tmp_path / "out"

    def stop(row: Document) -> None:
        if row["path"] == "b.pt":
            raise KeyboardInterrupt

    with pytest.raises(EvaluationInterrupted, match=r"Stopped: 2 of 4 files are measured and kept in .*out\."):
        evaluate(open_repository(str(folder)), output, near=False, say=stop)
    assert table_at(output)["outcome"] == ["unreadable", "unreadable", "not reached", "not reached"]
    assert "not reached" in (output / REPORT).read_text()
    assert len(list((output / FOLDER).glob("*.json"))) == 2
    assert evaluate(open_repository(str(folder)), output, near=False).new == 2


def test_an_interrupt_while_a_file_is_measured_loses_only_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, output = folder_of(SMALL, tmp_path / "here"), tmp_path / "out"
    real = measuring.measure

    def stopped(name: str, *rest: Any) -> Document:
        if name == "c.pt":
            raise KeyboardInterrupt
        return real(name, *rest)

    monkeypatch.setattr(measuring, "measure", stopped)
    with pytest.raises(EvaluationInterrupted):
        evaluate(open_repository(str(folder)), output, near=False)
    assert {path.suffix for path in (output / FOLDER).iterdir()} == {".json"}
    assert len(list((output / FOLDER).iterdir())) == 2


def test_a_hub_that_fails_is_not_asked_for_ever(hub: LocalHub, tmp_path: Path) -> None:
    many = {f"{n}.pt": f"file {n}".encode() for n in range(10)}
    hub.add(REPOSITORY, many)
    repository = open_repository(REPOSITORY)
    fault = hub.fail("GET", "/large/", status=503)
    found = evaluate(repository, tmp_path, near=False)
    assert {row["outcome"] for row in found.rows} == {"not fetched"}
    assert all("failed with 503" in row["error"] for row in found.rows)
    assert fault.hits == GIVE_UP
    hub.faults.clear()
    assert {row["outcome"] for row in evaluate(repository, tmp_path, near=False).rows} == {"unreadable"}


def test_one_failed_transfer_does_not_stop_the_others(hub: LocalHub, tmp_path: Path) -> None:
    hub.add(REPOSITORY, SMALL)
    hub.fail("GET", f"/large/{digest(SMALL['b.pt'])}", truncate=3)
    found = rows_of(evaluate(open_repository(REPOSITORY), tmp_path, near=False))
    assert {name: row["outcome"] for name, row in found.items()} == {
        **dict.fromkeys(SMALL, "unreadable"),
        "b.pt": "not fetched",
    }


def test_without_a_checkpoint_there_is_a_report_that_says_so(hub: LocalHub, tmp_path: Path) -> None:
    hub.add(REPOSITORY, {"config.json": b"{}"})
    found = evaluate(open_repository(REPOSITORY), tmp_path, near=False)
    assert (found.rows, found.best) == ((), None)
    assert "0 checkpoint files: none." in found.report.read_text()
    assert table_at(tmp_path)["path"] == []


def test_the_catalogue_claims_for_the_published_files(hub: LocalHub, tmp_path: Path) -> None:
    from tvae.checkpoints.catalogue.catalogue import BY_NAME
    from tvae.checkpoints.hub.client import DEFAULT_REPO_ID

    name = "homeostatic_rich/best.pt"
    for repo_id, revision, known in ((DEFAULT_REPO_ID, None, True), (DEFAULT_REPO_ID, "main", False)):
        hub.add(repo_id, {name: (DATA / "homeostatic_rich_layout.pt").read_bytes()})
        row = rows_of(evaluate(open_repository(repo_id, revision), tmp_path, near=False))[name]
        claimed = {field: row[f"claimed_{field}"] for field in NUMBERS}
        expected = vars(BY_NAME[name].claimed) if known else dict.fromkeys(NUMBERS)
        assert claimed == expected
    assert len(list((tmp_path / FOLDER).glob("*.json"))) == 2  # with the catalogue's radius, and without


@pytest.mark.parametrize(
    "change",
    [
        {"coverage": 10**400},
        {"coverage": 1.7e308},
        {"reconstructed": 0.5},
        {"reconstructed": None},
        {"total": None},
        {"overlaps_a": 1.5},
        {"norm_v0": "x"},
    ],
)
def test_measures_of_another_kind_are_measured_again(change: Document, tmp_path: Path) -> None:
    data = {"a.pt": (DATA / "homeostatic_rich_layout.pt").read_bytes()}
    folder, output = folder_of(data, tmp_path / "here"), tmp_path / "out"
    first = evaluate(open_repository(str(folder)), output, near=False)
    (path,) = (output / FOLDER).glob("*.json")
    kept = json.loads(path.read_bytes())
    path.write_text(json.dumps(kept | {"measures": kept["measures"] | change}))
    again = evaluate(open_repository(str(folder)), output, near=False)
    assert (again.new, again.rows) == (1, first.rows)


def test_what_is_no_file_is_measured_again(tmp_path: Path) -> None:
    folder, output = folder_of({"a.pt": b""}, tmp_path / "here"), tmp_path / "out"
    first = evaluate(open_repository(str(folder)), output, near=False)
    (path,) = (output / FOLDER).glob("*.json")
    path.unlink()
    os.mkfifo(path)
    again = evaluate(open_repository(str(folder)), output, near=False)
    assert (again.new, again.rows) == (1, first.rows)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b'{"tvae": "0.0.0"}', b"null", b"\xff", b"[" * 5000])
def test_a_damaged_result_is_measured_again(damage: bytes, tmp_path: Path) -> None:
    folder, output = folder_of({"a.pt": b""}, tmp_path / "here"), tmp_path / "out"
    first = evaluate(open_repository(str(folder)), output, near=False)
    (path,) = (output / FOLDER).glob("*.json")
    kept = path.read_bytes()
    path.write_bytes(damage)
    again = evaluate(open_repository(str(folder)), output, near=False)
    assert (again.new, again.rows) == (1, first.rows)
    assert path.read_bytes() == kept


@pytest.mark.parametrize(
    "change",
    [
        {"tvae": "0.0.0"},
        {"sources": "0" * 64},
        {"near": 1},
        {"error": 3},
        {"sha256": None},
        {"sha256": ""},
        {"object_id": "x" * 40},
        {"error": "\ud800"},
        {"max_radius": "x"},
        {"measures": {"coverage": 1.0}, "error": None},
        {"measures": {"<b>": 1.0}},
        {"stored": {"coverage": float("nan")}},
        {"stored": []},
    ],
)
def test_a_result_of_other_code_or_form_is_not_used(change: Document, tmp_path: Path) -> None:
    folder, output = folder_of({"a.pt": b""}, tmp_path / "here"), tmp_path / "out"
    evaluate(open_repository(str(folder)), output, near=False)
    (path,) = (output / FOLDER).glob("*.json")
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    assert evaluate(open_repository(str(folder)), output, near=False).new == 1


def test_the_picture_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of({"best.pt": (DATA / "homeostatic_rich_layout.pt").read_bytes()}, tmp_path / "here")
    found = evaluate(open_repository(str(folder)), tmp_path / "out", near=False)
    monkeypatch.setattr(evaluation.measuring, "picture", no_measuring)
    assert evaluate(open_repository(str(folder)), tmp_path / "out", near=False).report.read_text()
    assert found.best is not None
    assert (tmp_path / "out" / FOLDER / f"{found.best['sha256']}.png").read_bytes().startswith(b"\x89PNG")
