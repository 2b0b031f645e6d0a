"""Event handlers of the Train tab: start, stop, explore, download, upload, and restore after a reload.

A job belongs to a browser tab (Gradio's session). Limits apply to a visitor, and to all visitors of one address.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from tvae.checkpoints.catalogue import BY_NAME
from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import HubAccessDenied, RecipeError, TvaeError
from tvae.page.selection.checkpoints import checkpoint_choices, request_checkpoint
from tvae.page.server import compute
from tvae.page.server.callers import ON_SPACE, Caller, token_for, visitor_of
from tvae.page.server.session_files import StoredCheckpoint, storing
from tvae.page.tabs.train import render
from tvae.page.ui import downloads, texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert, quiet, tag
from tvae.page.ui.scripts.sent import Sent, parsed
from tvae.reports.publish import own_token, publish
from tvae.training.jobs.device import training_device
from tvae.training.jobs.queue import Job, JobQueue, State
from tvae.training.jobs.request import LOCAL, PUBLIC, TrainingRequest
from tvae.training.jobs.worker import FILES
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import recipe

QUEUE: Final = JobQueue(PUBLIC if ON_SPACE else LOCAL, device=training_device())
TRAINED_SIZE: Final = 2 * 2**20  # bytes, more than the files of a run have
_POLL: Final = 0.25  # seconds between two reads of a job's state
_JOBS: dict[str, Job] = {}  # by Gradio's session


@dataclass(frozen=True)
class RecipeFields:
    """The fields that depend on the recipe; the last four are the sliders of `EMPHASES`."""

    about: str
    steps: int
    rate: float
    reconstruction: dict[str, Any]
    smoothness: dict[str, Any]
    order: dict[str, Any]
    distances: dict[str, Any]


def choose_recipe(name: str) -> RecipeFields:
    """Show another recipe: its description, steps and learning rate, and enable the weights that it has."""
    plan = recipe(name)
    adjustable = render.adjustable_objectives(plan)
    sliders = {group: gr.update(value=1, interactive=there) for group, there in adjustable.items()}
    return RecipeFields(render.about(plan), plan.steps, render.peak_rate(plan), **sliders)


def request_of(
    name: str, seed: float | None, steps: float | None, rate: float | None, factors: tuple[float, ...]
) -> TrainingRequest:
    """The training request of the fields. Raises RecipeError for an empty field or an invalid value."""
    if rate is None:
        raise RecipeError(texts.NO_RATE)
    chosen, count = _whole(texts.THE_SEED, seed, 0), _whole(texts.THE_STEPS, steps, 2500)
    plan = recipe(name)
    emphasis = {group: float(factor) for group, factor in zip(EMPHASES, factors, strict=True) if factor != 1}
    return TrainingRequest(
        recipe=name,
        seed=chosen,
        steps=None if count == plan.steps else count,
        learning_rate=None if rate == render.peak_rate(plan) else float(rate),
        emphasis=emphasis,
    )


def _whole(label: str, value: float | None, example: int) -> int:
    if value is None or not math.isfinite(value) or value != int(value):
        raise RecipeError(texts.NOT_WHOLE.format(what=label, value=value, example=example))
    return int(value)


@dataclass(frozen=True)
class Progress:
    """The components that follow a run; `visit` is the key under which the browser finds its files again."""

    status: str
    curves: str = SKIP
    plot: str = SKIP
    start: dict[str, Any] = SKIP
    stop: dict[str, Any] = SKIP
    panel: dict[str, Any] = SKIP
    result: str = SKIP
    finished: str = SKIP  # name of the finished checkpoint
    visit: str = SKIP


async def train(
    name: str,
    seed: float | None,
    steps: float | None,
    rate: float | None,
    reconstruction: float,
    smoothness: float,
    order: float,
    distances: float,
    request: gr.Request,
) -> AsyncIterator[Progress]:
    """Run a job and show its progress; it ends when the visitor leaves."""
    session = str(request.session_hash)
    factors = (reconstruction, smoothness, order, distances)
    try:
        visitor = visitor_of(request)
        compute.SESSION_FILES.check_room(visitor, TRAINED_SIZE)
        job = QUEUE.start(visitor.key, request_of(name, seed, steps, rate, factors), visitor.address)
    except TvaeError as error:
        yield Progress(alert(str(error)))
        return
    _JOBS[session] = job
    shown: tuple[Any, ...] = ()
    frames = 0
    try:
        while True:
            state = job.state()
            seen = (state.stage, state.ahead, state.frames)
            if seen != shown:
                yield await asyncio.to_thread(_progress, job, state, session, visitor, state.frames != frames)
                shown, frames = seen, state.frames
            if state.stage in ("done", "failed"):
                return
            await asyncio.sleep(_POLL)
    except TvaeError as error:  # the result cannot be stored
        yield Progress(alert(str(error)), start=gr.update(interactive=True), stop=gr.update(interactive=False))
    finally:
        if not job.over:  # the visitor has left
            job.discard()
        if _JOBS.get(session) is job:
            del _JOBS[session]


def _progress(job: Job, state: State, session: str, visitor: Caller, moved: bool) -> Progress:
    over = state.stage in ("done", "failed")
    stored = _store(job, session, visitor) if state.stage == "done" else None
    return Progress(
        render.status(state, job.recipe),
        curves=render.curves(state, job.recipe) if moved else SKIP,
        plot=(render.points(state, job.directory.name) or SKIP) if moved else SKIP,
        start=gr.update(interactive=over),
        stop=gr.update(interactive=not over),
        panel=gr.update(visible=stored is not None),
        result=render.result(state, job.recipe, _bundled_digest(job.recipe.name)) if stored else "",
        finished=stored.name if stored else SKIP,
        visit=stored.visit if stored else SKIP,
    )


def _store(job: Job, session: str, visitor: Caller) -> StoredCheckpoint:
    """Store the finished files for the session, and delete the job's directory."""
    request = job.request
    words = (
        texts.TRAINED_HERE if request == TrainingRequest(request.recipe, request.seed) else texts.TRAINED_HERE_CHANGED
    )
    title = words.format(recipe=request.recipe, seed=request.seed)
    files = tuple(job.directory / file for file in FILES)
    with storing():
        stored = compute.SESSION_FILES.keep(session, title, files, caller=visitor)
    job.discard()
    return stored


