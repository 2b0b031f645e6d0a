"""Logs hold every report, Ctrl-C leaves a state that continues, and nothing is left half-written."""

import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tvae.errors import StorageError, TrainingInterrupted
from tvae.training.loop import resume, start
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe
from tvae.training.recipes.table import recipe
from tvae.training.run_files import RowLog, interruptible
from tvae.training.train_to_file import log_columns, log_row, train_to_file

pytestmark = pytest.mark.usefixtures("one_thread")


def shortened(name: str) -> Recipe:
    plan = recipe(name)
    phases = tuple(replace(phase, steps=200 // len(plan.phases)) for phase in plan.phases)
    return replace(plan, phases=phases, batch_size=128)


def test_a_csv_log_has_every_column_and_a_resumed_run_appends(tmp_path: Path) -> None:
    run, path = start(shortened("v5_11")), tmp_path / "log.csv"
    log = RowLog(path, log_columns(run.recipe), append=False)
    for progress in resume(run, stop=lambda: run.step == 120):
        log.add(log_row(progress))
    log = RowLog(path, log_columns(run.recipe), append=True)
    for progress in resume(run):
        log.add(log_row(progress))
    rows = list(csv.DictReader(path.open()))
    assert [int(row["step"]) for row in rows] == [50, 100, 120, 150, 200]
    assert [row["phase"] for row in rows][::4] == ["base", "projection"]
    assert rows[0]["coverage"] == ""
    assert float(rows[-1]["coverage"]) >= 0
    assert all(float(row["loss"]) > 0 for row in rows)


def test_a_jsonl_log_has_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "recipe", shortened)
    path = tmp_path / "new" / "log.jsonl"
    train_to_file("v5_5", output=tmp_path / "m.safetensors", log=path, show=False)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["step"] for row in rows] == [50, 100, 150, 200]
    assert {"coverage", "coverage_b", "loss", "reconstruction_b"} <= rows[-1].keys()


@pytest.mark.parametrize("name", ["log.txt", "file/log.csv"])
def test_an_impossible_log_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        RowLog(tmp_path / name, ["step"], append=False)


def test_a_line_that_does_not_fit_is_removed(tmp_path: Path) -> None:
    """A file-size limit stands in for a full disk."""
    script = """
import resource, signal, sys
from pathlib import Path
from tvae.errors import StorageError
from tvae.training.run_files import RowLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = RowLog(Path(sys.argv[1]), ["step"], append=False)
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10))
try:
    log.add({"step": "x" * 100})
except StorageError as error:
    print(error)
assert Path(sys.argv[1]).stat().st_size == size
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "log.csv")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "size limit" in ran.stdout


def test_the_command_that_resumes_a_run_can_be_pasted() -> None:
    error = TrainingInterrupted("tree", 50, 100, Path("my runs/a.state.pt"), Path("my runs/a.pt"))
    words = shlex.split(str(error).partition("To resume it: ")[2])
    assert words[3:] == ["train", "tree", "--resume", "my runs/a.state.pt", "--output", "my runs/a.pt"]


def test_outside_the_main_thread_nothing_is_caught() -> None:
    seen: list[bool] = []
    before = signal.getsignal(signal.SIGINT)  # a run in the background may have been started with it ignored

    def inside() -> None:
        with interruptible() as stop:
            seen.append(stop())

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [False]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_leaves_a_state_that_continues_to_the_same_file(tmp_path: Path) -> None:
    """The real command, interrupted for real; the two-part run has the bytes of the whole one."""
    train_to_file("v5_11", epochs=4, output=tmp_path / "whole.safetensors", show=False)
    command = [sys.executable, "-m", "tvae", "train", "v5_11"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    log = tmp_path / "log.jsonl"
    process = subprocess.Popen(
        [*command, "--epochs", "4", "--output", "part.safetensors", "--log", str(log)],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
    )
    while not (log.exists() and log.stat().st_size):
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, text = process.communicate()
    assert process.returncode == 130, text
    assert b"--resume part.state.pt --output part.safetensors" in text
    assert not (tmp_path / "part.safetensors").exists()
    again = [*command, "--output", "part.safetensors", "--resume", "part.state.pt"]
    ran = subprocess.run(again, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert b"19,683" in ran.stdout
    assert not (tmp_path / "part.state.pt").exists()
    assert (tmp_path / "part.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()
