"""What was measured, kept in a folder by the hash of the file; each file of the folder appears whole or not at all.

Results of other code are not used: each is kept with the version of tvae and a hash of the sources that decide what is
measured.
"""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.atomic_files import storage, write_atomically
from tvae.checkpoints.versions import __version__, digest_of_sources
from tvae.reports.surveys.repository.rows import MEASURES, NUMBERS, Document

FOLDER: Final = "measured"
MAX_BYTES: Final = 100_000  # of one result; ours have up to 5,000
_SOURCES: Final = ("operations", "geometry", "models", "checkpoints", "analysis", "reports")
_TEXTS: Final = ("sha256", "object_id", "error", "format", "architecture", "status")

Key = tuple[str, float | None]  # digest of the file, and the radius that the catalogue knows


class Store:
    """The results in a folder. Raises StorageError."""

    def __init__(self, output: Path) -> None:
        self._folder = output / FOLDER
        self._found: dict[Key, Document] = {}
        with storage(output):  # before anything is measured
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(self._folder.glob("*.json")):
                self._remember(_read(path))

    def get(self, digest: str | None, max_radius: float | None, near: bool) -> Document | None:
        """What was measured of the file with this sha256 or object id of git; with the near measures if asked for."""
        found = self._found.get((digest or "", max_radius))
        return found if found and (found["near"] or found["error"] is not None or not near) else None

    def put(self, found: Document) -> None:
        """Keep a result. Raises StorageError."""
        document = {"tvae": __version__, "sources": sources(), **found}
        radius = "" if found["max_radius"] is None else f"-{found['max_radius']:g}"
        write_atomically(self._folder / f"{found['sha256']}{radius}.json", json.dumps(document).encode())
        self._remember(found)

    def picture(self, sha256: str) -> Path:
        """Where the radius plot of a file is, if it was drawn."""
        return self._folder / f"{sha256}.png"

    def _remember(self, found: Document | None) -> None:
        if found:
            for name in ("sha256", "object_id"):
                self._found[found[name], found["max_radius"]] = found


def _read(path: Path) -> Document | None:
    """A result of this version; None for anything else, which is measured again."""
    if path.stat().st_size > MAX_BYTES:
        return None
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return found if _is_result(found) else None


def _is_result(found: Any) -> bool:
    if not isinstance(found, dict) or (found.get("tvae"), found.get("sources")) != (__version__, sources()):
        return False
    measured = found.get("error") is None
    numbers = [found.get("max_radius")]
    for name, known in (("measures", MEASURES), ("stored", NUMBERS)):
        inner = found.get(name, {})
        if not isinstance(inner, dict) or not set(inner) <= set(known):
            return False
        numbers += inner.values()
    return (
        isinstance(found.get("near"), bool)
        and all(isinstance(found.get(name), str) for name in ("sha256", "object_id"))
        and all(found.get(name) is None or isinstance(found[name], str) for name in _TEXTS)
        and (not measured or set(found.get("measures", {})) == set(MEASURES))
        and all(number is None or _is_number(number) for number in numbers)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@cache
def sources() -> str:
    """sha256 of the sources that decide what is measured."""
    return digest_of_sources(Path(__file__).parents[3], _SOURCES)
