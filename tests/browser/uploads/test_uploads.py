"""Uploaded checkpoints in the browser and over HTTP: valid, broken, hostile or too large files, and their deletion."""

import os
import re
import tempfile
from pathlib import Path

import httpx
import pytest
from app_fixtures import DATA, OPENING, OpenExplorer, Site, running_app
from bombs import BOMBS
from browser_fixtures import OpenPage
from explorer import Explorer
from http_api import Api
from hub_server import LocalHub
from playwright.sync_api import expect

from tvae.checkpoints.checkpoint_file import digest
from tvae.page.ui import texts
from tvae.page.uploads.receive import MAX_FILE, PATH
from tvae.sequences import loading

pytestmark = pytest.mark.browser
GOOD = DATA / "v5_11_homeostasis_layout.pt"
BOB = "bob/models"


class UploadForm:
    """The open upload form of a page."""

    def __init__(self, opened: Explorer) -> None:
        self.opened, self.page = opened, opened.page
        self.page.get_by_role("button", name="Open your own").press("Enter")
        self.file = self.page.get_by_label(texts.UPLOAD_FILE)
        self.message = self.page.locator("#upload-said")
        self.status = self.page.locator("#upload-status")
        self.badge = self.page.locator("#badge")
        expect(self.file).to_be_visible()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label).fill(value)

    def list(self, repository: str, revision: str = "") -> None:
        self.fill("Or a repository on the Hub", repository)
        self.fill("Revision", revision)
        self.page.get_by_role("button", name=texts.UPLOAD_LIST).click()

    def shows(self, data: bytes) -> None:
        expect(self.badge.locator(".badge")).to_have_text("yours")
        expect(self.badge).to_contain_text(f"sha256 {digest(data)[:16]}")

    def shows_the_bundled_one(self) -> None:
        self.opened.loaded(OPENING)
        expect(self.badge).to_contain_text("bundled with this program")


@pytest.fixture
def upload(explorer: OpenExplorer) -> UploadForm:
    return UploadForm(explorer())


@pytest.fixture
def bob(site: Site) -> str:
    files = {"run/best.pt": GOOD.read_bytes(), "bad.pth": b"no checkpoint", "huge.safetensors": bytes(MAX_FILE + 1)}
    site.hub.add(BOB, files)
    site.hub.add("bob/empty", {"README.md": b"nothing"})
    site.hub.add("bob/secret", {"run/best.pt": b"x"}, private=True)
    return BOB


def test_a_valid_file_fills_the_page_and_has_a_name_for_the_api(upload: UploadForm, api: Api) -> None:
    upload.file.set_input_files(GOOD)
    expect(upload.message).to_have_text(f"Opened your file: {GOOD.name}")
    upload.shows(GOOD.read_bytes())
    upload.opened.type("min")
    upload.opened.chosen(15_633)
    name = upload.page.locator("#loaded textarea, #loaded input").input_value()
    assert name.startswith("mine/")
    assert api("metrics", name)["sha256"] == digest(GOOD.read_bytes())
    upload.opened.choose(f"{OPENING} - ")
    upload.opened.loaded(OPENING)
    upload.opened.choose(f"your file: {GOOD.name}")
    upload.shows(GOOD.read_bytes())
    expect(upload.page).to_have_url(re.compile("checkpoint=mine"))
    upload.page.reload()
    again = Explorer(upload.page)
    expect(again.page.locator("#badge")).to_contain_text(digest(GOOD.read_bytes())[:16])
    assert again.page.get_by_label("Checkpoint", exact=True).input_value() == f"your file: {GOOD.name}"


