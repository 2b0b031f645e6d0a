"""Uploads of a data set by a visitor: whose account is used, what is refused before the work, and what is left."""

import html
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from hub_server import GOOD_TOKEN, LocalHub
from starlette.requests import Request

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.page.server import callers, compute
from tvae.page.tabs.train import publishing
from tvae.page.ui import texts

MINE = "alice/operations"
FILES = {"README.md", "operations.parquet"}
OTHER_TOKEN = "hf_" + "visitorvisitor"


def request_from(own: bool) -> gr.Request:
    """A request; `own`: to a server started with --use-my-token."""
    scope: dict[str, Any] = {"type": "http", "client": ("127.0.0.1", 1), "headers": []}
    if own:
        callers.use_own_token(scope)
    return gr.Request(Request(scope), session_hash="local")


def said(name: str, repository: str, token: str = "", own: bool = False, private: bool = True) -> str:
    """The answer to an upload in words."""
    account = gr.OAuthToken(token, "", 0) if token else None
    return html.unescape(publishing.upload_dataset(name, repository, private, account, request_from(own)))


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def mine(rich: EvaluatedCheckpoint, tmp_path: Path) -> Iterator[str]:
    """The name of a visitor's checkpoint."""
    file = Path(shutil.copy(rich.location.path, tmp_path / "model.safetensors"))
    yield compute.SESSION_FILES.keep("local", "trained here", (file,)).name
    compute.SESSION_FILES.close("local")


@pytest.mark.usefixtures("quick_neighbours")
def test_a_visitor_s_checkpoint_goes_to_the_visitor_s_account(
    hub: LocalHub, mine: str, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)  # of the server: not the one that is used
    hub.tokens[OTHER_TOKEN] = "bob"
    answer = said(mine, " bob/operations ", OTHER_TOKEN)
    made = hub.repositories["datasets/bob/operations"]
    assert f'Uploaded 2 files: <a href="{hub.url}/datasets/bob/operations"' in answer
    assert made.authors == ["bob", "bob"]
    assert made.private
    assert made.files().keys() - {".gitattributes"} == FILES
    card = made.files()["README.md"].data.decode()
    assert 'load_dataset("bob/operations", split="train")' in card
    assert mine not in card  # its name would open it
    assert list(scratch.iterdir()) == []
    assert OTHER_TOKEN not in answer


@pytest.mark.usefixtures("quick_neighbours")
def test_the_account_of_this_machine_is_used_on_request(
    hub: LocalHub, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    assert "Uploaded 2 files" in said("tree", MINE, own=True, private=False)
    assert not hub.repositories[f"datasets/{MINE}"].private
    hub.owners_only = True
    assert "403 for bob/theirs" in said("tree", "bob/theirs", own=True)
    assert list(scratch.iterdir()) == []


def test_what_is_refused_is_refused_before_the_work(
    hub: LocalHub, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    assert texts.NOT_LOGGED_IN in said("tree", MINE, own=True)
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    assert texts.DATASET_NOT_WITH_YOUR_TOKEN in said("tree", MINE)
    for name, repository, words in (
        ("tree", "", "The repository is empty. Write it as owner/name"),
        ("tree", "operations", "The repository is 'operations'. Write it as owner/name"),
        ("tree", "a/b/c", "'a/b/c' cannot be a repository on the Hub. Write it as owner/name"),
        ("nothing", MINE, "nothing"),
        ("mine/nobody", MINE, "deleted because its session ended"),
    ):
        answer = said(name, repository, own=True)
        assert words in answer
        assert 'role="alert"' in answer
    monkeypatch.setattr(publishing, "ON_SPACE", True)
    assert texts.SIGN_IN in said("tree", MINE, own=True)
    assert hub.requests == []
    assert list(scratch.iterdir()) == []
