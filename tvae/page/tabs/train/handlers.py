"""What the events of the training tab call: start, stop, explore, download, upload.

Jobs belong to a browser tab (Gradio's session), limits to a visitor: the address on a public Space, the tab elsewhere.
"""

import asyncio
import json
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
from tvae.page.server.session_files import StoredCheckpoint
from tvae.page.server.visitors import ON_SPACE, token_for, visitor_of
from tvae.page.tabs.train import render
from tvae.page.ui import downloads, texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert, quiet, tag
from tvae.reports.publish import own_token, publish
from tvae.training.jobs.queue import Job, JobQueue, State
from tvae.training.jobs.request import LOCAL, PUBLIC, TrainingRequest
from tvae.training.jobs.worker import FILES
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import recipe

QUEUE: Final = JobQueue(PUBLIC if ON_SPACE else LOCAL)
_LOOK: Final = 0.25  # seconds between two looks at a job
_JOBS: dict[str, Job] = {}  # by Gradio's session


@dataclass(frozen=True)
class RecipeFields:
    """The fields that follow the recipe; the last four are the sliders of `EMPHASES`."""

    about: str
    steps: int
    rate: float
    reconstruction: dict[str, Any]
    smoothness: dict[str, Any]
    order: dict[str, Any]
    distances: dict[str, Any]


def choose_recipe(name: str) -> RecipeFields:
    """Another recipe: its description, steps, learning rate, and which weights it has."""
    plan = recipe(name)
    rate = max(phase.learning_rate for phase in plan.phases)
    adjustable = render.adjustable_objectives(plan)
    sliders = {group: gr.update(value=1, interactive=there) for group, there in adjustable.items()}
    return RecipeFields(render.about(plan), plan.steps, rate, **sliders)


def request_of(
    name: str, seed: float | None, steps: float | None, rate: float | None, factors: tuple[float, ...]
) -> TrainingRequest:
    """A request for training from what the fields hold. Raises RecipeError for an empty or impossible one."""
    if rate is None:
        raise RecipeError(texts.NO_RATE)
    chosen, count = _whole(texts.THE_SEED, seed, 0), _whole(texts.THE_STEPS, steps, 2500)
    own = max(phase.learning_rate for phase in recipe(name).phases)
    emphasis = {group: float(factor) for group, factor in zip(EMPHASES, factors, strict=True) if factor != 1}
    return TrainingRequest(
        recipe=name,
        seed=chosen,
        steps=None if count == recipe(name).steps else count,
        learning_rate=None if rate == own else float(rate),
        emphasis=emphasis,
    )


def _whole(label: str, value: float | None, example: int) -> int:
    if value is None or not math.isfinite(value) or value != int(value):
        raise RecipeError(texts.NOT_WHOLE.format(what=label, value=value, example=example))
    return int(value)


@dataclass(frozen=True)
class Progress:
    """The components that follow a run; `visit` is the key by which the browser remembers the session's files."""

    status: str
    curves: str = SKIP
    plot: str = SKIP
    start: dict[str, Any] = SKIP
    stop: dict[str, Any] = SKIP
    panel: dict[str, Any] = SKIP
    result: str = SKIP
    kept: str = SKIP  # name of the finished checkpoint
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
    """Run a job while the visitor watches."""
    session = str(request.session_hash)
    factors = (reconstruction, smoothness, order, distances)
    try:
        job = QUEUE.start(visitor_of(request), request_of(name, seed, steps, rate, factors))
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
                yield await asyncio.to_thread(_progress, job, state, session, state.frames != frames)
                shown, frames = seen, state.frames
            if state.stage in ("done", "failed"):
                return
            await asyncio.sleep(_LOOK)
    finally:
        if not job.over:  # the visitor has left
            job.discard()


def _progress(job: Job, state: State, session: str, moved: bool) -> Progress:
    over = state.stage in ("done", "failed")
    stored = _store(job, session) if state.stage == "done" else None
    return Progress(
        render.status(state, job.recipe),
        curves=render.curves(state, job.recipe) if moved else SKIP,
        plot=(render.points(state, job.directory.name) or SKIP) if moved else SKIP,
        start=gr.update(interactive=over),
        stop=gr.update(interactive=not over),
        panel=gr.update(visible=stored is not None),
        result=render.result(state, job.recipe, _bundled_digest(job.recipe.name)),
        kept=stored.name if stored else SKIP,
        visit=stored.visit if stored else SKIP,
    )


