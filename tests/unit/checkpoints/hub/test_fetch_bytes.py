"""A file of any repository: limits before and during the transfer, digests, tokens, and nothing on the disk."""

from pathlib import Path

import pytest
from hub_server import GOOD_TOKEN, LocalHub
from huggingface_hub import constants

from tvae.checkpoints.hub.client import list_checkpoints
from tvae.checkpoints.hub.fetch_bytes import fetched_bytes
from tvae.checkpoints.hub.requests import RepoRef
from tvae.errors import HubAccessDenied, HubFileRefused, HubNotFound, HubUnreachable

REPOSITORY = "bob/models"
DATA = bytes(range(256)) * 40
LIMIT = len(DATA)


def asked(name: str = "one/best.pt", **more: object) -> RepoRef:
    return RepoRef(REPOSITORY, name=name, **{"token": False, **more})  # type: ignore[arg-type]


def test_the_bytes_and_their_commit_and_nothing_on_the_disk(hub: LocalHub, hub_home: Path) -> None:
    repository = hub.add(REPOSITORY, {"one/best.pt": DATA, "note.safetensors": b"small"})
    for name, data in (("one/best.pt", DATA), ("note.safetensors", b"small")):
        assert fetched_bytes(asked(name), LIMIT) == (data, repository.branches["main"])
    assert not Path(constants.HF_HUB_CACHE).exists()
    assert not hub_home.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(hub: LocalHub) -> None:
    hub.add(REPOSITORY, {"one/best.pt": DATA})
    with pytest.raises(HubFileRefused, match=r"one/best\.pt of bob/models has .+ at most .+ Choose a smaller file"):
        fetched_bytes(asked(), LIMIT - 1)
    assert hub.count("GET", "/large/") == 0


def test_other_bytes_than_announced_are_refused(hub: LocalHub) -> None:
    hub.add(REPOSITORY, {"one/best.pt": DATA})
    hub.fail("GET", "/large/", body=b"x" * LIMIT)
    with pytest.raises(HubFileRefused, match="did not match the digest"):
        fetched_bytes(asked(), LIMIT)
    hub.faults.clear()
    hub.fail("GET", "/large/", status=200, body=b"x" * (LIMIT + 1))
    with pytest.raises(HubFileRefused, match="at most"):
        fetched_bytes(asked(), LIMIT)


def test_false_sends_no_token_although_this_machine_has_one(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    hub.add(REPOSITORY, {"one/best.pt": DATA}, private=True)
    assert fetched_bytes(asked(token=None), LIMIT)[0] == DATA
    assert [listing.name for listing in list_checkpoints(repo_id=REPOSITORY)] == ["one/best.pt"]
    for ask in (lambda: fetched_bytes(asked(), LIMIT), lambda: list_checkpoints(repo_id=REPOSITORY, token=False)):
        with pytest.raises(HubAccessDenied, match="asked without a token here") as refused:
            ask()
        assert "hf auth login" not in str(refused.value)


def test_missing_repositories_revisions_and_files(hub: LocalHub) -> None:
    with pytest.raises(HubAccessDenied, match=r"answered 401 for one/best\.pt of bob/models: it does not exist"):
        fetched_bytes(asked(), LIMIT)
    hub.add(REPOSITORY, {"one/best.pt": DATA})
    with pytest.raises(HubNotFound, match=r"has no file 'two\.pt'"):
        fetched_bytes(asked("two.pt"), LIMIT)
    with pytest.raises(HubNotFound, match="has no revision 'old'"):
        fetched_bytes(asked(revision="old"), LIMIT)
    hub.fail("GET", "/large/", status=503)
    with pytest.raises(HubUnreachable, match="failed with 503"):
        fetched_bytes(asked(), LIMIT)
    with pytest.raises(HubFileRefused, match="No file was named"):
        fetched_bytes(RepoRef(REPOSITORY), LIMIT)
