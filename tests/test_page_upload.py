"""Uploading from the training tab: signing in on a Space by Gradio's own code, and the account of one's own machine."""

from collections.abc import Iterator

import pytest
from app_fixtures import Site, running_app
from explorer import Explorer
from hub_server import LocalHub
from openid_provider import CLIENT_ID, CLIENT_SECRET, VISITOR, VISITOR_TOKEN
from playwright.sync_api import Browser, Page, Response, Route, expect

from tvae.page import texts

pytestmark = pytest.mark.browser

SERVER_TOKEN = "hf_" + "serverserverserver"  # of whoever runs the Space: nothing may ever be uploaded with it
STEPS = 60
FILES = {"model.safetensors", "model.pt", "README.md", "radius.png"}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The app as a Space runs it, with a token of its own, and a Hub where one signs in."""
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
        "GRADIO_HEARTBEAT_INTERVAL": "0.25",
    }
    with running_app(hub, tmp_path_factory.mktemp("space"), **settings) as running:
        yield running
    hub.stop()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A browser of its own, without cookies; afterwards its pages may not have logged an error."""
    problems: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    page.on(
        "console", lambda message: message.type == "error" and problems.append(f"{message.text} {message.location}")
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def trained(page: Page, url: str) -> None:
    """Open the page, and train a short run on the training tab."""
    page.goto(url)
    Explorer(page)
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("Steps", exact=True).fill(str(STEPS))
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#train-status")).to_contain_text(f"Done after {STEPS} steps", timeout=90_000)
    page.get_by_role("button", name="Upload to the Hugging Face Hub").click()


def test_train_then_sign_in_then_upload(space: Site, visitor: Page) -> None:
    seen: list[Response] = []
    visitor.on("response", lambda response: seen.append(response))
    trained(visitor, space.url)
    expect(visitor.locator("#train-limits")).to_contain_text("12 an hour")
    visitor.get_by_label("Repository").fill(f"{VISITOR}/mine")
    visitor.get_by_role("button", name="Upload with a model card").click()
    expect(visitor.locator("#uploaded [role=alert]")).to_have_text(texts.SIGN_IN)
    assert space.hub.repositories == {}

    visitor.get_by_role("button", name="Sign in with Hugging Face").click()
    expect(visitor.get_by_role("button", name=f"Logout ({VISITOR})")).to_be_visible()
    expect(visitor.locator("#train-summary")).to_contain_text(f"{texts.STILL_HERE} trained here: homeostatic_rich")
    expect(visitor.get_by_label("Repository")).to_have_value(f"{VISITOR}/mine")
    streams: list[str] = []  # whose bodies no browser keeps
    visitor.route("**/queue/data*", lambda route: recorded(route, streams))
    visitor.get_by_role("button", name="Upload with a model card").click()
    expect(visitor.locator("#uploaded")).to_contain_text(f"Uploaded 4 files: {space.hub.url}/{VISITOR}/mine")

    repository = space.hub.repositories[f"{VISITOR}/mine"]
    assert repository.files().keys() - {".gitattributes"} == FILES
    assert repository.private
    assert repository.authors == [VISITOR, VISITOR]
    digest = visitor.locator("#train-summary code").get_attribute("title")
    assert repository.files()["model.safetensors"].sha256 == digest
    assert f"{STEPS}" in repository.files()["README.md"].data.decode()
    assert "Uploaded 4 files" in "".join(streams)
    no_token_anywhere(space, seen, streams)


def recorded(route: Route, streams: list[str]) -> None:
    """Let a stream of events through once it is complete."""
    answer = route.fetch()
    streams.append(answer.text())
    route.fulfill(response=answer)


def no_token_anywhere(space: Site, seen: list[Response], streams: list[str]) -> None:
    """Not in what the browser was sent (its own cookie aside), nor in any file of the server, its log included."""
    secrets = [VISITOR_TOKEN, SERVER_TOKEN, CLIENT_SECRET]
    opened = max(i for i, response in enumerate(seen) if response.request.is_navigation_request())
    assert opened > 0
    for response in seen[opened:]:  # since the visitor signed in; a browser keeps no bodies from before
        headers = {name: value for name, value in response.all_headers().items() if name != "set-cookie"}
        body = "" if "event-stream" in headers.get("content-type", "") else response.text()
        text = f"{response.url} {headers} {body}"
        assert not [secret for secret in secrets if secret in text], response.url
    assert not [secret for secret in secrets if secret in "".join(streams)]
    files = [path for path in space.home.rglob("*") if path.is_file()]
    assert space.home / "app.log" in files
    for path in files:
        assert not [secret for secret in secrets if secret.encode() in path.read_bytes()], path
