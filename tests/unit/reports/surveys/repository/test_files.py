"""Which files of a repository or a folder are read, and which are refused before they are opened."""

import os
from pathlib import Path

import pytest
from hub_fixtures import set_endpoint
from hub_server import LocalHub
from repositories import folder_of

from tvae.errors import HubAccessDenied, HubNotFound, HubUnreachable, InputError
from tvae.reports.surveys.repository import files
from tvae.reports.surveys.repository.evaluation import evaluate
from tvae.reports.surveys.repository.files import FoundFile, open_repository

REPOSITORY = "alice/some"


def refusals(found: files.Repository) -> dict[str, str]:
    return {file.path: file.refusal for file in found.files}


class TestHub:
    def test_the_checkpoints_of_a_revision(self, hub: LocalHub) -> None:
        repository = hub.add(REPOSITORY, {"b/x.safetensors": b"12", "a.pt": b"1", "README.md": b"# A", "c.json": b""})
        first = repository.branches["main"]
        repository.put(**{"a.pt": b"another"})
        found = open_repository(REPOSITORY, first)
        assert (found.name, found.revision, found.card, found.left_out) == (REPOSITORY, first, "# A", 0)
        assert [(file.path, file.size) for file in found.files] == [("a.pt", 1), ("b/x.safetensors", 2)]
        assert [found.read(file) for file in found.files] == [b"1", b"12"]

    def test_a_branch_that_moves_changes_nothing(self, hub: LocalHub) -> None:
        repository = hub.add(REPOSITORY, {"a.pt": b"first"})
        found = open_repository(REPOSITORY)
        repository.put(**{"a.pt": b"second"})
        assert found.read(found.files[0]) == b"first"

    def test_nothing_is_written(self, hub: LocalHub, hub_home: Path, tmp_path: Path) -> None:
        hub.add(REPOSITORY, {"a.pt": b"first"})
        found = open_repository(REPOSITORY)
        found.read(found.files[0])
        assert [path for path in (*hub_home.rglob("*"), *Path().iterdir()) if path.is_file()] == []

    def test_names_are_bounded_and_safe(self, hub: LocalHub) -> None:
        long = "/".join(["x" * 200] * 4) + ".pt"
        hub.add(REPOSITORY, {"../up.pt": b"", "a\x1b[2J.pt": b"", long: b"", "fine.pt": b""})
        found = open_repository(REPOSITORY)
        why = refusals(found)
        assert why["fine.pt"] == ""
        assert "it leaves the directory" in why["../up.pt"]
        assert "control characters" in why["a\x1b[2J.pt"]
        assert why[long] == "Its path has 806 characters; at most 500 are read. Give it a shorter one."
        assert [file.shown for file in found.files if "up" not in file.path] == [
            r"a\x1b[2J.pt",
            "fine.pt",
            f"{long[: files.MAX_NAME]}...",
        ]

    def test_number_and_sizes_are_bounded(self, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MAX_FILES", 3)
        monkeypatch.setattr(files, "MAX_FILE", 5)
        hub.add(REPOSITORY, {f"{n}.pt": b"x" * n for n in range(3, 9)})
        found = open_repository(REPOSITORY)
        assert (len(found.files), found.left_out) == (3, 3)
        assert [bool(file.refusal) for file in found.files] == [False, False, False]
        monkeypatch.setattr(files, "MAX_FILE", 3)
        why = refusals(open_repository(REPOSITORY))
        assert why["4.pt"].startswith("It has 4 bytes; at most 3 are read, since a checkpoint of ours has ")

    def test_a_card_that_is_too_large_or_not_sent_is_left_out(
        self, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub.add(REPOSITORY, {"a.pt": b"1", "README.md": b"# A card\xff"})
        assert open_repository(REPOSITORY).card == "# A card\ufffd"
        monkeypatch.setattr(files, "MAX_CARD", 3)
        assert open_repository(REPOSITORY).card == ""
        hub.fail("*", "/README.md", status=500)
        assert open_repository(REPOSITORY).card == ""

    def test_errors_are_those_of_the_hub(self, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
        hub.add(REPOSITORY, {"a.pt": b"1"})
        with pytest.raises(HubNotFound, match="has no revision 'nightly'"):
            open_repository(REPOSITORY, "nightly")
        with pytest.raises(HubNotFound, match="cannot be a repository"):
            open_repository("alice/a b")
        with pytest.raises(HubAccessDenied, match="401 for alice/none"):
            open_repository("alice/none")
        set_endpoint(monkeypatch, "http://localhost:9")
        with pytest.raises(HubUnreachable):
            open_repository(REPOSITORY)


class TestFolder:
    def test_the_checkpoints_below_it(self, tmp_path: Path) -> None:
        folder_of({"b/x.pt": b"12", "a.ckpt": b"1", ".git/y.pt": b"", ".z.pt": b"", "c.txt": b""}, tmp_path / "runs")
        (tmp_path / "runs" / "README.md").write_text("# A")
        found = open_repository(str(tmp_path / "runs"))
        assert (found.name, found.revision, found.card) == ("runs", None, "# A")
        assert [(file.path, file.size) for file in found.files] == [("a.ckpt", 1), ("b/x.pt", 2)]
        assert [found.read(file) for file in found.files] == [b"1", b"12"]

    def test_links_stay_inside(self, tmp_path: Path) -> None:
        folder = folder_of({"a.pt": b"1"}, tmp_path / "runs")
        (tmp_path / "secret").write_text("s")
        (folder / "inside.pt").symlink_to("a.pt")
        (folder / "out.pt").symlink_to(tmp_path / "secret")
        (folder / "gone.pt").symlink_to("nothing")
        (folder / "ring.pt").symlink_to("ring.pt")
        (folder / "README.md").symlink_to(tmp_path / "secret")
        os.mkfifo(folder / "pipe.pt")
        found = open_repository(str(folder))
        why = refusals(found)
        assert (why["a.pt"], why["inside.pt"], found.card) == ("", "", "")
        assert "leads out of the folder" in why["out.pt"]
        assert "leads to no file" in why["gone.pt"]
        assert "leads to no file" in why["ring.pt"]
        assert "not a regular file" in why["pipe.pt"]

    def test_what_snapshot_download_gives(self, tmp_path: Path) -> None:
        cached = tmp_path / "models--alice--some"
        folder_of({"blobs/abc": b"weights"}, cached)
        snapshot = cached / "snapshots" / "0123"
        snapshot.mkdir(parents=True)
        (snapshot / "a.pt").symlink_to("../../blobs/abc")
        found = open_repository(str(snapshot))
        assert [(file.path, file.refusal) for file in found.files] == [("a.pt", "")]
        assert found.read(found.files[0]) == b"weights"

    def test_a_name_that_is_no_text_is_shown_escaped(self, tmp_path: Path) -> None:
        folder = folder_of({os.fsdecode(b"a\xff\x1b.pt"): b"1"}, tmp_path / os.fsdecode(b"b\xff"))
        found = open_repository(str(folder))
        (file,) = found.files
        assert (found.name, file.shown) == (r"b\udcff", r"a\udcff\x1b.pt")
        assert r"a\udcff\x1b.pt" in evaluate(found, tmp_path / "out", near=False).report.read_text()

    def test_a_folder_takes_precedence_over_a_repository(self, hub: LocalHub) -> None:
        folder_of({"mine.pt": b"1"}, Path(REPOSITORY))
        hub.add(REPOSITORY, {"a.pt": b"1"})
        assert [file.path for file in open_repository(REPOSITORY).files] == ["mine.pt"]
        assert hub.requests == []

    def test_a_folder_has_no_revision(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="is a folder, and --revision is for a repository"):
            open_repository(str(tmp_path), "main")


@pytest.mark.parametrize("name", ["", "nothing", "./a", "/a/b", "../a", "a/b/c", "~/a", "x" * 5000, "a\0b", "a\\b"])
def test_what_is_neither_a_folder_nor_a_repository(name: str) -> None:
    with pytest.raises(InputError, match="Check the path, or give a repository on the Hub as OWNER/NAME") as caught:
        open_repository(name)
    assert len(str(caught.value)) < 400


def test_a_folder_that_cannot_be_entered_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of({"a.pt": b"1", "closed/b.pt": b"2"}, tmp_path)
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = open_repository(str(tmp_path))
    assert [file.path for file in found.files] == ["a.pt", "closed"]
    assert found.files[1] == FoundFile("closed", 0, refusal="The folder cannot be entered: Permission denied.")
