"""Jobs in real processes: their limits, their turn, their end."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tvae.checkpoints import loading
from tvae.errors import StorageError, TrainingRefused
from tvae.training.jobs.job import Client, Job, State, environment
from tvae.training.jobs.queue import JobQueue
from tvae.training.jobs.request import JobLimits, TrainingRequest

SHORT = TrainingRequest("v5_5", seed=1, steps=20)
LONG = TrainingRequest("v5_5", seed=1, steps=20_000)
ENDED = ("done", "failed")


@pytest.fixture
def jobs() -> Iterator[list[Job]]:
    """Started by the test, ended after it."""
    started: list[Job] = []
    yield started
    for job in started:
        job.give_up()


def wait(job: Job, *stages: str, frames: int = 0) -> State:
    deadline = time.monotonic() + 60
    while (state := job.state()).stage not in stages or state.frames < frames:
        assert time.monotonic() < deadline, state
        assert state.stage not in ENDED or state.stage in stages, state
        time.sleep(0.02)
    return state


def gone(job: Job) -> None:
    """Its directory is deleted once its process has ended."""
    deadline = time.monotonic() + 10
    while job.directory.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_job_trains_reports_and_leaves_its_files(jobs: list[Job]) -> None:
    jobs.append(job := JobQueue(JobLimits()).start(Client("alice"), SHORT))
    state = wait(job, "done")
    assert [row["step"] for row in state.curve][-1] == 20
    assert state.frame is not None
    assert (state.error, state.note) == ("", "")
    saved = loading.open_located(loading.locate_any(job.directory / "model.safetensors"))
    assert (saved.sha256, saved.metadata["seed"]) == (state.sha256, 1)
    job.give_up()
    assert job.state().stage == "done"


def test_the_process_gets_the_device(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    real = subprocess.Popen

    def noted(command: list[str], **options: Any) -> Any:
        commands.append(command)
        return real([*command[:-1], "cpu"], **options)  # a machine of the tests need not have CUDA

    monkeypatch.setattr(subprocess, "Popen", noted)
    for device in ("cpu", "cuda"):
        jobs.append(job := JobQueue(JobLimits(), device=device).start(Client("alice"), SHORT))  # type: ignore[arg-type]
        wait(job, "done")
        assert commands[-1][-3:] == ["tvae.training.jobs.worker", str(job.directory), device]


def test_a_server_without_space_for_a_run_says_so() -> None:
    workshop = JobQueue(JobLimits())
    shutil.rmtree(workshop._root.name)
    with pytest.raises(TrainingRefused, match=r"no place for the files of a run \(No such file or directory\)"):
        workshop.start(Client("alice"), SHORT)


def test_stop_keeps_what_was_learned(jobs: list[Job]) -> None:
    jobs.append(job := JobQueue(JobLimits()).start(Client("alice"), LONG))
    wait(job, "training", frames=1)
    job.stop()
    state = wait(job, "done")
    assert state.note == "Stopped on request."
    assert 0 < state.curve[-1]["step"] < 20_000
    assert (job.directory / "model.pt").exists()


def test_the_time_limit_keeps_what_was_learned_too(jobs: list[Job]) -> None:
    jobs.append(job := JobQueue(JobLimits(seconds=3.0)).start(Client("alice"), LONG))
    state = wait(job, "done")
    assert state.note == "Stopped after 3 s, the limit of a run."


def test_jobs_wait_for_their_turn_but_not_for_ever(jobs: list[Job]) -> None:
    workshop = JobQueue(JobLimits(at_once=1, waiting=2, patience=1.0))
    watching = {"alice", "bob", "carol"}

    def client(name: str) -> Client:
        return Client(name, watches=lambda: name in watching)

    jobs += [workshop.start(client(name), LONG) for name in ("alice", "bob", "carol")]
    alice, bob, carol = jobs
    wait(alice, "training")
    assert wait(carol, "waiting").ahead == 1
    assert bob.state().stage == "waiting"
    with pytest.raises(TrainingRefused, match="1 runs are training and 2 wait, which is all"):
        workshop.start(Client("dave"), SHORT)
    bob.stop()
    assert wait(bob, "failed").error == "Stopped before its turn came."
    watching.remove("alice")
    assert wait(alice, "failed").error == (
        "The page was closed for more than 1 s, which ended its run. Start it again."
    )
    gone(alice)
    wait(carol, "training", frames=1)


def test_a_waiting_run_without_its_page_gives_up_its_place(jobs: list[Job]) -> None:
    workshop = JobQueue(JobLimits(at_once=1, patience=0.5))
    jobs.append(workshop.start(Client("alice"), LONG))
    jobs.append(left := workshop.start(Client("bob", watches=lambda: False), LONG))
    assert "page was closed" in wait(left, "failed").error
    gone(left)


class TestKept:
    """What the client stores, before the job is done."""

    def test_a_run_is_done_when_its_files_are_kept(self, jobs: list[Job]) -> None:
        seen: list[tuple[str, str, bool]] = []

        def keep(job: Job) -> str:
            state = job.state()
            seen.append((state.stage, state.sha256, (job.directory / "model.safetensors").exists()))
            return "kept"

        jobs.append(job := JobQueue(JobLimits()).start(Client("alice", keep=keep), SHORT))
        state = wait(job, "done")
        assert seen == [("training", state.sha256, True)]
        assert job.kept == "kept"

    def test_a_run_whose_files_cannot_be_kept_has_failed(self, jobs: list[Job]) -> None:
        def keep(_job: Job) -> None:
            raise StorageError("There is no room.")

        jobs.append(job := JobQueue(JobLimits()).start(Client("alice", keep=keep), SHORT))
        state = wait(job, "failed")
        assert (state.error, job.kept) == ("There is no room.", None)
        assert state.frame is not None  # what was seen of it stays
        assert [row["step"] for row in state.curve][-1] == 20  # the curves stay
        gone(job)


def test_a_killed_process_is_an_error_and_frees_its_place(jobs: list[Job], caplog: pytest.LogCaptureFixture) -> None:
    workshop = JobQueue(JobLimits(at_once=1))
    jobs.append(job := workshop.start(Client("alice"), LONG))
    wait(job, "training", frames=1)
    assert job.process is not None
    os.kill(job.process.pid, signal.SIGKILL)
    assert wait(job, "failed").error == "Training ended unexpectedly, and the server's log says why. Start it again."
    gone(job)
    assert "A training process failed: exit status -9" in caplog.text
    jobs.append(workshop.start(Client("alice"), SHORT))
    wait(jobs[-1], "done")


def test_a_run_that_cannot_go_on_says_so_in_a_sentence(jobs: list[Job]) -> None:
    jobs.append(job := JobQueue(JobLimits()).start(Client("alice"), replace(LONG, learning_rate=1e30)))
    assert "'v5_5' is no longer finite at step" in wait(job, "failed").error
    gone(job)


def test_the_process_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OAUTH_CLIENT_SECRET"):
        monkeypatch.setenv(name, "some" + "secret")
    given = environment()
    assert given["PATH"] == os.environ["PATH"]
    assert given["OMP_NUM_THREADS"] == "1"
    assert not any("somesecret" in value for value in given.values())


class TestRefused:
    def test_a_second_run_of_a_visitor(self, jobs: list[Job]) -> None:
        workshop = JobQueue(JobLimits())
        jobs.append(workshop.start(Client("alice"), LONG))
        with pytest.raises(TrainingRefused, match="You have a run in another tab or browser"):
            workshop.start(Client("alice"), SHORT)
        jobs.append(workshop.start(Client("bob"), SHORT))

    def test_too_many_an_hour(self, jobs: list[Job]) -> None:
        now = 1_000_000.0
        workshop = JobQueue(JobLimits(an_hour=2), clock=lambda: now)
        for _ in range(2):
            jobs.append(job := workshop.start(Client("alice"), SHORT))
            job.give_up()
            now += 600
        with pytest.raises(TrainingRefused, match=r"2 runs within an hour, .+ Try again in 41 min"):
            workshop.start(Client("alice"), SHORT)
        jobs.append(workshop.start(Client("bob"), SHORT))
        now += 2_401
        jobs.append(workshop.start(Client("alice"), SHORT))

    def test_of_one_address_together(self, jobs: list[Job]) -> None:
        workshop = JobQueue(JobLimits(at_once=1, of_an_address=2))
        jobs += [workshop.start(Client(name, "198.51.100.7"), LONG) for name in ("alice", "bob")]
        with pytest.raises(TrainingRefused, match=r"your network address already have 2 runs, .+ python -m tvae train"):
            workshop.start(Client("carol", "198.51.100.7"), SHORT)
        jobs.append(workshop.start(Client("dave", "203.0.113.9"), SHORT))
        jobs += [workshop.start(Client(name), SHORT) for name in ("erin", "frank")]  # of unknown addresses

    def test_too_many_an_hour_of_one_address_together(self, jobs: list[Job]) -> None:
        now = 1_000_000.0
        workshop = JobQueue(JobLimits(an_hour=1, of_an_address=2), clock=lambda: now)
        for name in ("alice", "bob"):
            jobs.append(job := workshop.start(Client(name, "198.51.100.7"), SHORT))
            job.give_up()
        with pytest.raises(TrainingRefused, match=r"visitors of your network address have started 2 runs within an h"):
            workshop.start(Client("carol", "198.51.100.7"), SHORT)
        jobs.append(workshop.start(Client("carol", "203.0.113.9"), SHORT))
        now += 3_601
        jobs.append(workshop.start(Client("erin", "198.51.100.7"), SHORT))
