"""Jobs of a sweep on a local Hub: one that really runs, and what becomes of those that end in other ways."""

import json
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from time import perf_counter
from types import SimpleNamespace

import pytest
from hub_jobs import LocalJob
from hub_server import GOOD_TOKEN, LocalHub
from sweep_runs import close

from tvae.checkpoints.hub.requests import RepoRef
from tvae.errors import HubAccessDenied, HubUnreachable
from tvae.training.sweeps.executor import Executor, Outcome, failed, work
from tvae.training.sweeps.grid import grid_of
from tvae.training.sweeps.hf_jobs import fleet, worker
from tvae.training.sweeps.hf_jobs.executor import HfJobsExecutor
from tvae.training.sweeps.job import Job

JOBS = grid_of({"recipes": ["v5_11"], "seeds": {"from": 0, "to": 4, "step": 1}, "steps": [2]}).jobs
NAME = "alice/sweep"
ASKED = RepoRef(NAME, None, GOOD_TOKEN, kind="dataset")
METRICS = {"coverage": 0.5, "reconstructed": 2, "total": 19_683, "a": {"q": None}, "b": {"q": None}}


def finished(job: Job, seconds: float = 1.0) -> Outcome:
    """An outcome whose model is no model, which nobody looks into here."""
    from tvae.checkpoints.checkpoint_file import digest

    measured = {"sha256": digest(job.id.encode()), "metrics": METRICS, "cpu_capability": "AVX2", "versions": {}}
    return Outcome(failed(job, "", seconds).row | {"error": None} | measured, job.id.encode())


