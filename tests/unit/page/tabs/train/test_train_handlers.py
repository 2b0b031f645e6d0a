"""A run on the page: refused where the server has no room for its model, and forgotten once it has ended."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.server.shares.limits import Limits, Share
from tvae.page.tabs.train import handlers, render
from tvae.page.tabs.train.handlers import Progress
from tvae.training.recipes.table import recipe


def trained(session: str) -> list[Progress]:
    """What the page shows of a short run."""

    async def watch() -> list[Progress]:
        request: Any = SimpleNamespace(session_hash=session)
        rate = render.peak_rate(recipe("v5_5"))
        return [shown async for shown in handlers.train("v5_5", 0, 5, rate, 1, 1, 1, 1, request)]

    with ThreadPoolExecutor(1) as aside:  # Playwright keeps a loop running in the thread of the tests
        return aside.submit(asyncio.run, watch()).result()


def test_nothing_stays_of_a_run_but_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(grace=60))
    shown = trained("invented")
    (stored,) = compute.SESSION_FILES.of("invented")
    assert (shown[-1].finished, stored.trained) == (stored.name, True)
    assert "invented" not in handlers._JOBS


def test_a_run_without_room_for_its_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Limits(files=Share(0, 0, 0, retry=600))
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(limits=full))
    (refused,) = trained("newcomer")
    assert "may have 0 checkpoints open at a time. Try again in 10 min." in refused.status
