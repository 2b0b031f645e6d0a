"""The training runs of visits: at most one each, which goes on while a page of the visit is open.

A reload closes the page for seconds, so a run waits `JobLimits.patience` for its visit to come back. The visit's key,
which only its own browser has, finds the run again. A finished run is a checkpoint of the visit, with a record of its
curves and points in a file. A failed one keeps its sentence and its curves until the next run, or the visit's end.
"""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from tvae.errors import TrainingRefused
from tvae.page.server import compute
from tvae.page.server.callers import ON_SPACE, Caller
from tvae.page.server.session_files import StoredCheckpoint, new_key, storing
from tvae.page.tabs.train import render
from tvae.page.ui import texts
from tvae.training.jobs.device import training_device
from tvae.training.jobs.job import Client, Job, State
from tvae.training.jobs.patience import training_patience
from tvae.training.jobs.queue import JobQueue
from tvae.training.jobs.request import LOCAL, PUBLIC, TrainingRequest
from tvae.training.jobs.worker import FILES

QUEUE: Final = JobQueue(replace(PUBLIC if ON_SPACE else LOCAL, patience=training_patience()), device=training_device())
SIZE: Final = 2 * 2**20  # bytes, more than the files of a run have
_RECORD: Final = "run.json"
_POLL: Final = 0.25  # seconds between two reads of a job's state
_RELOAD: Final = 2.0  # seconds in which the server notices that a page was closed, which a reload does
_RUNS: dict[str, Job] = {}  # by key of the visit: runs that go on, and those that failed


def begin(session: str, visitor: Caller, request: TrainingRequest) -> Job:
    """Start a run for the session's visit. Raises ServerBusy, RecipeError or TrainingRefused."""
    files = compute.SESSION_FILES
    _forget_ended()
    visit = files.visit_of(session) or new_key()
    if (before := _RUNS.get(visit)) and not before.over:
        raise TrainingRefused(texts.RUN_IN_ANOTHER_TAB)

    files.check_room(visitor, SIZE)

    def keep(job: Job) -> StoredCheckpoint:
        return _store(job, visit, visitor)

    # The hourly limit counts the visit, so that a reload does not reset it.
    name = visit if visitor.is_session else visitor.key
    client = Client(name, visitor.address, lambda: compute.SESSION_FILES.open_sessions(visit) > 0, keep)
    job = _RUNS[visit] = QUEUE.start(client, request)
    files.enter(session, visit)
    return job


def of(session: str) -> Job | None:
    """The run of the session's visit that goes on, or that has failed; None if there is none."""
    visit = compute.SESSION_FILES.visit_of(session)
    job = _RUNS.get(visit) if visit else None
    return None if job is None or job.kept else job


async def changes(job: Job, session: str) -> AsyncGenerator[tuple[State, bool]]:
    """The state of a run, and whether another page shows it, too, whenever one of them changes, until the run ends."""
    seen: tuple[Any, ...] = ()
    alone = time.monotonic()
    while True:
        state, now = job.state(), time.monotonic()
        alone = alone if _is_shared(session) else now
        before, seen = seen, (state.stage, state.ahead, state.frames, now - alone > _RELOAD)
        if seen != before:
            yield state, seen[-1]
        if state.stage in ("done", "failed"):
            return
        await asyncio.sleep(_POLL)


@dataclass(frozen=True)
class Record:
    """What the tab shows of a finished run."""

    request: TrainingRequest
    state: State  # whose frame has no points
    plot: str  # they, as `render.points` packs them


def record_of(stored: StoredCheckpoint) -> Record | None:
    """The record of a trained checkpoint; None if something else has deleted it."""
    if stored.record is None:
        return None
    try:
        record: dict[str, Any] = json.loads(stored.record.read_bytes())
    except OSError:
        return None
    state = State(**record["state"])
    request = TrainingRequest(**record["request"])
    return Record(request, replace(state, curve=tuple(state.curve)), record["plot"])


def _is_shared(session: str) -> bool:
    """Whether another page of the same visit is open, too."""
    visit = compute.SESSION_FILES.visit_of(session)
    return visit is not None and compute.SESSION_FILES.open_sessions(visit) > 1


def _forget_ended() -> None:
    """Drop the runs whose visit has ended, and those that are stored."""
    for visit, job in list(_RUNS.items()):
        if job.kept or (job.over and not compute.SESSION_FILES.knows(visit)):
            _RUNS.pop(visit, None)


def _store(job: Job, visit: str, visitor: Caller) -> StoredCheckpoint:
    """Store the finished files for the visit, with a record of the run, and delete the job's directory."""
    request, state, record = job.request, job.state(), job.directory / _RECORD
    words = (
        texts.TRAINED_HERE if request == TrainingRequest(request.recipe, request.seed) else texts.TRAINED_HERE_CHANGED
    )
    title = words.format(recipe=request.recipe, seed=request.seed)
    done = replace(state, stage="done", frame=None)
    frame = {name: value for name, value in (state.frame or {}).items() if name != "points"}
    plot = render.points(state, job.directory.name, job.recipe.name)
    with storing():
        written = {"request": asdict(request), "state": asdict(done) | {"frame": frame}, "plot": plot}
        record.write_text(json.dumps(written))
        files = tuple(job.directory / file for file in FILES)
        moved = StoredCheckpoint("", title, visit, visitor, files, 0, trained=True, record=record)
        stored = compute.SESSION_FILES.add(moved)
    shutil.rmtree(job.directory, ignore_errors=True)
    return stored
