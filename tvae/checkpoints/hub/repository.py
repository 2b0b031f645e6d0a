"""A checkpoint of any repository, when only the repository is named: the only one that it has.

Not here: files by their name in the repository of the published checkpoints (`client`).
"""

from dataclasses import replace
from pathlib import Path

from huggingface_hub import constants, is_offline_mode, snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError

from tvae.checkpoints.folder import checkpoint_in, only_checkpoint
from tvae.checkpoints.hub import transfer
from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import LocatedCheckpoint
from tvae.errors import HubUnreachable


def locate(asked: RepoRef, local_only: bool) -> LocatedCheckpoint:
    """The file `asked.name`, or else the only checkpoint of the repository; downloaded if it is not in the cache.

    The Hub is asked first, since its file may have changed, unless `local_only` or HF_HUB_OFFLINE forbids it; without
    an answer, the cache is used. Raises HubError, and CheckpointFileError, which names the files, for several.
    """
    refusal = HubUnreachable(
        f"The Hub was not asked about {asked}, and this machine has no copy. Unset HF_HUB_OFFLINE, or omit "
        "local_files_only, and try again."
    )
    if not local_only and not is_offline_mode():
        try:
            return _from_hub(asked)
        except HubUnreachable as error:
            refusal = error
    found = _from_cache(asked)
    if found is None:
        raise refusal
    return found


def _from_hub(asked: RepoRef) -> LocatedCheckpoint:
    name = asked.name
    if name is None:
        names = (file.rfilename for file in transfer.remote_files(asked))
        name = only_checkpoint(Path(asked.repo_id), names, "Give filename as one of them.")
    return transfer.download(name, replace(asked, name=name))


def _from_cache(asked: RepoRef) -> LocatedCheckpoint | None:
    name = asked.name
    if name is None:
        try:
            folder = Path(
                snapshot_download(
                    asked.repo_id,
                    revision=asked.branch,
                    cache_dir=constants.HF_HUB_CACHE,
                    local_files_only=True,
                )
            )
        except LocalEntryNotFoundError:
            return None
        name = checkpoint_in(folder).relative_to(folder).as_posix()
    return transfer.from_cache(name, replace(asked, name=name))
