"""`python -m tvae sweep` as a user runs it: killed, interrupted, continued, and twice at once."""

import json
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

from tvae.__main__ import main
from tvae.training.sweeps import local
from tvae.training.sweeps.executor import Outcome, failed, work
from tvae.training.sweeps.grid import read_grid
from tvae.training.sweeps.results import Results
from tvae.training.train_to_file import train_to_file

GRID = 'recipes = ["v5_5", "v5_11"]\nseeds = [0, 1]\nsteps = [5]\n'
Process = subprocess.Popen[str]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "grid.toml").write_text(GRID)
    return tmp_path


@pytest.fixture
def started() -> Iterator[list[Process]]:
    """Processes that a test has started; those that still run are killed after it."""
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def own_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`--on ray` starts a Ray that no other test sees; its sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as directory:
        monkeypatch.setenv("RAY_TMPDIR", directory)
        monkeypatch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        yield


def start(folder: Path, started: list[Process], *more: str, workers: int = 2) -> Process:
    command = [sys.executable, "-m", "tvae", "sweep", "grid.toml", "--output", "runs", "--workers", str(workers), *more]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=folder, env=environment, **pipes)
    started.append(process)
    return process


def wait_for_a_run(process: Process) -> None:
    """Until the sweep has said that one more run has ended, and not the last one."""
    assert process.stderr is not None
    said = ""
    while not re.search(r"\b[1-3]/4 \[.*best", said):
        read = process.stderr.read(1)
        assert read, said
        said += read


def workers_of(process: Process) -> list[int]:
    """The processes that it has started, and those that they have."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = [process.pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def wait_until_ended(pid: int) -> None:
    """Wait until the process has ended, which may be no child of ours."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 600)[0], f"process {pid} goes on"
    finally:
        os.close(handle)


def rows(folder: Path) -> dict[str, Any]:
    """The rows of all runs; every directory of a run is whole."""
    found = {}
    for path in (folder / "runs").glob("[0-9a-f]*"):
        assert sorted(one.name for one in path.iterdir()) == ["model.safetensors", "row.json"]
        found[path.name] = json.loads((path / "row.json").read_text())
        assert found[path.name]["error"] is None
    return found


def by_this_call(output: str) -> int:
    (number,) = re.findall(r"^4 of 4 runs are finished in runs, (\d) by this call\.$", output, re.MULTILINE)
    return int(number)


def test_no_ray_is_started_if_nothing_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "ray", None)  # which starting it would say
    (folder / "grid.toml").write_text('recipes = ["v5_11"]\nsteps = [2]\n')
    sweep = ["sweep", "grid.toml", "--output", "runs", "--on", "ray", "--workers", "300"]
    assert main(sweep) == 2
    (job,) = read_grid(folder / "grid.toml").jobs
    results = Results(folder / "runs")
    results.claim(job.id)
    results.keep(work(job))
    capsys.readouterr()
    assert main(sweep) == 0
    assert "1 of 1 runs are finished in runs, 0 by this call." in capsys.readouterr().out


@pytest.mark.parametrize("on", [(), ("--on", "ray")])
@pytest.mark.usefixtures("one_thread", "own_ray")
def test_a_sweep_is_interrupted_killed_and_continued(on: tuple[str, ...], folder: Path, started: list[Process]) -> None:
    first = start(folder, started, *on)
    wait_for_a_run(first)
    workers = workers_of(first)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=600)
    assert first.returncode == 130
    before = len(rows(folder))
    sentence = f"Stopped: {before} of 4 runs are finished and {4 - before} remain. The same command continues."
    assert said.splitlines()[-1] == sentence
    assert "Traceback" not in said
    assert on or 1 <= len(workers) <= 2  # Ray has processes of its own too
    for pid in workers:
        wait_until_ended(pid)

    second = start(folder, started, *on)
    wait_for_a_run(second)
    workers = workers_of(second)
    second.kill()
    second.wait(600)
    for pid in workers:
        wait_until_ended(pid)
    kept = rows(folder)
    assert before < len(kept) <= 4

    third = start(folder, started, *on)
    output, said = third.communicate(timeout=600)
    assert third.returncode == 0, said
    assert by_this_call(output) == 4 - len(kept)
    finished = rows(folder)
    assert finished.items() >= kept.items()
    assert set(finished) == {job.id for job in read_grid(folder / "grid.toml").jobs}
    for row in finished.values():  # as if nothing had happened
        trained = train_to_file(row["recipe"], seed=row["seed"], steps=5, output=folder / "a.safetensors", show=False)
        assert row["sha256"] == trained["sha256"]

    fourth = start(folder, started)  # what is finished is so for every place
    output, said = fourth.communicate(timeout=600)
    assert by_this_call(output) == 0
    assert said.startswith("4 runs, 4 of them finished already.\n")
    assert rows(folder) == finished