def test_a_sequence_model_opens_in_the_codons_tab(upload: UploadForm, api: Api) -> None:
    file = loading.DIRECTORY / "codons_brca1.safetensors"
    upload.opened.type("min")
    upload.opened.chosen(15_633)
    upload.file.set_input_files(file)
    expect(upload.status).to_contain_text("This is a sequence model, which does not encode operations")
    upload.shows_the_bundled_one()
    upload.status.get_by_role("link").click()
    page = Explorer(upload.page).page
    expect(page).to_have_url(re.compile(r"(?=.*operations=min)(?=.*sequence_model=mine)(?=.*tab=codons)"))
    form = page.locator("#codons-sequences")
    expect(form.locator("#sequence-note")).to_contain_text(
        "Your own model of codons, kept while the page it came from is open"
    )
    name = form.get_by_label("Model").input_value()
    form.get_by_role("button", name="Example").click()
    form.get_by_role("button", name="Encode").click()
    expect(form.locator(".sequence-go .said")).to_contain_text("of 97 codons are reconstructed")
    assert api("encode_sequence", name, "ATGAAA", 1)["sha256"] == digest(file.read_bytes())


def test_a_rejected_file_is_a_sentence_and_the_page_stays(upload: UploadForm, tmp_path: Path) -> None:
    files = {
        "broken.pt": (GOOD.read_bytes()[:9_000], "broken.pt: found"),
        "hostile.pt": (BOMBS["a compressed record"](), "hostile.pt: found"),
        "<b>markup.pth": (b"no checkpoint", '<b>markup.pth: found a text ("no checkpoint"); expected a checkpoint'),
        "empty.safetensors": (b"", "empty.safetensors: found an empty file"),
    }
    for name, (data, sentence) in files.items():
        (tmp_path / name).write_bytes(data)
        upload.file.set_input_files(tmp_path / name)
        expect(upload.message).to_contain_text(sentence)
        upload.shows_the_bundled_one()
    upload.file.set_input_files(GOOD)
    upload.shows(GOOD.read_bytes())


def test_a_file_that_is_too_large_is_not_sent(upload: UploadForm, tmp_path: Path) -> None:
    (tmp_path / "large.pt").write_bytes(bytes(MAX_FILE + 1))
    sent: list[str] = []
    upload.page.on("request", lambda request: PATH in request.url and sent.append(request.url))
    upload.file.set_input_files(tmp_path / "large.pt")
    expect(upload.message).to_contain_text("The file is larger than 16 MB.")
    upload.shows_the_bundled_one()
    assert sent == []
    upload.list("models")  # the answer about a repository ends what was said about the file
    expect(upload.status.locator("[role=alert]")).to_contain_text("'models' is not the name of a repository")
    expect(upload.message).to_be_empty()


def test_a_repository_is_listed_and_its_file_opened(upload: UploadForm, bob: str, site: Site) -> None:
    upload.list(f" https://huggingface.co/{bob}/ ")
    expect(upload.status).to_contain_text("Checkpoint files found: 3.")
    upload.page.get_by_label("File", exact=True).click()
    options = upload.page.get_by_role("listbox").get_by_role("option")
    expect(options).to_contain_text(["bad.pth", "huge.safetensors", "run/best.pt"])
    options.filter(has_text="run/best.pt").click()
    upload.page.locator("#upload-open").click()
    upload.shows(GOOD.read_bytes())
    expect(upload.status).to_contain_text(texts.UPLOAD_OPENED)
    commit = site.hub.repositories[bob].branches["main"][:12]
    assert upload.page.get_by_label("Checkpoint", exact=True).input_value() == f"{bob}, revision {commit}: best.pt"
    assert not [path for path in site.home.rglob("*") if "bob" in path.name]


def test_repository_errors_are_sentences(upload: UploadForm, bob: str) -> None:
    for repository, revision, sentence in (
        ("bob/none", "", "401 for bob/none: it does not exist, or is not public, and the Hub is asked without a token"),
        ("bob/secret", "", "401 for bob/secret: it does not exist, or is not public"),
        ("bob/empty", "", "bob/empty has no checkpoint file (.pt, .pth, .ckpt, .safetensors)"),
        ("bob/models", "old", "bob/models has no revision 'old'"),
        ("models", "", "'models' is not the name of a repository. Write owner/name"),
        ("bob/../x", "", "is not the name of a repository"),
        ("", "", "Name a repository as owner/name"),
    ):
        upload.list(repository, revision)
        expect(upload.status.locator("[role=alert]")).to_contain_text(sentence)
        expect(upload.page.locator("#upload-open")).to_be_hidden()
    upload.list(bob)
    expect(upload.status).to_contain_text("found: 3")
    for file, sentence in (("bad.pth", "bad.pth: found a text"), ("huge.safetensors", "at most 16 MB are accepted")):
        upload.page.get_by_label("File", exact=True).click()
        upload.page.get_by_role("option", name=file).click()
        upload.page.locator("#upload-open").click()
        expect(upload.status.locator("[role=alert]")).to_contain_text(sentence)
        upload.shows_the_bundled_one()


