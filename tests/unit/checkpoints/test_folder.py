"""Loading a folder: what `publish` uploads and `snapshot_download` leaves, and folders that do not say which file."""

import os
from pathlib import Path

import pytest
from hub_server import LocalHub
from huggingface_hub import snapshot_download

import tvae
from tvae.checkpoints import folder as module
from tvae.checkpoints.folder import CHECKPOINT_SUFFIXES, checkpoint_in, only_checkpoint
from tvae.checkpoints.loading import locate_any, open_located
from tvae.errors import CheckpointFileError, StorageError

MINE = "alice/mine"


def folder_with(path: Path, *names: str) -> Path:
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"some bytes")
    return path


@pytest.mark.parametrize("local", [False, True])
def test_a_snapshot_of_a_published_repository_loads(
    local: bool, hub: LocalHub, rich_file: Path, tmp_path: Path
) -> None:
    data = rich_file.read_bytes()
    others = {"README.md": b"# A card", "radius.png": b"picture", "config.json": b"{}"}
    hub.add(MINE, {"model.pt": data, "model.safetensors": data, **others})
    snapshot = Path(snapshot_download(MINE, local_dir=tmp_path / "mine" if local else None))
    found = locate_any(snapshot)
    assert found.path == snapshot / "model.safetensors"
    assert (found.name, found.origin) == (str(snapshot), "file")
    assert found.path.is_symlink() != local, "in the cache, the file is a link to its bytes"
    assert open_located(found).sha256 == open_located(locate_any(rich_file)).sha256
    assert not tvae.load(str(snapshot)).training


def test_a_file_in_a_folder_of_the_folder_is_found(tmp_path: Path) -> None:
    folder_with(tmp_path, "README.md", "runs/best.ckpt", ".cache/other.pt", "runs/.hidden.pt")
    assert checkpoint_in(tmp_path) == tmp_path / "runs" / "best.ckpt"


def test_several_files_are_named(tmp_path: Path) -> None:
    folder_with(tmp_path, "b/best.pt", "a/best.pt", "b/best.safetensors")
    with pytest.raises(CheckpointFileError) as caught:
        tvae.load(tmp_path)
    several = "found 3 checkpoints (a/best.pt, b/best.pt, b/best.safetensors); expected one. Name one of them."
    assert str(caught.value) == f"{tmp_path.name}: {several}"


def test_not_more_than_ten_are_named(tmp_path: Path) -> None:
    names = [f"{number:02}.pt" for number in range(12)]
    with pytest.raises(CheckpointFileError) as caught:
        only_checkpoint(tmp_path, names)
    assert f"12 checkpoints ({', '.join(names[:10])} and 2 more)" in str(caught.value)


def test_a_folder_without_a_checkpoint_is_called_one(tmp_path: Path) -> None:
    folder_with(tmp_path, "README.md", "weights.bin", "model.pt.txt")
    with pytest.raises(CheckpointFileError, match=r"found no checkpoint; expected a \.pt, \.pth, \.ckpt or \.safetens"):
        tvae.load(tmp_path)


def test_a_format_does_not_make_another_checkpoint(tmp_path: Path) -> None:
    assert only_checkpoint(tmp_path, [f"model{suffix}" for suffix in CHECKPOINT_SUFFIXES]) == "model.safetensors"
    assert only_checkpoint(tmp_path, ["model.pth", "model.pt"]) == "model.pt"
    with pytest.raises(CheckpointFileError):
        only_checkpoint(tmp_path, ["a/model.pt", "b/model.safetensors"])


@pytest.mark.parametrize("kind", ["a broken link", "a queue"])
def test_what_is_no_file_is_said_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    if kind == "a queue":
        os.mkfifo(tmp_path / "model.pt")
    else:
        (tmp_path / "model.pt").symlink_to("../blobs/missing")
    with pytest.raises(CheckpointFileError, match=r"found model\.pt, which is a link to no file, or no file at all"):
        tvae.load(tmp_path)


def test_a_large_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 3)
    assert checkpoint_in(folder_with(tmp_path, "a", "b", "c.pt")).name == "c.pt"
    with pytest.raises(CheckpointFileError, match=r"found more than 3 files; .* Name the file itself\."):
        checkpoint_in(folder_with(tmp_path, "inner/d"))


def test_a_folder_that_cannot_be_entered_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", closed)  # the tests may run as root, for whom every folder is open
    with pytest.raises(StorageError, match="permission is denied"):
        checkpoint_in(tmp_path)
