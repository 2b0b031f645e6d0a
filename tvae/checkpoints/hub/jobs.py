"""Hugging Face Jobs in the account that owns a repository: start one, look at it, list those under way, cancel it.

A Job runs a script of the repository with uv. Its token is a secret of the Job, and so in no command, label or log.
Not here: what Jobs are for (`tvae.training.sweeps.hf_jobs`), and which requests are valid (`requests`).
"""

import logging
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from huggingface_hub import HfApi, JobInfo, JobStage, get_token
from huggingface_hub.utils.tqdm import disable_progress_bars

from tvae.checkpoints.hub.requests import ANSWER_SECONDS, LOG_IN, RepoRef, call_with_timeout, not_a_hub, scrubbed
from tvae.checkpoints.terminal import printable
from tvae.errors import HubAccessDenied, HubNotFound

START_SECONDS: Final = 60.0  # for the answer to a start: giving up on one that comes would pay for it twice
MAX_LISTED: Final = 1000
CANCELED: Final = JobStage.CANCELED.value
_ENDED: Final = (JobStage.COMPLETED, JobStage.CANCELED, JobStage.ERROR, JobStage.DELETED)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")  # it becomes a part of addresses

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class HubJob:
    """A Job as the Hub describes it."""

    id: str
    stage: str  # a `JobStage`, or a newer word
    message: str  # printable, without tokens, perhaps empty
    labels: Mapping[str, str]

    @property
    def ended(self) -> bool:
        """Whether it runs no further."""
        return self.stage in _ENDED


def start_job(
    asked: RepoRef, script: str, *, environment: Mapping[str, str], labels: Mapping[str, str], flavor: str, seconds: int
) -> HubJob:
    """Start a script, given by its address, on a machine of this flavour for at most this time.

    Its environment also has the token, HF_TOKEN, which must be able to write to the repository. Raises HubError.
    """
    token = asked.token or get_token()
    if not token:
        raise HubAccessDenied(f"A Job on the Hub needs a token that may start it: {LOG_IN}.")

    def request(api: HfApi, account: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it calls itself experimental
            return api.run_uv_job(
                script,
                env=dict(environment),
                secrets={"HF_TOKEN": token},
                flavor=flavor,
                timeout=seconds,
                labels=dict(labels),
                namespace=account,
            )

    return _asked(request, _job, asked, START_SECONDS)


def inspect_job(asked: RepoRef, job: str) -> HubJob:
    """A Job now; one that the Hub no longer has is `DELETED`. Raises HubError."""
    try:
        return _asked(lambda api, account: api.inspect_job(job_id=job, namespace=account), _job, asked)
    except HubNotFound:
        return HubJob(job, JobStage.DELETED.value, "", {})


def jobs_under_way(asked: RepoRef, labels: Mapping[str, str]) -> list[HubJob]:
    """The Jobs of the account with these labels that have not ended. Raises HubError."""
    stages: list[JobStage | str] = [JobStage.SCHEDULING, JobStage.RUNNING]
    return _asked(
        lambda api, account: list(
            islice(
                api.list_jobs(status=stages, labels=dict(labels), namespace=account, timeout=int(ANSWER_SECONDS)),
                MAX_LISTED,
            )
        ),
        lambda jobs: [one for one in map(_job, jobs) if not one.ended and labels.items() <= one.labels.items()],
        asked,
    )


def cancel_job(asked: RepoRef, job: str) -> None:
    """End a Job; one that the Hub no longer has is none to end. Raises HubError."""
    try:
        _asked(lambda api, account: api.cancel_job(job_id=job, namespace=account), lambda _: None, asked)
    except HubNotFound:
        return


def page_of(asked: RepoRef, job: str) -> str:
    """Address of the Job's page, which has its log."""
    return f"{asked.page.split('://')[0]}://{asked.host}/jobs/{_account(asked)}/{job}"


def silence() -> None:
    """Let huggingface_hub say nothing beside the progress of a sweep: our messages say everything."""
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)


def _account(asked: RepoRef) -> str:
    return asked.repo_id.split("/")[0]


def _asked(
    request: Callable[[HfApi, str], Any],
    read: Callable[[Any], _Answer],
    asked: RepoRef,
    seconds: float | None = None,
) -> _Answer:
    """The checked answer; huggingface_hub reads a wrong one with errors of Python."""
    api = HfApi(endpoint=asked.endpoint, token=asked.token)
    try:
        return read(call_with_timeout(lambda: request(api, _account(asked)), asked, seconds))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise not_a_hub(asked) from error


def _job(info: JobInfo) -> HubJob:
    """What the Hub says of a Job. Raises ValueError for what cannot be one."""
    name, stage, message, labels = info.id, info.status.stage, info.status.message or "", info.labels or {}
    pairs = [*labels.items()]
    if not all(isinstance(one, str) for one in (name, stage, message, *(word for pair in pairs for word in pair))):
        raise ValueError("a Job has texts")
    if not _ID.fullmatch(name):
        raise ValueError("the id of a Job has letters and digits")
    words = printable(" ".join(scrubbed(message[:1000]).split()))[:200]
    return HubJob(name, str(getattr(stage, "value", stage)), words, dict(pairs))
