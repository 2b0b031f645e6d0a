"""Requests that are rejected before they are sent, and the message for each error of Hub, network and disk."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_fixtures import set_endpoint
from hub_server import GOOD_TOKEN, LocalHub

from tvae.checkpoints.atomic_files import storage_error
from tvae.checkpoints.hub import requests
from tvae.checkpoints.hub.client import (
    DEFAULT_REPO_ID,
    download_checkpoint,
    ensure_checkpoint,
    list_checkpoints,
    locate_checkpoint,
)
from tvae.errors import HubAccessDenied, HubFileRefused, HubNotFound, HubUnreachable

NAME = "homeostatic_rich/best.pt"
BYTES = bytes(range(256)) * 400


@pytest.fixture
def published(hub: LocalHub) -> LocalHub:
    """The default repository with one checkpoint."""
    hub.add(DEFAULT_REPO_ID, {NAME: BYTES})
    return hub


# What the Hub or the network refuses: (fault, error, words of the sentence)

# Seconds, of any machine: what huggingface_hub alone would retry for is 23.
PATIENCE = 15.0

REFUSALS = {
    "401": ({"status": 401}, HubAccessDenied, "401.*no token was sent.*hf auth login"),
    "402": ({"status": 402}, HubAccessDenied, "402.*no credit.*/settings/billing"),
    "403": ({"status": 403}, HubAccessDenied, "403.*permissions"),
    "404 repository": (
        {"status": 404, "headers": {"X-Error-Code": "RepoNotFound"}},
        HubNotFound,
        "no model repo.*Check the repository's name",
    ),
    "404 revision": ({"status": 404, "headers": {"X-Error-Code": "RevisionNotFound"}}, HubNotFound, "--revision"),
    "429": ({"status": 429, "headers": {"Retry-After": "17"}}, HubUnreachable, "429.*Wait 17 seconds"),
    "429 by the Hub's header": (
        {"status": 429, "headers": {"RateLimit": '"api";r=0;t=42'}},
        HubUnreachable,
        "429.*Wait 42 seconds",
    ),
    "500": ({"status": 500}, HubUnreachable, "500.*try again"),
    "503": ({"status": 503, "headers": {"Retry-After": "60"}}, HubUnreachable, "503.*try again"),
    "418": ({"status": 418, "body": b"short and stout"}, HubUnreachable, "418"),
    "a page that asks for a login": ({"status": 200, "body": b"<html>Welcome"}, HubUnreachable, "not like a Hub"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("ask", [lambda: ensure_checkpoint(NAME), list_checkpoints], ids=["ensure", "list"])
def test_each_error_of_the_hub_has_its_own_message(
    published: LocalHub, refusal: str, ask: Callable[[], object]
) -> None:
    fault, error, words = REFUSALS[refusal]
    published.fail("*", "/api/models/|/resolve/", **fault)
    started = time.monotonic()
    with pytest.raises(error, match=words) as raised:
        ask()
    assert time.monotonic() - started < PATIENCE
    assert raised.value.__cause__ is not None or refusal == "a page that asks for a login"


def test_a_truncated_list_is_an_error(published: LocalHub) -> None:
    published.fail("GET", "/api/models/", truncate=20)
    with pytest.raises(HubUnreachable, match="connection was cut"):
        list_checkpoints()
    published.faults.clear()
    published.fail("GET", "/api/models/", status=200, body=b'{"id": "alice/x"}')
    with pytest.raises(HubUnreachable, match="not like a Hub"):
        list_checkpoints()


def test_missing_names(published: LocalHub) -> None:
    with pytest.raises(HubNotFound, match=r"no file 'other/best.pt'.*checkpoint_hub list --repo-id ivanpol/"):
        ensure_checkpoint("other/best.pt")
    with pytest.raises(HubNotFound, match="no revision 'v9'"):
        ensure_checkpoint(NAME, revision="v9")
    with pytest.raises(HubNotFound, match="no model repository 'alice/nothing'"):
        ensure_checkpoint(NAME, repo_id="alice/nothing", token=GOOD_TOKEN)
    with pytest.raises(HubAccessDenied, match="private or does not exist"):
        ensure_checkpoint(NAME, repo_id="alice/nothing")


def test_a_gated_repository(hub: LocalHub) -> None:
    hub.add("alice/gated", {NAME: BYTES}, gated=True)
    for token, status in ((None, 401), (GOOD_TOKEN, 403)):
        with pytest.raises(HubAccessDenied, match=rf"gated \({status}\).*http://localhost.*/alice/gated"):
            ensure_checkpoint(NAME, repo_id="alice/gated", token=token)
    hub.admitted.add(("alice", "alice/gated"))
    assert ensure_checkpoint(NAME, repo_id="alice/gated", token=GOOD_TOKEN).read_bytes() == BYTES


def test_a_refused_token_is_named_as_such_and_never_shown(published: LocalHub) -> None:
    with pytest.raises(HubAccessDenied, match="token that was sent was refused") as denied:
        ensure_checkpoint(NAME, token="hf_secretsecret")
    assert "secret" not in str(denied.value)
    published.fail("*", "/api/", status=418, body=b"your token hf_secretsecret is odd")
    with pytest.raises(HubUnreachable, match=r"hf_\*\*\*|\*\*\*") as odd:
        list_checkpoints(token="hf_secretsecret")
    assert "secret" not in str(odd.value)
    with pytest.raises(HubAccessDenied, match="characters") as broken:
        ensure_checkpoint(NAME, token="hf_secret\nsecret")
    assert "secret" not in str(broken.value)


@pytest.mark.parametrize("endpoint", ["http://localhost:1", "http://no-such-host.invalid", "ftp://localhost"])
def test_no_network(hub: LocalHub, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_endpoint(monkeypatch, endpoint)
    monkeypatch.setattr(requests, "ANSWER_SECONDS", 1.0)
    started = time.monotonic()
    for ask in (lambda: ensure_checkpoint(NAME), list_checkpoints):
        with pytest.raises(HubUnreachable, match=r"cannot be reached|no answer in time"):
            ask()
    assert time.monotonic() - started < PATIENCE


def test_a_server_that_never_answers(published: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert requests.ANSWER_SECONDS <= 5
    monkeypatch.setattr(requests, "ANSWER_SECONDS", 0.3)
    published.fail("*", "/", delay=2.0)
    started = time.monotonic()
    with pytest.raises(HubUnreachable, match="no answer in time"):
        ensure_checkpoint(NAME)
    with pytest.raises(HubUnreachable, match="no answer in time"):
        list_checkpoints()
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/best.pt", "../best.pt", "a/../../best.pt", "a/..", "a\\best.pt", "..\\best.pt", "C:/best.pt",
        "c:best.pt", "a\0.pt", "a\n.pt", "a\x7f.pt", "a\u202e.pt", "a//best.pt", "a/./best.pt", "a/", "a/best.txt",
        "best", "a" * 300 + ".pt",
    ],
)  # fmt: skip
def test_names_that_would_leave_the_directory_are_refused_before_any_traffic(hub: LocalHub, name: str) -> None:
    for ask in (ensure_checkpoint, locate_checkpoint, download_checkpoint):
        with pytest.raises(HubFileRefused, match="Give a relative path"):
            ask(name)
    assert hub.requests == []


def test_links_that_would_leave_the_directory_are_refused_before_any_traffic(hub: LocalHub, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "best.pt").write_bytes(b"not yours")
    Path("outputs/models").mkdir(parents=True)
    Path("outputs/models/linked").symlink_to(outside)
    with pytest.raises(HubFileRefused, match="leads out"):
        ensure_checkpoint("linked/best.pt")
    with pytest.raises(HubFileRefused, match="leads out"):
        download_checkpoint("linked/best.pt", "outputs/models")
    assert hub.requests == []


@pytest.mark.parametrize("repo_id", ["", "a/b/c", "../x", "a b/c", "hf--x/y"])
def test_invalid_repositories(hub: LocalHub, repo_id: str) -> None:
    with pytest.raises(HubNotFound, match="as owner/name, such as"):
        ensure_checkpoint(NAME, repo_id=repo_id)
    assert hub.requests == []


@pytest.mark.parametrize("revision", ["", "../main", "/main", "a\nb"])
def test_invalid_revisions(hub: LocalHub, revision: str) -> None:
    with pytest.raises(HubNotFound, match="--revision as a branch"):
        ensure_checkpoint(NAME, revision=revision)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "quota"), (errno.EACCES, "permission"), (errno.EROFS, "read-only")],
)
def test_errors_of_the_disk(number: int, words: str) -> None:
    error = storage_error(Path("best.pt"), OSError(number, os.strerror(number)))
    assert words in str(error)
    assert "best.pt" in str(error)
