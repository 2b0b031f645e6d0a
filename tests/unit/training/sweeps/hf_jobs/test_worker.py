"""What a Job does, without the training: commits in time, and again if the Hub was busy."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hub_server import GOOD_TOKEN, LocalHub, Repository

from tvae.checkpoints.hub.requests import RepoRef
from tvae.errors import HubAccessDenied, HubUploadFailed
from tvae.training.sweeps.executor import Outcome, failed
from tvae.training.sweeps.grid import grid_of
from tvae.training.sweeps.hf_jobs import sent, worker
from tvae.training.sweeps.job import Job
from tvae.training.sweeps.results import row_bytes

JOBS = grid_of({"recipes": ["v5_11"], "seeds": [0, 1, 2], "steps": [2]}).jobs
NAME = "alice/sweep"
ASKED = RepoRef(NAME, kind="dataset")


@pytest.fixture
def repository(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    return hub.add(f"datasets/{NAME}")


def outcome(job: Job) -> Outcome:
    return Outcome(failed(job, "", 1.0).row | {"error": None}, job.id.encode())


class Quick:
    """An executor that trains nothing."""

    def run(self, jobs: Iterator[Job]) -> Generator[Outcome, None, None]:
        for job in jobs:
            yield outcome(job) if job.seed else failed(job, "bad luck", 1.0)


@pytest.mark.parametrize(("seconds", "commits"), [(0.0, 3), (3600.0, 1)])
def test_results_are_committed_in_time_and_at_the_end(
    seconds: float, commits: int, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LocalExecutor", Quick)
    path = tmp_path / "share.json"
    path.write_bytes(sent.share(JOBS, seconds).data)
    before = len(repository.commits)
    worker.run_share(str(path), NAME)
    assert len(repository.commits) - before == commits
    files = {path: file.data for path, file in repository.files().items()}
    assert files == {
        f"{JOBS[0].id}/row.json": row_bytes(failed(JOBS[0], "bad luck", 1.0).row),
        **{f"{job.id}/row.json": row_bytes(outcome(job).row) for job in JOBS[1:]},
        **{f"{job.id}/model.safetensors": job.id.encode() for job in JOBS[1:]},
    }


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def send(pauses: list[float]) -> Callable[[], None]:
    return lambda: worker.send([outcome(JOBS[1])], ASKED, pauses.append)


@pytest.mark.parametrize("status", [409, 412, 429, 503])
def test_a_commit_that_comes_at_the_wrong_moment_is_sent_again(
    status: int, hub: LocalHub, repository: Repository, send: Callable[[], None], pauses: list[float]
) -> None:
    hub.fail("POST", "/commit/", times=2, status=status)
    send()
    assert f"{JOBS[1].id}/row.json" in repository.files()
    assert 4 <= pauses[0] <= 8 <= pauses[1] <= 16


def test_it_gives_up_in_the_end(
    hub: LocalHub, repository: Repository, send: Callable[[], None], pauses: list[float]
) -> None:
    fault = hub.fail("POST", "/commit/", status=503)
    with pytest.raises(HubUploadFailed):
        send()
    assert fault.hits == worker.ATTEMPTS == len(pauses) + 1
    assert repository.files() == {}


def test_a_refusal_is_final(
    hub: LocalHub, repository: Repository, send: Callable[[], None], pauses: list[float]
) -> None:
    hub.fail("POST", "/commit/", status=403)
    with pytest.raises(HubAccessDenied):
        send()
    assert pauses == []
    assert repository.files() == {}
