"""Uploads to the visitor's repository, by the real huggingface_hub to a real server."""

from pathlib import Path

import pytest
from hub_fixtures import set_endpoint
from hub_server import GOOD_TOKEN, LocalHub
from huggingface_hub import constants, hf_hub_download
from recorded import with_metadata

import tvae
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.hub import requests
from tvae.errors import (
    HubAccessDenied,
    HubError,
    HubNotFound,
    HubUnreachable,
    HubUploadFailed,
    TvaeError,
)
from tvae.reports.publishing import publish as publishing
from tvae.reports.publishing.publish import publish

FILES = {"model.safetensors", "model.pt", "README.md", "radius.png"}
MINE = "alice/mine"


@pytest.fixture(scope="session")
def drawn(
    rich: EvaluatedCheckpoint, tmp_path_factory: pytest.TempPathFactory
) -> tuple[EvaluatedCheckpoint, tuple[Path, ...]]:
    """A measured checkpoint, and the files that a run of the training tab leaves of it (the bytes of one for both)."""
    directory = tmp_path_factory.mktemp("kept")
    for name in ("model.safetensors", "model.pt"):
        (directory / name).write_bytes(rich.location.path.read_bytes())
    said = with_metadata(rich, {"recipe": "homeostatic_rich", "seed": 3})
    return said, (directory / "model.safetensors", directory / "model.pt")


