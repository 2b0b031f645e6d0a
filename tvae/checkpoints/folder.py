"""The one checkpoint of a folder or of a repository: what `publish` uploads and `snapshot_download` leaves."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NoReturn

from tvae.checkpoints.atomic_files import storage
from tvae.errors import CheckpointFileError
from tvae.operations.validation import listed, quoted

CHECKPOINT_SUFFIXES: Final = (".pt", ".pth", ".ckpt", ".safetensors")
MAX_FILES: Final = 10_000  # that are looked at
_NAMED: Final = 10  # files in a message


def checkpoint_in(folder: Path) -> Path:
    """The file of the only checkpoint in a folder. Links are followed: a snapshot in the Hub's cache consists of them.

    Raises CheckpointFileError if there is none or there are several, and StorageError for a folder that cannot be read.
    """
    with storage(folder):
        names = [path.relative_to(folder).as_posix() for path in _files(folder)]
    path = folder / only_checkpoint(folder.absolute(), names)
    if not path.is_file():
        found = f"{path.name}, which is a link to no file, or no file at all"
        raise CheckpointFileError(folder.absolute(), found, "a checkpoint", "Download the folder again.")
    return path


def named_in(folder: Path, name: str) -> Path:
    """The file of this name in a folder, such as `a/best.pt`, and none outside it; links are followed as above.

    Raises CheckpointFileError if there is none.
    """
    path = PurePosixPath(name)
    try:
        inside = not path.is_absolute() and ".." not in path.parts and (folder / path).is_file()
    except (OSError, ValueError):  # too long, or with a null character
        inside = False
    if not inside:
        raise CheckpointFileError(folder.absolute(), f"no file {quoted(name)}", "one in this folder", "Name another.")
    return folder / path


def only_checkpoint(place: Path, names: Iterable[str], action: str = "Name one of them.") -> str:
    """The only checkpoint among the names of files; one that is there in several formats counts once, as safetensors.

    Raises CheckpointFileError, which names `place`: if there is none, or, ending in `action`, if there are several.
    """
    found = sorted(name for name in names if name.endswith(CHECKPOINT_SUFFIXES))
    if not found:
        kinds = listed("or", CHECKPOINT_SUFFIXES)
        raise CheckpointFileError(place, "no checkpoint", f"a {kinds} file", "Choose another place.")
    if len({PurePosixPath(name).with_suffix("") for name in found}) > 1 or len(found) > len(CHECKPOINT_SUFFIXES):
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        named = ", ".join(found[:_NAMED])
        raise CheckpointFileError(place, f"{len(found):,} checkpoints ({named}{more})", "one", action)
    return next((name for name in found if name.endswith(".safetensors")), found[0])


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder except hidden ones; raises CheckpointFileError if there are too many."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    count = 0
    for root, directories, names in os.walk(folder, onerror=refuse):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        count += len(names)
        if count > MAX_FILES:
            raise CheckpointFileError(
                folder.absolute(),
                f"more than {MAX_FILES:,} files",
                "a folder with one checkpoint",
                "Name the file itself.",
            )
        yield from (Path(root, name) for name in names if not name.startswith("."))
