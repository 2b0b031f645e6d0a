"""A run as it comes back from the repository, where anybody with access to it can have changed it: checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import remote_commit
from tvae.errors import HubFileRefused, InputError
from tvae.training.sweeps.executor import Outcome, Row, failed
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.row_file import MAX_MODEL, MAX_ROW, MODEL, ROW, parsed_row

_MAX_WORDS: Final = 1000

Mark = tuple[str, str | None]  # digests of the row and the model


@dataclass(frozen=True)
class Listing:
    """The files of the repository at a commit."""

    asked: RepoRef  # with the commit
    digests: Mapping[str, str | None]  # of its files, by path, as the Hub announces them

    def mark(self, job: Job) -> Mark | None:
        """What is there of a run; None if nothing is."""
        row, model = (self.digests.get(f"{job.id}/{name}") for name in (ROW, MODEL))
        return None if row is None else (row, model)


def listed(asked: RepoRef) -> Listing:
    """What the repository has now. Raises HubError."""
    commit, files = remote_commit(asked)
    return Listing(
        replace(asked, revision=commit),
        {file.rfilename: file.lfs.sha256 if file.lfs else file.blob_id for file in files},
    )


def outcome_of(job: Job, listing: Listing) -> Outcome:
    """The outcome of a run that has a mark.

    Raises HubFileRefused, with a reason, for what cannot be the result of this job, and other errors of the Hub.
    """
    row = _row(job, fetched_bytes(replace(listing.asked, name=f"{job.id}/{ROW}"), MAX_ROW)[0])
    if row["error"] is not None:
        return Outcome(row, None)
    model = fetched_bytes(replace(listing.asked, name=f"{job.id}/{MODEL}"), MAX_MODEL)[0]
    if digest(model) != row["sha256"]:
        raise _refused(job, f"its model has the sha256 {digest(model)}, and its row says {row['sha256']}.")
    return Outcome(row, model)


def _row(job: Job, data: bytes) -> Row:
    """The row with the fields of a row and no others."""
    try:
        said = parsed_row(data, job.id)
    except InputError as error:
        raise _refused(job, str(error)) from error
    empty = failed(job, "", 0.0).row
    if any(said[name] != empty[name] for name in ("recipe", "seed", "settings")):
        raise _refused(job, f"its {ROW} is that of another run.")
    if said["error"] is not None:
        return empty | {"seconds": said["seconds"], "error": said["error"][:_MAX_WORDS]}
    if not _says_where(said):
        raise _refused(job, f"its {ROW} does not say with which versions it was computed.")
    measured = ("seconds", "sha256", "metrics", "cpu_capability", "versions")
    return empty | {"error": None} | {name: said[name] for name in measured}


def _says_where(said: Mapping[str, Any]) -> bool:
    versions = said.get("versions")
    return (
        isinstance(said.get("cpu_capability"), str)
        and isinstance(versions, dict)
        and all(isinstance(one, str) for one in versions.values())
    )


def _refused(job: Job, reason: str) -> HubFileRefused:
    return HubFileRefused(f"What the Hub has of the run {job.id} is refused: {reason}")
