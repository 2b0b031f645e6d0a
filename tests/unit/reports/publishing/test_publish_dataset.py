"""Uploads of a data set, by the command and by the real huggingface_hub to a real server."""

from pathlib import Path

import pytest
from hub_server import GOOD_TOKEN, LocalHub

from tvae.__main__ import main
from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import HubAccessDenied, HubNotFound
from tvae.reports.publishing import publish as publishing
from tvae.reports.publishing.publish import publish_dataset

MINE = "alice/operations"
FILES = ("README.md", "operations.parquet")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    """Two files with the names of those that `dataset.write` makes."""
    for name in FILES:
        (tmp_path / name).write_text(f"the {name}")
    return tuple(tmp_path / name for name in FILES)


def test_a_new_repository_of_data_sets(hub: LocalHub, files: tuple[Path, ...]) -> None:
    hub.add(MINE)  # a model of the same name is another repository
    done = publish_dataset(files, MINE, token=GOOD_TOKEN)
    assert (done.url, done.directory, done.files) == (f"{hub.url}/datasets/{MINE}", "", FILES)
    made = hub.repositories[f"datasets/{MINE}"]
    assert made.private
    assert {name: made.files()[name].data for name in FILES} == {path.name: path.read_bytes() for path in files}
    assert made.files().keys() == {".gitattributes", *FILES}
    assert hub.repositories[MINE].files() == {}
    publish_dataset(files, "alice/open", token=GOOD_TOKEN, private=False)
    assert not hub.repositories["datasets/alice/open"].private


def test_an_edited_card_stays_and_the_same_again_makes_no_commit(hub: LocalHub, files: tuple[Path, ...]) -> None:
    mine = hub.add(f"datasets/{MINE}", {"README.md": b"# Mine", "operations.parquet": b"an older one"})
    publish_dataset(files, MINE, token=GOOD_TOKEN)
    assert mine.files()["README.md"].data == b"# Mine"
    assert mine.files()["operations.parquet"].data == files[1].read_bytes()
    publish_dataset(files, MINE, token=GOOD_TOKEN)
    assert mine.authors == ["alice"]


def test_what_is_refused_says_so_without_the_token(hub: LocalHub, files: tuple[Path, ...]) -> None:
    hub.owners_only = True
    with pytest.raises(HubAccessDenied, match=r"403.*at http://.*/datasets/bob/theirs") as raised:
        publish_dataset(files, "bob/theirs", token=GOOD_TOKEN)
    assert GOOD_TOKEN not in str(raised.value)
    hub.owners_only = False
    hub.fail("GET", "/api/datasets/", status=404)
    with pytest.raises(HubNotFound, match="has no dataset repository 'alice/operations'"):
        publish_dataset(files, MINE, token=GOOD_TOKEN)


@pytest.mark.usefixtures("quick_neighbours")
def test_the_command_writes_and_uploads(
    hub: LocalHub,
    rich: EvaluatedCheckpoint,
    rich_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    monkeypatch.setattr(evaluation, "measure", lambda *_, **__: rich)
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    written = tmp_path / "mine"
    assert main(["export-dataset", str(rich_file), str(written), "-k", "2", "--upload", MINE, "--public"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        *(str(written / name) for name in FILES),
        f"{hub.url}/datasets/{MINE}",
    ]
    made = hub.repositories[f"datasets/{MINE}"]
    assert not made.private
    assert {name: made.files()[name].data for name in FILES} == {name: (written / name).read_bytes() for name in FILES}
    assert f'load_dataset("{MINE}", split="train")' in made.files()["README.md"].data.decode()


@pytest.mark.usefixtures("quick_neighbours")
@pytest.mark.parametrize("why", ["interrupted", "refused"])
def test_an_upload_that_does_not_finish_leaves_the_folder_and_says_how_to_go_on(
    why: str,
    hub: LocalHub,
    rich: EvaluatedCheckpoint,
    rich_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluation, "measure", lambda *_, **__: rich)
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    if why == "interrupted":
        monkeypatch.setattr(publishing, "upload", interrupt)
    else:
        hub.owners_only = True
    written, repo_id = tmp_path / "my operations", MINE if why == "interrupted" else "bob/theirs"
    status = main(["export-dataset", str(rich_file), str(written), "-k", "2", "--upload", repo_id])
    assert status == (130 if why == "interrupted" else 2)
    assert {path.name for path in written.iterdir()} == set(FILES)
    said = capsys.readouterr()
    assert said.out.splitlines() == [str(written / name) for name in FILES]
    assert f"The data set is in {written}. To upload it: " in said.err
    assert f"hf upload {repo_id} '{written}' . --repo-type dataset --private" in said.err
    assert ("was interrupted" if why == "interrupted" else "403") in said.err
    assert "nothing was written" not in said.err


def test_a_missing_login_or_a_wrong_name_is_found_before_the_work(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    written = tmp_path / "mine"
    for name, token, said in (
        (MINE, None, "Uploading to alice/operations needs a token with write access: log in with `hf auth login`"),
        ("a/b/c", GOOD_TOKEN, "'a/b/c' cannot be a repository on the Hub. Write it as owner/name"),
        ("a/b/c", GOOD_TOKEN, "(--repo-id or --upload on the command line)"),
    ):
        if token:
            monkeypatch.setenv("HF_TOKEN", token)
        assert main(["export-dataset", "no checkpoint", str(written), "--upload", name]) == 2
        assert said in capsys.readouterr().err
    assert not written.exists()
    assert hub.requests == []
