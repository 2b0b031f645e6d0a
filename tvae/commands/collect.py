"""The runs of a sweep as a table and a report: collect."""

import argparse
import sys
from pathlib import Path
from typing import Final

from tvae.analysis.comparison.best import best_q
from tvae.checkpoints.terminal import printable
from tvae.commands.command import Command
from tvae.reports.surveys.sweeps import collecting
from tvae.reports.surveys.sweeps.collecting import Collected
from tvae.reports.surveys.sweeps.rows import finished, name_of

MAX_REASONS: Final = 20  # directories that were skipped, in the terminal; the report has more


def _args(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", metavar="DIR", type=Path, help="directory of a sweep")
    command.add_argument(
        "--output", metavar="DIR", type=Path, help="directory of the two files (default: the first one)"
    )


def _run(options: argparse.Namespace) -> None:
    from tqdm import tqdm  # here because few other commands need it

    with tqdm(unit=" runs", file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

        def say(read: int, of: int) -> None:
            bar.total = of
            bar.update(read - bar.n)

        done = collecting.collect(options.directory, options.output or options.directory, say)
    for line in _summary(done):
        print(printable(line))


def _summary(done: Collected) -> list[str]:
    found, best = done.found, done.best
    good = sum(map(finished, found.rows))
    lines = [f"{good:,} finished runs, {len(found.rows) - good:,} failed, {len(found.skipped):,} skipped."]
    lines += [f"{one.name}: {one.why}" for one in found.skipped[:MAX_REASONS]]
    if len(found.skipped) > MAX_REASONS:
        lines.append(f"{len(found.skipped) - MAX_REASONS:,} more were skipped; the report says why.")
    if found.left_out:
        lines.append(f"{found.left_out:,} more directories were left out.")
    if best:
        q = best_q(best["q_a"], best["q_b"])
        also = "" if q is None else f", Q {q:.4f}"
        lines.append(f"The best is {name_of(best)}: {best['reconstructed']:,} operations{also}.")
    return [*lines, str(done.table), str(done.report)]


COMMANDS: Final = (Command("collect", "write a table and a report of the runs of a sweep", _args, _run),)