def _bundled_digest(name: str) -> str | None:
    return digest(BY_NAME[name].bundled_file.read_bytes()) if name in BY_NAME else None


def stop(request: gr.Request) -> str:
    """End the visitor's run after its current step, and keep the result."""
    job = _JOBS.get(str(request.session_hash))
    if job is None or job.over:
        return alert(texts.NO_RUN)
    job.stop()
    return render.progress(texts.STOPPING)


@dataclass(frozen=True)
class Explored:
    """The components that open a finished checkpoint on Explore."""

    tabs: dict[str, Any]
    checkpoint: dict[str, Any]
    requested: str


def explore(name: str, request: gr.Request) -> Explored:
    """Open the tab Explore, and request the trained checkpoint."""
    if not name:
        raise gr.Error(texts.NOTHING_TO_EXPLORE, print_exception=False)
    wanted = request_checkpoint(name, str(request.session_hash))
    return Explored(gr.update(selected="explore"), wanted.checkpoint, wanted.requested)


@downloads.download
def download(asked: Sent) -> downloads.File:
    """A checkpoint that was trained here. `asked`: {checkpoint, suffix}."""
    stored = compute.SESSION_FILES.find(asked["checkpoint"])
    suffix = downloads.known_table(asked["suffix"], [path.suffix for path in stored.files])
    path = next(path for path in stored.files if path.suffix == suffix)
    checkpoint = compute.load_evaluated(stored.name).checkpoint
    run = checkpoint.recorded.run
    name = f"{run.recipe or 'model'}-seed{run.seed or 0}-{checkpoint.sha256[:8]}{path.suffix}"
    return downloads.File(name, path.read_bytes())


