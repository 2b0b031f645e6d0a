"""What was measured, kept in a folder by the hash of the file; each file of the folder appears whole or not at all.

Results of other code are not used: each is kept with the version of tvae and a hash of the sources that decide what is
measured.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from tvae.checkpoints.atomic_files import regular_bytes, storage, write_atomically
from tvae.checkpoints.terminal import printable
from tvae.checkpoints.versions import __version__, digest_of_sources
from tvae.errors import InputError
from tvae.operations.validation import is_number, is_whole
from tvae.reports.surveys.repository.rows import MEASURES, NUMBERS, Document
from tvae.reports.tables import Kind

FOLDER: Final = "measured"
MAX_BYTES: Final = 100_000  # of one result; ours have up to 5,000
_SOURCES: Final = ("operations", "geometry", "models", "checkpoints", "analysis", "reports")
_DIGESTS: Final = {"sha256": re.compile(r"[0-9a-f]{64}"), "object_id": re.compile(r"[0-9a-f]{40}")}
_TEXTS: Final = ("format", "architecture", "status")  # of a file that was measured, like the next
_NUMBERS: Final = ("measures", "stored")
_ALWAYS: Final = ("coverage", "reconstructed", "total")  # measures that every checkpoint has

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
        found = None if digest is None else self._found.get((digest, max_radius))
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
    try:
        found = json.loads(regular_bytes(path, MAX_BYTES))
    except (InputError, ValueError, RecursionError):
        return None
    return found if _is_result(found) else None


def _is_result(found: Any) -> bool:
    """Whether everything is of the kind that `measuring.measure` gives."""
    if not isinstance(found, dict) or (found.get("tvae"), found.get("sources")) != (__version__, sources()):
        return False
    return (
        isinstance(found.get("near"), bool)
        and all(isinstance(found.get(name), str) and form.fullmatch(found[name]) for name, form in _DIGESTS.items())
        and _is(found.get("max_radius"), "float")
        and _are_texts(found, ("error",))
        and (_is_measured(found) if found.get("error") is None else not found.keys() & {*_TEXTS, *_NUMBERS})
    )


def _is_measured(found: Document) -> bool:
    measures, stored = found.get("measures"), found.get("stored")
    return (
        _are_texts(found, _TEXTS)
        and all(found.get(name) is not None for name in ("format", "architecture"))
        and isinstance(measures, dict)
        and set(measures) == set(MEASURES)
        and all(_is(measures[name], kind) for name, kind in MEASURES.items())
        and all(measures[name] is not None for name in _ALWAYS)
        and isinstance(stored, dict)
        and set(stored) <= set(NUMBERS)
        and all(_is(value, "float") for value in stored.values())
    )


def _is(value: Any, kind: Kind) -> bool:
    """Whether a value can be in a column of numbers of this kind, where an undefined number is None."""
    return value is None or (is_whole(value) if kind == "int" else is_number(value))


def _are_texts(found: Document, names: Iterable[str]) -> bool:
    """Whether these are missing, or texts that can be shown: half a surrogate pair is in no file of UTF-8."""
    texts = [found[name] for name in names if found.get(name) is not None]
    return all(isinstance(text, str) and printable(text) == text for text in texts)


@cache
def sources() -> str:
    """sha256 of the sources that decide what is measured."""
    return digest_of_sources(Path(__file__).parents[3], _SOURCES)
