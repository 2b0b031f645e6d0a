"""What the page's top names of Gradio's frontend: all that the first page asks for, and nothing else."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from app_fixtures import OpenExplorer, Site

from tvae.page.build import LARGE
from tvae.page.gradio_internals import frontend
from tvae.page.server.middleware import preload
from tvae.page.ui.scripts import modules as scripts

_LINK = re.compile(r'<link rel="(modulepreload|preload)"(?: as="style")? crossorigin href="\./assets/([\w.-]+)">')


@pytest.fixture
def forgetting() -> None:
    """Files are read anew."""
    frontend._text.cache_clear()
    frontend._imports.cache_clear()


def named(page: str) -> list[str]:
    return [file for _, file in _LINK.findall(page)]


@pytest.mark.browser
def test_the_page_names_what_it_asks_for(explorer: OpenExplorer, site: Site) -> None:
    page = explorer(width=1000).page
    asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    files = [urlsplit(address).path.removeprefix("/assets/") for address in asked if "/assets/" in address]
    at_the_top = named(httpx.get(site.url).text)
    assert len(at_the_top) == len(set(at_the_top)) > 50
    assert set(files) == set(at_the_top)
    assert len(files) == len(set(files))  # none was fetched twice


@pytest.mark.server
def test_the_links_come_before_the_settings_and_the_page_is_compressed(site: Site) -> None:
    answer = httpx.get(site.url, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 2
    links, settings = answer.text.index('rel="modulepreload"'), answer.text.index("window.gradio_config")
    assert answer.text.index("<base") < links < settings
    plain = httpx.get(site.url, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(plain.content) > LARGE


def test_more_components_need_more_and_every_file_is_there() -> None:
    few, more = frontend.frontend_files({"html"}), frontend.frontend_files({"html", "dropdown", "code"})
    assert set(few) < set(more)
    assert len(more) == len(set(more))
    assert all((frontend.FRONTEND / "assets" / file).is_file() for file in more)
    assert {Path(file).suffix for file in more} == {".js", ".css"}
    assert frontend.frontend_files({"html", "no such component"}) == few


def test_a_page_gets_links_once_and_another_form_is_left_alone() -> None:
    with gr.Blocks() as demo:
        gr.HTML("here")
    edit = preload.with_links(preload.first_files(demo))
    page = edit(b'<head><base href="./"><base href="./"></head>').decode()
    assert page.startswith(f'<head><base href="./">{scripts.connection_links()}<link rel="modulepreload" crossorigin')
    assert named(page) == frontend.frontend_files({"html"})
    assert edit(b"<p>a sentence</p>") == b"<p>a sentence</p>"


@pytest.mark.usefixtures("forgetting")
def test_a_frontend_of_another_form_gives_fewer_names_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "FRONTEND", tmp_path)
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<script src='elsewhere.js'></script>")
    assert frontend.frontend_files({"html"}) == []
    (tmp_path / "index.html").write_text('<script type="module" src="./assets/index-1.js"></script>')
    assert frontend.frontend_files({"html"}) == ["index-1.js"]
    frontend._text.cache_clear()
    frontend._imports.cache_clear()
    table = 'm.f=["./app.js","./app.css"])'
    (tmp_path / "assets" / "index-1.js").write_text(f"{table};x=()=>import(`./app.js`),__vite__mapDeps([0,1]),1)")
    assert frontend.frontend_files({"html"}) == ["index-1.js", "app.js", "app.css"]
    frontend._text.cache_clear()
    frontend._imports.cache_clear()
