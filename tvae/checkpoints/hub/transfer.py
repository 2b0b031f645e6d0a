"""Transfer files between the Hugging Face Hub, its cache and the disk, and verify the announced digests.

`client` decides what to transfer. The cache is that of huggingface_hub, in its layout, so other programs share it.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

from huggingface_hub import (
    CommitOperationAdd,
    HfApi,
    constants,
    get_hf_file_metadata,
    get_token,
    hf_hub_download,
    hf_hub_url,
    is_offline_mode,
    try_to_load_from_cache,
)
from huggingface_hub.hf_api import RepoSibling

from tvae.checkpoints.atomic_files import replacing, storage
from tvae.checkpoints.hub.requests import (
    ANSWER_SECONDS,
    FAILURES,
    LOG_IN,
    RepoRef,
    call_with_timeout,
    check_inside,
    not_a_hub,
    translate_error,
)
from tvae.errors import HubAccessDenied, HubFileRefused, HubNotFound, HubUploadFailed, StorageError

_DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")  # sha256 of a large file, git object id of a small one
_CHUNK = 1 << 20


@dataclass(frozen=True)
class LocatedCheckpoint:
    """A checkpoint on this machine. `hub`: the Hub confirmed that these are its bytes; `cache`: it was not asked."""

    path: Path
    origin: Literal["local", "cache", "hub"]
    revision: str | None  # commit hash; None for a local file
    sha256: str  # of the bytes on this disk


@dataclass(frozen=True)
class UploadedFile:
    """A file for upload: its path in the repository, and whether it had to be uploaded."""

    path: str
    status: Literal["uploaded", "unchanged"]


def from_cache(name: str, asked: RepoRef) -> LocatedCheckpoint | None:
    """The cached file, or None if it is missing or damaged; offline, a damaged one raises HubFileRefused."""
    pointer = cache_pointer(name, asked)
    if pointer is None:
        return None
    located = _verified(pointer, name, "cache")
    if located is None and is_offline_mode():
        raise HubFileRefused(
            f"The cached copy of {asked} is damaged, and HF_HUB_OFFLINE is set. "
            f"Delete {pointer.resolve()}, unset HF_HUB_OFFLINE and try again."
        )
    return located


def cache_pointer(name: str, asked: RepoRef) -> Path | None:
    """Path of the file in the cache at this revision (of a branch, the last known commit); None if it is not there."""
    with storage(Path(constants.HF_HUB_CACHE)):
        found = try_to_load_from_cache(
            asked.repo_id, name, cache_dir=constants.HF_HUB_CACHE, revision=asked.branch, repo_type="model"
        )
    return Path(found) if isinstance(found, str) else None


def download(name: str, asked: RepoRef) -> LocatedCheckpoint:
    """The current file on the Hub, downloaded into the cache if necessary."""
    url = hf_hub_url(asked.repo_id, name, revision=asked.branch, endpoint=asked.endpoint)
    announced = call_with_timeout(lambda: get_hf_file_metadata(url, token=asked.token, timeout=ANSWER_SECONDS), asked)
    if announced.commit_hash is None or not _DIGEST.fullmatch(announced.etag or ""):
        raise not_a_hub(asked)
    if cache_pointer(name, replace(asked, revision=announced.commit_hash)) is None:
        _check_space(announced.size or 0, Path(constants.HF_HUB_CACHE))
    for once_more in (False, True):
        try:
            pointer = hf_hub_download(
                asked.repo_id,
                name,
                revision=asked.branch,
                token=asked.token,
                endpoint=asked.endpoint,
                cache_dir=constants.HF_HUB_CACHE,
                etag_timeout=ANSWER_SECONDS,
                force_download=once_more,
            )
        except FAILURES as error:
            raise translate_error(error, asked) from error
        located = _verified(Path(pointer), name, "hub", announced.etag)
        if located:
            return located
    _forget(Path(pointer))
    raise HubFileRefused(
        f"{asked} was downloaded twice, and its bytes did not match the digest {announced.etag}; it was deleted. "
        "Try again later or on another network; if that fails, tell the owner of the repository."
    )


def recorded_digest(pointer: Path) -> str | None:
    """The digest that the Hub announced when the file was cached, which is the name of the blob behind the link.

    Only one link is followed, because the blob can itself be a link into a store with other names. None on a file
    system without links, where the cache has no digest.
    """
    name = pointer.readlink().name if pointer.is_symlink() else ""
    return name if _DIGEST.fullmatch(name) else None


def _verified(
    pointer: Path, name: str, origin: Literal["cache", "hub"], announced: str | None = None
) -> LocatedCheckpoint | None:
    with storage(pointer):
        expected = recorded_digest(pointer) or announced
        found = digests(pointer)
    if expected is not None and expected not in found:
        return None
    return LocatedCheckpoint(pointer, origin, pointer.parents[name.count("/")].name, found[0])


def digests(path: Path) -> tuple[str, str]:
    """sha256 and git object id of a file's bytes."""
    sha256, oid = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            oid.update(chunk)
    return sha256.hexdigest(), oid.hexdigest()


def _forget(pointer: Path) -> None:
    with storage(pointer):
        for path in (pointer.resolve(), pointer.parent / (pointer.readlink() if pointer.is_symlink() else ""), pointer):
            path.unlink(missing_ok=True)


