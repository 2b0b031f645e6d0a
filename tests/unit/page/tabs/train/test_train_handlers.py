"""A run on the page: its progress, its end, and its return after a reload, with a real training process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from tvae.page.server import compute
from tvae.page.server.session_files import MAX_SESSIONS, SessionFiles, new_key
from tvae.page.server.shares.limits import Limits, Share
from tvae.page.tabs.train import handlers, render, restore, runs
from tvae.page.tabs.train.handlers import Progress
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.scripts.sent import AGAIN
from tvae.training.jobs.job import Job
from tvae.training.jobs.queue import JobQueue
from tvae.training.jobs.request import JobLimits
from tvae.training.recipes.table import recipe

RATE = render.peak_rate(recipe("v5_5"))
Shown = TypeVar("Shown")


def request_of(session: str, again: bool = False) -> Any:
    return SimpleNamespace(session_hash=session, headers={AGAIN: "1"} if again else {})


def all_of(shown: AsyncIterator[Shown], most: int = 10**6) -> list[Shown]:
    """What an event of the page shows, up to `most` answers, after which its page is closed."""

    async def watch() -> list[Shown]:
        found = []
        async for one in shown:
            found.append(one)
            if len(found) == most:
                break
        await shown.aclose()  # type: ignore[attr-defined]
        return found

    with ThreadPoolExecutor(1) as aside:  # Playwright keeps a loop running in the thread of the tests
        return aside.submit(asyncio.run, watch()).result()


def train(session: str, steps: float | None, most: int = 10**6, again: bool = False) -> list[Progress]:
    return all_of(handlers.train("v5_5", 0, steps, RATE, 1, 1, 1, 1, request_of(session, again)), most)


def memory(visit: str, **more: Any) -> str:
    """What the browser remembers."""
    return json.dumps({"visit": visit, "form": None, "upload": None} | more)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Visits and a queue of the test's own."""
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(grace=60))
    monkeypatch.setattr(runs, "QUEUE", JobQueue(JobLimits(patience=60)))
    monkeypatch.setattr(runs, "_RUNS", {})
    yield
    for job in runs._RUNS.values():
        job.give_up()


def test_a_finished_run_is_a_checkpoint_of_the_visit() -> None:
    shown = train("alice", 5)
    (stored,) = compute.SESSION_FILES.of("alice")
    last = shown[-1]
    assert (last.finished, stored.trained, last.visit) == (stored.name, True, stored.visit)
    assert "Done after 5 steps." in last.status
    assert [one.going for one in shown if one.going is not SKIP][-1] == ""
    assert "yes" in [one.going for one in shown]
    assert texts.CURVES_WAIT in shown[0].curves  # before the first numbers
    assert runs.of("alice") is None
    record = runs.record_of(stored)
    assert record is not None
    assert {row["step"] for row in record.state.curve} == {0, 5}
    assert record.request.steps == 5


def test_another_format_than_the_files_of_a_run_have_is_a_sentence() -> None:
    (*_, last) = train("alice", 5)
    refused = handlers.download({"checkpoint": last.finished, "suffix": ".zip"})
    assert refused["error"].startswith("The format is '.zip'; it ")
    assert ".safetensors" in refused["error"]


def test_a_run_without_room_for_its_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Limits(files=Share(0, 0, 0, retry=600))
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(limits=full))
    (refused,) = train("newcomer", 5)
    assert "may have 0 checkpoints open at a time. Try again in 10 min." in refused.status
    assert compute.SESSION_FILES.visit_of("newcomer") is None  # a refusal leaves nothing


def test_a_wrong_value_starts_nothing() -> None:
    (refused,) = train("alice", 2.5)
    assert "The field &#34;Steps&#34; is 2.5." in refused.status
    assert runs._RUNS == {}


