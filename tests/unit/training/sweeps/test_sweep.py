"""What a sweep runs, and what it leaves: with executors that train nothing."""

import io
from collections.abc import Callable, Generator, Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from tvae.errors import StorageError, SweepInterrupted
from tvae.training.recipes import table
from tvae.training.sweeps import sweep as module
from tvae.training.sweeps.executor import Outcome, failed
from tvae.training.sweeps.grid import Grid, grid_of
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.results import Results
from tvae.training.sweeps.sweep import estimated_seconds, label, sweep

GRID = grid_of({"recipes": ["v5_5", "v5_11"], "seeds": [0, 1], "steps": [5]})


def finished(job: Job) -> Outcome:
    q = None if job.recipe == "v5_5" else 1.5 + job.seed
    metrics = {"coverage": 0.5, "reconstructed": 9_842, "total": 19_683, "a": {"q": q}, "b": {"q": q and q - 1}}
    row = failed(job, "", 0.1).row | {"error": None, "sha256": job.id * 4, "metrics": metrics}
    return Outcome(row, job.id.encode())


class Here:
    """Runs jobs in this process, one after another, by a function."""

    workers = 1

    def __init__(self, answer: Callable[[Job], Outcome] = finished) -> None:
        self.answer = answer
        self.ran: list[Job] = []
        self.closed = False

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        try:
            for job in jobs:
                self.ran.append(job)
                yield self.answer(job)
        finally:
            self.closed = True


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path)


def test_each_run_that_finishes_is_told_once_and_after_it_was_written(results: Results) -> None:
    told: list[str] = []

    def kept(outcome: Outcome) -> None:
        assert results.finished(outcome.row["id"]) == outcome.row
        told.append(outcome.row["id"])

    half = Here(lambda job: finished(job) if job.seed else failed(job, "No.", 0.1))
    sweep(GRID, results, half, show=False, kept=kept)
    assert told == [job.id for job in GRID.jobs if job.seed]
    sweep(GRID, results, Here(), show=False, kept=kept)
    assert sorted(told) == sorted(job.id for job in GRID.jobs)


def test_every_run_is_kept_and_none_is_run_twice(results: Results) -> None:
    first, second = Here(), Here()
    done = sweep(GRID, results, first, show=False)
    assert tuple(first.ran) == GRID.jobs
    assert (done.runs, done.now, list(done.finished)) == (4, 4, [job.id for job in GRID.jobs])
    assert all(results.finished(job.id) == done.finished[job.id] for job in GRID.jobs)
    again = sweep(GRID, results, second, show=False)
    assert second.ran == []
    assert (again.now, again.finished, again.best) == (0, done.finished, done.best)


def test_a_larger_grid_runs_what_is_new(results: Results) -> None:
    sweep(GRID, results, Here(), show=False)
    larger = Here()
    sweep(grid_of({"recipes": ["v5_11"], "seeds": [0, 1, 2], "steps": [5]}), results, larger, show=False)
    assert [(job.recipe, job.seed) for job in larger.ran] == [("v5_11", 2)]


def test_a_failed_run_says_why_and_is_tried_again(results: Results) -> None:
    bad = GRID.jobs[1]
    done = sweep(
        GRID, results, Here(lambda job: failed(job, "bad luck", 1.0) if job == bad else finished(job)), show=False
    )
    assert {run: row["error"] for run, row in done.failed.items()} == {bad.id: "bad luck"}
    assert (results.row(bad.id) or {})["error"] == "bad luck"
    again = Here()
    done = sweep(GRID, results, again, show=False)
    assert again.ran == [bad]
    assert (len(done.finished), done.failed) == (4, {})


def test_a_run_under_way_elsewhere_is_left_alone(results: Results) -> None:
    other = Results(results.directory)
    assert other.claim(GRID.jobs[0].id)
    executor = Here()
    done = sweep(GRID, results, executor, show=False)
    assert tuple(executor.ran) == GRID.jobs[1:]
    assert (len(done.finished), done.elsewhere) == (3, 1)