def _store(job: Job, session: str) -> StoredCheckpoint:
    """Store the finished files for the session, and delete the job's directory."""
    request = job.request
    words = (
        texts.TRAINED_HERE if request == TrainingRequest(request.recipe, request.seed) else texts.TRAINED_HERE_CHANGED
    )
    title = words.format(recipe=request.recipe, seed=request.seed)
    stored = compute.SESSION_FILES.keep(session, title, tuple(job.directory / file for file in FILES))
    job.discard()
    return stored


def _bundled_digest(name: str) -> str | None:
    return digest(BY_NAME[name].bundled_file.read_bytes()) if name in BY_NAME else None


def stop(request: gr.Request) -> str:
    """End the visitor's run after its current step, and keep what it learned."""
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
    """Open the tab Explore, and ask it for what was trained."""
    if not name:
        raise gr.Error(texts.NOTHING_TO_EXPLORE, print_exception=False)
    wanted = request_checkpoint(name, str(request.session_hash))
    return Explored(gr.update(selected="explore"), wanted.checkpoint, wanted.requested)


@downloads.download
def download(asked: downloads.Asked) -> downloads.File:
    """A checkpoint that was trained here. `asked`: {checkpoint, suffix}."""
    stored = compute.SESSION_FILES.find(asked["checkpoint"])
    path = next(path for path in stored.files if path.suffix == asked["suffix"])
    checkpoint = compute.load_evaluated(stored.name).checkpoint
    said = checkpoint.metadata
    name = f"{said.get('recipe', 'model')}-seed{said.get('seed', 0)}-{checkpoint.sha256[:8]}{path.suffix}"
    return downloads.File(name, path.read_bytes())


def upload(name: str, repository: str, private: bool, token: gr.OAuthToken | None, request: gr.Request) -> str:
    """Into a repository of the visitor's own; a sentence with the address, or why not."""
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
    """The token of whoever started this program, for whoever sits at this machine; never on a Space."""
    if ON_SPACE:
        raise HubAccessDenied(texts.SIGN_IN)
    if token_for(request) is False:
        raise HubAccessDenied(texts.ONLY_HERE)
    secret = own_token()
    if not secret:
        raise HubAccessDenied(texts.NOT_LOGGED_IN)
    return secret


@dataclass(frozen=True)
class Before:
    """What the tab had before a reload; as it is usually, with nothing trained."""

    status: str = quiet(texts.NO_CURVES)
    result: str = ""
    kept: str = ""
    uploading: bool = False  # it was signing in
    repository: str = ""
    private: bool = True


@dataclass(frozen=True)
class RestoredSession:
    """The components of the page that follow what is left of a session."""

    tabs: dict[str, Any]
    visit: str  # the key of its files, "over" once there are none
    checkpoint: dict[str, Any]


def restore_session(memory: str, request: gr.Request) -> RestoredSession:
    """After a reload: the tab, the session's files, and its checkpoints in the dropdown.

    `memory` is what the browser remembers, see `session_memory.js`: the key of the files, and the fields of the
    upload while the visitor signs in.
    """
    remembered = json.loads(memory)
    mine = compute.SESSION_FILES.resume(str(remembered["visit"]), str(request.session_hash))
    trained = any(stored.trained for stored in mine)
    return RestoredSession(
        tabs=gr.update(selected="train") if trained and remembered["upload"] else SKIP,
        visit=SKIP if mine else "over",
        checkpoint=gr.update(choices=checkpoint_choices(str(request.session_hash))) if mine else SKIP,
    )


def restore_tab(memory: str, request: gr.Request) -> Before:
    """What the tab had before a reload; `memory` as for `restore_session`, or empty."""
    if not memory:
        return Before()
    remembered = json.loads(memory)
    mine = compute.SESSION_FILES.resume(str(remembered["visit"]), str(request.session_hash))
    if not mine:
        return Before(status=render.deleted())
    trained = [stored for stored in mine if stored.trained]
    if not trained:
        return Before()
    latest = trained[-1]
    result = render.restored_result(latest.title, digest(latest.files[0].read_bytes()))
    before = Before(result=result, kept=latest.name)
    if not remembered["upload"]:
        return before
    repository, private = remembered["upload"]
    return replace(before, uploading=True, repository=str(repository), private=bool(private))


def on_unload(request: gr.Request) -> None:
    """The page is left: its run goes now, its files after a while."""
    session = str(request.session_hash)
    if (job := _JOBS.pop(session, None)) and not job.over:
        job.discard()
    compute.SESSION_FILES.close(session)
