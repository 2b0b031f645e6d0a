"""Checkpoints on the Hugging Face Hub: find, list, download, upload; also `python -m tvae.checkpoint_hub`.

    ensure_checkpoint     path of a file: from the local directory, else the Hub's cache, else a download
    locate_checkpoint     the same, with the origin, the commit and the sha256
    find_checkpoint       the same without a download: None if the file is not on this machine
    download_checkpoint   the current file on the Hub, in the cache or in a directory that you name
    list_checkpoints      the checkpoints of a repository
    upload_checkpoint, upload_directory   one commit of new and changed files; no commit if there are none

The local directory is `outputs/models`, or `$TVAE_CHECKPOINT_DIR`. The token is that of `hf auth login` or HF_TOKEN,
unless you pass one. Errors: HubUnreachable, HubAccessDenied, HubNotFound, HubFileRefused, HubUploadFailed and
StorageError of `tvae.errors`. An empty list always means that the repository exists and has no checkpoint.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from huggingface_hub.utils.tqdm import disable_progress_bars

from tvae.checkpoints.atomic_files import storage
from tvae.checkpoints.folder import CHECKPOINT_SUFFIXES
from tvae.checkpoints.hub import transfer
from tvae.checkpoints.hub.requests import (
    RepoRef,
    Token,
    check_inside,
    check_name,
    scrubbed,
)
from tvae.checkpoints.hub.transfer import LocatedCheckpoint, UploadedFile
from tvae.checkpoints.terminal import escape_missing_letters, printable
from tvae.errors import HubUnreachable, HubUploadFailed, TvaeError

__all__ = [
    "DEFAULT_REPO_ID",
    "CheckpointListing",
    "LocatedCheckpoint",
    "UploadedFile",
    "download_checkpoint",
    "ensure_checkpoint",
    "list_checkpoints",
    "locate_checkpoint",
    "main",
    "models_directory",
    "upload_checkpoint",
    "upload_directory",
]

DEFAULT_REPO_ID = "ivanpol/ternary-vae-checkpoints"


@dataclass(frozen=True)
class CheckpointListing:
    """A checkpoint on the Hub."""

    name: str
    size: int  # bytes
    sha256: str | None  # None for a small file, which the Hub stores in git


def ensure_checkpoint(
    name: str, *, repo_id: str = DEFAULT_REPO_ID, revision: str | None = None, token: str | None = None
) -> Path:
    """Path of a checkpoint such as `homeostatic_rich/best.pt`, downloaded if necessary; see locate_checkpoint."""
    return locate_checkpoint(name, repo_id=repo_id, revision=revision, token=token).path


def locate_checkpoint(
    name: str, *, repo_id: str = DEFAULT_REPO_ID, revision: str | None = None, token: Token = None
) -> LocatedCheckpoint:
    """Look in the local directory, then in the Hub's cache, then download; only the download uses the network.

    A local file is not checked, and is used for every repository; with a `revision` (branch, tag or commit hash) it is
    skipped. A cached or downloaded file must have the digest that the Hub announced; a damaged one is downloaded again.
    `token=False` sends no token, even if this machine has one.
    Raises HubFileRefused, before any traffic, for a name that is not a relative path to a checkpoint.
    """
    asked = RepoRef(repo_id, revision, token, name)
    return find_checkpoint(name, repo_id=repo_id, revision=revision) or transfer.download(name, asked)


def find_checkpoint(
    name: str, *, repo_id: str = DEFAULT_REPO_ID, revision: str | None = None
) -> LocatedCheckpoint | None:
    """As locate_checkpoint, but never downloads: None if the file is not on this machine, or is damaged."""
    asked = RepoRef(repo_id, revision, None, name)
    if revision is None:
        local = models_directory() / name
        with storage(local):
            if local.is_file():
                check_inside(local, models_directory(), name)
                return LocatedCheckpoint(local, "local", None, transfer.digests(local)[0])
    return transfer.from_cache(name, asked)


def download_checkpoint(
    name: str,
    output: str | Path | None = None,
    *,
    repo_id: str = DEFAULT_REPO_ID,
    revision: str | None = None,
    token: str | None = None,
) -> Path:
    """Path of the current file on the Hub: in the cache, or a copy at `output`/`name` if `output` is a directory.

    Bytes in the cache are not transferred again, and if the Hub is unreachable the cached file is used. The copy in
    `output` replaces an older one atomically. Raises as locate_checkpoint does.
    """
    return _downloaded(RepoRef(repo_id, revision, token, name), name, output).path


def list_checkpoints(
    *, repo_id: str = DEFAULT_REPO_ID, revision: str | None = None, token: Token = None
) -> list[CheckpointListing]:
    """The checkpoints (.pt, .pth, .ckpt, .safetensors) of a repository, by name; empty only if the repository has none.

    `token=False` sends no token, even if this machine has one.
    """
    return [
        CheckpointListing(file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else None)
        for file in transfer.remote_files(RepoRef(repo_id, revision, token))
        if file.rfilename.endswith(CHECKPOINT_SUFFIXES)
    ]


def upload_checkpoint(
    local_path: str | Path,
    path_in_repo: str | None = None,
    commit_message: str | None = None,
    *,
    repo_id: str = DEFAULT_REPO_ID,
    revision: str | None = None,
    token: str | None = None,
) -> str:
    """Upload one checkpoint and return its address; no commit is made if the Hub has the same file already.

    The default of `path_in_repo` is the path below `outputs/models` (or $TVAE_CHECKPOINT_DIR); for a file elsewhere it
    is DIRECTORY/FILE, with the name of the file's directory. `revision` is a branch.
    """
    asked = RepoRef(repo_id, revision, token)
    (file,) = _uploaded_file(local_path, path_in_repo, commit_message, asked)
    return _address(file.path, asked)


def upload_directory(
    directory: str | Path,
    path_in_repo: str | None = None,
    commit_message: str | None = None,
    *,
    repo_id: str = DEFAULT_REPO_ID,
    revision: str | None = None,
    token: str | None = None,
) -> tuple[UploadedFile, ...]:
    """Upload the new and changed files below a directory in one commit, with the same structure.

    Hidden files are skipped. `path_in_repo` is the directory in the repository ("" for its root), by default as for
    upload_checkpoint. Raises HubUploadFailed for a directory that is missing or empty, and HubFileRefused for a link
    that leads out of it.
    """
    directory = Path(directory)
    prefix = path_in_repo if path_in_repo is not None else transfer.path_in_repo(directory, models_directory())
    asked = RepoRef(repo_id, revision, token)
    files = {(Path(prefix) / path.relative_to(directory)).as_posix(): path for path in transfer.files_below(directory)}
    for name in files:
        check_name(name, suffixes=("",))
    return transfer.upload(files, commit_message or f"Add {prefix or directory.name}", asked)


def models_directory() -> Path:
    """Directory of local checkpoints: $TVAE_CHECKPOINT_DIR, or `outputs/models` below the working directory."""
    return Path(os.environ.get("TVAE_CHECKPOINT_DIR") or Path("outputs", "models"))


def _downloaded(asked: RepoRef, name: str, output: str | Path | None) -> LocatedCheckpoint:
    if output is not None:
        check_inside((Path(output) / name).parent, Path(output), name)
    try:
        located = transfer.download(name, asked)
    except HubUnreachable:
        substitute = transfer.from_cache(name, asked)
        if substitute is None:
            raise
        located = substitute
    if output is None:
        return located
    return replace(located, path=transfer.copy_atomically(located.path, Path(output) / name))


def _uploaded_file(
    local_path: str | Path, path_in_repo: str | None, message: str | None, asked: RepoRef
) -> tuple[UploadedFile, ...]:
    path = Path(local_path)
    name = path_in_repo if path_in_repo is not None else transfer.path_in_repo(path, models_directory())
    check_name(name)
    if not path.is_file():
        raise HubUploadFailed(f"There is no file {path}. Give a {', '.join(CHECKPOINT_SUFFIXES)} file.")
    return transfer.upload({name: path}, message or f"Add {name}", replace(asked, name=name))


def _address(name: str, asked: RepoRef) -> str:
    return f"{asked.page}/blob/{quote(asked.branch, safe='')}/{quote(name)}"


def _print_list(arguments: argparse.Namespace) -> None:
    listings = list_checkpoints(**_of_repository(arguments))
    if not listings:
        asked = RepoRef(**_of_repository(arguments))
        print(printable(f"{asked} exists and has no checkpoint ({', '.join(CHECKPOINT_SUFFIXES)})."))
        return
    names = [printable(listing.name) for listing in listings]
    width = max(map(len, names))
    print(f"{'NAME':<{width}}  {'SIZE':>9}  HERE")
    for name, listing in zip(names, listings, strict=True):
        print(f"{name:<{width}}  {transfer.format_size(listing.size):>9}  {_state(listing, arguments)}")


def _state(listing: CheckpointListing, arguments: argparse.Namespace) -> str:
    """Where ensure_checkpoint would find it: `local`, `cached`, `cached, older` (the Hub has a newer one), or `-`."""
    if arguments.revision is None and (models_directory() / listing.name).is_file():
        return "local"
    pointer = transfer.cache_pointer(listing.name, RepoRef(**_of_repository(arguments)))
    if pointer is None:
        return "-"
    known = transfer.recorded_digest(pointer)
    return "cached" if known is None or listing.sha256 in (None, known) else "cached, older"


def _print_download(arguments: argparse.Namespace) -> None:
    asked = RepoRef(**_of_repository(arguments), name=arguments.checkpoint)
    located = _downloaded(asked, arguments.checkpoint, arguments.output)
    print(printable(located.path))
    origin = "the Hub" if located.origin == "hub" else "the cache: the Hub was not reached"
    print(printable(f"commit {located.revision}, sha256 {located.sha256}, from {origin}"))


def _print_upload(arguments: argparse.Namespace) -> None:
    asked = RepoRef(**_of_repository(arguments))
    if arguments.directory:
        files = upload_directory(arguments.directory, None, arguments.message, **_of_repository(arguments))
    else:
        files = _uploaded_file(arguments.checkpoint, None, arguments.message, asked)
    for file in files:
        print(printable(f"{file.status:<9}  {file.path}  {_address(file.path, asked)}"))


def _of_repository(arguments: argparse.Namespace) -> dict[str, str]:
    return {"repo_id": arguments.repo_id, "revision": arguments.revision, "token": arguments.token}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Exit with one sentence, like every other error of the program."""
        self.exit(2, f"{printable(scrubbed(message))}; see `{self.prog} --help`.\n")


