"""Long runs of the property-based tests: `python -m tests.fuzz --minutes 60 [--only NAME ...] [--corpus DIRECTORY]`.

Each target reads bytes, text or JSON as a stranger might send them. A fault is an exception that is not one of ours, or
an input that takes more than 5 s of CPU time, which other programs do not change, or makes the process grow by more
than 1 GB. The whole run has 4 GB of memory. The corpus keeps the inputs that were faults, and the next run begins with
them. Exits with status 1 after a fault.
"""

import argparse
import contextlib
import resource
import sys
import time
import tomllib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.database import DirectoryBasedExampleDatabase

ROOT: Final = Path(__file__).resolve().parents[1]
SECONDS: Final = 5.0  # of one input
GROWTH: Final = 2**30  # bytes, by one input
MEMORY: Final = 4 * 2**30  # bytes, of the whole run
ROUND: Final = 200  # inputs of one target before the next has its turn
Target = tuple[Any, Callable[[Any], None]]  # a strategy, and a function that raises for a fault


@dataclass
class Figures:
    """What a target has done so far."""

    inputs: int = 0
    slowest: float = 0.0  # seconds
    growth: int = 0  # bytes, the largest of one input
    faults: dict[str, str] = field(default_factory=dict)  # the error and its place -> traceback


class Fault(Exception):
    """An input that is too slow or too large."""


def targets() -> dict[str, Target]:
    """The targets by name, from `tests/support/fuzz`."""
    support = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["pythonpath"]
    sys.path[:0] = [str(ROOT / folder) for folder in support]
    from calls import CALLS, call
    from files import FILES, METADATA, read_any_file, read_metadata
    from queries import QUERIES, check_meaning, meant, read_query
    from texts import FASTA, OPERATIONS, read_fasta, read_operations

    return {
        "files": (FILES, read_any_file),
        "metadata": (METADATA, read_metadata),
        "operations": (OPERATIONS, read_operations),
        "queries": (QUERIES, read_query),
        "meanings": (meant(), check_meaning),
        "fasta": (FASTA, read_fasta),
        "calls": (CALLS, call),
    }


def peak() -> int:
    """The largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # kB on Linux


def measured(check: Callable[[Any], None], figures: Figures) -> Callable[[Any], None]:
    """`check`, with its time and growth noted; raises Fault where they exceed the limits."""

    def run(value: Any) -> None:
        before, began = peak(), time.process_time()
        try:
            check(value)
        finally:
            taken, grown = time.process_time() - began, peak() - before
            figures.inputs += 1
            figures.slowest, figures.growth = max(figures.slowest, taken), max(figures.growth, grown)
        if taken > SECONDS or grown > GROWTH:
            raise Fault(f"{taken:.1f} s, {grown / 2**20:,.0f} MB more")

    return run


def round_of(strategy: Any, check: Callable[[Any], None], figures: Figures, corpus: Path) -> None:
    """Try `ROUND` inputs of one target, and note a fault, shortened by hypothesis."""
    options = settings(
        max_examples=ROUND,
        database=DirectoryBasedExampleDatabase(corpus),
        deadline=None,
        derandomize=False,
        phases=[Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        options(given(strategy)(measured(check, figures)))()
    except Exception as fault:  # of any kind: that is what is looked for
        where = traceback.extract_tb(fault.__traceback__)[-1]
        figures.faults.setdefault(
            f"{type(fault).__name__} at {Path(where.filename).name}:{where.lineno}", traceback.format_exc()
        )


def run(minutes: float, chosen: dict[str, Target], corpus: Path) -> dict[str, Figures]:
    """The chosen targets in turn until the time is over."""
    found = {name: Figures() for name in chosen}
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        for name, (strategy, check) in chosen.items():
            round_of(strategy, check, found[name], corpus / name)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    known = targets()
    parser.add_argument("--only", nargs="+", default=list(known), choices=list(known), metavar="NAME")
    parser.add_argument("--corpus", type=Path, default=ROOT / ".hypothesis" / "fuzz")
    options = parser.parse_args()
    with contextlib.suppress(ValueError):  # a lower limit is in force
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    found = run(options.minutes, {name: known[name] for name in options.only}, options.corpus)
    print("| target | inputs | faults | slowest | largest growth |\n|---|---|---|---|---|")
    for name, figures in found.items():
        print(
            f"| {name} | {figures.inputs:,} | {len(figures.faults)} | {figures.slowest:.2f} s | "
            f"{figures.growth / 2**20:,.0f} MB |"
        )
    print(f"Peak memory {peak() / 2**20:,.0f} MB.")
    for name, figures in found.items():
        for what, text in figures.faults.items():
            print(f"\n{name}: {what}\n{text}", file=sys.stderr)
    return int(any(figures.faults for figures in found.values()))


if __name__ == "__main__":
    sys.exit(main())
