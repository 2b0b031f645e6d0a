"""The version of this package, a hash of its sources, and the versions that a trained checkpoint was made with."""

import hashlib
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import torch

__version__: Final = "0.1.0"  # the one definition: pyproject.toml reads it, and `tvae` exports it


def versions() -> dict[str, str]:
    """Version of Python and of each package that decides what a training run computes."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "tvae": __version__,
    }


def digest_of_sources(package: Path, places: Iterable[str], without: tuple[str, ...] = ()) -> str:
    """sha256 of the Python sources in these folders and files of a package, with their names.

    Paths that begin with one of `without` are left out.
    """
    found = hashlib.sha256()
    folders = [package / place for place in places]
    files = {path for place in folders for path in (place.rglob("*.py") if place.suffix != ".py" else [place])}
    for name in sorted(path.relative_to(package).as_posix() for path in files):
        if not name.startswith(without):
            found.update(f"{name}\n".encode() + hashlib.sha256((package / name).read_bytes()).digest())
    return found.hexdigest()
