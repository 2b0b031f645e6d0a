"""Finding and downloading, by the real huggingface_hub against a real server."""

from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hub_fixtures import set_endpoint
from hub_server import LocalHub, StoredFile
from huggingface_hub import constants

from tvae.checkpoints.hub.client import (
    DEFAULT_REPO_ID,
    CheckpointListing,
    download_checkpoint,
    ensure_checkpoint,
    find_checkpoint,
    list_checkpoints,
    locate_checkpoint,
)
from tvae.errors import HubFileRefused, HubUnreachable, StorageError

NAME = "homeostatic_rich/best.pt"
BYTES = bytes(range(256)) * 400
DIGEST = sha256(BYTES).hexdigest()
OTHER = b"x" * len(BYTES)


@pytest.fixture
def published(hub: LocalHub) -> LocalHub:
    """The default repository with one checkpoint."""
    hub.add(DEFAULT_REPO_ID, {NAME: BYTES, "README.md": b"# Checkpoints\n"})
    return hub


def unfinished(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.suffix in (".incomplete", ".part")]


# Where it is found


def test_the_second_call_sends_no_request(published: LocalHub) -> None:
    first = locate_checkpoint(NAME)
    assert first.path.read_bytes() == BYTES
    assert (first.origin, first.sha256) == ("hub", DIGEST)
    assert first.revision == published.repositories[DEFAULT_REPO_ID].branches["main"]
    published.requests.clear()
    second = locate_checkpoint(NAME)
    assert (second.origin, second.path, second.revision) == ("cache", first.path, first.revision)
    assert published.requests == []
    assert ensure_checkpoint(NAME) == first.path


def test_finding_never_downloads(published: LocalHub) -> None:
    assert find_checkpoint(NAME) is None
    assert published.requests == []
    located = locate_checkpoint(NAME)
    published.requests.clear()
    found = find_checkpoint(NAME)
    assert found is not None
    assert (found.path, found.origin) == (located.path, "cache")
    assert published.requests == []


def test_the_local_directory_takes_precedence(published: LocalHub) -> None:
    local = Path("outputs/models") / NAME
    local.parent.mkdir(parents=True)
    local.write_bytes(b"mine")
    located = locate_checkpoint(NAME)
    assert (located.path, located.origin, located.revision) == (local, "local", None)
    assert located.sha256 == sha256(b"mine").hexdigest()
    assert published.requests == []


def test_a_revision_skips_the_local_layout(published: LocalHub) -> None:
    local = Path("outputs/models") / NAME
    local.parent.mkdir(parents=True)
    local.write_bytes(b"mine")
    assert locate_checkpoint(NAME, revision="main").origin == "hub"


