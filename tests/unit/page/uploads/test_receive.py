"""Receiving uploads: stored files, sanitised names, rejected files, and the token for the Hub."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
import torch
from app_fixtures import DATA
from bombs import BOMBS
from starlette.middleware import Middleware
from starlette.requests import Request

from tvae.checkpoints.catalogue.catalogue import DEFAULT, ENTRIES
from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import CheckpointError, HubNotFound
from tvae.page.selection.checkpoint.checkpoints import checkpoint_choices
from tvae.page.server import callers, compute
from tvae.page.server.middleware.guard import Guard
from tvae.page.server.session_files import SessionFiles
from tvae.page.server.shares.limits import Limits, Share
from tvae.page.server.shares.table import Shares
from tvae.page.tabs.explore.handlers import from_link
from tvae.page.ui.links.navigation import OPENING
from tvae.page.uploads import receive
from tvae.sequences import loading

GOOD = (DATA / "v5_11_homeostasis_layout.pt").read_bytes()


@pytest.fixture(autouse=True)
def visits(monkeypatch: pytest.MonkeyPatch) -> SessionFiles:
    files = SessionFiles(grace=60)
    monkeypatch.setattr(compute, "SESSION_FILES", files)
    return files


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("my.pt", "my.pt"),
        ("../../etc/cron.d/x.pt", "x.pt"),
        ("C:\\Users\\me\\x.pth", "x.pth"),
        ("", "checkpoint"),
        ("..", "checkpoint"),
        (".hidden", "hidden"),
        ("a\x00b\n\u202ec.pt", "abc.pt"),
        ("x" * 300 + ".pt", "x" * 97 + ".pt"),
        ("\u00e9" * 300, "\u00e9" * 50),
    ],
)
def test_a_file_name_is_never_a_path(name: str, shown: str, visits: SessionFiles) -> None:
    stored = receive.store_upload(name, GOOD, "alice")
    assert stored.title == f"your file: {shown}"
    assert [path.name for path in stored.files] == [shown]
    assert [path.read_bytes() for path in stored.files] == [GOOD]
    assert (stored.size, stored.trained) == (len(GOOD), False)
    assert [mine.name for mine in visits.of("alice")] == [stored.name]


def test_a_sequence_model_is_stored_as_such(visits: SessionFiles) -> None:
    data = (loading.DIRECTORY / "codons_brca1.safetensors").read_bytes()
    session = compute.new_session()
    stored = receive.store_upload("mine.safetensors", data, session)
    assert receive.upload_response(stored)["holds"] == "sequences"
    assert (
        compute.load_sequence_model(stored.name)[1].sha256 == digest(data) == receive.upload_response(stored)["sha256"]
    )
    with pytest.raises(CheckpointError, match="found a codon or amino-acid encoder"):
        compute.load_evaluated(stored.name)
    assert [name for _, name in checkpoint_choices(session, stored.name)] == [entry.name for entry in ENTRIES]
    request_from_link: Any = SimpleNamespace(query_params={"checkpoint": stored.name}, session_hash="someone")
    assert "found a codon or amino-acid encoder" in from_link(OPENING, DEFAULT, DEFAULT, request_from_link).alert
    operations = receive.store_upload("my.pt", GOOD, session)
    assert receive.upload_response(operations)["holds"] == "operations"
    with pytest.raises(CheckpointError, match="found a Ternary VAE"):
        compute.load_sequence_model(operations.name)


def test_an_incomplete_sequence_model_is_not_stored(visits: SessionFiles) -> None:
    data = io.BytesIO()
    torch.save({"embed.embedding.weight": torch.zeros(64, 16)}, data)
    with pytest.raises(CheckpointError, match="without the tensor"):
        receive.store_upload("half.pt", data.getvalue(), "alice")
    assert visits.of("alice") == ()


@pytest.mark.parametrize("bomb", ["a compressed record", "stride 0", "a safetensors claim of 4 GiB"])
def test_a_rejected_file_is_not_stored(bomb: str, visits: SessionFiles) -> None:
    with pytest.raises(CheckpointError, match=r"bad\.pt: found"):
        receive.store_upload("bad.pt", BOMBS[bomb](), "alice")
    assert visits.of("alice") == ()
    assert list(Path(visits._root.name).iterdir()) == []


def test_a_file_uploaded_by_a_script_lasts_for_the_grace_period(visits: SessionFiles) -> None:
    session = compute.new_session()
    answer = receive.finish_api_upload(receive.store_upload("my.pt", GOOD, session), session)
    assert answer["sha256"] == digest(GOOD)
    assert visits.locate(answer["checkpoint"]).path.read_bytes() == GOOD


class TestShares:
    """Of the route that receives files, in a real server."""

    URL = "checkpoint-file?name=my.pt"

    @pytest.fixture
    def http(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
        limits = Limits(files=Share(2, 4, 8, retry=600))
        monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(grace=60, limits=limits))
        with gr.Blocks(analytics_enabled=False) as demo:
            gr.Markdown("")
        middleware = [Middleware(Guard, shares=Shares(), hops=1, receiving={receive.PATH})]
        kwargs = {"middleware": middleware, "routes": [receive.ROUTE]}
        _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, app_kwargs=kwargs)
        with httpx.Client(base_url=url, timeout=60) as client:
            yield client
        demo.close()

    def test_an_address_has_its_share_whatever_it_invents(self, http: httpx.Client) -> None:
        threads = threading.active_count()
        mine = {"x-forwarded-for": "198.51.100.7"}
        for name in ("one", "two"):
            cookie = {"cookie": f"session={name}", "x-gradio-user": name}
            assert http.post(self.URL, content=GOOD, headers=mine | cookie).status_code == 200
        refused = http.post(self.URL, content=GOOD, headers=mine | {"cookie": "session=three"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "600")
        assert refused.json() == {"error": "One visitor may have 2 checkpoints open at a time. Try again in 10 min."}
        shown = http.post(f"{self.URL}&refusal=200", content=GOOD, headers=mine)
        assert (shown.status_code, shown.json()) == (200, refused.json())
        assert http.post(self.URL, content=GOOD, headers={"x-forwarded-for": "203.0.113.9"}).status_code == 200
        assert threading.active_count() <= threads + 3  # those of the server's pool, and none for each file

    def test_a_file_that_does_not_arrive_is_given_up(self, http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receive, "SECONDS", 0.1)
        arrived = threading.Event()

        def late() -> Iterator[bytes]:
            yield GOOD[:100]
            arrived.wait(20)

        timer = threading.Timer(2, arrived.set)
        timer.start()
        answer = http.post(self.URL, content=late())
        assert (answer.status_code, answer.json()["error"]) == (
            408,
            "The file did not arrive within 0.1 s. Check your connection, then send it again.",
        )
        timer.join()
        assert http.post(self.URL, content=GOOD).status_code == 200  # its room is free again


@pytest.mark.parametrize("state", [{}, {"own_token": "yes"}, {"own_token": 1}])
def test_a_request_without_the_mark_has_no_token(state: dict[str, Any]) -> None:
    scope: dict[str, Any] = {"type": "http", "client": ("127.0.0.1", 1), "headers": [(b"own_token", b"1")]}
    assert callers.token_for(gr.Request(Request(scope | {"state": state}))) is False
    assert callers.token_for(gr.Request(Request(scope))) is False


def test_a_marked_request_has_the_token_of_this_machine() -> None:
    scope: dict[str, Any] = {"type": "http", "headers": []}
    callers.use_own_token(scope)
    assert callers.token_for(gr.Request(Request(scope))) is None


@pytest.mark.parametrize("request_", [None, gr.Request(), SimpleNamespace()])
def test_what_is_no_request_has_no_token(request_: Any) -> None:
    assert callers.token_for(request_) is False


@pytest.mark.parametrize("repository", ["", "models", "a/b/c", "https://example.com/a/b", 5, None])
def test_an_invalid_repository_name_is_not_requested(repository: Any) -> None:
    with pytest.raises(HubNotFound, match="owner/name"):
        receive.hub_files(repository, "", False)
