"""Results from a repository: what is believed, and what is refused with a reason."""

from typing import Any

import pytest
from hub_server import LocalHub

from tvae.checkpoints.checkpoint_file import digest
from tvae.checkpoints.hub.requests import RepoRef
from tvae.errors import HubFileRefused
from tvae.training.sweeps.executor import failed
from tvae.training.sweeps.hf_jobs import received
from tvae.training.sweeps.hf_jobs.received import listed, outcome_of
from tvae.training.sweeps.job import job_of
from tvae.training.sweeps.results import row_bytes

JOB = job_of("v5_11", 3, {"steps": 5})
MODEL = b"model" * 100
METRICS = {
    "coverage": 0.5,
    "reconstructed": 2,
    "total": 19_683,
    "a": {"q": None},
    "b": {"q": 1},
    "more": [1, None, "x"],
}
MEASURED = {
    "seconds": 1.5,
    "error": None,
    "sha256": digest(MODEL),
    "metrics": METRICS,
    "cpu_capability": "AVX2",
    "versions": {"torch": "2"},
}
ROW = failed(JOB, "", 0.0).row | MEASURED
ASKED = RepoRef("alice/sweep", kind="dataset")


def put(hub: LocalHub, row: Any, model: bytes | None = MODEL) -> None:
    data = row if isinstance(row, bytes) else row_bytes(row)
    files = {f"{JOB.id}/row.json": data} | ({} if model is None else {f"{JOB.id}/model.safetensors": model})
    hub.add("datasets/alice/sweep", files)


def test_a_finished_and_a_failed_run_come_back_as_they_were_sent(hub: LocalHub) -> None:
    put(hub, ROW)
    outcome = outcome_of(JOB, listed(ASKED))
    assert (outcome.row, outcome.model) == (ROW, MODEL)
    assert list(outcome.row) == list(ROW)
    put(hub, failed(JOB, "bad luck", 2.0).row)
    outcome = outcome_of(JOB, listed(ASKED))
    assert (outcome.row, outcome.model) == (failed(JOB, "bad luck", 2.0).row, None)


def test_a_mark_is_that_of_both_files(hub: LocalHub) -> None:
    hub.add("datasets/alice/sweep", {f"{JOB.id}/model.safetensors": MODEL})
    assert listed(ASKED).mark(JOB) is None
    marks = set()
    for row, model in ((ROW, MODEL), (ROW, None), (ROW | {"seconds": 2.0}, MODEL), (ROW, b"another")):
        put(hub, row, model)
        marks.add(listed(ASKED).mark(JOB))
    assert len(marks) == 4


def test_the_files_of_one_commit_are_read(hub: LocalHub) -> None:
    put(hub, ROW)
    seen = listed(ASKED)
    hub.repositories["datasets/alice/sweep"].put(**{f"{JOB.id}/row.json": b"changed"})
    assert outcome_of(JOB, seen).row == ROW


def test_fields_that_no_row_has_are_left_out(hub: LocalHub) -> None:
    put(hub, ROW | {"path": "/etc/passwd", "id ": 1})
    assert outcome_of(JOB, listed(ASKED)).row == ROW
    put(hub, failed(JOB, "bad luck " * 1000, 1.0).row | {"metrics": METRICS, "sha256": "x"})
    row = outcome_of(JOB, listed(ASKED)).row
    assert (row["metrics"], row["sha256"], len(row["error"])) == (None, None, 1000)


HOSTILE: dict[str, tuple[Any, str]] = {
    "no JSON": (b"<!DOCTYPE html>", "row.json is not JSON"),
    "no text": (b"\xff\xfe", "row.json is not JSON"),
    "deep": (b"[" * 60_000, "row.json is not JSON"),
    "a number that JSON lacks": (row_bytes(ROW | {"metrics": METRICS | {"more": float("nan")}}), "row.json is not"),
    "a list": ([ROW], "row.json is not an object"),
    "another id": (ROW | {"id": "../../x"}, "row.json has another id"),
    "another seed": (ROW | {"seed": 4}, "is that of another run"),
    "other settings": (ROW | {"settings": {**JOB.settings, "steps": 6}}, "is that of another run"),
    "no duration": (ROW | {"seconds": "1"}, "seconds is not a number"),
    "an endless duration": (row_bytes(ROW).replace(b"1.5", b"1e999"), "seconds is not a number"),
    "a duration of 400 digits": (row_bytes(ROW).replace(b"1.5", b"9" * 400), "seconds is not a number"),
    "an error that is no text": (ROW | {"error": ["x"]}, "error is not a text"),
    "no measures": (ROW | {"metrics": None}, "metrics is not an object"),
    "no coverage": (ROW | {"metrics": METRICS | {"coverage": "1"}}, "coverage is not a number"),
    "no encoder": (ROW | {"metrics": METRICS | {"b": None}}, "b is not an object"),
    "no Q": (ROW | {"metrics": METRICS | {"a": {}}}, "q is missing"),
    "a digest that is none": (ROW | {"sha256": "x" * 64}, "sha256 is not of the form"),
    "versions that are a list": (ROW | {"versions": ["2"]}, "does not say with which versions"),
    "another model": (ROW | {"sha256": "0" * 64}, f"its model has the sha256 {digest(MODEL)}, and its row says 000"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_the_result_is_refused(name: str, hub: LocalHub) -> None:
    row, said = HOSTILE[name]
    put(hub, row)
    with pytest.raises(HubFileRefused, match=f"What the Hub has of the run {JOB.id} is refused: .*{said}"):
        outcome_of(JOB, listed(ASKED))


def test_sizes_are_bounded(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    put(hub, ROW | {"metrics": METRICS | {"more": "x" * received.MAX_ROW}})
    with pytest.raises(HubFileRefused, match=r"row\.json of alice/sweep .* at most"):
        outcome_of(JOB, listed(ASKED))
    put(hub, ROW)
    monkeypatch.setattr(received, "MAX_MODEL", len(MODEL) - 1)
    with pytest.raises(HubFileRefused, match=r"model\.safetensors of alice/sweep .* at most"):
        outcome_of(JOB, listed(ASKED))


def test_bytes_that_the_hub_did_not_announce_are_refused(hub: LocalHub) -> None:
    put(hub, ROW)
    hub.fail("GET", "/large/", body=b"x" * len(MODEL))
    with pytest.raises(HubFileRefused, match="did not match the digest"):
        outcome_of(JOB, listed(ASKED))
