"""When a job counts as abandoned; its process is in `test_queue.py`."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tvae.training.jobs import job as job_module
from tvae.training.jobs.job import Client, Job
from tvae.training.jobs.request import JobLimits, TrainingRequest
from tvae.training.recipes.table import recipe


def test_a_job_is_abandoned_only_after_its_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    open_pages = {"first"}
    monkeypatch.setattr(job_module, "time", SimpleNamespace(monotonic=lambda: now))
    client = Client("alice", watches=lambda: bool(open_pages))
    job = Job(client, TrainingRequest("v5_5"), recipe("v5_5"), JobLimits(patience=30), tmp_path, "cpu")
    for _ in range(100):  # reloads, each of them in time
        open_pages.clear()
        now += 29
        assert not job.abandoned()
        open_pages.add("again")
        assert not job.abandoned()
    open_pages.clear()
    now += 30
    assert not job.abandoned()
    now += 1
    assert job.abandoned()


def test_a_failed_job_keeps_its_sentence_its_curve_and_its_latest_frame(tmp_path: Path) -> None:
    job = Job(Client("alice"), TrainingRequest("v5_5"), recipe("v5_5"), JobLimits(), tmp_path, "cpu")
    job.update(stage="training", frames=1, frame={"points": "large"}, curve=({"step": 0},))
    job.fail("Something happened.")
    job.update(stage="done")
    state = job.state()
    assert (state.stage, state.error, state.frame, state.curve) == (
        "failed",
        "Something happened.",
        {"points": "large"},
        ({"step": 0},),
    )
