"""The real app for the tests: `python app.py` in a process of its own, and the page that it serves in the browser.

    site           the app with a local Hub of its own that has the checkpoints below; one for the whole run
    site_no_hub    the app on a machine where nothing answers at the Hub's address
    api            calls its endpoints: `api("coverage", "homeostatic_rich")`
    explorer       opens the page: `explorer()`, `explorer("?checkpoint=...", width=375, dark=True)`

Tests share the app and so its caches: a test of what happens when a checkpoint is first asked for has its own name.
"""

import io
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import httpx
import layouts
import numpy as np
import pytest
import torch
from browser_fixtures import OpenPage
from explorer import Explorer
from http_api import Api
from hub_server import LocalHub

from tvae import loading, measuring
from tvae.catalogue import BY_NAME
from tvae.loading import Located
from tvae.measuring import Measured

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).parent / "data"
REPOSITORY = "ivanpol/ternary-vae-checkpoints"
BUNDLED = "homeostatic_rich"
RICH = "homeostatic_rich/best.pt"
HOMEOSTASIS = "v5_11_homeostasis/best.pt"
EUCLIDEAN = "v5_5/latest.pt"
COLLAPSED = "v5_11_overnight/best.pt"  # published with a warning
NEW_TO_TEN = "v5_11/best.pt"  # nobody asks for it but the test of ten visitors at once
BROKEN = "max_hierarchy/best.pt"  # its bytes are no checkpoint
ABSENT = "v5_11_progressive/best.pt"  # in the catalogue, not on the Hub
FAILING = "v5_11_structural/best.pt"  # the Hub fails for it

OpenExplorer = Callable[..., Explorer]


@dataclass(frozen=True)
class Site:
    """A running app, and the Hub that it knows."""

    url: str
    hub: LocalHub
    home: Path  # its HF_HOME
    process: "subprocess.Popen[bytes]"


def checkpoint_bytes(layout: str, seed: int = 0) -> bytes:
    """A published file of this layout, with seeded weights."""
    described = layouts.BY_NAME[layout]
    file = io.BytesIO()
    torch.save(layouts.file_of(described, layouts.state_of(described, seed)), file)
    return file.getvalue()


@lru_cache
def published() -> dict[str, bytes]:
    """What the local Hub has."""
    return {
        RICH: (DATA / "homeostatic_rich_layout.pt").read_bytes(),
        HOMEOSTASIS: (DATA / "v5_11_homeostasis_layout.pt").read_bytes(),
        EUCLIDEAN: checkpoint_bytes("v5_5"),
        COLLAPSED: checkpoint_bytes("v5_11", seed=2),
        NEW_TO_TEN: checkpoint_bytes("v5_11", seed=3),
        FAILING: checkpoint_bytes("v5_11_structural", seed=4),
        BROKEN: np.random.default_rng(0).bytes(5_000),
    }


@lru_cache
def measured_here(name: str) -> tuple[Located, Measured]:
    """What the app is expected to show of a checkpoint, computed in this process from the same bytes."""
    if name == BUNDLED:
        located, data = loading.locate(name), None
    else:
        located, data = Located(name, Path(name), "hub", None, BY_NAME[name]), published()[name]
    return located, measuring.measure(loading.open_located(located, data))


@contextmanager
def running_app(hub: LocalHub, home: Path, *arguments: str, **environment: str) -> Iterator[Site]:
    """`python app.py` on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = hub.environment(
        home, GRADIO_SERVER_NAME="127.0.0.1", GRADIO_SERVER_PORT=str(port), PYTHONDONTWRITEBYTECODE="1", **environment
    )
    home.mkdir(parents=True, exist_ok=True)
    log = home / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), *arguments],
            cwd=home,
            env=settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_until_served(url, process, log)
            yield Site(url, hub, home, process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_served(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"app.py did not serve {url}:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    hub = LocalHub()
    hub.start()
    hub.add(REPOSITORY, published())
    hub.fail("*", FAILING, status=503)
    with running_app(hub, tmp_path_factory.mktemp("site")) as running:
        yield running
    hub.stop()


@pytest.fixture(scope="session")
def site_no_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://localhost:{listener.getsockname()[1]}"
    with running_app(LocalHub(), tmp_path_factory.mktemp("no_hub"), HF_ENDPOINT=closed) as running:
        yield running


@pytest.fixture
def explorer(site: Site, page: OpenPage) -> OpenExplorer:
    def open_explorer(query: str = "", url: str = site.url, width: int = 1440, dark: bool = False) -> Explorer:
        colours = {"color_scheme": "dark"} if dark else {}
        clipboard = ["clipboard-read", "clipboard-write"]
        return Explorer(page(url + query, viewport={"width": width, "height": 900}, permissions=clipboard, **colours))

    return open_explorer


@pytest.fixture(scope="session")
def api(site: Site) -> Iterator[Api]:
    api = Api(site.url)
    yield api
    api.close()
