"""Many runs: sweep, collect."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Final

from tqdm import tqdm

from tvae.checkpoints.terminal import printable
from tvae.commands.command import Command, best_sentence
from tvae.commands.track import record, track_arg, tracker_of
from tvae.errors import TrainingError
from tvae.operations.validation import listed
from tvae.reports.surveys.sweeps import collecting
from tvae.reports.surveys.sweeps.collecting import Collected
from tvae.reports.surveys.sweeps.rows import finished, name_of
from tvae.training.sweeps.grid import Grid, read_grid
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.on import HF_JOBS, PLACES, HubOptions, executor_on
from tvae.training.sweeps.ray_tasks import is_ray
from tvae.training.sweeps.results import Results
from tvae.training.sweeps.sweep import Done, estimated_seconds, label, sweep

MAX_REASONS: Final = 20  # directories that were skipped, in the terminal; the report has more


def _sweep_args(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("grid", metavar="GRID.toml", type=Path, help="the settings whose combinations are run, such as seeds = [0, 1]")
    add("--output", metavar="DIR", type=Path, required=True, help="directory of the runs; may have some already")
    add(
        "--workers",
        metavar="N",
        type=int,
        help="runs at the same time (default: as many as there are CPUs); Jobs with --on hf-jobs (default: 1)",
    )
    where = listed("or", PLACES)
    add("--on", metavar="PLACE", help=f"where the runs are trained: {where} (default: processes of this machine)")
    track_arg(command)
    hub = command.add_argument_group(f"with --on {HF_JOBS}").add_argument
    hub(
        "--results",
        metavar="OWNER/NAME",
        help="your data set repository for the results; a missing one is created, private",
    )
    hub("--flavor", metavar="NAME", help="machine of a Job, as `hf jobs hardware` lists them (default: cpu-basic)")
    hub(
        "--job-minutes",
        metavar="N",
        type=int,
        help="longest duration of a Job (default: half an hour more than five times the estimate of its runs)",
    )


def _sweep(options: argparse.Namespace) -> None:
    tracker = tracker_of(options)
    grid = read_grid(options.grid)
    hub = HubOptions(options.results, options.flavor, options.job_minutes)
    with executor_on(*_place(options, grid), hub) as executor:
        results = Results(options.output)
        print(printable(_plan(grid, results, executor.workers)), file=sys.stderr, flush=True)
        done = sweep(grid, results, executor, kept=partial(record, tracker) if tracker else None)
    for line in _summary(done, options.output):
        print(printable(line))
    if done.failed:
        first = next(iter(done.failed.values()))
        raise TrainingError(
            f"{len(done.failed):,} of {done.runs:,} runs failed; the same command tries them again. The first is "
            f"{first['id']} ({first['recipe']}, seed {first['seed']}): {first['error']}"
        )


def _place(options: argparse.Namespace, grid: Grid) -> tuple[str | None, int | None]:
    """Where to train, and in how many runs at a time: here if nothing is left, for which no Ray is started."""
    if options.on and is_ray(options.on) and not _left(grid, Results(options.output)):
        return None, None
    return options.on, options.workers


def _left(grid: Grid, results: Results) -> list[Job]:
    return [job for job in grid.jobs if not results.finished(job.id)]


def _plan(grid: Grid, results: Results, workers: int) -> str:
    """What is going to be run, and how long it takes."""
    left = _left(grid, results)
    repeated = f" ({grid.repeated:,} combinations are repetitions)" if grid.repeated else ""
    already = f", {len(grid.jobs) - len(left):,} of them finished already" if len(left) < len(grid.jobs) else ""
    runs = f"{len(grid.jobs):,} run{'' if len(grid.jobs) == 1 else 's'}{repeated}{already}."
    if not left:
        return runs
    time = _duration(estimated_seconds(left, workers))
    return f"{runs} About {time} with {workers} worker{'' if workers == 1 else 's'}, each on a core of its own."


def _duration(seconds: float) -> str:
    """A rough duration for people."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _summary(done: Done, directory: Path) -> list[str]:
    lines = [f"{len(done.finished):,} of {done.runs:,} runs are finished in {directory}, {done.now:,} by this call."]
    if done.elsewhere:
        lines.append(f"{done.elsewhere:,} are under way in another sweep.")
    if done.best:
        lines.append(f"The best is {label(done.best)}.")
    return lines


def _collect_args(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", type=Path, help="directory of a sweep")
    command.add_argument(
        "--output", metavar="DIR", type=Path, help="directory of the two files (default: the first one)"
    )


def _collect(options: argparse.Namespace) -> None:
    with tqdm(unit=" runs", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

        def say(read: int, of: int) -> None:
            bar.total = of
            bar.update(read - bar.n)

        done = collecting.collect(options.directory, options.output or options.directory, say)
    for line in _summary_of_runs(done):
        print(printable(line))


def _summary_of_runs(done: Collected) -> list[str]:
    found, best = done.found, done.best
    good = sum(map(finished, found.rows))
    lines = [f"{good:,} finished runs, {len(found.rows) - good:,} failed, {len(found.skipped):,} skipped."]
    lines += [f"{one.name}: {one.why}" for one in found.skipped[:MAX_REASONS]]
    if len(found.skipped) > MAX_REASONS:
        lines.append(f"{len(found.skipped) - MAX_REASONS:,} more were skipped; the report says why.")
    if found.left_out:
        lines.append(f"{found.left_out:,} more directories were left out.")
    if best:
        lines.append(best_sentence(name_of(best), best))
    return [*lines, str(done.table), str(done.report)]


COMMANDS: Final = (
    Command("sweep", "train all combinations of a grid of settings", _sweep_args, _sweep),
    Command("collect", "write a table and a report of the runs of a sweep", _collect_args, _collect),
)
