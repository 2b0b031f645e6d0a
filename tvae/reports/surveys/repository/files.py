"""The checkpoint files of a repository on the Hub or of a folder: which there are, and the bytes of one at a time.

Bytes of the Hub are kept in memory only: neither a folder nor the Hub's cache grows by a repository that is measured
once. Everything is bounded: the number of files, the length of their names, the size of each.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tvae.checkpoints.atomic_files import storage
from tvae.checkpoints.checkpoint_file import USUAL_SIZE, read_bytes
from tvae.checkpoints.folder import CHECKPOINT_SUFFIXES
from tvae.checkpoints.hub import environment
from tvae.checkpoints.terminal import printable
from tvae.errors import HubError, HubFileRefused, InputError

MAX_FILES: Final = 10_000
MAX_NAME: Final = 500  # characters of a path
MAX_FILE: Final = 64 * 2**20  # bytes
MAX_CARD: Final = 2**20  # bytes


@dataclass(frozen=True)
class FoundFile:
    """A checkpoint file that has not been read."""

    path: str  # in the repository
    size: int  # bytes
    digest: str | None = None  # on the Hub the sha256 of a large file and git's object id of a small one
    refusal: str = ""  # why it is not read

    @property
    def shown(self) -> str:
        """The path for people and tables: on one line, and not too long."""
        name = printable(self.path)
        return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}..."


@dataclass(frozen=True)
class Repository:
    """The files of a revision, or of a folder."""

    name: str  # OWNER/NAME, or the name of the folder
    revision: str | None  # commit; None for a folder
    files: Sequence[FoundFile]  # by path, at most `MAX_FILES`
    left_out: int  # files beyond those
    card: str  # text of the card; empty if there is none
    is_default: bool  # whether the catalogue knows the files
    read: Callable[[FoundFile], bytes]  # raises TvaeError


def open_repository(name: str, revision: str | None = None) -> Repository:
    """The folder of this path, or else the repository OWNER/NAME on the Hub.

    Raises InputError for anything else, HubError, and StorageError for a folder that cannot be read.
    """
    try:
        is_folder = name != "" and Path(name).is_dir()
    except (OSError, ValueError):  # too long, or with a null character
        is_folder = False
    if is_folder and revision is not None:
        raise InputError(f"{name[:200]!r} is a folder, and --revision is for a repository on the Hub. Omit it.")
    if is_folder:
        return _of_folder(Path(name))
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise InputError(
            f"There is no folder {name[:200]!r}, and it is not the name of a repository. Check the path, or give a "
            "repository on the Hub as OWNER/NAME."
        )
    return _of_hub(name, revision)


def _of_hub(name: str, revision: str | None) -> Repository:
    environment.check_numbers()
    # Imported here because importing huggingface_hub takes seconds, and other commands do not need it.
    from tvae.checkpoints.hub.client import DEFAULT_REPO_ID
    from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
    from tvae.checkpoints.hub.requests import CARD, RepoRef, check_name
    from tvae.checkpoints.hub.transfer import remote_commit

    asked = RepoRef(name, revision)
    commit, listed = remote_commit(asked)
    asked = replace(asked, revision=commit)  # a branch that moves in the meantime changes nothing

    def found(path: str, size: int, digest: str | None) -> FoundFile:
        try:
            check_name(path)
        except HubFileRefused as error:
            return FoundFile(path, size, refusal=str(error))
        return FoundFile(path, size, digest)

    files = [
        found(file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else file.blob_id)
        for file in listed
        if file.rfilename.endswith(CHECKPOINT_SUFFIXES)
    ]
    card = ""
    if any(file.rfilename == CARD for file in listed):
        try:
            card = fetched_bytes(replace(asked, name=CARD), MAX_CARD)[0].decode(errors="replace")
        except HubError:  # the files can be measured without their card
            card = ""
    return Repository(
        name,
        commit,
        *_bounded(files),
        card,
        is_default=name == DEFAULT_REPO_ID and revision is None,
        read=lambda file: fetched_bytes(replace(asked, name=file.path), MAX_FILE)[0],
    )


def _of_folder(folder: Path) -> Repository:
    from tvae.checkpoints.hub.requests import CARD  # here for the reason above

    whole = folder.resolve()
    # In the Hub's cache and in what snapshot_download gives, each file is a link to its bytes next to the snapshots.
    roots = [whole, *([whole.parents[1] / "blobs"] if whole.parent.name == "snapshots" else [])]
    files: list[FoundFile] = []
    with storage(folder):
        for path in _below(folder, CHECKPOINT_SUFFIXES, files):
            name, refusal = path.relative_to(folder).as_posix(), _refusal(path, roots)
            files.append(FoundFile(name, 0 if refusal else path.stat().st_size, refusal=refusal))
        card = folder / CARD
        has_card = card.is_file() and not _refusal(card, roots) and card.stat().st_size <= MAX_CARD
        text = card.read_text(encoding="utf-8", errors="replace") if has_card else ""
    return Repository(
        printable(whole.name)[:MAX_NAME] or "folder",
        None,
        *_bounded(files),
        text,
        is_default=False,
        read=lambda file: read_bytes(folder / file.path),
    )


def _below(folder: Path, suffixes: tuple[str, ...], closed: list[FoundFile]) -> Iterator[Path]:
    """Files with these suffixes below a folder, except hidden ones; folders that cannot be entered go to `closed`."""

    def refuse(error: OSError) -> None:
        name = Path(os.fsdecode(error.filename)).relative_to(folder).as_posix()
        closed.append(FoundFile(name, 0, refusal=f"The folder cannot be entered: {error.strerror}."))

    for root, directories, names in os.walk(folder, onerror=refuse):
        directories[:] = [name for name in directories if not name.startswith(".")]
        yield from (Path(root, name) for name in names if name.endswith(suffixes) and not name.startswith("."))


def _refusal(path: Path, roots: Sequence[Path]) -> str:
    """Why a file of a folder is not read; empty if it may be."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "It is a link that leads to no file. Replace the link with the file itself."
    if not any(real.is_relative_to(root.resolve()) for root in roots):
        return "It is a link that leads out of the folder. Replace the link with the file itself."
    return "" if real.is_file() else "It is not a regular file. Replace it with a checkpoint."


def _bounded(files: Sequence[FoundFile]) -> tuple[tuple[FoundFile, ...], int]:
    """The first `MAX_FILES` by path, those that are too large or have a long path refused, and how many are left."""
    kept = []
    for file in sorted(files, key=lambda one: one.path)[:MAX_FILES]:
        why = file.refusal
        if not why and len(file.path) > MAX_NAME:
            why = f"Its path has {len(file.path):,} characters; at most {MAX_NAME} are read. Give it a shorter one."
        if not why and file.size > MAX_FILE:
            why = (
                f"It has {file.size:,} bytes; at most {MAX_FILE:,} are read, since a checkpoint of ours has "
                f"{USUAL_SIZE}. Use the file with the model's weights alone."
            )
        kept.append(replace(file, refusal=why))
    return tuple(kept), len(files) - len(kept)
