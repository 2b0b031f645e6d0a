"""Start-up time, endpoints and memory of the app, run as a process and called over HTTP."""

import statistics
import subprocess
import sys
from pathlib import Path

from server import APP, HERE, Server, running
from table import Row, at_most, interleaved, median_ratio

NAME = "homeostatic_rich"
STARTS = 5
CALLS = 15
GROWTH_CALLS = 40


def imports() -> list[Row]:
    """Time a Python process that imports tvae against one that only imports torch, which tvae needs."""

    def python(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=HERE.parent, check=True)

    ours, torch = interleaved([lambda: python("tvae"), lambda: python("torch")], STARTS)
    return [
        Row("import tvae, in a fresh Python", f"{statistics.median(ours):.2f} s"),
        Row("  against import torch alone", f"{median_ratio(ours, torch):.2f} x"),
    ]


def starts() -> list[Row]:
    """Time from the start of the process to the first answer, against a hello world that imports torch."""

    def started(script: Path) -> float:
        with running(script) as server:
            return server.started

    pairs = [(started(APP), started(HERE / "hello.py")) for _ in range(STARTS + 1)][1:]
    ours, hello = zip(*pairs, strict=True)
    seconds = f"{statistics.median(ours):.2f} s against {statistics.median(hello):.2f} s"
    return [at_most("python app.py, first page, against hello world", median_ratio(ours, hello), 1.25, "x", 2, seconds)]


def endpoints() -> list[Row]:
    """Time `/encode` against an endpoint that does nothing in the same process, then measure sizes and memory."""
    with running(HERE / "trivial.py") as server:
        rows = _encode(server)
        figure = len(server.call("radius_plot", NAME, "0-9", "A", "radius"))
        for name in ("metrics", "coverage"):
            server.call(name, NAME)
        rows.append(at_most("/radius_plot, size of the figure", figure / 1000, 300, "KB", 0))
        rows.append(at_most("peak memory of the server after all of this", server.peak_memory(), 900, "MB", 0))
        rows.append(at_most("memory growth for each call with all operations", _growth(server), 0.5, "MB", 2))
    return rows


def _growth(server: Server) -> float:
    """Growth of the server in MB for each call, after the allocator has warmed up."""
    for _ in range(20):
        server.call("encode", NAME, "0-19682", False)
    before = server.memory()
    for _ in range(GROWTH_CALLS):
        server.call("encode", NAME, "0-19682", False)
    return (server.memory() - before) / GROWTH_CALLS


def _encode(server: Server) -> list[Row]:
    calls = {
        "1 operation": ("0", True),
        "1,000 operations": ("0-999", True),
        "19,683 operations, without vectors": ("0-19682", False),
    }
    functions = [lambda: server.call("trivial")]
    functions += [lambda data=data: server.call("encode", NAME, *data) for data in calls.values()]
    nothing, *taken = interleaved(functions, CALLS, warm=2)
    rows = [Row("/trivial, an endpoint that does nothing", f"{1000 * statistics.median(nothing):.1f} ms")]
    for what, times in zip(calls, taken, strict=True):
        above = 1000 * statistics.median(a - b for a, b in zip(times, nothing, strict=True))
        if what.startswith("1,000"):
            rows.append(at_most(f"/encode, {what}, above /trivial", above, 40, "ms"))
        else:
            rows.append(Row(f"/encode, {what}, above /trivial", f"{above:.1f} ms"))
    return rows
