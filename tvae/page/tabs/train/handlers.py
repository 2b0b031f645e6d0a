"""Event handlers of the Train tab: start, follow, stop, explore and download.

`restore` is about reloads, and `publishing` about uploads.

A run belongs to a visit, see `runs`. Limits apply to a visitor, and to all visitors of one address.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.checkpoint_file import digest
from tvae.errors import TvaeError
from tvae.operations.validation import parse_choice
from tvae.page.selection.checkpoint.checkpoints import request_checkpoint
from tvae.page.server import compute
from tvae.page.server.callers import visitor_of
from tvae.page.server.session_files import StoredCheckpoint
from tvae.page.tabs.train import render, runs
from tvae.page.tabs.train.form import Form, own_values, request_of
from tvae.page.tabs.train.restore import VISIT_OVER, Before, latest
from tvae.page.ui import downloads, texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import alert
from tvae.page.ui.scripts.sent import Sent, sent_again, text_of
from tvae.training.jobs.job import Job, State
from tvae.training.recipes.recipe import EMPHASES
from tvae.training.recipes.table import recipe


@dataclass(frozen=True)
class RecipeFields:
    """The fields that depend on the recipe, with the sliders of `EMPHASES`; choosing another one keeps the seed."""

    about: str
    steps: float | None
    rate: float | None
    reconstruction: dict[str, Any]
    smoothness: dict[str, Any]
    order: dict[str, Any]
    distances: dict[str, Any]
    seed: int = SKIP


def choose_recipe(name: str) -> RecipeFields:
    """Show a recipe: its description and its own values, and enable the weights that it has."""
    plan = recipe(name)
    own, adjustable = own_values(plan), render.adjustable_objectives(plan)
    sliders: dict[str, Any] = {group: gr.update(value=1, interactive=there) for group, there in adjustable.items()}
    return RecipeFields(about=render.about(plan), steps=own.steps, rate=own.rate, **sliders)


def use_own_values(name: str) -> RecipeFields:
    """The values with which the bundled file was trained."""
    return replace(choose_recipe(name), seed=0)


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
    going: str = SKIP  # "yes" while leaving the page would end the run, else empty


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
    """Start a run, and show its progress."""
    session = str(request.session_hash)
    if sent_again(request):  # the run may be over by now, or have ended with the server, and is not begun twice
        async with aclosing(follow(request)) as followed:
            async for progress in followed:
                yield progress
        return
    factors = dict(zip(EMPHASES, (reconstruction, smoothness, order, distances), strict=True))
    try:
        wanted = request_of(Form(name, seed, steps, rate, factors), runs.QUEUE.limits.steps)
        job = runs.begin(session, visitor_of(request), wanted)
    except TvaeError as error:
        yield Progress(alert(str(error)))
        return
    async with aclosing(_shown(job, session)) as shown:
        async for progress in shown:
            yield progress


async def follow(request: gr.Request) -> AsyncGenerator[Progress]:
    """Go on showing the visit's run after a reload, or after the connection was lost."""
    session = str(request.session_hash)
    job = runs.of(session)
    if job is None:  # it has finished meanwhile, or ended with the server
        before = await asyncio.to_thread(latest, session)  # which reads files and draws curves
        yield _finished(before) if before.finished else _ended_with_server(session)
        return
    async with aclosing(_shown(job, session)) as shown:
        async for progress in shown:
            yield progress


def _finished(before: Before) -> Progress:
    """The components of a run that is over."""
    return Progress(
        before.status,
        curves=before.curves,
        plot=before.plot or SKIP,
        start=gr.update(interactive=True),
        stop=gr.update(interactive=False),
        panel=gr.update(visible=bool(before.finished)),
        result=before.result,
        finished=before.finished,
        going="",
    )


def _ended_with_server(session: str) -> Progress:
    """The reason why there is no run any more; what the page shows of it stays."""
    return Progress(
        render.ended_with_server(),
        start=gr.update(interactive=True),
        stop=gr.update(interactive=False),
        visit=SKIP if compute.SESSION_FILES.visit_of(session) else VISIT_OVER,
        going="",
    )


async def _shown(job: Job, session: str) -> AsyncGenerator[Progress]:
    """The progress of a run, whenever it changes, until the run ends."""
    frames = -1
    async with aclosing(runs.changes(job, session)) as changes:
        async for state, shared in changes:
            yield await asyncio.to_thread(_progress, job, state, session, shared, state.frames != frames)
            frames = state.frames


def _progress(job: Job, state: State, session: str, shared: bool, moved: bool) -> Progress:
    over = state.stage in ("done", "failed")
    stored: StoredCheckpoint | None = job.kept if state.stage == "done" else None
    return Progress(
        render.status(state, job.recipe, render.leaving(job.limits.patience, shared)),
        curves=render.curves(state, job.recipe) if moved or over else SKIP,
        plot=(render.points(state, job.directory.name, job.recipe.name) or SKIP) if moved else SKIP,
        start=gr.update(interactive=over),
        stop=gr.update(interactive=not over),
        panel=gr.update(visible=stored is not None),
        result=render.result(state, job.recipe, _bundled_digest(job.recipe.name)) if stored else "",
        finished=stored.name if stored else SKIP,
        visit=compute.SESSION_FILES.visit_of(session) or SKIP,
        going="" if over or shared else "yes",
    )


def _bundled_digest(name: str) -> str | None:
    return digest(BY_NAME[name].bundled_file.read_bytes()) if name in BY_NAME else None


def stop(request: gr.Request) -> Any:
    """End the visitor's run after its current step, and keep the result; only without a run is there a status.

    The browser has said already that the run stops, since this answer may arrive after the last one of the run.
    """
    job = runs.of(str(request.session_hash))
    if job is None or job.over:
        return alert(texts.NO_RUN)
    job.stop()
    return gr.skip()


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
    stored = compute.SESSION_FILES.find(text_of(asked, "checkpoint"))
    suffix = parse_choice(asked["suffix"], [path.suffix for path in stored.files], texts.THE_FORMAT)
    path = next(path for path in stored.files if path.suffix == suffix)
    checkpoint = compute.load_evaluated(stored.name).checkpoint
    run = checkpoint.recorded.run
    files = [(run.recipe or "model", checkpoint.sha256)]
    name = downloads.file_name(files, f"seed{run.seed or 0}", path.suffix.removeprefix("."))
    return downloads.File(name, path.read_bytes())
