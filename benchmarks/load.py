"""Fifty visitors for a minute, over HTTP on loopback: `python benchmarks/load.py [--visitors 50] [--seconds 60]`.

Each visitor opens the page, stays for a minute or so and comes back as another. Some actions are those of the page:
another checkpoint, a tab, an export, an upload, a short training. The others are calls of endpoints, of which every
tenth is invalid and must be refused. One more visitor calls the endpoint that does nothing; its p95 shows the overhead
of Gradio and the machine under this load. Exits with status 1 after an error: an invalid answer, a refusal without a
sentence, or memory, threads, descriptors or files that still grow in the second half.
"""

import argparse
import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from server import APP, HERE, Server, running
from table import Row, at_most, show
from visitors import Refused, Visitor, page_config, with_note

NAMES: Final = ("homeostatic_rich", "tree", "ball", "v5_5", "max_hierarchy", "v5_11")
TABS: Final = ("ball", "compare", "coverage", "codons", "train", "learn")
PAUSE: Final = 2.0  # seconds between two actions of a visitor, on average
STAY: Final = 60.0  # seconds that a visitor stays, on average
WARM: Final = 8  # seconds before memory is first measured
GROWTH: Final = 150.0  # MB: caches are filled before, and sessions are kept for ten minutes
LATE: Final = 30.0  # MB of it in the second half, when memory should be stable
LATE_THREADS: Final = 5  # see `late_growth`
LATE_FILES: Final = 40  # descriptors; each connection that is open at the moment is one
DISK: Final = 400.0  # MB, the share of all visitors' files
UPLOAD: Final = (APP.parent / "tvae" / "bundled" / "tree.safetensors").read_bytes()
REFUSED: Final = "nonsense"


@dataclass
class Seen:
    """Times and errors of all visitors, and the state of the server once a second."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by action
    wrong: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MB
    threads: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    disk: list[float] = field(default_factory=list)  # MB


async def call(visitor: Visitor, draw: random.Random) -> str:
    """Call an endpoint with inputs drawn at random; returns its name."""
    name, other = draw.sample(NAMES, 2)
    operation = draw.randrange(19_683)
    choices: list[tuple[str, tuple[object, ...]]] = [
        ("encode", (name, f"{operation}, {draw.randrange(19_683)}, min", True)),
        ("encode", (name, f"0-{draw.randrange(500)}", False)),
        ("metrics", (name,)),
        ("coverage", (name,)),
        ("radius_plot", (name, str(operation), draw.choice("AB"), "radius")),
        ("neighbours", (name, operation, 10, draw.choice("AB"))),
        ("geodesic", (name, operation, draw.randrange(19_683), 20, "A")),
        ("compare", (name, other, str(operation), "A")),
        ("checkpoints", ()),
    ]
    endpoint, inputs = draw.choice(choices)
    await visitor.call(endpoint, *inputs)
    return f"/{endpoint}"


async def invalid(visitor: Visitor, _: random.Random) -> str:
    """A call that must be refused with a sentence."""
    try:
        await visitor.call("metrics", REFUSED)
    except Refused as error:
        if "No checkpoint is called" in str(error):
            return "a refusal"
        raise
    raise Refused("an invalid call was answered")


async def choose(visitor: Visitor, draw: random.Random) -> str:
    """Choose another checkpoint on the page."""
    await visitor.event("checkpoint", "input", checkpoint=draw.choice(NAMES))
    return "another checkpoint"


async def tab(visitor: Visitor, draw: random.Random) -> str:
    """Open a tab."""
    name = draw.choice(TABS)
    await visitor.open_tab(name)
    return f"the tab {name}"


async def export(visitor: Visitor, draw: random.Random) -> str:
    """Save a table of the page."""
    operations = f"{draw.randrange(19_000)}, v>=4"
    await visitor.download(
        "results",
        table="operations",
        kind=draw.choice(("csv", "json", "parquet")),
        checkpoint=draw.choice(NAMES),
        operations=operations,
        encoder="A",
    )
    return "an export"


async def upload(visitor: Visitor, draw: random.Random) -> str:
    """Upload a checkpoint and look at it."""
    await visitor.upload(with_note(UPLOAD, str(draw.random())))
    return "an upload"


async def train(visitor: Visitor, draw: random.Random) -> str:
    """Train for a few steps on the page, and wait for the result."""
    await visitor.open_tab("train")
    await visitor.event("train-start", "click", **{"train-steps": 20, "train-seed": draw.randrange(1_000)})
    if not visitor.value("train-finished"):
        raise Refused(visitor.value("train-status"))
    return "a training of 20 steps"


async def reload(visitor: Visitor, _: random.Random) -> str:
    """Load the page's document again."""
    await visitor.load_page()
    return "the page"


Action = Callable[[Visitor, random.Random], Awaitable[str]]
ACTIONS: Final[dict[Action, float]] = {  # how often, relative to the others
    call: 50,
    choose: 12,
    tab: 14,
    export: 8,
    reload: 6,
    invalid: 6,
    upload: 0.7,
    train: 0.5,
}


