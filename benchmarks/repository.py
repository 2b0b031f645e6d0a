"""How long a repository takes to be measured, and whether memory stays flat: `python benchmarks/repository.py [files]`.

Files of 0.4 MB are generated from a bundled checkpoint with seeded noise, so that all are different, and are measured
from a folder, with the headline measures, again, and with all. The limits are for 1,000 files. Exits with status 1 if
one is exceeded.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from table import Row, at_most, show

from tvae.checkpoints import checkpoint_file, loading
from tvae.reports.surveys.repository.evaluation import evaluate
from tvae.reports.surveys.repository.files import open_repository

FILES = 30
WARM = 5  # files after which memory is compared: caches are full by then
MINUTES = {"headline": 12.0, "all": 40.0}  # for 1,000 files
GROWTH = 30.0  # MB from then to the end


def generate(folder: Path, count: int) -> None:
    """Write checkpoints that differ a little from a bundled one."""
    checkpoint = loading.open_located(loading.locate("homeostatic_rich"))
    for seed in range(count):
        model = checkpoint_file.build(checkpoint)
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * torch.randn(weight.shape, generator=generator)
        checkpoint_file.save(folder / f"run{seed:05}" / "best.pt", model, {"metrics": {"coverage": 1.0}})


def resident() -> float:
    """Memory of this process, in MB."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1e3


@dataclass(frozen=True)
class Measured:
    """One call over all files; times are for each file after the first."""

    seconds: float
    cpu: float  # seconds of all threads: what it takes on a machine that has nothing else to do
    growth: float  # MB by which the least memory of the last `WARM` files is above that of the first ones after `WARM`
    new: int  # files that were measured


def measured(folder: Path, output: Path, near: bool) -> Measured:
    """Measure what is new."""
    times: list[tuple[float, float]] = []
    memory: list[float] = []

    def say(_row: object) -> None:
        times.append((time.perf_counter(), time.process_time()))
        memory.append(resident())

    found = evaluate(open_repository(str(folder)), output, near, say)
    seconds, cpu = ((last - first) / (len(times) - 1) for first, last in zip(times[0], times[-1], strict=True))
    return Measured(seconds, cpu, min(memory[-WARM:]) - min(memory[WARM : 2 * WARM]), found.new)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    if count < 3 * WARM:
        print(f"{count} files are too few; measure at least {3 * WARM}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        folder, output = Path(place, "files"), Path(place, "out")
        generate(folder, count)
        size = sum(path.stat().st_size for path in folder.rglob("*.pt")) / count / 1e6
        for name, near in (("headline", False), ("all", True)):
            one = measured(folder, output, near)
            detail = f"a file {one.seconds:.2f} s, {one.cpu:.2f} s of CPU; {one.new} files of {size:.1f} MB"
            rows.append(at_most(f"1,000 files, {name}", one.seconds * 1000 / 60, MINUTES[name], "min", detail=detail))
            rows.append(Row("files a minute", f"{60 / one.seconds:.0f}"))
            rows.append(at_most(f"growth of memory, {name}", one.growth, GROWTH, "MB"))
        again = measured(folder, output, near=True)
        rows.append(at_most("1,000 files, measured before", again.seconds * 1000, 10, "s", detail=f"{again.new} new"))
    return show(rows)


if __name__ == "__main__":
    sys.exit(main())
