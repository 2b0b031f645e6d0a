"""What a sweep costs beside the training itself, here and on Ray, and what a file costs: `python benchmarks/scale.py`.

The bare loop trains and measures the same runs one after another in this process. Every way trains a short run on each
worker first, which is its start-up, and is measured from then on. Ways run in turn, in a new order each round. Their
times are compared within one round, and CPU time is given beside the clock's: on a machine with other programs, only
the former says what free cores would do. The overhead is made of what one worker waits between two runs and of the CPU
time of all processes that do not train, both against the run that they belong to, so other programs matter little.
Exits with status 1 if a limit is exceeded, and if two ways do not give the same files. `--without-ray` needs no Ray.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from repository import generate, measured
from table import Row, at_most, show

from tvae.checkpoints.catalogue.bundled import manifest
from tvae.training.sweeps.executor import Executor, work
from tvae.training.sweeps.job import Job, job_of
from tvae.training.sweeps.on import executor_on

RECIPE = "v5_11"
LIMIT = 5.0  # percent of a run
MEASURING = 2  # seconds of a run that are not training
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = ("tvae.training.sweeps.worker", "ray::")  # what the command lines of processes that train have


@dataclass(frozen=True)
class Process:
    """A process of this tree."""

    trains: bool
    cpu: float  # seconds
    ended: float  # seconds of children that have ended
    memory: float  # MB; what it shares with others is divided among them


def tree() -> list[Process]:
    """This process and its descendants."""
    known = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = status.read_text().rpartition(")")[2].split()
            own, of_children = (sum(map(int, fields[k : k + 2])) / TICKS for k in (11, 13))
            known[int(status.parent.name)] = int(fields[1]), own, of_children
    family = [os.getpid()]
    for one in family:
        family += [child for child, (parent, *_) in known.items() if parent == one]
    found = []
    for one in family:
        with suppress(OSError):
            words = Path(f"/proc/{one}/cmdline").read_text()
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            memory = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3
            found.append(Process(one != os.getpid() and any(w in words for w in WORKERS), *known[one][1:], memory))
    return found


def spent(found: Sequence[Process]) -> tuple[float, float]:
    """Seconds of CPU time of processes that train, and of all others. Children of this process that ended trained."""
    trained = sum(one.cpu + one.ended for one in found if one.trains) + found[0].ended
    return trained, sum(one.cpu + one.ended for one in found if not one.trains) - found[0].ended


@dataclass
class Way:
    """One way to train the same runs, with what each round has measured."""

    name: str
    workers: int
    place: Callable[[], AbstractContextManager[Executor]] | None  # None: the bare loop
    start: list[float] = field(default_factory=list)  # seconds until each worker has trained its first run
    wall: list[float] = field(default_factory=list)  # seconds of the clock for a run
    cpu: list[float] = field(default_factory=list)  # seconds of CPU time for a run, of the processes that train
    beside: list[float] = field(default_factory=list)  # and of all others
    waits: list[float] = field(default_factory=list)  # seconds between two runs of a worker, with one worker
    memory: list[list[Process]] = field(default_factory=list)
    hashes: set[tuple[int, str]] = field(default_factory=set)

    def bare(self, short: Job, jobs: Sequence[Job]) -> None:
        """Train in this process."""
        began = time.perf_counter()
        work(short)
        self.start.append(time.perf_counter() - began)
        for job in jobs:
            began, cpu = time.perf_counter(), time.process_time()
            row = work(job).row
            self.wall.append(time.perf_counter() - began)
            self.cpu.append(time.process_time() - cpu)
            self.hashes.add((job.seed, row["sha256"]))
        self.memory.append(tree())

    def measure(self, short: Sequence[Job], jobs: Sequence[Job]) -> None:
        """Train one round of jobs."""
        if self.place is None:
            return self.bare(short[0], jobs)
        began = time.perf_counter()
        with self.place() as executor:
            outcomes = executor.run(iter([*short[: self.workers], *jobs]))
            for _ in range(self.workers):
                next(outcomes)
            ready, before = time.perf_counter(), tree()
            self.start.append(ready - began)
            rows = []
            for outcome in outcomes:
                rows.append(outcome.row)
                ended, after = time.perf_counter(), tree()
                self.memory.append(after)
        self.wall.append((ended - ready) / len(jobs))
        for times, first, last in zip((self.cpu, self.beside), spent(before), spent(after), strict=True):
            times.append((last - first) / len(jobs))
        if self.workers == 1:
            self.waits.append((ended - ready - sum(row["seconds"] for row in rows)) / len(jobs))
        self.hashes |= {(row["seed"], row["sha256"]) for row in rows}
        return None

    def rows(self, bare: "Way") -> Iterator[Row]:
        """Its part of the table."""
        wall, cpu = statistics.median(self.wall), statistics.median(self.cpu)
        detail = f"{3600 * self.workers / cpu:,.0f} on free cores; a run {wall:.1f} s, {cpu:.1f} s of CPU"
        yield Row(f"{self.name}: runs an hour", f"{3600 / wall:,.0f} ({detail})")
        largest = max(one.memory for found in self.memory for one in found if one.trains or not self.place)
        rest = max(sum(one.memory for one in found if not one.trains) for found in self.memory)
        beside = f", all others together {rest:,.0f} MB" if self.place else ""
        yield Row(f"{self.name}: memory", f"a process that trains {largest:,.0f} MB{beside}")
        if self.place is None:
            return
        yield Row(f"{self.name}: start-up", f"{statistics.median(self.start):.1f} s with the first short runs")
        yield Row(f"{self.name}: CPU time of a run, against bare", f"{cpu / statistics.median(bare.cpu):.2f}")
        if self.waits:
            waits = max(0.0, statistics.median(self.waits))
            beside_a_run = statistics.median(self.beside)
            share = 100 * (waits / wall + beside_a_run / cpu)
            detail = f"{waits:.2f} s between two runs, {beside_a_run:.2f} s of CPU beside a run"
            yield at_most(f"{self.name}: overhead", share, LIMIT, "%", detail=detail)


def training(seconds: float, rounds: int, ray: bool) -> list[Row]:
    """Rows about sweeps."""
    places: list[tuple[str, str | None]] = [("here", None)] + ([("Ray", "ray")] if ray else [])
    bare = Way("bare loop", 1, None)
    ways = [bare]
    ways += [
        Way(f"{name}, {n} worker{'s'[n < 2 :]}", n, partial(executor_on, on, n)) for name, on in places for n in (1, 2)
    ]
    made = manifest()[RECIPE]
    steps = round((seconds - MEASURING) * made["steps"] / made["duration_s"])
    short = [job_of(RECIPE, seed, {"steps": 5}) for seed in (0, 1)]
    for number in range(rounds):
        jobs = [job_of(RECIPE, 2 * number + seed, {"steps": steps}) for seed in (0, 1)]
        for way in random.Random(number).sample(ways, len(ways)):
            way.measure(short, jobs)
            print(f"round {number + 1}: {way.name}", file=sys.stderr, flush=True)
    same = all(way.hashes == bare.hashes for way in ways)
    rows = [row for way in ways for row in way.rows(bare)]
    return [*rows, Row("files of all ways", f"{len(bare.hashes)} runs of {steps:,} steps", "the same", same)]


def evaluation(count: int) -> list[Row]:
    """Rows about files that are measured."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        generate(Path(place, "files"), count)
        for name, near in (("headline", False), ("all", True)):
            one = measured(Path(place, "files"), Path(place, "out"), near)
            detail = f"{60 / one.cpu:.0f} on a free core"
            rows.append(Row(f"files a minute, {name} measures", f"{60 / one.seconds:.0f} ({detail})"))
        rows.append(Row("measuring files: memory", f"{tree()[0].memory:,.0f} MB"))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of a run on the machine of the bundled files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--without-ray", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("RAY_worker_niceness", "0")  # not behind all other programs of this machine, as by default
    files = evaluation(options.files)  # first: afterwards, this process has the memory of a run
    return show([*training(options.seconds, options.rounds, not options.without_ray), *files])


if __name__ == "__main__":
    sys.exit(main())