async def stay(url: str, config: dict[str, Any], number: int, until: float, seen: Seen) -> None:
    """Act as one visitor after the other, all from one address, until the time is over."""
    draw = random.Random(number)
    address = f"198.18.{number // 200}.{number % 200 + 1}"
    while time.monotonic() < until:
        leave = min(until, time.monotonic() + draw.expovariate(1 / STAY))
        async with Visitor(url, config, address) as visitor:
            while time.monotonic() < leave:
                (action,) = draw.choices(list(ACTIONS), list(ACTIONS.values()))
                await timed(action, visitor, draw, seen)
                await asyncio.sleep(draw.expovariate(1 / PAUSE))


async def timed(action: Action, visitor: Visitor, draw: random.Random, seen: Seen) -> None:
    """Do it, and note its time or its error."""
    began = time.perf_counter()
    try:
        name = await action(visitor, draw)
    except (Refused, httpx.HTTPError, OSError, ValueError) as error:
        seen.wrong.append(f"{action.__name__}: {type(error).__name__} {error}")
    else:
        seen.taken[name].append(time.perf_counter() - began)


async def ask_for_nothing(url: str, until: float, seen: Seen) -> None:
    """Call the endpoint that does nothing, twice a second."""
    async with Visitor(url, {"components": [], "dependencies": []}, "198.19.0.1") as visitor:
        while time.monotonic() < until:
            began = time.perf_counter()
            await visitor.call("trivial")
            seen.taken["/trivial"].append(time.perf_counter() - began)
            await asyncio.sleep(0.5)


async def watch(server: Server, disk: Path, seen: Seen) -> None:
    """Note the state of the server once a second."""
    while True:
        seen.memory.append(server.memory())
        seen.threads.append(server.threads())
        seen.descriptors.append(server.descriptors())
        seen.disk.append(megabytes(disk))
        await asyncio.sleep(1)


def megabytes(directory: Path) -> float:
    """Size of all files below a directory; they may vanish while they are counted."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(folder, name).stat().st_size
    return total / 1e6


async def visits(server: Server, disk: Path, visitors: int, seconds: float) -> Seen:
    """Let all visitors act for some seconds."""
    config = await page_config(server.url)
    seen, until = Seen(), time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:  # which ends with an error, should the watching end with one
        watching = group.create_task(watch(server, disk, seen))
        await asyncio.gather(
            ask_for_nothing(server.url, until, seen),
            *(stay(server.url, config, number, until, seen) for number in range(visitors)),
        )
        watching.cancel()
    return seen


def percentile(times: list[float], share: float) -> float:
    """The quantile `share` of the times, in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def late_growth(values: list[float] | list[int]) -> float:
    """How much larger the median of the last tenth is than that of the tenth before the middle."""
    tenth, middle = max(1, len(values) // 10), len(values) // 2
    return statistics.median(values[-tenth:]) - statistics.median(values[middle - tenth : middle])


def by_minute(values: list[float]) -> str:
    """The median of each minute of values that were noted once a second."""
    minutes = (values[start : start + 60] for start in range(0, len(values), 60))
    return ", ".join(f"{statistics.median(minute):.0f}" for minute in minutes)


def measure(visitors: int, seconds: float) -> list[Row]:
    """The table of one run."""
    with (
        tempfile.TemporaryDirectory() as disk,
        running(HERE / "trivial.py", TVAE_PROXY_HOPS="1", TMPDIR=disk) as server,
    ):
        for name in NAMES:  # fill the caches before memory is measured
            server.call("metrics", name)
        seen = asyncio.run(visits(server, Path(disk), visitors, seconds))
    nothing = seen.taken.pop("/trivial")
    warm = seen.memory[min(WARM, len(seen.memory) // 3)]
    actions = sum(map(len, seen.taken.values()))
    rows = [
        at_most("errors", len(seen.wrong), 0, "", 0, "; ".join(seen.wrong[:3])),
        at_most("growth of memory after the first seconds", seen.memory[-1] - warm, GROWTH, "MB", 0),
        at_most("growth of memory in the second half", late_growth(seen.memory), LATE, "MB", 0),
        Row("median of memory, minute by minute", by_minute(seen.memory) + " MB"),
        at_most("growth of threads in the second half", late_growth(seen.threads), LATE_THREADS, "", 0),
        at_most("growth of descriptors in the second half", late_growth(seen.descriptors), LATE_FILES, "", 0),
        at_most("largest size of temporary files", max(seen.disk), DISK, "MB", 0),
        Row("at most", f"{max(seen.memory):,.0f} MB, {max(seen.threads)} threads, {max(seen.descriptors)} descriptors"),
        Row("actions", f"{actions:,} in {seconds:.0f} s by {visitors} visitors"),
        Row(
            "/trivial under this load", f"p50 {percentile(nothing, 0.5):.0f} ms, p95 {percentile(nothing, 0.95):.0f} ms"
        ),
    ]
    for what, times in sorted(seen.taken.items()):
        middle, most = statistics.median(times) * 1000, percentile(times, 0.95)
        rows.append(Row(f"  {what}, {len(times)} times", f"p50 {middle:.0f} ms, p95 {most:.0f} ms"))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    return show(measure(options.visitors, options.seconds))


if __name__ == "__main__":
    sys.exit(main())
