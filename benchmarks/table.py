"""The table that every benchmark prints, and timing that is robust on a shared machine."""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement; `ok` is None if there is no limit."""

    what: str
    measured: str
    limit: str = "-"
    ok: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, digits: int = 1, detail: str = "") -> Row:
    """A row with an upper limit; `detail` follows the measured value in brackets."""
    measured = f"{value:,.{digits}f} {unit}".strip() + (f" ({detail})" if detail else "")
    return Row(what, measured, f"<= {limit:g} {unit}".strip(), value <= limit)


def interleaved(functions: Sequence[Callable[[], object]], runs: int, warm: int = 1) -> list[list[float]]:
    """Seconds of each function, run `runs` times in turn, so that disturbances affect all of them."""
    for function in list(functions) * warm:
        function()
    taken: list[list[float]] = [[] for _ in functions]
    for _ in range(runs):
        for times, function in zip(taken, functions, strict=True):
            began = time.perf_counter()
            function()
            times.append(time.perf_counter() - began)
    return taken


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median ratio of runs that were adjacent in time."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def show(rows: Sequence[Row]) -> int:
    """Print the table; returns 1 if a limit is exceeded, else 0."""
    cells = [("what", "measured", "limit", "ok")]
    cells += [(row.what, row.measured, row.limit, {True: "yes", False: "NO", None: "-"}[row.ok]) for row in rows]
    widths = [max(len(line[k]) for line in cells) for k in range(4)]
    for line in cells:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    sys.stdout.flush()
    return int(any(row.ok is False for row in rows))
