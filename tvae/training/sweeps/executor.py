"""What runs the jobs of a sweep: anything that takes jobs and gives outcomes, on this machine or on others."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tvae.analysis.evaluation import numbers
from tvae.analysis.metrics.metrics import evaluate
from tvae.analysis.tree_measures import tree_measures
from tvae.checkpoints.checkpoint_file import digest, safetensors_bytes
from tvae.errors import TrainingError, TvaeError
from tvae.models.embedding import embed
from tvae.training.loop import resume, start
from tvae.training.recipes.overrides import overridden
from tvae.training.run_files.manifest import provenance
from tvae.training.sweeps.job import Job, is_of_this_version
from tvae.training.threads import THREADS, torch_threads
from tvae.training.train_to_file import checkpoint_metadata, log_row

Row = dict[str, Any]
TRIES: Final = 2  # of a job whose process dies


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    row: Row  # JSON values; `error` is None for a run that has finished
    model: bytes | None  # of its `.safetensors` file; None if it failed
    curves: tuple[Row, ...] = ()  # rows of the log that `train` writes, for a tracker; an executor may leave them out


class Executor(Protocol):
    """Runs jobs. It writes no file: whoever asked for the outcomes keeps them."""

    workers: int  # jobs at the same time

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        """Yield the outcome of each job as soon as it is known, in any order.

        A job is taken from `jobs` only when it can begin. One whose process dies is tried `TRIES` times, and has then
        failed. Closing the generator ends the jobs under way.
        """


def work(job: Job) -> Outcome:
    """Train and measure one run on one thread, in this process: the same bytes as `train`. Writes no file.

    Whatever goes wrong is the error of the row.
    """
    began = time.perf_counter()
    try:
        if not is_of_this_version(job):
            raise TrainingError("The sources of tvae are not those that the sweep began with. Start it again.")
        with torch_threads(THREADS):
            row, model, curves = _trained(job)
    except TvaeError as error:
        return failed(job, str(error), time.perf_counter() - began)
    except Exception as error:  # a fault of one job must not end the others
        return failed(job, f"Unexpected: {type(error).__name__}: {error}", time.perf_counter() - began)
    return Outcome(_row(job, time.perf_counter() - began) | row, model, curves)


def failed(job: Job, reason: str, seconds: float) -> Outcome:
    """The outcome of a job that gave no model."""
    return Outcome(_row(job, seconds) | {"error": reason}, None)


def _trained(job: Job) -> tuple[Row, bytes, tuple[Row, ...]]:
    run = start(overridden(job.recipe, **job.options), seed=job.seed)
    reported = list(resume(run))
    last = reported[-1]
    embedding = embed(run.model)
    measured = last.metrics or evaluate(embedding)
    model = safetensors_bytes(run.model, checkpoint_metadata(run, measured))
    made = provenance(run)
    row = {
        "sha256": digest(model),
        "metrics": numbers(measured, tree_measures.evaluate(embedding)),
        **{name: made[name] for name in ("cpu_capability", "versions")},
    }
    return row, model, tuple(log_row(progress) for progress in reported)


def _row(job: Job, seconds: float) -> Row:
    """The row of a job without a result."""
    return {
        "id": job.id,
        "recipe": job.recipe,
        "seed": job.seed,
        "settings": dict(job.settings),
        "seconds": round(seconds, 3),
        "sha256": None,
        "metrics": None,
        "error": None,
    }
