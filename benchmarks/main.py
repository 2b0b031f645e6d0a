"""Speed, size and memory against their limits, as one table: `python benchmarks/main.py [part ...]`.

Parts: evaluation, imports, starts, endpoints; by default all of them. browser.py has the waiting times of a visitor.
Times are medians, and the sides of a comparison run in turn, so that a busy machine slows both. A quiet machine still
gives better numbers. Exits with status 1 if a limit is exceeded.
"""

import sys

import evaluation
import serving
from table import show

PARTS = {
    "evaluation": evaluation.measure,
    "imports": serving.imports,
    "starts": serving.starts,
    "endpoints": serving.endpoints,
}


def main() -> int:
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        print(f"Unknown part {unknown[0]!r}; the parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    return show([row for name in chosen for row in PARTS[name]()])


if __name__ == "__main__":
    sys.exit(main())