def test_narrow_screen_by_keyboard_only(explorer: OpenExplorer, bob: str) -> None:
    opened = explorer(width=320)
    upload = UploadForm(opened)
    upload.page.get_by_label("Or a repository on the Hub").focus()
    upload.page.keyboard.type(bob)
    upload.page.keyboard.press("Enter")
    expect(upload.status).to_contain_text("found: 3")
    upload.page.get_by_label("File", exact=True).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        upload.page.keyboard.press(key)
    upload.page.locator("#upload-open").focus()
    upload.page.keyboard.press("Enter")
    expect(upload.status.locator("p")).to_be_visible()
    assert upload.page.evaluate("document.documentElement.scrollWidth") <= 320
    upload.file.focus()
    expect(upload.file).to_be_focused()


def leftovers() -> set[Path]:
    """Files of that name in our and Gradio's temporary directories."""
    temporary = Path(tempfile.gettempdir())
    roots = [*temporary.glob("tvae-*"), Path(os.environ.get("GRADIO_TEMP_DIR") or temporary / "gradio")]
    walked = (step for root in roots for step in os.walk(root))  # files that are deleted meanwhile are skipped
    return {Path(place, name) for place, _, names in walked for name in names if name.startswith("own-traces")}


def test_a_file_is_stored_once_and_a_rejected_one_is_not(site: Site) -> None:
    before = leftovers()
    answer = httpx.post(f"{site.url}{PATH[1:]}", params={"name": "own-traces.pt"}, content=GOOD.read_bytes())
    assert answer.status_code == 200
    document = answer.json()
    assert document["checkpoint"].startswith("mine/")
    assert (document["sha256"], document["bytes"]) == (digest(GOOD.read_bytes()), GOOD.stat().st_size)
    bad = httpx.post(f"{site.url}{PATH[1:]}", params={"name": "own-traces-bad.pt"}, content=b"no checkpoint")
    assert bad.status_code == 422
    assert "own-traces-bad.pt: found a text" in bad.json()["error"]
    assert [path.parent.name for path in leftovers() - before] == [document["checkpoint"].removeprefix("mine/")]


def test_the_server_rejects_a_file_over_the_limit(site: Site) -> None:
    answer = httpx.post(f"{site.url}{PATH[1:]}", params={"name": "large.pt"}, content=bytes(MAX_FILE + 1))
    assert answer.status_code == 413
    assert "larger than 16 MB" in answer.json()["error"]


def test_a_file_is_listed_only_in_its_own_session(explorer: OpenExplorer, page: OpenPage) -> None:
    one, two = UploadForm(explorer()), UploadForm(explorer())
    one.file.set_input_files(GOOD)
    one.shows(GOOD.read_bytes())
    two.opened.dropdown.click()
    expect(two.page.get_by_role("option", name="your file")).to_have_count(0)
    one.page.goto(one.page.url.partition("?")[0])
    again = Explorer(one.page)
    again.loaded(OPENING)
    again.choose(f"your file: {GOOD.name}")
    one.shows(GOOD.read_bytes())


def test_a_terminated_server_deletes_uploads(tmp_path: Path) -> None:
    hub = LocalHub()
    hub.start()
    files = tmp_path / "files"
    files.mkdir()
    with running_app(hub, tmp_path / "home", TMPDIR=str(files)) as running:
        answer = httpx.post(f"{running.url.rstrip('/')}{PATH}?name=my.pt", content=GOOD.read_bytes(), timeout=60)
        assert answer.status_code == 200
        assert [path.read_bytes() for path in files.rglob("my.pt")] == [GOOD.read_bytes()]
        running.process.terminate()
        assert running.process.wait(30) == 0
    hub.stop()
    assert list(files.rglob("my.pt")) == []
    assert list(files.glob("tvae-*")) == []
