"""Fixtures for tests that talk to the Hub: a real server, and a huggingface_hub that knows no other.

    hub             the server (`hub_server.LocalHub`), empty, and this process's huggingface_hub set to it: its own
                    cache, no token, no Xet, no telemetry, not offline; the working directory is an empty one
    hub_home        HF_HOME of this test: give it to `hub.environment(hub_home)` for a subprocess
    command_line    runs `python -m tvae.checkpoint_hub ...` in a subprocess against `hub`

huggingface_hub reads its environment when it is first imported, and Gradio imports it too, so tests in any order cannot
rely on environment variables: the fixture sets the constants that the library reads when it is called.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hub_server import LocalHub
from huggingface_hub import close_session, constants

ROOT = Path(__file__).resolve().parents[1]
# A limit on file sizes that the kernel enforces: a disk that is full for us alone, and no privilege needed.
LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
runpy.run_module("tvae.checkpoint_hub", run_name="__main__", alter_sys=True)
"""
CommandLine = Callable[..., "subprocess.CompletedProcess[str]"]


def set_endpoint(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Let this process's huggingface_hub take this address for the Hub."""
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address + "/{repo_id}/resolve/{revision}/{filename}")


@pytest.fixture(scope="session")
def hub_server() -> Iterator[LocalHub]:
    """One server for the whole run; tests use `hub`."""
    server = LocalHub()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def hub_home(tmp_path: Path) -> Path:
    return tmp_path / "hf_home"


@pytest.fixture
def hub(hub_server: LocalHub, hub_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    hub_server.reset()
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE", "TVAE_CHECKPOINT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    set_endpoint(monkeypatch, hub_server.url)
    settings = {
        "HF_HUB_CACHE": str(hub_home / "hub"),
        "HF_TOKEN_PATH": str(hub_home / "token"),
        "HF_STORED_TOKENS_PATH": str(hub_home / "stored_tokens"),
        "HF_HUB_DISABLE_XET": True,
        "HF_HUB_DISABLE_TELEMETRY": True,
        "HF_HUB_OFFLINE": False,
    }
    for name, value in settings.items():
        monkeypatch.setattr(constants, name, value)
    working_directory = tmp_path / "work"
    working_directory.mkdir()
    monkeypatch.chdir(working_directory)
    close_session()
    yield hub_server
    close_session()


@pytest.fixture
def command_line(hub: LocalHub, hub_home: Path) -> CommandLine:
    """`command_line("list", SETTING="1", kilobytes=None)`: standard output, standard error and the exit status."""

    def run(*arguments: str, kilobytes: int | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
        program = ["-m", "tvae.checkpoint_hub"] if kilobytes is None else ["-c", LIMITED, str(kilobytes * 1024)]
        command = [sys.executable, *program, *arguments]
        settings = hub.environment(hub_home, PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1", **environment)
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=30, check=False)

    return run
