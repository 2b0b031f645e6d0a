"""Jobs as tasks of a real Ray with two workers: the bytes of `train`, and what becomes of a task whose process dies.

What a worker runs in place of `work` is a function inside a function: Ray sends those by value.
"""

import os
import secrets
import select
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tvae.errors import TrainingError
from tvae.training.sweeps import ray_tasks
from tvae.training.sweeps.executor import Executor, Outcome, work
from tvae.training.sweeps.job import Job, job_of
from tvae.training.sweeps.ray_tasks import RayExecutor, ray_executor
from tvae.training.train_to_file import train_to_file

JOBS = [job_of("v5_11", seed, {"steps": 5, "width": 32}) for seed in (3, 4, 5)]
Work = Callable[[Job], Outcome]


@pytest.fixture(scope="module")
def executor() -> Iterator[RayExecutor]:
    """On a Ray of this test's own, whose sockets need a short path."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        patch.delenv("RAY_ADDRESS", raising=False)
        before = signal.getsignal(signal.SIGTERM)
        with ray_executor(None, 2) as connected:
            yield connected
        signal.signal(signal.SIGTERM, before)
    shutil.rmtree(folder)


def dies_in_the_middle(first_only: Path | None) -> Work:
    """Trains until the third step and kills its process; of all processes only the first if this file is missing."""

    def begin(job: Job) -> Outcome:
        from tvae.training import loop
        from tvae.training.sweeps import executor as there

        def resume(run: loop.Run) -> Iterator[loop.Progress]:
            def stop() -> bool:
                if run.step == 3 and (first_only is None or not first_only.exists()):
                    if first_only is not None:
                        first_only.touch()
                    os.kill(os.getpid(), signal.SIGKILL)
                return False

            return loop.resume(run, stop=stop)

        there.resume = resume
        return there.work(job)

    return begin


@pytest.mark.usefixtures("one_thread")
def test_the_bytes_are_those_of_train(executor: RayExecutor, tmp_path: Path) -> None:
    for outcome in (outcomes := list(executor.run(iter(JOBS[:2])))):
        row, path = outcome.row, tmp_path / "model.safetensors"
        trained = train_to_file("v5_11", seed=row["seed"], steps=5, width=32, output=path, show=False)
        assert outcome.model == path.read_bytes()
        assert row["sha256"] == trained["sha256"]
        assert row["error"] is None
    assert {outcome.row["id"] for outcome in outcomes} == {job.id for job in JOBS[:2]}


def test_a_run_whose_process_is_killed_in_the_middle_is_tried_again(
    executor: RayExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "killed"
    monkeypatch.setattr(ray_tasks, "work", dies_in_the_middle(killed))
    found = {outcome.row["id"]: outcome for outcome in executor.run(iter(JOBS))}
    assert killed.exists()
    assert set(found) == {job.id for job in JOBS}
    assert all(found[job.id].model == work(job).model for job in JOBS)


def test_a_run_whose_process_always_dies_has_failed(executor: RayExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_tasks, "work", dies_in_the_middle(None))
    (outcome,) = executor.run(iter(JOBS[:1]))
    assert outcome.model is outcome.row["sha256"] is outcome.row["metrics"] is None
    assert outcome.row["error"].startswith("Ray has given it up after 2 tries (WorkerCrashedError: ")
    assert outcome.row["error"].endswith("). Run the sweep again.")
    assert outcome.row["seconds"] > 0


def test_a_job_begins_when_there_is_a_worker_and_closing_ends_it(
    executor: RayExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)

    def wait_after_the_first(job: Job) -> Outcome:
        if job.seed != 3:
            with pipe.open("w") as out:
                out.write(f"{os.getpid()}\n")
            signal.pause()
        return Outcome({"id": job.id, "error": None}, b"model")

    monkeypatch.setattr(ray_tasks, "work", wait_after_the_first)
    taken: list[int] = []
    outcomes = executor.run(taken.append(job.seed) or job for job in (*JOBS, JOBS[0]))  # type: ignore[func-returns-value]
    assert next(outcomes).model == b"model"
    assert taken == [3, 4]
    with pipe.open() as said:
        waiting = int(said.readline())
    handle = os.pidfd_open(waiting)
    outcomes.close()
    try:
        assert select.select([handle], [], [], 600)[0], "the task goes on"
    finally:
        os.close(handle)
    assert taken == [3, 4]


def test_a_worker_has_one_thread(executor: RayExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_tasks, "work", lambda job: Outcome({"threads": os.environ["OMP_NUM_THREADS"]}, None))
    (outcome,) = executor.run(iter(JOBS[:1]))
    assert outcome.row == {"threads": "1"}


def test_a_package_that_the_cluster_lacks_is_a_sentence(executor: RayExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails:
        @staticmethod
        def remote(**_: object) -> None:
            raise ModuleNotFoundError("No module named 'numpy'")

        is_initialized = staticmethod(bool)

    with pytest.raises(
        TrainingError, match=r"The cluster lacks a package \(No module named 'numpy'\)\. Install tvae on"
    ):
        list(RayExecutor(Fails, 2).run(iter(JOBS)))


def test_it_is_an_executor(executor: RayExecutor) -> None:
    this: Executor = executor
    assert this.workers == 2