def test_a_killed_worker_costs_no_run(folder: Path, started: list[Process]) -> None:
    process = start(folder, started)
    wait_for_a_run(process)
    for pid in workers_of(process):
        os.kill(pid, signal.SIGKILL)
    output, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert by_this_call(output) == 4
    assert len(rows(folder)) == 4


def test_two_sweeps_share_a_directory(folder: Path, started: list[Process]) -> None:
    both = [start(folder, started, workers=1) for _ in range(2)]
    said = [process.communicate(timeout=600) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    now = [int(re.findall(r"(\d) by this call", output)[0]) for output, _ in said]
    assert sum(now) == 4
    assert len(rows(folder)) == 4


class Refused:
    """An executor whose jobs all fail."""

    def __init__(self, workers: int | None) -> None:
        self.workers = workers or 1

    def run(self, jobs: Iterator[Any]) -> Iterator[Outcome]:
        for job in jobs:
            yield failed(job, "Out of luck.", 1.0)


def test_failed_runs_are_one_sentence_and_status_2(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tvae.training.sweeps.on.LocalExecutor", Refused)
    assert main(["sweep", str(folder / "grid.toml"), "--output", str(folder / "runs")]) == 2
    first = read_grid(folder / "grid.toml").jobs[0]
    captured = capsys.readouterr()
    assert captured.out.splitlines()[0].startswith("0 of 4 runs are finished in ")
    assert captured.err.splitlines()[-1] == (
        f"4 of 4 runs failed; the same command tries them again. The first is {first.id} (v5_5, seed 0): Out of luck."
    )


WRONG = {
    "no directory": (("sweep", "grid.toml"), "The following arguments are required: --output."),
    "no grid": (("sweep", "nothing.toml", "--output", "runs"), "nothing.toml: the file cannot be read"),
    "no worker": (("sweep", "grid.toml", "--output", "runs", "--workers", "0"), "Found 0 workers; give a whole"),
    "words": (("sweep", "grid.toml", "--output", "runs", "--workers", "x"), "Argument --workers: invalid int value"),
    "a file for a directory": (("sweep", "grid.toml", "--output", "grid.toml"), "a part of the path is a file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence_and_nothing_is_made(
    name: str, folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    words, said = WRONG[name]
    try:
        status = main(words)
    except SystemExit as ended:
        status = int(str(ended.code))
    captured = capsys.readouterr()
    assert status == 2
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1
    assert [path.name for path in folder.iterdir()] == ["grid.toml"]


def test_the_plan_says_runs_and_time_before_anything_runs(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "grid.toml").write_text('recipes = ["v5_5", "v5_5"]\nseeds = {from = 1, to = 40, step = 1}')

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "_start", stop)
    assert main(["sweep", str(folder / "grid.toml"), "--output", str(folder / "runs"), "--workers", "2"]) == 130
    said = capsys.readouterr().err.splitlines()
    plan = "40 runs (40 combinations are repetitions). About 5 min with 2 workers, each on a core of its own."
    assert said[0] == plan
    assert said[-1] == "Stopped: 0 of 40 runs are finished and 40 remain. The same command continues."
