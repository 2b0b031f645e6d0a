"""A wheel has every file that the package needs, nothing of the tests, and serves the page where nothing else is."""

import shutil
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from app_fixtures import running_app
from hub_server import LocalHub
from paths import ROOT

import tvae
from tvae.page.ui import texts

BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, by the installed setuptools."""
    directory = tmp_path_factory.mktemp("wheel")
    source = directory / "source"
    shutil.copytree(ROOT / "tvae", source / "tvae", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "support", source / "tests" / "support")
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run([sys.executable, "-c", BUILD, str(directory)], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = directory.glob("*.whl")
    return built


def test_it_has_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    files = {path.relative_to(ROOT) for path in (ROOT / "tvae").rglob("*") if path.is_file()}
    ours = {path.as_posix() for path in files if path.suffix != ".pyc"}
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == ours
    assert {"tvae/bundled/sequences/manifest.json", "tvae/page/ui/texts.toml"} <= names


def test_it_says_its_version_and_has_the_command(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        info = f"tvae-{tvae.__version__}.dist-info"
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        commands = archive.read(f"{info}/entry_points.txt").decode()
    assert (metadata["Name"], metadata["Version"]) == ("tvae", tvae.__version__)
    assert "tvae = tvae.__main__:main" in commands.splitlines()


def test_the_page_is_served_from_it(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    page = ["-m", "tvae", "page", "--mcp"]
    with running_app(LocalHub(), tmp_path / "home", program=page, PYTHONPATH=str(tmp_path / "installed")) as site:
        assert texts.TITLE in httpx.get(site.url).text
        assert "/metrics" in httpx.get(f"{site.url}gradio_api/info").json()["named_endpoints"]
        assert httpx.post(f"{site.url}gradio_api/mcp/", json={}).status_code == 406  # a tool server, asked wrongly


def test_only_the_command_page_imports_gradio() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, tvae.__main__; print('gradio' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