def _check_space(size: int, directory: Path) -> None:
    with storage(directory):
        existing = next(path for path in (directory, *directory.parents) if path.exists())
        free = shutil.disk_usage(existing).free
    if size > free:
        raise StorageError(
            f"The file needs {format_size(size)}, and {directory} has {format_size(free)} left. "
            "Free some space, or set HF_HOME to a directory on a larger disk."
        )


def copy_atomically(source: Path, target: Path) -> Path:
    """Copy a file; the target is the complete copy, or unchanged after an error."""
    with replacing(target) as copy, source.open("rb") as original:
        shutil.copyfileobj(original, copy, _CHUNK)
    return target


def remote_files(asked: RepoRef) -> list[RepoSibling]:
    """All files of the repository at the revision, with sizes and digests."""
    return remote_commit(asked)[1]


def remote_commit(asked: RepoRef) -> tuple[str, list[RepoSibling]]:
    """The commit that the revision is now, and its files as `remote_files` has them."""
    api = HfApi(endpoint=asked.endpoint, token=asked.token)
    info = api.dataset_info if asked.kind == "dataset" else api.model_info
    found = call_with_timeout(
        lambda: info(asked.repo_id, revision=asked.revision, files_metadata=True, timeout=ANSWER_SECONDS), asked
    )
    if found.siblings is None or found.sha is None:  # an answer without a list does not mean an empty repository
        raise not_a_hub(asked)
    return found.sha, found.siblings


def upload(files: Mapping[str, Path], message: str, asked: RepoRef) -> tuple[UploadedFile, ...]:
    """Upload new and changed files, by path in the repository, in one commit; no commit if there are none."""
    local = {}
    for name, path in files.items():
        with storage(path):
            local[name] = set(digests(path))
    if not is_offline_mode() and not asked.token and (asked.token is False or get_token() is None):
        raise HubAccessDenied(f"Uploading to {asked.repo_id} needs a token with write access: {LOG_IN}.")
    remote = {file.rfilename: {file.blob_id, file.lfs.sha256 if file.lfs else None} for file in remote_files(asked)}
    changed = [name for name in files if not local[name] & remote.get(name, set())]
    if changed:
        _commit({name: files[name] for name in changed}, message, asked)
    return tuple(UploadedFile(name, "uploaded" if name in changed else "unchanged") for name in files)


def ensure_repository(asked: RepoRef, private: bool) -> None:
    """Create the repository if there is none; an existing one stays as it is, public or private."""
    api = HfApi(endpoint=asked.endpoint, token=asked.token)
    call_with_timeout(
        lambda: api.create_repo(asked.repo_id, private=private, repo_type=asked.kind, exist_ok=True), asked
    )


def own_token() -> str | None:
    """The token of this machine's user: HF_TOKEN, or that of `hf auth login`."""
    return get_token()


def path_in_repo(path: Path, models: Path) -> str:
    """Path below `models` or an `outputs/models`; otherwise the name of a directory, or DIRECTORY/FILE for a file."""
    # A link in the last part of the path is not followed: it says where the bytes are, not what they are called.
    path = path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()
    layouts = [parent for parent in (path, *path.parents) if parent.parts[-2:] == ("outputs", "models")]
    for layout in (models.resolve(), *layouts):
        if path.is_relative_to(layout):
            inside = path.relative_to(layout).as_posix()
            return "" if inside == "." else inside
    return path.name if path.is_dir() else f"{path.parent.name}/{path.name}".lstrip("/")


def files_below(directory: Path) -> list[Path]:
    """All files below a directory except hidden ones, sorted."""

    def refuse(error: OSError) -> NoReturn:
        raise error

    if not directory.is_dir():
        raise HubUploadFailed(f"There is no directory {directory}. Give one that contains checkpoints.")
    found = []
    with storage(directory):
        for root, directories, names in os.walk(directory, onerror=refuse):
            directories[:] = [name for name in directories if not name.startswith(".")]
            paths = [Path(root, name) for name in names if not name.startswith(".")]
            found += paths
            for path in (*paths, *(Path(root, name) for name in directories)):
                check_inside(path, directory, str(path))
    if not found:
        raise HubUploadFailed(f"{directory} contains no files. Give a directory that contains checkpoints.")
    return sorted(found)


def _commit(files: Mapping[str, Path], message: str, asked: RepoRef) -> None:
    api = HfApi(endpoint=asked.endpoint, token=asked.token)
    try:
        additions = [CommitOperationAdd(name, path) for name, path in files.items()]
        api.create_commit(
            asked.repo_id, additions, commit_message=message, revision=asked.revision, repo_type=asked.kind
        )
    except FAILURES as error:
        reason = translate_error(error, asked)
        if isinstance(reason, HubAccessDenied | HubNotFound | StorageError):
            raise reason from error
        raise HubUploadFailed(f"The upload to {asked.repo_id} did not finish. {reason}") from error


def format_size(size: int) -> str:
    """A size in bytes for people to read: `512 B`, `1.5 MB`; decimal units, as on the Hub's pages."""
    if size < 1000:
        return f"{size} B"
    power = 1 if size < 999_950 else 2 if size < 999_950_000 else 3
    return f"{size / 1000**power:.1f} {('kB', 'MB', 'GB')[power - 1]}"