def test_the_environment_moves_the_local_layout(
    published: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TVAE_CHECKPOINT_DIR", str(tmp_path / "elsewhere"))
    local = tmp_path / "elsewhere" / NAME
    local.parent.mkdir(parents=True)
    local.write_bytes(b"mine")
    assert ensure_checkpoint(NAME) == local


def test_revisions_are_distinguished(published: LocalHub) -> None:
    repository = published.repositories[DEFAULT_REPO_ID]
    old = repository.branches["main"]
    repository.put(**{NAME: OTHER})
    assert ensure_checkpoint(NAME, revision=old).read_bytes() == BYTES
    assert ensure_checkpoint(NAME).read_bytes() == OTHER


def test_a_small_file_that_git_holds_is_verified_by_its_object_id(hub: LocalHub) -> None:
    small = {name: StoredFile(b"tiny", large=False) for name in ("a.pt", "b.pt")}
    hub.add("alice/small").commit(small)
    assert ensure_checkpoint("a.pt", repo_id="alice/small").read_bytes() == b"tiny"
    hub.add("alice/other").commit({"b.pt": StoredFile(b"tony", large=False)})
    hub.fail("GET", "/resolve/", body=b"tinY")
    with pytest.raises(HubFileRefused, match="did not match the digest"):
        ensure_checkpoint("b.pt", repo_id="alice/other")


# Download


def test_download_follows_the_branch_and_reuses_bytes(published: LocalHub) -> None:
    repository = published.repositories[DEFAULT_REPO_ID]
    download_checkpoint(NAME)
    repository.put(other=b"another commit, the same checkpoint")
    assert download_checkpoint(NAME).read_bytes() == BYTES
    assert published.count("GET", "/large/") == 1
    repository.put(**{NAME: OTHER})
    assert download_checkpoint(NAME).read_bytes() == OTHER


def test_download_to_a_directory(published: LocalHub, tmp_path: Path) -> None:
    output = tmp_path / "mine"
    (output / NAME).parent.mkdir(parents=True)
    (output / NAME).write_bytes(b"older")
    assert download_checkpoint(NAME, output) == output / NAME
    assert (output / NAME).read_bytes() == BYTES
    assert not (output / NAME).is_symlink()
    assert unfinished(tmp_path) == []


def test_download_takes_the_cached_file_when_the_hub_is_down(
    published: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    download_checkpoint(NAME)
    set_endpoint(monkeypatch, "http://localhost:1")
    assert download_checkpoint(NAME, tmp_path).read_bytes() == BYTES


def test_a_connection_cut_once_is_resumed(published: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.file_download.time", SimpleNamespace(sleep=lambda seconds: None))
    published.fail("GET", "/large/", truncate=1000, times=1)
    assert ensure_checkpoint(NAME).read_bytes() == BYTES
    assert published.count("GET", "/large/") == 2


def test_a_connection_that_stays_cut(
    published: LocalHub, hub_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.file_download.time", SimpleNamespace(sleep=lambda seconds: None))
    published.fail("GET", "/large/", truncate=0)
    with pytest.raises(HubUnreachable, match=r"connection was cut.*Try again"):
        download_checkpoint(NAME, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
    assert unfinished(hub_home) == []


def test_bytes_that_do_not_fit_the_digest_are_refused_and_not_kept(published: LocalHub, hub_home: Path) -> None:
    published.fail("GET", "/large/", body=OTHER)
    with pytest.raises(HubFileRefused, match=DIGEST):
        ensure_checkpoint(NAME)
    assert published.count("GET", "/large/") == 2
    assert not any(path.is_file() and path.read_bytes() == OTHER for path in hub_home.rglob("*"))
    published.faults.clear()
    assert ensure_checkpoint(NAME).read_bytes() == BYTES


def test_a_damaged_cache_is_repaired(published: LocalHub) -> None:
    path = ensure_checkpoint(NAME)
    path.resolve().write_bytes(OTHER)
    assert locate_checkpoint(NAME).sha256 == DIGEST
    assert path.read_bytes() == BYTES


def test_a_damaged_cache_is_refused_offline(published: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ensure_checkpoint(NAME)
    path.resolve().write_bytes(OTHER)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubFileRefused, match="damaged") as refusal:
        ensure_checkpoint(NAME)
    assert str(path.resolve()) in str(refusal.value)


def test_offline_mode_sends_no_request(published: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    download_checkpoint(NAME)
    published.requests.clear()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert locate_checkpoint(NAME).origin == "cache"
    assert download_checkpoint(NAME).read_bytes() == BYTES
    for ask in (lambda: ensure_checkpoint("other/best.pt"), list_checkpoints):
        with pytest.raises(HubUnreachable, match="Unset HF_HUB_OFFLINE"):
            ask()
    assert published.requests == []


# Disk, list


def test_a_disk_that_is_too_small_is_refused_before_the_transfer(
    published: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tvae.checkpoints.hub.transfer.shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(StorageError, match=r"needs 102.4 kB, and .* has 1.0 kB left"):
        ensure_checkpoint(NAME)
    assert published.count("GET", "/large/") == 0


def test_a_directory_that_is_not_one(published: LocalHub, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be used"):
        download_checkpoint(NAME, tmp_path / "file")
    (tmp_path / "mine" / NAME).mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot be used"):
        download_checkpoint(NAME, tmp_path / "mine")
    assert unfinished(tmp_path) == []


def test_list_names_checkpoints_only(published: LocalHub) -> None:
    published.repositories[DEFAULT_REPO_ID].put(**{"a.safetensors": b"12"})
    assert list_checkpoints() == [
        CheckpointListing("a.safetensors", 2, sha256(b"12").hexdigest()),
        CheckpointListing(NAME, len(BYTES), DIGEST),
    ]
    assert list_checkpoints(revision=published.repositories[DEFAULT_REPO_ID].branches["main"]) == list_checkpoints()
    published.add("alice/empty", {"README.md": b""})
    assert list_checkpoints(repo_id="alice/empty") == []
