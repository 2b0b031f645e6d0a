"""Logs hold every report, Ctrl-C leaves a state that continues, and nothing is left half-written."""

import csv
import json
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from paths import DATA

from tvae.errors import StorageError, TrainingInterrupted
from tvae.training.loop import resume, start
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe
from tvae.training.recipes.table import recipe
from tvae.training.run_files.keeper import StateKeeper, interruptible
from tvae.training.run_files.log import RowLog
from tvae.training.run_files.state import write_state
from tvae.training.train_to_file import log_columns, log_row, train_to_file

pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass(frozen=True)
class Reported:
    """Progress of a run that trains nothing."""

    step: int
    steps: int


def shortened(name: str) -> Recipe:
    plan = recipe(name)
    phases = tuple(replace(phase, steps=200 // len(plan.phases)) for phase in plan.phases)
    return replace(plan, phases=phases, batch_size=128, near_pairs=min(plan.near_pairs, 32))


def test_a_csv_log_has_every_column_and_a_resumed_run_appends(tmp_path: Path) -> None:
    run, path = start(shortened("v5_11")), tmp_path / "log.csv"
    log = RowLog(path, log_columns(run.recipe))
    for progress in resume(run, stop=lambda: run.step == 120):
        log.add(log_row(progress))
    log = RowLog(path, log_columns(run.recipe), after=120)
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


@pytest.mark.parametrize(
    ("name", "head", "rows"),
    [
        ("log.csv", "step,loss\n", ["50,0.5\n", "100,0.4\n", "150,0.3\n"]),
        ("log.jsonl", "", ['{"step": 50}\n', '{"step": 100}\n', '{"step": 150}\n']),
    ],
)
def test_rows_after_the_state_are_removed_and_nothing_else(
    name: str, head: str, rows: list[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    for cut_off in ("", rows[-1][:-2]):  # a killed run may leave a part of a row
        path.write_text(head + "".join(rows) + cut_off)
        RowLog(path, ["step", "loss"], after=100)
        assert path.read_text() == head + "".join(rows[:2])
    path.write_text(f"{head}a note\n")
    RowLog(path, ["step", "loss"], after=100)
    assert path.read_text() == f"{head}a note\n"
    RowLog(path, ["step", "loss"])
    assert path.read_text() == head


@pytest.mark.parametrize("name", ["log.txt", "file/log.csv"])
def test_an_impossible_log_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        RowLog(tmp_path / name, ["step"])


def test_a_line_that_does_not_fit_is_removed(tmp_path: Path) -> None:
    """A file-size limit stands in for a full disk."""
    script = """
import resource, signal, sys
from pathlib import Path
from tvae.errors import StorageError
from tvae.training.run_files.log import RowLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = RowLog(Path(sys.argv[1]), ["step"])
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
    log = tmp_path / "log.jsonl"
    process = subprocess.Popen(
        [*command, "--epochs", "4", "--output", "part.safetensors", "--log", str(log)],
        cwd=tmp_path,
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
    ran = subprocess.run(again, cwd=tmp_path, capture_output=True, check=True)
    assert b"19,683" in ran.stdout
    assert not (tmp_path / "part.state.pt").exists()
    assert (tmp_path / "part.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


# The real command, with a state at every report instead of every minute. It kills itself when it reports step KILL_AT.
KILLED = """
import os, signal, sys
from tvae.__main__ import main
from tvae.sequences.training import train_to_file as on_sequences
from tvae.training import train_to_file as on_operations
from tvae.training.run_files import keeper

keeper.STATE_EVERY = 0.0
kill_at = int(sys.argv.pop(1))
for module, name in ((on_operations, "log_row"), (on_sequences, "_log_row")):
    def row_of(progress, log_row=getattr(module, name)):
        if progress.step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return log_row(progress)
    setattr(module, name, row_of)
sys.exit(main(sys.argv[1:]))
"""
FASTA = DATA / "arabidopsis_chloroplast_cds.fasta"
SHORT_RUNS = {
    "recipe": ("train", "v5_11_homeostasis", "--epochs", "4"),
    "sequences": ("train", "codons", "--fasta", str(FASTA), "--epochs", "50"),
}


@pytest.mark.parametrize("name", SHORT_RUNS)
def test_a_killed_run_continues_from_its_last_state_to_the_same_file(name: str, tmp_path: Path) -> None:
    def ran(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, *words, "--log", "log.csv", "--output", "part.safetensors"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    whole, log = tmp_path / "part.safetensors", tmp_path / "log.csv"
    assert ran("-m", "tvae", *SHORT_RUNS[name]).returncode == 0
    expected, steps = whole.read_bytes(), [int(row["step"]) for row in csv.DictReader(log.open())]
    whole.unlink()
    killed = ran("-c", KILLED, "150", *SHORT_RUNS[name])
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "part.state.pt"]
    assert torch.load(tmp_path / "part.state.pt", weights_only=True)["step"] == max(
        step for step in steps if step < 150
    )
    with log.open("a") as file:
        file.write("150,1.0\n200,")  # rows that a killed run can have written after its last state
    resumed = ran("-m", "tvae", *SHORT_RUNS[name][:-2], "--resume", "part.state.pt")
    assert resumed.returncode == 0, resumed.stderr
    assert whole.read_bytes() == expected
    assert [int(row["step"]) for row in csv.DictReader(log.open())] == steps
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "part.safetensors"]


def test_the_state_is_written_every_minute_and_removed_with_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    def write(path: Path) -> Path:
        written.append(now)
        return write_state(path, {"at": now})

    written: list[float] = []
    monkeypatch.setattr("tvae.training.run_files.keeper.time.monotonic", lambda: now)
    keeper = StateKeeper(tmp_path / "a.state.pt", write)
    for step, _ in enumerate(keeper.watch(iter([Reported(step, 9) for step in range(1, 10)]))):
        now = 25.0 * step
    assert written == [75.0, 150.0]  # at 25 s a step, and not again at the last one
    keeper.remove(None, tmp_path / "a.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_another_run_stays(tmp_path: Path) -> None:
    other = write_state(tmp_path / "a.state.pt", {"of": "another run"})
    keeper = StateKeeper(other, lambda path: path)
    for _ in keeper.watch(iter([Reported(1, 1)])):
        pass
    keeper.remove(None, tmp_path / "a.safetensors")
    assert other.exists()
