"""Worker processes: the same bytes as `train`, and what becomes of a job whose process dies."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sweep_runs import close

from tvae.analysis import evaluation
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints import loading
from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import InputError
from tvae.reports import checkpoints
from tvae.training.sweeps import executor, local
from tvae.training.sweeps.executor import Outcome, work
from tvae.training.sweeps.job import Job, job_of
from tvae.training.sweeps.local import LocalExecutor
from tvae.training.sweeps.worker import as_line, of_line
from tvae.training.train_to_file import train_to_file

JOB = job_of("v5_11", 3, {"steps": 5, "width": 32})


def dead(program: str) -> Callable[[], subprocess.Popen[bytes]]:
    """What starts a process that runs this program and ends."""
    command = [sys.executable, "-c", program]
    return lambda: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Of the job, by a real process."""
    (found,) = LocalExecutor(2).run(iter([JOB]))
    return found


@pytest.mark.usefixtures("one_thread")
def test_the_bytes_are_those_of_train(outcome: Outcome, tmp_path: Path) -> None:
    trained = train_to_file("v5_11", seed=3, steps=5, width=32, output=tmp_path / "model.safetensors", show=False)
    assert outcome.model == (tmp_path / "model.safetensors").read_bytes()
    assert outcome.row["sha256"] == trained["sha256"] == digest(outcome.model)
    assert outcome.row["versions"] == trained["versions"]


def test_the_row_has_the_settings_and_the_numbers_of_the_metrics_document(outcome: Outcome, tmp_path: Path) -> None:
    row = outcome.row
    assert list(row) == [
        "id", "recipe", "seed", "settings", "seconds", "sha256", "metrics", "error", "cpu_capability", "versions",
    ]  # fmt: skip
    assert (row["id"], row["recipe"], row["seed"], row["settings"]) == (JOB.id, "v5_11", 3, JOB.settings)
    assert row["error"] is None
    assert row["seconds"] > 0
    path = tmp_path / "model.safetensors"
    path.write_bytes(outcome.model or b"")
    location = loading.locate_any(str(path))
    evaluated = evaluation.measure(location, loading.open_located(location))
    document = checkpoints.metrics(evaluated, tree_measures.evaluate(evaluated.embedding))
    assert row["metrics"] == close({name: document[name] for name in row["metrics"]})
    assert {"coverage", "a", "b"} <= set(row["metrics"])


def test_a_job_whose_process_dies_is_tried_again(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [dead("import os; os.kill(os.getpid(), 9)"), local._start]
    monkeypatch.setattr(local, "_start", lambda: starts.pop(0)())
    (found,) = LocalExecutor(1).run(iter([JOB]))
    assert found.row["sha256"] == outcome.row["sha256"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9 2 times, perhaps for lack of memory. Run"),
        ("raise SystemExit(3)", "ended with status 3 2 times. Run the sweep again, with fewer workers."),
        ("print('{', end='')", "ended with status 0 2 times."),
    ],
)
def test_a_job_whose_process_always_dies_has_failed(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_start", dead(program))
    outcomes = list(LocalExecutor(2).run(iter([JOB, job_of("v5_5", 0, {"steps": 5})])))
    assert sorted(one.row["recipe"] for one in outcomes) == ["v5_11", "v5_5"]
    for one in outcomes:
        assert one.row["error"].startswith(f"Its process {said}")
        assert one.model is one.row["sha256"] is one.row["metrics"] is None


def test_closing_ends_the_jobs_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    answer = as_line(Outcome({"id": "x", "error": None}, b"model"))

    def start() -> subprocess.Popen[bytes]:
        program = f"print({answer!r}, end='')" if not started else "import sys; sys.stdin.read()"
        started.append(dead(program)())
        return started[-1]

    monkeypatch.setattr(local, "_start", start)
    outcomes = LocalExecutor(2).run(iter([JOB, JOB, JOB]))
    assert next(outcomes).model == b"model"
    assert len(started) >= 2
    outcomes.close()
    assert [process.poll() for process in started[1:]] == [-9] * (len(started) - 1)


@pytest.mark.parametrize("workers", [0, -1, 257])
def test_a_number_of_workers_is_in_bounds(workers: int) -> None:
    with pytest.raises(InputError, match=f"Found {workers} workers; give a whole number from 1 to 256"):
        LocalExecutor(workers)


def test_without_a_number_there_are_as_many_workers_as_cpus() -> None:
    assert LocalExecutor().workers == local.available_cpus() >= 1


@pytest.mark.parametrize("model", [None, b"\x00\xffmodel"])
def test_an_outcome_travels_as_a_line(model: bytes | None) -> None:
    sent = Outcome({"id": "x", "error": "Two\nlines", "metrics": {"q": -0.1}}, model, ({"step": 50, "loss": 0.1},))
    line = as_line(sent).encode()
    assert line.count(b"\n") == 1
    assert of_line(line) == sent


def test_a_job_of_other_sources_is_refused_and_not_run() -> None:
    row = work(Job("0" * 16, "v5_11", 0, {"steps": 5}, JOB.settings)).row
    assert row["error"] == "The sources of tvae are not those that the sweep began with. Start it again."


def test_training_that_fails_says_why() -> None:
    outcome = work(job_of("v5_11", 0, {"steps": 60, "learning_rate": 1e30, "optimiser": "adamw"}))
    assert "is no longer finite at step" in outcome.row["error"]
    assert outcome.model is None
    assert outcome.row["seconds"] > 0


def test_a_fault_of_one_job_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(executor, "_trained", fault)
    assert work(JOB).row["error"] == "Unexpected: ZeroDivisionError: by zero"


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "max 100000\n"}, 64),
        ({"cpu.max": "much\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 64),
        ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "0\n"}, 64),
        ({}, 64),
    ],
)
def test_a_container_has_the_cpus_that_it_has_a_share_of(
    files: dict[str, str], cpus: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(local, "CGROUP", tmp_path)
    monkeypatch.setattr(local.os, "sched_getaffinity", lambda _: range(64))
    assert local.available_cpus() == cpus


def test_a_very_large_machine_has_the_most_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "available_cpus", lambda: 1000)
    assert LocalExecutor().workers == local.MAX_WORKERS
