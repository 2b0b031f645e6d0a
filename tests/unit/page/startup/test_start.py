"""Real servers: started with a hostile environment, behind a path, on a full disk, and after kill -9."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from app_fixtures import DATA, Site, running_app
from hub_server import LocalHub
from paths import ROOT

from tvae.page.api import openapi
from tvae.page.startup.leftovers import PREFIX
from tvae.page.uploads.receive import PATH

pytestmark = pytest.mark.server
GOOD = DATA / "v5_11_homeostasis_layout.pt"
BELOW = "/explorer"
NOBODY = "http://127.0.0.1:9"  # a proxy that does not answer


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, temporary: Path) -> Iterator[Site]:
    """The app below a path, with proxies for everything else and its temporary files in `temporary`."""
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOBODY) | {"NO_PROXY": ""}
    home = tmp_path_factory.mktemp("behind")
    settings = {"GRADIO_ROOT_PATH": BELOW, "TMPDIR": str(temporary), "HF_TOKEN": "hf_\N{EM DASH}", **proxies}
    with running_app(LocalHub(), home, HF_HUB_OFFLINE="1", **settings) as running:
        yield running


def ended(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A start that does not succeed."""
    settings = LocalHub().environment(Path("/nowhere"), **environment)
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("program", [("app.py",), ("-m", "tvae", "page")])
def test_a_wrong_setting_is_one_sentence(program: tuple[str, ...]) -> None:
    done = ended(*program, GRADIO_SERVER_PORT="abc")
    sentence = "GRADIO_SERVER_PORT is 'abc'. Set it to a whole number from 1 to 65535, or unset it.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_a_wrong_number_of_proxies_is_one_sentence() -> None:
    done = ended("app.py", TVAE_PROXY_HOPS="many")
    sentence = (
        "TVAE_PROXY_HOPS is 'many'. Set it to the number of proxies before this server, from 0 to 9, or unset it.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


@pytest.mark.parametrize(
    "program", [("-m", "tvae.checkpoint_hub", "list"), ("-m", "tvae", "evaluate", "v5_5/latest.pt")]
)
def test_a_wrong_setting_of_the_hub_is_one_sentence_on_the_command_line_too(program: tuple[str, ...]) -> None:
    done = ended(*program, HF_HUB_DOWNLOAD_TIMEOUT="1.5")
    sentence = "HF_HUB_DOWNLOAD_TIMEOUT is '1.5'. Set it to a whole number of seconds, such as 10, or unset it.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_an_address_for_the_network_is_not_served_with_the_token() -> None:
    done = ended("-m", "tvae", "page", "--use-my-token", GRADIO_SERVER_NAME="0.0.0.0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("--use-my-token was given, and GRADIO_SERVER_NAME is '0.0.0.0'")


@pytest.mark.parametrize("program", [("app.py",), ("-m", "tvae", "page")])
def test_a_directory_without_runs_is_one_sentence(program: tuple[str, ...], tmp_path: Path) -> None:
    for name, why in (("missing", "is not a directory"), ("", "has no runs")):
        done = ended(*program, "--runs", str(tmp_path / name))
        sentence = (
            f"{str(tmp_path / name)!r} {why}. Give the directory that python -m tvae sweep GRID.toml --output DIR "
        )
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{sentence}has written.\n")


def test_ports_that_are_taken_are_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        done = ended("app.py", GRADIO_SERVER_PORT=port, GRADIO_NUM_PORTS="1")
    assert done.returncode == 2
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("The page could not be served at 127.0.0.1: Cannot find empty port")
    assert sentence.endswith("Set GRADIO_SERVER_PORT to a free port.")


def ipv6_address() -> str | None:
    """`::1`, or without it the address from which this machine would send; None without IPv6."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        for server in ("::1", "2001:db8::1"):
            with suppress(OSError):
                sender.connect((server, 9))  # sends nothing
                return str(sender.getsockname()[0])
    return None


def test_an_ipv6_address_is_served_or_explained(tmp_path: Path) -> None:
    address = ipv6_address()
    if address is None:
        done = ended("app.py", GRADIO_SERVER_NAME="::1")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "GRADIO_SERVER_NAME is '::1', which is not an address of this machine" in done.stderr
        return
    option = ["--use-my-token"] if address == "::1" else []
    with running_app(LocalHub(), tmp_path, *option, host=address, HTTP_PROXY=NOBODY) as running:
        assert running.url.startswith(f"http://[{address}]:")
        assert httpx.get(running.url, trust_env=False).status_code == 200


def test_below_a_path_the_documents_name_it(behind: Site) -> None:
    for prefix in ("", BELOW):  # a proxy may remove the path or leave it
        site = behind.url.rstrip("/") + prefix
        document = httpx.get(site + openapi.DOCUMENT_PATH).json()
        assert document["servers"] == [{"url": BELOW}]
        assert PATH in document["paths"]
        assert openapi.REFUSED_PATH not in document["paths"]
        config: dict[str, Any] = httpx.get(f"{site}/config").json()
        assert config["root"].endswith(BELOW)
        assert "modulepreload" in httpx.get(f"{site}/").text


def test_below_a_path_the_limits_apply(behind: Site) -> None:
    large = GOOD.read_bytes() + bytes(3 * 2**20)  # over the limit of other requests
    for prefix in ("", BELOW):
        site = behind.url.rstrip("/") + prefix
        assert httpx.post(f"{site}{openapi.REFUSED_PATH}", files={"files": b"x"}).status_code == 413
        answer = httpx.post(f"{site}{PATH}", params={"name": "large.pt"}, content=large, timeout=60)
        assert answer.status_code in (200, 422)


def test_a_full_or_missing_temporary_directory_is_a_sentence_and_the_server_goes_on(
    behind: Site, temporary: Path
) -> None:
    def upload() -> httpx.Response:
        return httpx.post(
            f"{behind.url.rstrip('/')}{PATH}", params={"name": "a.pt"}, content=GOOD.read_bytes(), timeout=60
        )

    assert upload().status_code == 200
    before = resource.prlimit(behind.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    full = upload()
    resource.prlimit(behind.process.pid, resource.RLIMIT_FSIZE, before)
    assert full.status_code == 422
    assert full.json()["error"].startswith("This server cannot store files at the moment, because its disk is full")
    assert upload().status_code == 200
    (directory,) = temporary.glob(f"{PREFIX}*")
    shutil.rmtree(directory)
    missing = upload()
    assert missing.status_code == 422
    assert "its temporary directory is missing" in missing.json()["error"]
    assert httpx.get(behind.url).status_code == 200


def test_after_kill_9_the_next_start_removes_what_was_left(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "tvae-notes").mkdir()
    for survives in (False, True):
        with running_app(LocalHub(), tmp_path / "home", TMPDIR=str(files), HF_HUB_OFFLINE="1") as running:
            assert list(files.rglob("my.pt")) == []
            answer = httpx.post(f"{running.url.rstrip('/')}{PATH}?name=my.pt", content=GOOD.read_bytes(), timeout=60)
            assert answer.status_code == 200
            (stored,) = files.rglob("my.pt")
            if not survives:
                os.kill(running.process.pid, signal.SIGKILL)
                running.process.wait()
                assert stored.is_file()
    assert [path.name for path in files.iterdir()] == ["tvae-notes"]
