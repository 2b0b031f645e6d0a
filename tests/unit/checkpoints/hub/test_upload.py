"""Uploading, by the real huggingface_hub against a real server."""

from pathlib import Path

import pytest
from hub_server import GOOD_TOKEN, LocalHub, Repository
from huggingface_hub import constants

from tvae.checkpoints.hub.client import (
    DEFAULT_REPO_ID,
    UploadedFile,
    ensure_checkpoint,
    upload_checkpoint,
    upload_directory,
)
from tvae.checkpoints.hub.transfer import own_token
from tvae.errors import HubAccessDenied, HubFileRefused, HubNotFound, HubUnreachable, HubUploadFailed, StorageError


@pytest.fixture
def repository(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The default repository, empty except for its page, and a user with write access."""
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    return hub.add(DEFAULT_REPO_ID, {"README.md": b"# Checkpoints\n"})


@pytest.fixture
def models() -> Path:
    """Two checkpoints and their neighbours in the local layout, below the test's own working directory."""
    directory = Path("outputs/models/my_model")
    (directory / "early").mkdir(parents=True)
    (directory / "best.pt").write_bytes(b"best" * 1000)
    (directory / "early" / "best.pt").write_bytes(b"early" * 1000)
    (directory / "README.md").write_text("# My model\n")
    (directory / ".env").write_text("SECRET=1\n")
    return directory


@pytest.fixture(autouse=True)
def _working_directory(hub: LocalHub) -> None:
    """Everything here happens in the empty working directory of `hub`; ask for it before `models`."""


def test_one_file(hub: LocalHub, repository: Repository, models: Path) -> None:
    url = upload_checkpoint(models / "best.pt")
    assert url == f"{hub.url}/{DEFAULT_REPO_ID}/blob/main/my_model/best.pt"
    assert repository.files()["my_model/best.pt"].data == b"best" * 1000
    assert len(repository.commits) == 2
    assert upload_checkpoint(models / "best.pt") == url
    assert len(repository.commits) == 2
    (models / "best.pt").unlink()
    assert ensure_checkpoint("my_model/best.pt").read_bytes() == b"best" * 1000


def test_the_path_of_a_file_in_the_repository(
    repository: Repository, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_checkpoint(models / "early" / "best.pt")
    upload_checkpoint((models / "best.pt").resolve())
    elsewhere = tmp_path / "runs" / "seven"
    elsewhere.mkdir(parents=True)
    (elsewhere / "last.pt").write_bytes(b"last")
    upload_checkpoint(elsewhere / "last.pt")
    upload_checkpoint(elsewhere / "last.pt", "named/by_hand.pt", "Add by hand")
    (elsewhere / "link.pt").symlink_to(models.resolve() / "best.pt")
    upload_checkpoint(elsewhere / "link.pt")
    monkeypatch.setenv("TVAE_CHECKPOINT_DIR", str(tmp_path / "runs"))
    (elsewhere / "deep").mkdir()
    (elsewhere / "deep" / "best.safetensors").write_bytes(b"deep")
    upload_checkpoint(elsewhere / "deep" / "best.safetensors")
    assert set(repository.files()) == {
        "README.md",
        "my_model/early/best.pt",
        "my_model/best.pt",
        "seven/last.pt",
        "named/by_hand.pt",
        "seven/link.pt",
        "seven/deep/best.safetensors",
    }


def test_a_directory_keeps_its_structure_and_a_second_run_uploads_nothing(
    hub: LocalHub, repository: Repository, models: Path
) -> None:
    names = ("my_model/README.md", "my_model/best.pt", "my_model/early/best.pt")
    assert upload_directory(models) == tuple(UploadedFile(name, "uploaded") for name in names)
    assert {name for name in repository.files() if name != "README.md"} == set(names)
    assert len(repository.commits) == 2
    hub.requests.clear()
    assert upload_directory(models) == tuple(UploadedFile(name, "unchanged") for name in names)
    assert len(repository.commits) == 2
    assert all(method == "GET" for method, _ in hub.requests)
    (models / "best.pt").write_bytes(b"better")
    (models / "README.md").write_text("# Better\n")
    assert [file.status for file in upload_directory(models)] == ["uploaded", "uploaded", "unchanged"]
    assert len(repository.commits) == 3
    assert hub.count("PUT", "/large/") == 1


def test_a_directory_can_be_put_elsewhere(repository: Repository, models: Path) -> None:
    assert upload_directory(models.parent)[1].path == "my_model/best.pt"
    assert upload_directory(models / "early", "")[0].path == "best.pt"
    assert upload_directory(models / "early", "a/b/")[0].path == "a/b/best.pt"
    with pytest.raises(HubFileRefused, match="leaves the directory"):
        upload_directory(models, "../elsewhere")


def test_a_branch(repository: Repository, models: Path) -> None:
    repository.put("draft")
    url = upload_checkpoint(models / "best.pt", revision="draft")
    assert url.endswith("/blob/draft/my_model/best.pt")
    assert "my_model/best.pt" in repository.files("draft")
    assert "my_model/best.pt" not in repository.files("main")


def test_without_a_token_no_request_is_sent(
    hub: LocalHub, repository: Repository, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    for upload in (lambda: upload_checkpoint(models / "best.pt"), lambda: upload_directory(models)):
        with pytest.raises(HubAccessDenied, match=r"needs a token.*hf auth login"):
            upload()
    assert hub.requests == []
    upload_checkpoint(models / "best.pt", token=GOOD_TOKEN)
    assert len(repository.commits) == 2


def test_offline_no_request_is_sent(
    hub: LocalHub, repository: Repository, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubUnreachable, match="Unset HF_HUB_OFFLINE"):
        upload_directory(models)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("method", "path", "status", "error", "words"),
    [
        ("GET", "/api/models/", 503, HubUnreachable, "503"),
        ("POST", "/preupload/", 403, HubAccessDenied, "403.*right permissions"),
        ("PUT", "/large/", 400, HubUploadFailed, "did not finish.*400"),
        ("POST", "/commit/", 500, HubUploadFailed, "did not finish.*500.*try again"),
        ("POST", "/commit/", 401, HubAccessDenied, "token that was sent was refused"),
        ("POST", "/commit/", 412, HubUploadFailed, "412"),
    ],
)
def test_a_failed_upload_makes_no_commit(
    hub: LocalHub,
    repository: Repository,
    models: Path,
    method: str,
    path: str,
    status: int,
    error: type[Exception],
    words: str,
) -> None:
    hub.fail(method, path, status=status)
    with pytest.raises(error, match=words) as failure:
        upload_directory(models)
    assert GOOD_TOKEN not in str(failure.value)
    assert len(repository.commits) == 1
    hub.faults.clear()
    assert {file.status for file in upload_directory(models)} == {"uploaded"}


def test_a_missing_repository(repository: Repository, models: Path) -> None:
    with pytest.raises(HubNotFound, match="no model repository 'alice/nothing'"):
        upload_directory(models, repo_id="alice/nothing")


def test_files_that_cannot_be_uploaded(hub: LocalHub, repository: Repository, models: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for upload, error, words in (
        (lambda: upload_checkpoint("nothing/best.pt"), HubUploadFailed, "no file"),
        (lambda: upload_checkpoint(models / "README.md"), HubFileRefused, "does not end in"),
        (lambda: upload_checkpoint(models / "best.pt", "/best.pt"), HubFileRefused, "absolute"),
        (lambda: upload_directory(tmp_path / "nothing"), HubUploadFailed, "no directory"),
        (lambda: upload_directory(tmp_path / "empty"), HubUploadFailed, "contains no files"),
    ):
        with pytest.raises(error, match=words):
            upload()
    (models / "stolen.pt").symlink_to(tmp_path)
    with pytest.raises(HubFileRefused, match="leads out"):
        upload_directory(models)
    (models / "stolen.pt").unlink()
    (models / "dangling.pt").symlink_to("nothing.pt")
    with pytest.raises(StorageError, match="dangling"):
        upload_directory(models)
    assert hub.requests == []


def test_the_token_of_this_machine(hub: LocalHub, hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_token() is None
    hub_home.mkdir(exist_ok=True)
    (hub_home / "token").write_text(GOOD_TOKEN)  # as `hf auth login` leaves it
    assert own_token() == GOOD_TOKEN
    monkeypatch.setenv("HF_TOKEN", "hf_" + "another")
    assert own_token() == "hf_another"