def test_a_run_that_another_sweep_finishes_is_counted_and_one_that_it_gives_back_is_run(results: Results) -> None:
    other = Results(results.directory)
    theirs, returned = GRID.jobs[:2]
    assert other.claim(theirs.id)
    assert other.claim(returned.id)

    def meanwhile(job: Job) -> Outcome:
        if job == GRID.jobs[3]:
            other.keep(finished(theirs))
            other.release(returned.id)
        return finished(job)

    executor = Here(meanwhile)
    done = sweep(GRID, results, executor, show=False)
    assert executor.ran == [*GRID.jobs[2:], returned]
    assert (len(done.finished), done.now, done.elsewhere) == (4, 3, 0)


def interrupted(after: int, error: type[BaseException]) -> Callable[[Job], Outcome]:
    """An answer that raises at the job of this number."""
    return lambda job: (_ for _ in ()).throw(error("stop")) if job == GRID.jobs[after] else finished(job)


def test_an_interrupt_says_what_remains_and_gives_back_what_was_claimed(results: Results) -> None:
    executor = Here(interrupted(1, KeyboardInterrupt))
    with pytest.raises(SweepInterrupted) as stopped:
        sweep(GRID, results, executor, show=False)
    assert str(stopped.value) == "Stopped: 1 of 4 runs are finished and 3 remain. The same command continues."
    assert executor.closed
    assert Results(results.directory).claim(GRID.jobs[1].id)


def test_an_interrupt_between_two_outcomes_ends_the_executor(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_draw", stop)
    executor = Here()
    with pytest.raises(SweepInterrupted, match="1 of 4 runs are finished"):
        sweep(GRID, results, executor, show=False)
    assert executor.closed


def test_a_full_disk_ends_the_sweep(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(results, "keep", full)
    executor = Here()
    with pytest.raises(StorageError):
        sweep(GRID, results, executor, show=False)
    assert len(executor.ran) == 1
    assert executor.closed


def test_the_line_shows_progress_and_the_best(results: Results) -> None:
    with redirect_stderr(io.StringIO()) as shown:
        done = sweep(GRID, results, Here())
    best = GRID.jobs[3]
    assert done.best == done.finished[best.id]
    last = shown.getvalue().rstrip().rpartition("\r")[2]
    assert last.startswith("100%")
    assert "4/4 [" in last
    assert last.endswith(f"best v5_11 seed 1 {best.id[:6]}: 9,842 of 19,683, Q 2.500]")
    assert label(done.finished[GRID.jobs[0].id]).endswith(": 9,842 of 19,683")


def test_failures_are_on_the_line(results: Results) -> None:
    with redirect_stderr(io.StringIO()) as shown:
        sweep(GRID, results, Here(lambda job: failed(job, "bad luck", 1.0)))
    assert "4 failed]" in shown.getvalue()


def test_coverage_comes_before_q() -> None:
    def row(reconstructed: int, q: float | None) -> dict[str, Any]:
        return {"metrics": {"reconstructed": reconstructed, "a": {"q": q}, "b": {"q": None}}}

    rows = {"a": row(9_000, 2.0), "b": row(19_683, None), "c": row(19_683, 1.0)}
    assert module.Done(3, rows).best is rows["c"]
    assert module.Done(3).best is None


@pytest.mark.parametrize("name", table.names())
def test_every_recipe_has_an_estimate(name: str) -> None:
    (job,) = grid_of({"recipes": [name]}).jobs
    assert 10 < estimated_seconds([job], 1) < 120


def test_the_estimate_is_shared_by_the_workers_and_is_at_least_the_longest_run() -> None:
    jobs: Grid = grid_of({"recipes": ["v5_5"], "seeds": {"from": 0, "to": 9, "step": 1}})
    one = estimated_seconds(jobs.jobs[:1], 1)
    assert estimated_seconds(jobs.jobs, 2) == pytest.approx(5 * one)
    assert estimated_seconds(jobs.jobs, 100) == pytest.approx(one)
    assert estimated_seconds([], 2) == 0