class TestReload:
    """The page is loaded again while its run goes on."""

    @pytest.fixture
    def going(self) -> tuple[str, Job]:
        """The visit's key and its run, whose page has just been closed."""
        shown = train("before", 20_000, most=3)
        job = runs.of("before")
        assert job
        restore.on_unload(request_of("before"))
        return shown[0].visit, job

    def test_the_run_is_found_with_all_its_curves(self, going: tuple[str, Job]) -> None:
        visit, job = going
        before = restore.restore_tab(memory(visit, form={"recipe": "v5_5", "steps": 20_000}), request_of("after"))
        assert (before.running, before.finished, before.form.steps) == (True, "", 20_000)
        assert runs.of("after") is job
        (first, *_) = all_of(handlers.follow(request_of("after")), most=1)
        assert "Step " in first.status or texts.STARTING in first.status
        assert job.state().curve == () or job.state().curve[0]["step"] == 0
        handlers.stop(request_of("after"))
        shown = all_of(handlers.follow(request_of("after")))
        assert "Stopped on request." in shown[-1].status
        (stored,) = compute.SESSION_FILES.of("after")
        assert stored.visit == visit

    def test_the_page_waits_for_its_end_without_the_tab(self, going: tuple[str, Job]) -> None:
        visit, job = going
        restored = restore.restore_session(memory(visit), request_of("after"))
        with ThreadPoolExecutor(1) as aside:
            waiting = aside.submit(all_of, restored)
            deadline = time.monotonic() + 60
            while not job.state().frames:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            job.stop()
            shown = waiting.result()
        assert [one.going for one in shown if one.going is not SKIP] == ["yes", ""]
        choices = [name for _, name in shown[-1].checkpoint["choices"]]
        assert job.kept.name in choices
        before = restore.restore_tab(memory(visit), request_of("after"))
        assert (before.running, before.finished) == (False, job.kept.name)
        assert "Stopped on request." in before.status
        assert "<svg" in before.curves
        assert before.plot

    def test_many_reloads_leave_one_run_and_few_sessions(self, going: tuple[str, Job]) -> None:
        visit, job = going
        for number in range(50):
            compute.SESSION_FILES.resume(visit, f"reload {number}")
            assert runs.of(f"reload {number}") is job
            compute.SESSION_FILES.close(f"reload {number}")
        assert len(compute.SESSION_FILES._keys) == MAX_SESSIONS
        assert runs.of("before") is None
        assert not job.over

    def test_a_forged_key_finds_nothing_and_takes_nothing(self, going: tuple[str, Job]) -> None:
        _, job = going
        for forged in ("", "x", "../..", "None", "{}", "mine/x", "0" * 10_000, 5, ["a"], {"a": 1}, True):
            asked = json.dumps({"visit": forged, "form": 5, "upload": 7})
            before = restore.restore_tab(asked, request_of("thief"))
            assert (before.running, before.finished) == (False, "")
            (told,) = all_of(restore.restore_session(asked, request_of("thief")))
            assert told.visit == "over"
            assert runs.of("thief") is None
            assert texts.NO_RUN in handlers.stop(request_of("thief"))
        assert not job.over
        assert not job.stopping

    def test_a_name_of_a_session_is_no_key(self, going: tuple[str, Job]) -> None:
        before = restore.restore_tab(memory("before"), request_of("thief"))
        assert not before.running
        assert runs.of("thief") is None

    def test_a_copy_of_the_tab_shows_the_same_run_and_cannot_start_another(self, going: tuple[str, Job]) -> None:
        visit, job = going
        for session in ("after", "copy"):
            compute.SESSION_FILES.resume(visit, session)
        (refused,) = train("copy", 5)
        assert texts.RUN_IN_ANOTHER_TAB in refused.status
        assert runs.of("after") is job is runs.of("copy")
        shown = all_of(handlers.follow(request_of("after")), most=8)
        assert any(texts.SHARED in one.status for one in shown)  # both say so, once it is no reload
        compute.SESSION_FILES.close("copy")
        assert not job.over


def test_a_page_that_asks_again_follows_its_run() -> None:
    """Where the answer breaks off, the page sends the same event again."""
    train("alice", 20_000, most=2)
    job = runs.of("alice")
    assert job
    (first, *_) = train("alice", 20_000, most=1, again=True)
    assert first.going == "yes"
    assert runs.of("alice") is job
    job.stop()
    done = train("alice", 20_000, again=True)[-1]
    (late,) = train("alice", 20_000, again=True)  # it has finished meanwhile, and is not begun again
    assert late.finished == done.finished == job.kept.name
    assert "Stopped on request." in late.status
    assert runs.of("alice") is None


