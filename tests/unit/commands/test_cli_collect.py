"""`collect` on the command line: what it writes and prints, and one sentence for each error."""

from pathlib import Path

import pytest
from arro3.io import read_parquet
from paths import ROOT
from sweep_runs import run_row, sweep_of

from tvae.__main__ import main
from tvae.commands import sweep as command
from tvae.reports.surveys.sweeps.rows import COLUMNS

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    found = sweep_of(
        tmp_path / "runs", run_row("tree"), run_row("v5_11", 1, q=9.0), run_row("tree", 2, error="No memory.")
    )
    (found / "\x1b[31mother").mkdir()
    return found


def test_a_directory_whose_name_is_no_text_is_collected(tmp_path: Path) -> None:
    found = sweep_of(Path(f"{tmp_path}/runs\udcff"), run_row("tree"))
    assert main(["collect", str(found)]) == 0
    assert r"The sweep in runs\udcff" in (found / "report.html").read_text()


def test_a_sweep_is_collected_into_its_directory(runs: Path, capsys: Captured) -> None:
    assert main(["collect", str(runs)]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    lines = output.out.splitlines()
    best = run_row("v5_11", 1)["id"][:6]
    assert lines == [
        "2 finished runs, 1 failed, 1 skipped.",
        r"\x1b[31mother: It does not have the name of a run, which is 16 hexadecimal digits.",
        f"The best by coverage, then Q, is v5_11 seed 1 {best}: 19,683 operations, Q 9.0000.",
        str(runs / "runs.parquet"),
        str(runs / "report.html"),
    ]
    table = read_parquet(runs / "runs.parquet").read_all()
    assert set(COLUMNS) <= set(table.schema.names)
    assert table["recipe"].to_pylist() == ["tree", "tree", "v5_11"]
    assert table["error"].to_pylist() == [None, "No memory.", None]
    assert table["weight_order"].to_pylist() == [1.0, 1.0, 1.0]
    assert table["q_b"].to_pylist()[1:] == [None, 9.0]
    page = (runs / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 2


def test_again_and_elsewhere_it_is_the_same(runs: Path, tmp_path: Path) -> None:
    assert main(["collect", str(runs)]) == 0
    assert main(["collect", str(runs), "--output", str(tmp_path / "out")]) == 0
    for name in ("runs.parquet", "report.html"):
        assert (runs / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_a_winner_whose_model_is_no_checkpoint_has_no_picture(tmp_path: Path) -> None:
    row = run_row("tree") | {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}  # of nothing
    runs = sweep_of(tmp_path, row)
    (runs / row["id"] / "model.safetensors").write_bytes(b"")
    assert main(["collect", str(runs)]) == 0
    assert "data:image/png" not in (runs / "report.html").read_text()


def test_runs_that_all_failed_have_a_report(tmp_path: Path, capsys: Captured) -> None:
    assert main(["collect", str(sweep_of(tmp_path, run_row("tree", error="<b>")))]) == 0
    assert capsys.readouterr().out.startswith("0 finished runs, 1 failed, 0 skipped.\n")
    assert "&lt;b&gt;" in (tmp_path / "report.html").read_text()


def test_a_long_list_of_reasons_is_cut(runs: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MAX_REASONS", 0)
    assert main(["collect", str(runs)]) == 0
    assert "1 more were skipped; the report says why." in capsys.readouterr().out


def test_a_directory_without_runs_is_an_error(tmp_path: Path, capsys: Captured) -> None:
    assert main(["collect", str(ROOT / "docs")]) == 2
    assert " has no runs. Give the directory that python -m tvae sweep" in capsys.readouterr().err
    assert main(["collect", str(tmp_path / "missing")]) == 2
    assert " is not a directory. Give the directory" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_an_error(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert main(["collect", str(runs), "--output", str(tmp_path / "file")]) == 2
    assert "a part of the path is a file. Choose another place" in capsys.readouterr().err