@pytest.fixture(autouse=True)
def picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick one: the picture has tests of its own."""
    monkeypatch.setattr(publishing, "radius_png", lambda _embedding: b"picture")


Drawn = tuple[EvaluatedCheckpoint, tuple[Path, ...]]


def test_a_new_repository(hub: LocalHub, drawn: Drawn) -> None:
    done = publish(*drawn, MINE, token=GOOD_TOKEN)
    repository = hub.repositories[MINE]
    assert repository.files().keys() - {".gitattributes"} == FILES == set(done.files)
    assert (done.url, done.directory) == (f"{hub.url}/{MINE}", "")
    assert repository.private
    assert repository.authors == ["alice", "alice"]  # who made it, and the one commit
    assert repository.files()["model.safetensors"].sha256 == drawn[0].checkpoint.sha256
    publish(*drawn, "alice/public", token=GOOD_TOKEN, private=False)
    assert not hub.repositories["alice/public"].private


def test_an_existing_repository_keeps_what_it_has(hub: LocalHub, drawn: Drawn) -> None:
    mine = hub.add(MINE, {"README.md": b"# Mine\n", "model.safetensors": b"another one"}, private=False)
    done = publish(*drawn, MINE, token=GOOD_TOKEN, private=True)
    directory = f"homeostatic_rich-seed3-{drawn[0].checkpoint.sha256[:8]}"
    assert done.directory == directory
    assert done.url == f"{hub.url}/{MINE}/tree/main/{directory}"
    assert mine.files().keys() == {"README.md", "model.safetensors", *(f"{directory}/{name}" for name in FILES)}
    assert mine.files()["README.md"].data == b"# Mine\n"
    assert not mine.private  # "private" is for one that is made
    assert f'"{directory}/model.safetensors"' in mine.files()[f"{directory}/README.md"].data.decode()
    assert mine.authors == ["alice"]


@pytest.mark.parametrize("before", [{}, {"README.md": b"# Mine\n"}], ids=["root", "directory"])
def test_the_same_again_makes_no_commit_and_an_edited_card_stays(
    hub: LocalHub, drawn: Drawn, before: dict[str, bytes]
) -> None:
    mine = hub.add(MINE, before)
    first = publish(*drawn, MINE, token=GOOD_TOKEN)
    assert publish(*drawn, MINE, token=GOOD_TOKEN) == first
    assert mine.authors == ["alice"]
    card = f"{first.directory}/README.md".lstrip("/")
    mine.put(**{card: b"# Edited\n"})
    publish(*drawn, MINE, token=GOOD_TOKEN)
    assert mine.files()[card].data == b"# Edited\n"
    assert mine.authors == ["alice"]


def test_what_was_uploaded_loads_as_its_card_says(hub: LocalHub, drawn: Drawn) -> None:
    publish(*drawn, MINE, token=GOOD_TOKEN)
    card = hub.repositories[MINE].files()["README.md"].data.decode()
    program = card.split("```python\n")[1].split("```")[0]
    assert f'tvae.load(hf_hub_download("{MINE}", "model.safetensors"))' in program
    model = tvae.load(hf_hub_download(MINE, "model.pt", token=GOOD_TOKEN))
    assert model.config == drawn[0].checkpoint.config


FAILURES: dict[str, tuple[dict[str, object], type[HubError], str]] = {
    "401": ({"method": "POST", "path": "repos/create", "status": 401}, HubAccessDenied, "401.*refused.*sign in again"),
    "403": ({"method": "POST", "path": "repos/create", "status": 403}, HubAccessDenied, "403.*right permissions"),
    "404": ({"method": "GET", "path": "/api/models/", "status": 404}, HubNotFound, "Check the repository's name"),
    "429": (
        {"method": "POST", "path": "repos/create", "status": 429, "headers": {"Retry-After": "7"}},
        HubUnreachable,
        "429.*Wait 7 seconds",
    ),
    "503": ({"method": "POST", "path": "repos/create", "status": 503}, HubUnreachable, "503.*try again"),
    "400": (
        {"method": "POST", "path": "repos/create", "status": 400, "body": GOOD_TOKEN.encode()},
        HubUnreachable,
        "400",
    ),
    "cut": ({"method": "POST", "path": "repos/create", "truncate": 5}, HubUnreachable, "connection was cut"),
    "never": ({"method": "POST", "path": "repos/create", "delay": 2.0}, HubUnreachable, "no answer in time"),
    "cut at the end": ({"method": "POST", "path": "/commit/", "truncate": 0}, HubUploadFailed, "did not finish"),
    "full": ({"method": "POST", "path": "/commit/", "status": 413}, HubUploadFailed, "413"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_is_a_sentence_without_the_token(
    hub: LocalHub, drawn: Drawn, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "ANSWER_SECONDS", 0.5 if failure == "never" else 5.0)
    fault, error, words = FAILURES[failure]
    hub.fail(**fault)  # type: ignore[arg-type]
    with pytest.raises(error, match=words) as raised:
        publish(*drawn, MINE, token=GOOD_TOKEN)
    said = str(raised.value)
    assert GOOD_TOKEN not in said
    assert "\n" not in said
    assert all(repository.files().keys() <= {".gitattributes"} for repository in hub.repositories.values()) or (
        failure == "cut at the end"  # the answer was cut, not the commit
    )
    hub.faults.clear()
    assert set(publish(*drawn, MINE, token=GOOD_TOKEN).files) == FILES


def test_anothers_repository_is_refused(hub: LocalHub, drawn: Drawn) -> None:
    hub.owners_only = True
    for repo_id in ("bob/new", hub.add("bob/theirs").repo_id):
        with pytest.raises(HubAccessDenied, match=r"403.*your token does not allow this"):
            publish(*drawn, repo_id, token=GOOD_TOKEN)
    assert hub.repositories["bob/theirs"].authors == []


@pytest.mark.parametrize("repo_id", ["", "a/b/c", "../x", "alice/a b", "alice/hf--x", "https://huggingface.co/alice/x"])
def test_names_that_cannot_be(hub: LocalHub, drawn: Drawn, repo_id: str) -> None:
    with pytest.raises(HubNotFound, match="Write it as owner/name"):
        publish(*drawn, repo_id, token=GOOD_TOKEN)
    assert hub.requests == []


def test_without_a_network_or_with_a_token_that_cannot_be(
    hub: LocalHub, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(HubAccessDenied, match="characters that are not allowed"):
        publish(*drawn, MINE, token="hf_a b")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubUnreachable, match="Unset HF_HUB_OFFLINE"):
        publish(*drawn, MINE, token=GOOD_TOKEN)
    assert hub.requests == []
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    set_endpoint(monkeypatch, "http://localhost:1")
    with pytest.raises(TvaeError, match=r"cannot be reached|no answer in time"):
        publish(*drawn, MINE, token=GOOD_TOKEN)
