"""`--runs`: the directory of a sweep, read before the page is built."""

import sys
from pathlib import Path

from tvae.checkpoints.terminal import printable
from tvae.page.server import compute


def open_runs(directory: Path | None) -> None:
    """Let the page have the runs of a directory, and say which on standard error. Raises InputError, StorageError."""
    if directory is not None:
        sys.stderr.write(f"{printable(compute.RUNS.open(directory))}\n")