def _parser() -> argparse.ArgumentParser:
    program = "python -m tvae.checkpoint_hub"
    parser = _Parser(prog=program, description="Checkpoints on the Hugging Face Hub: list, download, upload.")
    common = _Parser(add_help=False)
    common.add_argument("--repo-id", default=DEFAULT_REPO_ID, help="repository, owner/name (default: %(default)s)")
    common.add_argument("--revision", help="branch, tag or commit hash (default: main)")
    common.add_argument(
        "--token", help="visible to other users in the list of processes: prefer `hf auth login` or HF_TOKEN"
    )
    commands = parser.add_subparsers(required=True, metavar="list | download | upload")
    listing = commands.add_parser("list", parents=[common], help="print the repository's checkpoints")
    listing.set_defaults(run=_print_list)
    download = commands.add_parser("download", parents=[common], help="download one checkpoint")
    download.add_argument("--checkpoint", required=True, metavar="NAME", help="such as homeostatic_rich/best.pt")
    download.add_argument("--output", metavar="DIR", help="target directory (default: the Hub's cache)")
    download.set_defaults(run=_print_download)
    upload = commands.add_parser("upload", parents=[common], help="upload a checkpoint, or a directory of them")
    what = upload.add_mutually_exclusive_group(required=True)
    what.add_argument("--checkpoint", metavar="FILE", help="file to upload")
    what.add_argument("--directory", metavar="DIR", help="directory to upload, with its structure")
    upload.add_argument("--message", help="commit message")
    upload.set_defaults(run=_print_upload)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 2 with a message on standard error, or 130 after Ctrl-C."""
    escape_missing_letters()
    given = _parser().parse_args(arguments)
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # our message says everything
    if not sys.stderr.isatty():
        disable_progress_bars()
    run: Callable[[argparse.Namespace], None] = given.run
    try:
        run(given)
    except TvaeError as error:
        print(printable(scrubbed(str(error), given.token)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. No partial file was left; run the same command to continue.", file=sys.stderr)
        return 130
    return 0
