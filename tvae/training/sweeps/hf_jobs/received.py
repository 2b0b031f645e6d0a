"""A run as it comes back from the repository, where anybody with access to it can have changed it: checked whole."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
from tvae.checkpoints.hub.requests import RepoRef
from tvae.checkpoints.hub.transfer import remote_commit
from tvae.errors import HubFileRefused
from tvae.training.sweeps.executor import Outcome, Row, failed
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.results import MODEL, ROW

MAX_ROW: Final = 2**16  # bytes; a row has 3 kB
MAX_MODEL: Final = 2**26  # a model has 1 MB, and one of the largest width 20 MB
_MAX_WORDS: Final = 1000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

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
        raise _refused(job, f"its model has the sha256 {digest(model)}, and its row says {row['sha256']}")
    return Outcome(row, model)


def _row(job: Job, data: bytes) -> Row:
    """The row with the fields of a row and no others."""
    try:
        said = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _refused(job, f"its {ROW} is not JSON") from error
    empty = failed(job, "", 0.0).row
    if not isinstance(said, dict) or any(said.get(name) != empty[name] for name in ("id", "recipe", "seed")):
        raise _refused(job, f"its {ROW} is that of another run")
    if said.get("settings") != empty["settings"]:
        raise _refused(job, f"its {ROW} has other settings")
    if not _is_number(said.get("seconds")):
        raise _refused(job, f"its {ROW} has no duration")
    reason = said.get("error")
    if isinstance(reason, str):
        return empty | {"seconds": said["seconds"], "error": reason[:_MAX_WORDS]}
    if reason is not None or not _is_measured(said):
        raise _refused(job, f"its {ROW} has neither an error nor the measures of a finished run")
    measured = ("seconds", "sha256", "metrics", "cpu_capability", "versions")
    return empty | {"error": None} | {name: said[name] for name in measured}


def _is_measured(said: Mapping[str, Any]) -> bool:
    """Whether everything is there that a sweep and its tables read, of the right kind."""
    metrics, versions = said.get("metrics"), said.get("versions")
    return (
        isinstance(said.get("sha256"), str)
        and _SHA256.fullmatch(said["sha256"]) is not None
        and isinstance(said.get("cpu_capability"), str)
        and isinstance(versions, dict)
        and all(isinstance(one, str) for one in versions.values())
        and isinstance(metrics, dict)
        and all(_is_number(metrics.get(name)) for name in ("coverage", "reconstructed", "total"))
        and all(_has_q(metrics.get(side)) for side in "ab")
    )


def _has_q(encoder: object) -> bool:
    return isinstance(encoder, dict) and (encoder.get("q", "") is None or _is_number(encoder.get("q")))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _refused(job: Job, reason: str) -> HubFileRefused:
    return HubFileRefused(f"What the Hub has of the run {job.id} is refused: {reason}.")
