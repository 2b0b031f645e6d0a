"""Publishing from the Train tab: signing in on a Space with Gradio's own code, and the account of the local machine."""

import html
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from app_fixtures import BUNDLED, Site, running_app
from browser_fixtures import without_leaving
from explorer import Explorer
from hub_server import GOOD_TOKEN, LocalHub
from openid_provider import CLIENT_ID, CLIENT_SECRET, VISITOR, VISITOR_TOKEN
from playwright.sync_api import Browser, Page, Response, Route, expect
from starlette.requests import Request

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.page.server import callers, compute
from tvae.page.server.session_files import GRACE
from tvae.page.tabs.train import publishing
from tvae.page.ui import texts

SERVER_TOKEN = "hf_" + "serverserverserver"  # of the owner of the Space; never used for an upload
STEPS = 60
FILES = {"model.safetensors", "model.pt", "README.md", "radius.png"}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app as on a Space, with the Space's own token and a Hub to sign in to."""
    hub = LocalHub()
    hub.start()
    hub.owners_only = True
    hub.tokens[SERVER_TOKEN] = "alice"
    settings = {
        "SYSTEM": "spaces",
        "SPACE_ID": "alice/tvae",
        "OAUTH_CLIENT_ID": CLIENT_ID,
        "OAUTH_CLIENT_SECRET": CLIENT_SECRET,
        "OAUTH_SCOPES": "openid profile contribute-repos",
        "OPENID_PROVIDER_URL": hub.url,
        "HF_TOKEN": SERVER_TOKEN,
        "GRADIO_HEARTBEAT_INTERVAL": "0.25",  # so that the server notices closed pages quickly
    }
    home = tmp_path_factory.mktemp("space")
    with running_app(hub, home, **settings, TMPDIR=str(home)) as running:  # so that it writes every file there
        yield running
    hub.stop()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A page in a new browser context without cookies. At the end it must not have logged an error."""
    problems: list[str] = []
    context = chromium.new_context()
    # On a Space Gradio requests fonts, and the Space's name and likes for the bar above the page.
    context.route("https://fonts.googleapis.com/**", lambda route: route.fulfill(body="", content_type="text/css"))
    about = {"id": "alice/tvae", "author": "alice", "likes": 0}
    context.route("https://huggingface.co/**", lambda route: route.fulfill(json=about))
    page = context.new_page()
    page.on(
        "console", lambda message: message.type == "error" and problems.append(f"{message.text} {message.location}")
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    problems = without_leaving(problems)
    assert problems == [], "\n".join(problems)


def train(page: Page, url: str) -> None:
    """Open the page and train a short run."""
    page.goto(url)
    Explorer(page)
    page.get_by_role("tab", name="Train").click()
    steps = page.get_by_label("Steps", exact=True)
    for _ in range(10):  # Gradio checks the sign-in after the page opens, which can reset the fields
        if steps.input_value() != str(STEPS):
            steps.fill(str(STEPS))
        page.wait_for_timeout(100)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#train-status")).to_contain_text(f"Done after {STEPS} steps", timeout=90_000)
    page.get_by_role("button", name="Upload to the Hugging Face Hub").click()


def test_train_then_sign_in_then_upload(space: Site, visitor: Page) -> None:
    seen: list[Response] = []
    visitor.on("response", lambda response: seen.append(response))
    train(visitor, space.url)
    expect(visitor.locator("#train-limits")).to_contain_text("12 an hour")
    visitor.get_by_label("Repository", exact=True).fill(f"{VISITOR}/mine")
    visitor.get_by_role("button", name="Upload with a model card").click()
    expect(visitor.locator("#uploaded [role=alert]")).to_have_text(texts.SIGN_IN)
    assert space.hub.repositories == {}

    visitor.get_by_role("button", name="Sign in with Hugging Face").click()
    expect(visitor.get_by_role("button", name=f"Logout ({VISITOR})")).to_be_visible()
    expect(visitor.locator("#train-summary")).to_contain_text(f"{texts.STILL_HERE} trained here: rich_tree")
    expect(visitor.get_by_label("Repository", exact=True)).to_have_value(f"{VISITOR}/mine")
    visitor.get_by_label("Repository", exact=True).fill("alice/not-yours")  # possible only with the server's own token
    visitor.get_by_role("button", name="Upload with a model card").click()
    expect(visitor.locator("#uploaded [role=alert]")).to_contain_text(
        "403 for alice/not-yours: your token does not allow"
    )
    visitor.get_by_label("Repository", exact=True).fill(f"{VISITOR}/mine")
    streams: list[str] = []  # the browser does not store their bodies
    visitor.route("**/queue/data*", lambda route: record(route, streams))
    visitor.get_by_role("button", name="Upload with a model card").click()
    expect(visitor.locator("#uploaded")).to_contain_text(f"Uploaded 4 files: {space.hub.url}/{VISITOR}/mine")

    assert f"{VISITOR}/mine" in space.hub.repositories
    assert "alice/not-yours" not in space.hub.repositories
    repository = space.hub.repositories[f"{VISITOR}/mine"]
    assert repository.files().keys() - {".gitattributes"} == FILES
    assert repository.private
    assert repository.authors == [VISITOR, VISITOR]
    digest = visitor.locator("#train-summary code").get_attribute("title")
    assert repository.files()["model.safetensors"].sha256 == digest
    assert f"{STEPS}" in repository.files()["README.md"].data.decode()
    assert "Uploaded 4 files" in "".join(streams)
    no_token_anywhere(space, seen, streams)


def test_the_data_set_of_the_shown_checkpoint_goes_to_the_visitor(space: Site, visitor: Page) -> None:
    repo_id = f"{VISITOR}/operations"
    back = "/?checkpoint=tree&tab=train"
    visitor.goto(f"{space.url.rstrip('/')}{back}")
    Explorer(visitor)
    section = visitor.get_by_role("button", name=texts.DATASET_TITLE)
    section.click()
    visitor.get_by_label(texts.DATASET_REPOSITORY, exact=True).fill(repo_id)
    visitor.get_by_role("button", name=texts.DATASET_PUBLISH).click()
    expect(visitor.locator("#dataset-uploaded [role=alert]")).to_have_text(texts.SIGN_IN)
    assert f"datasets/{repo_id}" not in space.hub.repositories

    with visitor.expect_request(lambda sent: sent.is_navigation_request() and sent.url.endswith(back)):
        visitor.get_by_role("button", name="Sign in with Hugging Face").click()
    section.click()
    expect(visitor.get_by_role("button", name=f"Logout ({VISITOR})")).to_be_visible()
    visitor.get_by_label(texts.DATASET_REPOSITORY, exact=True).fill(repo_id)
    visitor.get_by_role("button", name=texts.DATASET_PUBLISH).click()
    expect(visitor.locator("#dataset-uploaded")).to_contain_text(
        f"Uploaded 2 files: {space.hub.url}/datasets/{repo_id}", timeout=90_000
    )
    made = space.hub.repositories[f"datasets/{repo_id}"]
    assert made.files().keys() - {".gitattributes"} == {"README.md", "operations.parquet"}
    assert made.private
    assert made.authors == [VISITOR, VISITOR]
    assert "checkpoint: `tree`" in made.files()["README.md"].data.decode()


def record(route: Route, streams: list[str]) -> None:
    """Record a stream of events and pass it on once it is complete."""
    answer = route.fetch()
    streams.append(answer.text())
    route.fulfill(response=answer)


def no_token_anywhere(space: Site, seen: list[Response], streams: list[str]) -> None:
    """Expect no token in the responses (except the visitor's cookie) or in the server's files, including its log."""
    secrets = [VISITOR_TOKEN, SERVER_TOKEN, CLIENT_SECRET]
    opened = max(i for i, response in enumerate(seen) if response.request.is_navigation_request())
    assert opened > 0
    for response in seen[opened:]:  # after signing in; the browser discards the bodies of earlier ones
        headers = {name: value for name, value in response.all_headers().items() if name != "set-cookie"}
        body = "" if "event-stream" in headers.get("content-type", "") else response.text()
        text = f"{response.url} {headers} {body}"
        assert not [secret for secret in secrets if secret in text], response.url
    assert not [secret for secret in secrets if secret in "".join(streams)]
    files = [path for path in space.home.rglob("*") if path.is_file()]
    assert {"app.log", "model.safetensors"} <= {path.name for path in files}
    for path in files:
        assert not [secret for secret in secrets if secret.encode() in path.read_bytes()], path


def test_an_ended_session_is_reported_once(space: Site, visitor: Page) -> None:
    visitor.goto(space.url)
    Explorer(visitor)
    visitor.evaluate("sessionStorage.setItem('visit', 'long ago')")
    visitor.reload()
    gone = visitor.get_by_text(texts.DELETED.format(minutes=GRACE / 60))
    visitor.get_by_role("tab", name="Train").click()
    expect(gone).to_be_visible()
    visitor.wait_for_function("sessionStorage.getItem('visit') === null")
    visitor.reload()
    Explorer(visitor)
    visitor.get_by_role("tab", name="Train").click()
    expect(visitor.locator("#train-status")).to_contain_text(texts.NO_CURVES)


def request_from(host: str, own: bool = False, **headers: str) -> gr.Request:
    """A request from this address, as `upload` reads it; `own`: to a server started with --use-my-token."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "client": (host, 1), "headers": raw}
    if own:
        callers.use_own_token(scope)
    return gr.Request(Request(scope), session_hash="local")


@pytest.fixture
def mine(rich: EvaluatedCheckpoint, tmp_path: Path) -> Iterator[str]:
    """The name of a visitor's checkpoint."""
    files = tuple(Path(shutil.copy(rich.location.path, tmp_path / name)) for name in ("model.safetensors", "model.pt"))
    yield compute.SESSION_FILES.keep("local", "trained here", files).name
    compute.SESSION_FILES.close("local")


def test_the_account_of_this_machine_is_used_on_request(
    hub: LocalHub, mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    message = publishing.upload(mine, " alice/mine ", False, None, request_from("127.0.0.1", own=True))
    assert f'Uploaded 4 files: <a href="{hub.url}/alice/mine"' in message
    assert hub.repositories["alice/mine"].files().keys() - {".gitattributes"} == FILES
    assert hub.repositories["alice/mine"].authors == ["alice", "alice"]
    assert not hub.repositories["alice/mine"].private
    assert GOOD_TOKEN not in message


def message_of_upload(checkpoint: str, repository: str, request: gr.Request) -> str:
    """The message after an upload without a visitor's token."""
    return html.unescape(publishing.upload(checkpoint, repository, True, None, request))


def test_visitors_without_an_account_cannot_upload(hub: LocalHub, mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = request_from("127.0.0.1", own=True)
    assert texts.NOT_LOGGED_IN in message_of_upload(mine, "alice/mine", here)
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    for elsewhere in ("127.0.0.1", "::1", "192.168.0.7", "8.8.8.8", "::ffff:8.8.8.8", "2001:db8::1"):
        assert texts.NOT_WITH_YOUR_TOKEN in message_of_upload(mine, "alice/mine", request_from(elsewhere))
    for checkpoint, repository, words in (
        ("", "alice/mine", texts.NOTHING_TO_EXPLORE),
        ("mine/nobody", "alice/mine", "deleted because its session ended"),
        (BUNDLED, "alice/mine", "deleted because its session ended"),
        (mine, "", "The repository is empty. Write it as owner/name"),
        (mine, " ", "The repository is empty. Write it as owner/name"),
        (mine, "mine", "The repository is 'mine'. Write it as owner/name"),
        (mine, "a/b/c", "Write it as owner/name"),
    ):
        assert words in message_of_upload(checkpoint, repository, here)
    monkeypatch.setattr(publishing, "ON_SPACE", True)
    assert texts.SIGN_IN in message_of_upload(mine, "alice/mine", here)
    assert hub.requests == []