def upload(name: str, repository: str, private: bool, token: gr.OAuthToken | None, request: gr.Request) -> str:
    """Upload the finished checkpoint to a repository of the visitor; returns its address or the error as HTML."""
    try:
        if not name:
            raise RecipeError(texts.NOTHING_TO_EXPLORE)
        secret = token.token if token else _token_of_this_machine(request)
        if "/" not in (repository or ""):
            raise RecipeError(texts.NO_REPOSITORY_NAME.format(text=repr(repository), example=texts.PUBLISH_EXAMPLE))
        evaluated = compute.load_evaluated(name)
        done = publish(
            evaluated, compute.SESSION_FILES.find(name).files, repository.strip(), token=secret, private=private
        )
    except TvaeError as error:
        return alert(str(error))
    words = texts.PUBLISHED.format(count=len(done.files))
    return tag("p", f"{words} ", tag("a", done.url, href=done.url, target="_blank"), role="status")


def _token_of_this_machine(request: gr.Request) -> str:
    """The Hub token of this machine, if the server may use it. Raises HubAccessDenied if not."""
    if ON_SPACE:
        raise HubAccessDenied(texts.SIGN_IN)
    if token_for(request) is False:
        raise HubAccessDenied(texts.NOT_WITH_YOUR_TOKEN)
    secret = own_token()
    if not secret:
        raise HubAccessDenied(texts.NOT_LOGGED_IN)
    return secret


@dataclass(frozen=True)
class Before:
    """The state of the tab before a reload; by default nothing is trained."""

    status: str = quiet(texts.NO_CURVES)
    result: str = ""
    finished: str = ""  # name of the finished checkpoint
    uploading: bool = False  # the visitor was signing in to upload
    repository: str = ""
    private: bool = True


@dataclass(frozen=True)
class RestoredSession:
    """The components of the page that restoring a visit fills."""

    tabs: dict[str, Any]
    visit: str  # its key, or "over" if its files are deleted
    checkpoint: dict[str, Any]


def restore_session(memory: str, request: gr.Request) -> RestoredSession:
    """After a reload: resume the visit, and restore the open tab and the visitor's checkpoints in the dropdown.

    `memory` is what the browser remembers, see `session_memory.js`: the visit's key, and the fields of the upload form
    if the visitor has just signed in.
    """
    remembered = parsed(memory)
    mine = compute.SESSION_FILES.resume(str(remembered["visit"]), str(request.session_hash))
    trained = any(stored.trained for stored in mine)
    return RestoredSession(
        tabs=gr.update(selected="train") if trained and remembered["upload"] else SKIP,
        visit=SKIP if mine else "over",
        checkpoint=gr.update(choices=checkpoint_choices(str(request.session_hash))) if mine else SKIP,
    )


def restore_tab(memory: str, request: gr.Request) -> Before:
    """The state of the tab before a reload; `memory` as for `restore_session`, or empty."""
    if not memory:
        return Before()
    remembered = parsed(memory)
    mine = compute.SESSION_FILES.resume(str(remembered["visit"]), str(request.session_hash))
    if not mine:
        return Before(status=render.deleted())
    trained = [stored for stored in mine if stored.trained]
    if not trained:
        return Before()
    latest = trained[-1]
    result = render.restored_result(latest.title, digest(latest.files[0].read_bytes()))
    before = Before(result=result, finished=latest.name)
    if not remembered["upload"]:
        return before
    repository, private = remembered["upload"]
    return replace(before, uploading=True, repository=str(repository), private=bool(private))


def on_unload(request: gr.Request) -> None:
    """When the page is closed: discard its run now, and its files after the grace period."""
    session = str(request.session_hash)
    if (job := _JOBS.pop(session, None)) and not job.over:
        job.discard()
    compute.SESSION_FILES.close(session)