@pytest.fixture(autouse=True)
def account(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user, whose Jobs stay under way until a test says what becomes of them."""
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    hub.jobs.runs = False


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meanwhile(one, two)`: what happens in the first pause, the second, and so on; there are no more."""

    def happens(*steps: Callable[[], object]) -> None:
        left = list(steps)
        monkeypatch.setattr(fleet, "time", SimpleNamespace(sleep=lambda _: left.pop(0)(), perf_counter=perf_counter))

    return happens


def send(*outcomes: Outcome) -> Callable[[], None]:
    """As a Job sends its results."""
    return lambda: worker.send(outcomes, ASKED)


def end(hub: LocalHub, stage: str, which: int = -1) -> Callable[[], None]:
    def ended() -> None:
        hub.jobs.all[which].ended = stage

    return ended


def both(*steps: Callable[[], None]) -> Callable[[], None]:
    return lambda: [step() for step in steps] and None


def nothing() -> None:
    """For a pause in which nothing happens."""


def shares(hub: LocalHub) -> list[set[str]]:
    """The runs of each Job."""
    files = hub.repositories[f"datasets/{NAME}"].files()
    return [
        {one["id"] for one in json.loads(files[job.spec["environment"]["SWEEP_SHARE"]].data)["jobs"]}
        for job in hub.jobs.all
    ]


def run(*jobs: Job, workers: int = 1) -> Generator[Outcome, None, None]:
    return HfJobsExecutor(NAME, workers).run(iter(jobs))


def errors(outcomes: Iterator[Outcome]) -> dict[str, str | None]:
    return {one.row["id"]: one.row["error"] for one in outcomes}


def waited(job: LocalJob) -> None:
    """Until a Job has ended that really runs."""
    job.wait()


@pytest.mark.usefixtures("one_thread")
def test_a_job_trains_the_bytes_of_this_machine_and_the_next_call_finds_them(
    hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    hub.jobs.runs = True
    meanwhile(lambda: waited(hub.jobs.all[0]))
    first = {one.row["id"]: one for one in run(*JOBS[:2])}
    (job,) = hub.jobs.all
    assert (job.stage, set(first)) == ("COMPLETED", {one.id for one in JOBS[:2]}), job.log
    for here in map(work, JOBS[:2]):
        there = first[here.row["id"]]
        assert there.model == here.model
        assert {**there.row, "seconds": 0} == close({**here.row, "seconds": 0})
    repository = hub.repositories[f"datasets/{NAME}"]
    assert repository.private
    assert f"{JOBS[0].id}: sha256 {first[JOBS[0].id].row['sha256']} in " in job.log
    spec = {name: value for name, value in job.spec.items() if name != "secrets"}
    for said in (job.log, json.dumps(spec), *(str(file.data) for file in repository.files().values())):
        assert GOOD_TOKEN not in said

    again = {one.row["id"]: one for one in run(*JOBS[:2])}
    assert again == first
    assert len(hub.jobs.all) == 1


def test_it_is_an_executor_and_without_a_run_it_sends_nothing(hub: LocalHub) -> None:
    executor: Executor = HfJobsExecutor(NAME, 3)
    assert executor.workers == 3
    assert list(executor.run(iter([]))) == []
    assert hub.requests == []


def test_the_runs_are_shared_and_outcomes_come_as_they_are_there(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    meanwhile(
        send(finished(JOBS[3])),
        send(finished(JOBS[0]), finished(JOBS[4])),
        both(end(hub, "COMPLETED", 1), send(failed(JOBS[1], "bad luck", 1.0), finished(JOBS[2]))),
    )
    outcomes = list(run(*JOBS, workers=2))
    assert shares(hub) == [{one.id for one in JOBS[:3]}, {one.id for one in JOBS[3:]}]
    assert [one.row["id"] for one in outcomes] == [JOBS[place].id for place in (3, 0, 4, 1, 2)]
    assert [one.row["error"] for one in outcomes] == [None, None, None, "bad luck", None]
    labels = [job.spec["labels"] for job in hub.jobs.all]
    assert labels[0]["tvae-sweep"] == labels[1]["tvae-sweep"]
    assert labels[0]["tvae-share"] != labels[1]["tvae-share"]
    assert all(job.spec["timeoutSeconds"] > 1800 for job in hub.jobs.all)


@pytest.mark.parametrize("stage", ["ERROR", "COMPLETED", "DELETED"])
def test_a_job_that_ends_without_a_result_is_tried_again_and_then_its_runs_have_failed(
    stage: str, hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    meanwhile(both(send(finished(JOBS[0])), end(hub, stage)), end(hub, stage))
    said = errors(run(*JOBS[:2]))
    assert shares(hub) == [{JOBS[0].id, JOBS[1].id}, {JOBS[1].id}]
    page = f"{hub.url}/jobs/alice/{hub.jobs.all[1].id}"
    why = f"{stage}: Job failed with exit code: 1" if stage == "ERROR" else stage
    assert said == {
        JOBS[0].id: None,
        JOBS[1].id: f"Its Job ended without it ({why}). Read the log at {page}, and run the sweep again.",
    }


def test_a_job_that_disappears_is_tried_again(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    meanwhile(hub.jobs.all.clear, send(finished(JOBS[0])))
    assert errors(run(JOBS[0])) == {JOBS[0].id: None}
    assert len(hub.jobs.all) == 1


def test_a_job_that_somebody_cancels_is_not_started_again(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    meanwhile(end(hub, "CANCELED"))
    (said,) = errors(run(JOBS[0])).values()
    assert said is not None
    assert said.startswith("Its Job ended without it (CANCELED). Read the log at ")
    assert len(hub.jobs.all) == 1


def test_closing_cancels_the_jobs_under_way(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    meanwhile(send(finished(JOBS[0])))
    outcomes = run(*JOBS, workers=2)
    next(outcomes)
    outcomes.close()
    assert [job.stage for job in hub.jobs.all] == ["CANCELED", "CANCELED"]


def test_an_interrupt_cancels_them_too(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    meanwhile(stop)
    with pytest.raises(KeyboardInterrupt):
        list(run(*JOBS, workers=2))
    assert [job.stage for job in hub.jobs.all] == ["CANCELED", "CANCELED"]


def test_a_job_that_cannot_be_cancelled_is_named_since_it_costs_money(
    hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    meanwhile(send(finished(JOBS[0])))
    outcomes = run(*JOBS, workers=2)
    next(outcomes)
    hub.fail("POST", "/cancel$", times=1, status=503)
    first, second = hub.jobs.all
    with pytest.raises(HubUnreachable, match=f"1 Jobs could not be cancelled, and may go on: .*/jobs/alice/{first.id}"):
        outcomes.close()
    assert second.stage == "CANCELED"


def test_a_call_takes_over_the_jobs_of_a_former_one(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    meanwhile(send(finished(JOBS[0])), send(*map(finished, JOBS[1:4])), send(finished(JOBS[4])))
    former = run(*JOBS[:4], workers=2)
    next(former)
    outcomes = errors(run(*JOBS, workers=2))  # with one more run, and while nobody has closed the former one
    assert outcomes == {job.id: None for job in JOBS}
    assert shares(hub) == [{JOBS[0].id, JOBS[1].id}, {JOBS[2].id, JOBS[3].id}, {JOBS[4].id}]
    meanwhile(nothing)
    assert errors(former) == {job.id: None for job in JOBS[1:4]}


def test_a_hub_that_falls_silent_while_jobs_are_taken_over_doubles_no_run(
    hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    meanwhile(send(finished(JOBS[0])), nothing, send(*map(finished, JOBS[1:4])))
    former = run(*JOBS[:4], workers=2)
    next(former)
    second = hub.jobs.all[1].spec["environment"]["SWEEP_SHARE"]
    fault = hub.fail("HEAD", f"{second}$", times=1, status=503)
    found = [one.row["id"] for one in run(*JOBS[:4], workers=2)]
    assert sorted(found) == sorted(job.id for job in JOBS[:4])
    assert (fault.hits, len(hub.jobs.all)) == (1, 2)
    meanwhile(nothing)
    list(former)


@pytest.mark.parametrize("label", ["", "x", "0" * 16, "../../etc/passwd"])
def test_a_job_whose_label_names_no_share_is_left_alone(
    label: str, hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    def mislabelled() -> None:
        hub.jobs.all[0].spec["labels"]["tvae-share"] = label

    meanwhile(both(mislabelled, send(finished(JOBS[0]))))
    former = run(*JOBS[:2])
    next(former)
    meanwhile(send(finished(JOBS[1])))
    assert errors(run(*JOBS[:2])) == {job.id: None for job in JOBS[:2]}
    assert len(hub.jobs.all) == 2


def test_a_start_whose_answer_is_lost_is_not_paid_twice(
    hub: LocalHub, meanwhile: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, lost = fleet.start_job, [True]

    def loses(*words: object, **more: object) -> object:
        job = start(*words, **more)  # type: ignore[arg-type]
        if lost.pop() if lost else False:
            raise HubUnreachable("no answer in time")
        return job

    monkeypatch.setattr(fleet, "start_job", loses)
    meanwhile(nothing, send(finished(JOBS[0])))
    assert errors(run(JOBS[0])) == {JOBS[0].id: None}
    assert len(hub.jobs.all) == 1


def test_a_start_that_is_interrupted_is_cancelled_too(
    hub: LocalHub, meanwhile: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = fleet.start_job

    def interrupted(*words: object, **more: object) -> object:
        start(*words, **more)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(fleet, "start_job", interrupted)
    meanwhile()
    with pytest.raises(KeyboardInterrupt):
        list(run(JOBS[0]))
    assert [job.stage for job in hub.jobs.all] == ["CANCELED"]


def test_an_upload_at_the_wrong_moment_is_tried_again(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    fault = hub.fail("POST", "/commit/", times=1, status=412)  # while a Job commits
    meanwhile(nothing, send(finished(JOBS[0])))
    assert errors(run(JOBS[0])) == {JOBS[0].id: None}
    assert (fault.hits, len(hub.jobs.all)) == (1, 1)


def test_the_page_of_each_job_is_said(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    said: list[str] = []
    meanwhile(send(finished(JOBS[0])), send(*map(finished, JOBS[1:3])))
    former = HfJobsExecutor(NAME, 2, say=said.append).run(iter(JOBS[:3]))
    next(former)
    list(HfJobsExecutor(NAME, 2, say=said.append).run(iter(JOBS[:3])))
    pages = [f"{hub.url}/jobs/alice/{job.id}" for job in hub.jobs.all]
    assert said == [
        f"Job started for 2 runs: {pages[0]}",
        f"Job started for 1 run: {pages[1]}",
        f"Job taken over for 1 run: {pages[0]}",
        f"Job taken over for 1 run: {pages[1]}",
    ]
    meanwhile(nothing)
    list(former)


def test_failures_of_former_calls_do_not_count_and_new_ones_do(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    hub.add(f"datasets/{NAME}")
    send(failed(JOBS[0], "last week", 1.0), failed(JOBS[1], "last week", 1.0), finished(JOBS[2]))()
    meanwhile(nothing, send(failed(JOBS[0], "today", 2.0), finished(JOBS[1])))
    assert errors(run(*JOBS[:3])) == {JOBS[0].id: "today", JOBS[1].id: None, JOBS[2].id: None}
    assert shares(hub) == [{JOBS[0].id, JOBS[1].id}]


def test_a_result_that_is_refused_is_computed_again_and_has_then_failed(
    hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    wrong = Outcome(finished(JOBS[0]).row | {"sha256": "0" * 64}, JOBS[0].id.encode())
    hub.add(f"datasets/{NAME}")
    send(wrong)()
    meanwhile(
        both(end(hub, "COMPLETED"), send(Outcome(wrong.row | {"seconds": 2.0}, wrong.model), finished(JOBS[1]))),
        end(hub, "COMPLETED"),
    )
    said = errors(run(*JOBS[:2]))
    assert said[JOBS[1].id] is None
    assert said[JOBS[0].id] == (
        f"What the Hub has of the run {JOBS[0].id} is refused: its model has the sha256 "
        f"{finished(JOBS[0]).row['sha256']}, and its row says {'0' * 64}. Check who can write to {NAME}, and run the "
        "sweep again."
    )
    assert [len(share) for share in shares(hub)] == [2, 1]


def test_a_hub_that_is_silent_for_a_while_is_waited_for(
    hub: LocalHub, meanwhile: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        hub.fail("GET", "/api/", times=3, status=503)

    meanwhile(away, nothing, nothing, nothing, nothing, nothing, send(finished(JOBS[0])))
    assert errors(run(JOBS[0])) == {JOBS[0].id: None}
    monkeypatch.setattr(fleet, "MISSES", 3)
    meanwhile(lambda: hub.fail("GET", "/api/", status=503), *[nothing] * 4)
    with pytest.raises(HubUnreachable, match="The Hub failed with 503"):
        list(run(JOBS[1]))


@pytest.mark.parametrize(("status", "said"), [(401, "was refused"), (402, "no credit"), (403, "right permissions")])
def test_a_start_that_the_hub_refuses_ends_the_sweep(
    status: int, said: str, hub: LocalHub, meanwhile: Callable[..., None]
) -> None:
    def refuse() -> None:
        hub.fail("POST", "/api/jobs/alice$", status=status)

    meanwhile(both(refuse, send(finished(JOBS[0])), end(hub, "ERROR", 0)))
    outcomes = run(*JOBS[:4], workers=2)
    assert next(outcomes).row["id"] == JOBS[0].id
    with pytest.raises(HubAccessDenied, match=said):
        list(outcomes)
    assert [job.stage for job in hub.jobs.all] == ["ERROR", "CANCELED"]


def test_only_so_many_runs_are_held(
    hub: LocalHub, meanwhile: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "MAX_HELD", 2)
    taken: list[Job] = []
    held: list[int] = []

    def do() -> None:
        held.append(len(taken))
        send(*map(finished, taken))()

    meanwhile(*[do] * 3)
    jobs = (taken.append(job) or job for job in chain(JOBS))  # type: ignore[func-returns-value]
    assert errors(HfJobsExecutor(NAME).run(jobs)) == {job.id: None for job in JOBS}
    assert held == [2, 4, 5]
    assert [len(share) for share in shares(hub)] == [2, 2, 1]


def test_sources_and_script_are_sent_once(hub: LocalHub, meanwhile: Callable[..., None]) -> None:
    for job in JOBS[:2]:
        meanwhile(send(finished(job)))
        assert errors(run(job)) == {job.id: None}
    kinds = [path.split("-")[0] for path in hub.repositories[f"datasets/{NAME}"].files() if path.startswith(".tvae/")]
    assert sorted(kinds) == [".tvae/script", ".tvae/share", ".tvae/share", ".tvae/sources"]
    assert len({job.spec["command"][2].rpartition("/")[2] for job in hub.jobs.all}) == 1