def test_what_is_left_of_a_run_is_read_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files and curves would keep every other visitor waiting."""

    def read(session: str) -> restore.Before:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return restore.latest(session)

    monkeypatch.setattr(handlers, "latest", read)
    (told,) = all_of(handlers.follow(request_of("alice")))
    assert texts.ENDED_WITH_SERVER in told.status


class TestRestart:
    """The server was started again: it knows nothing of the page's run."""

    def test_a_page_that_asks_again_is_told_and_no_run_is_begun(self) -> None:
        (told,) = train("alice", 20_000, again=True)
        assert texts.ENDED_WITH_SERVER in told.status
        assert (told.visit, told.going, told.start["interactive"], told.stop["interactive"]) == (
            "over",
            "",
            True,
            False,
        )
        assert (told.curves, told.plot) == (SKIP, SKIP)  # the page keeps what it shows of the run
        assert runs._RUNS == {}
        (told,) = all_of(handlers.follow(request_of("alice", again=True)))
        assert texts.ENDED_WITH_SERVER in told.status
        (told,) = all_of(restore.restore_session(memory("x.key"), request_of("alice", again=True)))
        assert (told.visit, told.going) == ("over", "lost")

    @pytest.mark.parametrize(
        ("key", "run", "words"),
        [
            ("earlier.key", True, texts.ENDED_WITH_SERVER),
            ("earlier.key", False, "What you trained here was deleted"),
            ("earlier.key", "yes", "What you trained here was deleted"),
            pytest.param(new_key(), True, "What you trained here was deleted", id="of a visit that has ended"),
        ],
    )
    def test_a_reload_is_told_and_keeps_the_form(self, key: str, run: object, words: str) -> None:
        asked = memory(key, run=run, form={"recipe": "v5_5", "steps": 77})
        before = restore.restore_tab(asked, request_of("after"))
        assert words in before.status
        assert (before.running, before.form.recipe, before.form.steps) == (False, "v5_5", 77)


def test_a_failed_run_keeps_its_curves_and_points_next_to_the_reason() -> None:
    train("alice", 20_000, most=1)
    job = runs.of("alice")
    assert job
    deadline = time.monotonic() + 60
    while not job.state().frames:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    job.fail("Something happened.")
    before = restore.restore_tab(memory(str(compute.SESSION_FILES.visit_of("alice"))), request_of("after"))
    assert "Something happened." in before.status
    assert "The curves and the points show the run until step" in before.status
    assert "<svg" in before.curves
    assert before.plot
    assert not before.running
    shown = all_of(handlers.follow(request_of("after")))[-1]
    assert shown.start["interactive"]
    assert "<svg" in shown.curves


def test_an_ended_visit_ends_its_run_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "QUEUE", JobQueue(JobLimits(patience=0.5)))
    visit = train("before", 20_000, most=2)[0].visit
    job = runs.of("before")
    assert job
    restore.on_unload(request_of("before"))
    deadline = time.monotonic() + 60
    while not job.over:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    before = restore.restore_tab(memory(visit), request_of("after"))
    assert (before.running, before.finished) == (False, "")
    assert "The page was closed for more than 0.5 s, which ended its run." in before.status
    compute.SESSION_FILES.close("after")
    compute.SESSION_FILES.sweep(time.monotonic() + 61)
    assert "What you trained here was deleted" in restore.restore_tab(memory(visit), request_of("late")).status
    train("newcomer", 20_000, most=1)
    assert job not in runs._RUNS.values()  # nothing stays of an ended visit


def test_a_reload_does_not_reset_the_hourly_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "QUEUE", JobQueue(JobLimits(an_hour=1)))
    visit = train("before", 20_000, most=1)[0].visit
    job = runs.of("before")
    assert job
    job.give_up()
    restore.on_unload(request_of("before"))
    compute.SESSION_FILES.resume(visit, "after")
    (refused,) = train("after", 5)
    assert "You have started 1 runs within an hour" in refused.status
