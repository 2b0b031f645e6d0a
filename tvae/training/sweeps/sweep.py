"""All jobs of a grid that are not finished yet: claimed, run by an executor, and kept.

    results = Results(Path("runs"))
    done = sweep(read_grid(Path("grid.toml")), results, LocalExecutor(2))

A run is claimed just before it begins and kept as soon as it has ended. So if this process is killed, only the runs
under way are lost, and sweeps that share a directory share the work.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from tqdm import tqdm

from tvae.analysis.comparison.best import best_q, merit
from tvae.checkpoints.catalogue.bundled import manifest
from tvae.errors import SweepInterrupted
from tvae.training.sweeps.executor import Executor, Outcome, Row
from tvae.training.sweeps.grid import Grid
from tvae.training.sweeps.job import Job, run_name
from tvae.training.sweeps.results import Results

MEASURING: Final = 2.0  # seconds of a core for the metrics and the tree measures of a run


@dataclass
class Done:
    """What a sweep has come to."""

    runs: int
    finished: dict[str, Row] = field(default_factory=dict)  # by id, those of former calls too
    now: int = 0  # of these, by this call
    failed: dict[str, Row] = field(default_factory=dict)  # by this call
    elsewhere: int = 0  # under way in another sweep when this one ended

    @property
    def best(self) -> Row | None:
        """The best of the finished runs, see `comparison.best`."""
        return max(self.finished.values(), key=_merit, default=None)


def sweep(
    grid: Grid,
    results: Results,
    executor: Executor,
    *,
    show: bool = True,
    kept: Callable[[Outcome], None] | None = None,
) -> Done:
    """Run what is not finished. `show` draws a line with progress, rate, time left and the best run so far.

    `kept` is called with each run that has finished, after it was written. Failed runs of former calls are tried again.
    Runs that another sweep has claimed are left to it. Raises StorageError if the directory can no longer be written,
    and SweepInterrupted after Ctrl-C; finished runs are kept.
    """
    done = Done(len(grid.jobs), {job.id: row for job in grid.jobs if (row := results.finished(job.id))})
    waiting = [job for job in grid.jobs if job.id not in done.finished]
    with tqdm(total=done.runs, initial=len(done.finished), unit="run", disable=not show) as bar:
        try:
            while waiting:
                left = _pass(waiting, results, executor, done, bar, kept)
                if len(left) == len(waiting):  # all of them under way elsewhere
                    break
                waiting = left
        except KeyboardInterrupt as error:
            # Counted anew, since the last one may have been kept without having been counted.
            raise SweepInterrupted(sum(results.finished(job.id) is not None for job in grid.jobs), done.runs) from error
        finally:
            results.release_all()
    done.elsewhere = len(waiting)
    return done


def _pass(
    waiting: Sequence[Job],
    results: Results,
    executor: Executor,
    done: Done,
    bar: tqdm,
    kept: Callable[[Outcome], None] | None,
) -> list[Job]:
    """Run all jobs that can be claimed; returns those that could not."""
    left: list[Job] = []

    def claimed() -> Iterator[Job]:
        for job in waiting:
            if not results.claim(job.id):
                left.append(job)
            elif row := results.finished(job.id):  # by another sweep, since this one began
                results.release(job.id)
                done.finished[job.id] = row
                _draw(bar, done)
            else:
                yield job

    with closing(executor.run(claimed())) as outcomes:
        for outcome in outcomes:
            results.keep(outcome)
            row = outcome.row
            if row["error"] is None:
                done.finished[row["id"]] = row
                done.now += 1
                if kept:
                    kept(outcome)
            else:
                done.failed[row["id"]] = row
            _draw(bar, done)
    return left


def _draw(bar: tqdm, done: Done) -> None:
    """The progress after one more run has ended."""
    failed = f"{len(done.failed)} failed, " if done.failed else ""
    bar.set_postfix_str(f"{failed}best {label(done.best)}" if done.best else failed.rstrip(", "), refresh=False)
    bar.update(1)


def label(row: Row) -> str:
    """A finished run in a few words."""
    metrics = row["metrics"]
    q = best_q(metrics["a"]["q"], metrics["b"]["q"])
    return (
        f"{run_name(row['recipe'], row['seed'], row['id'])}: {metrics['reconstructed']:,} of {metrics['total']:,}"
        + ("" if q is None else f", Q {q:.3f}")
    )


def _merit(row: Row) -> tuple[int, float]:
    metrics = row["metrics"]
    return merit(metrics["reconstructed"], metrics["a"]["q"], metrics["b"]["q"])


def estimated_seconds(jobs: Sequence[Job], workers: int) -> float:
    """How long these jobs take on a machine like that of the bundled files, with a core for each worker."""
    made = manifest()
    lengths: list[float] = [
        job.settings["steps"] * made[job.recipe]["duration_s"] / made[job.recipe]["steps"] + MEASURING for job in jobs
    ]
    return max(sum(lengths) / workers, max(lengths, default=0.0))
