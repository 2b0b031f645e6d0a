"""Requests about Jobs, by the real huggingface_hub to a local Hub: what is sent, and which answers are believed."""

import json
from collections.abc import Callable

import pytest
from hub_server import GOOD_TOKEN, LocalHub

from tvae.checkpoints.hub import jobs
from tvae.checkpoints.hub.jobs import HubJob, cancel_job, inspect_job, jobs_under_way, page_of, start_job
from tvae.checkpoints.hub.requests import RepoRef
from tvae.errors import HubAccessDenied, HubError, HubUnreachable

ASKED = RepoRef("alice/sweep", None, GOOD_TOKEN, kind="dataset")
LABELS = {"tvae-sweep": "a1", "tvae-share": "b2"}
SCRIPT = "https://hub.example/script.py"
JOB = "0" * 24
Start = Callable[..., HubJob]


@pytest.fixture
def start(hub: LocalHub) -> Start:
    """Starts a Job that does nothing."""
    hub.jobs.runs = False

    def started(labels: dict[str, str] = LABELS) -> HubJob:
        return start_job(
            ASKED, SCRIPT, environment={"SWEEP_SHARE": "x"}, labels=labels, flavor="cpu-upgrade", seconds=90
        )

    return started


def test_a_start_says_everything_and_the_token_only_as_a_secret(hub: LocalHub, start: Start) -> None:
    job = start()
    (made,) = hub.jobs.all
    assert (job.id, job.stage, job.ended, made.owner) == (made.id, "RUNNING", False, "alice")
    spec = made.spec
    assert spec["command"] == ["uv", "run", SCRIPT]
    assert (spec["flavor"], spec["timeoutSeconds"]) == ("cpu-upgrade", 90)
    assert spec["labels"].items() >= LABELS.items()
    assert spec.pop("secrets") == {"HF_TOKEN": GOOD_TOKEN}
    assert GOOD_TOKEN not in json.dumps(spec)
    assert page_of(ASKED, job.id) == f"{hub.url}/jobs/alice/{job.id}"


def test_a_job_is_looked_at_and_cancelled(hub: LocalHub, start: Start) -> None:
    job = start()
    assert inspect_job(ASKED, job.id) == job
    cancel_job(ASKED, job.id)
    now = inspect_job(ASKED, job.id)
    assert (now.stage, now.ended) == (jobs.CANCELED, True)
    hub.jobs.all.clear()
    assert inspect_job(ASKED, job.id) == HubJob(job.id, "DELETED", "", {})
    cancel_job(ASKED, job.id)


def test_those_under_way_have_the_labels(hub: LocalHub, start: Start) -> None:
    mine, ended, _ = start(), start(), start({"tvae-sweep": "other"})
    cancel_job(ASKED, ended.id)
    assert [job.id for job in jobs_under_way(ASKED, LABELS)] == [mine.id]
    hub.fail("GET", "/api/jobs/alice$", status=200, body=json.dumps([job.said() for job in hub.jobs.all]).encode())
    assert [job.id for job in jobs_under_way(ASKED, LABELS)] == [mine.id]  # whatever the Hub lists


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (401, HubAccessDenied, "the token that was sent was refused"),
        (402, HubAccessDenied, "has no credit for this, or not the plan. See http.*/settings/billing"),
        (403, HubAccessDenied, "use a token with the right permissions"),
        (429, HubUnreachable, "too many requests"),
        (400, HubUnreachable, r"answered 400 for alice/sweep \(no such flavor, \*\*\*\)"),
        (503, HubUnreachable, "The fault is on its side"),
    ],
)
def test_a_refusal_is_a_sentence_without_the_token(
    status: int, kind: type[HubError], said: str, hub: LocalHub, start: Start
) -> None:
    hub.fail("POST", "/api/jobs/", status=status, headers={"X-Error-Message": f"no such flavor, {GOOD_TOKEN}"})
    with pytest.raises(kind, match=said) as refused:
        start()
    assert GOOD_TOKEN not in str(refused.value)


def test_an_account_of_others_is_refused(hub: LocalHub) -> None:
    with pytest.raises(HubAccessDenied, match="403 for bob/sweep"):
        start_job(RepoRef("bob/sweep", None, GOOD_TOKEN), SCRIPT, environment={}, labels={}, flavor="x", seconds=1)
    assert hub.jobs.all == []


def test_without_a_token_nothing_is_sent(hub: LocalHub) -> None:
    with pytest.raises(HubAccessDenied, match="log in with `hf auth login`"):
        start_job(RepoRef("alice/sweep"), SCRIPT, environment={}, labels={}, flavor="cpu-basic", seconds=1)
    assert hub.requests == []


GOOD = {"id": JOB, "owner": {"id": "1", "name": "alice", "type": "user"}, "status": {"stage": "RUNNING"}}
HOSTILE = {
    "a page": b"<!DOCTYPE html>",
    "a list": [],
    "a text": "x",
    "nothing": {},
    "deep": b"[" * 100_000,
    "no owner": GOOD | {"owner": None},
    "no stage": GOOD | {"status": {}},
    "a stage that is no text": GOOD | {"status": {"stage": ["RUNNING"]}},
    "a message that is no text": GOOD | {"status": {"stage": "ERROR", "message": {"a": 1}}},
    "labels that are a list": GOOD | {"labels": ["a"]},
    "a label that is a number": GOOD | {"labels": {"a": 1}},
    "an id that is a path": GOOD | {"id": "../../../api/whoami"},
    "an id that is a number": GOOD | {"id": 1},
    "a long id": GOOD | {"id": "a" * 101},
    "a time that is none": GOOD | {"createdAt": "yesterday"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_job_is_refused(name: str, hub: LocalHub, start: Start) -> None:
    answer = HOSTILE[name]
    hub.fail("*", "/api/jobs/", status=200, body=answer if isinstance(answer, bytes) else json.dumps(answer).encode())
    for ask in (start, lambda: inspect_job(ASKED, JOB)):
        with pytest.raises(HubUnreachable, match=r"answered, but not like a Hub|broke off"):
            ask()


def test_what_a_job_says_is_short_printable_and_without_tokens(hub: LocalHub) -> None:
    said = GOOD | {"status": {"stage": "ERROR", "message": f"{GOOD_TOKEN}\n\x1b[31m out   of\tluck " + "x" * 9999}}
    hub.fail("GET", "/api/jobs/", status=200, body=json.dumps(said).encode())
    message = inspect_job(ASKED, JOB).message
    assert message.isprintable()
    assert message.startswith("hf_*** ")
    assert " out of luck xxx" in message
    assert len(message) == 200


def test_a_list_that_never_ends_does(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MAX_LISTED", 5)
    page = json.dumps([GOOD | {"labels": LABELS}] * 2).encode()
    following = {"Link": f'<{hub.url}/api/jobs/alice>; rel="next"'}
    fault = hub.fail("GET", "/api/jobs/alice$", status=200, headers=following, body=page)
    assert len(jobs_under_way(ASKED, LABELS)) == 5
    assert fault.hits == 3
