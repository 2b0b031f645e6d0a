"""Fifty visitors for a minute, over HTTP on loopback: `python benchmarks/load.py [--visitors 50] [--seconds 60]`.

Each visitor opens the page and then calls endpoints at random, with a pause of half a second on average. Every tenth
call is invalid and must be refused. One more visitor calls the endpoint that does nothing; its p95 shows the overhead
of Gradio and the machine under this load. Exits with status 1 after an error: an invalid answer, a refusal without a
sentence, or memory that grows beyond the size of the caches.
"""

import argparse
import json
import random
import re
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field

from server import HERE, Server, running
from table import Row, at_most, show

NAMES = ("homeostatic_rich", "tree", "ball", "v5_5", "max_hierarchy", "v5_11")
PAUSE = 0.5  # seconds on average
WARM = 8.0  # seconds before memory is first measured
GROWTH = 150.0  # MB: caches are filled before; Gradio may still store 500 sessions of 0.3 MB
LATE = 30.0  # MB of it in the second half, when memory should be stable
REFUSED = "nonsense"


@dataclass
class Seen:
    """Times and errors of all visitors."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by action
    wrong: list[str] = field(default_factory=list)


def action(draw: random.Random) -> tuple[str, tuple[object, ...], bool]:
    """(endpoint, inputs, whether it must be refused)."""
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
    if draw.random() < 0.1:
        return "metrics", (REFUSED,), True
    return *draw.choice(choices), False


def visit(server: Server, number: int, until: float, seen: Seen, lock: threading.Lock) -> None:
    """Act as one visitor until the time is over; number 0 calls only /trivial."""
    draw = random.Random(number)
    while time.monotonic() < until:
        what, inputs, refused = ("trivial", (), False) if number == 0 else action(draw)
        began = time.perf_counter()
        problem = ""
        try:
            if what != "trivial" and draw.random() < 0.05:
                what, refused = "page", False
                with urllib.request.urlopen(server.url, timeout=60) as page:
                    page.read()
            else:
                json.loads(server.call(what, *inputs))
            problem = "an invalid call was answered" if refused else ""
        except RuntimeError as error:
            sentence = re.search(r"No checkpoint is called", str(error))
            problem = "" if refused and sentence else f"{what}{inputs}: {error}"
        except (OSError, ValueError, urllib.error.URLError) as error:
            problem = f"{what}{inputs}: {type(error).__name__} {error}"
        with lock:
            seen.taken["refusal" if refused else what].append(time.perf_counter() - began)
            if problem:
                seen.wrong.append(problem)
        time.sleep(draw.expovariate(1 / PAUSE))


def percentile(times: list[float], share: float) -> float:
    """The quantile `share` of the times, in milliseconds."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measure(visitors: int, seconds: float) -> list[Row]:
    """The table of one run."""
    with running(HERE / "trivial.py") as server:
        for name in NAMES:  # fill the caches before memory is measured
            server.call("metrics", name)
        seen, lock, until = Seen(), threading.Lock(), time.monotonic() + seconds
        threads = [
            threading.Thread(target=visit, args=(server, number, until, seen, lock)) for number in range(visitors + 1)
        ]
        for thread in threads:
            thread.start()
        time.sleep(min(WARM, seconds / 3))
        before = server.memory()
        time.sleep(max(0.0, until - seconds / 2 - time.monotonic()))
        halfway = server.memory()
        for thread in threads:
            thread.join()
        after = server.memory()
    nothing = seen.taken.pop("trivial")
    rows = [
        at_most("errors", len(seen.wrong), 0, "", 0, "; ".join(seen.wrong[:3])),
        at_most("growth of memory after the first seconds", after - before, GROWTH, "MB", 0),
        at_most("growth of memory in the second half", after - halfway, LATE, "MB", 0),
        Row("calls answered", f"{sum(map(len, seen.taken.values())):,} in {seconds:.0f} s by {visitors} visitors"),
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
