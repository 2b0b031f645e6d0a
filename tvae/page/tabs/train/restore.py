"""The Train tab after a reload: the visit goes on, with its run or its result, and the form keeps its values."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from tvae.checkpoints.checkpoint_file import digest
from tvae.page.selection.checkpoint.checkpoints import checkpoint_choices
from tvae.page.server import compute
from tvae.page.server.session_files import is_of_this_server
from tvae.page.tabs.train import render, runs
from tvae.page.tabs.train.form import Form, remembered
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.html import quiet
from tvae.page.ui.scripts.sent import parsed

VISIT_OVER: Final = "over"  # in place of the visit's key; `session_memory.js` has it too


@dataclass(frozen=True)
class Before:
    """The state of the tab before a reload; by default nothing is trained."""

    form: Form
    status: str = quiet(texts.NO_CURVES)
    curves: str = ""
    plot: str | None = None
    running: bool = False
    result: str = ""
    finished: str = ""  # name of the finished checkpoint
    uploading: bool = False  # the visitor was signing in to upload
    repository: str = ""
    private: bool = True


@dataclass(frozen=True)
class RestoredSession:
    """The components of the page that restoring a visit fills."""

    tabs: dict[str, Any] = SKIP
    visit: str = SKIP  # `VISIT_OVER` if it has ended
    checkpoint: dict[str, Any] = SKIP
    going: str = SKIP  # "yes" while leaving the page would end the run, "lost" if it ended with the server, else empty


async def restore_session(memory: str, request: gr.Request) -> AsyncIterator[RestoredSession]:
    """After a reload: resume the visit, and restore the open tab and the visitor's checkpoints in the dropdown.

    While a run goes on, this waits for its end, since the Train tab need not be open. `memory` is what the browser
    remembers, see `session_memory.js`: the visit's key, and the fields of the upload form if the visitor has just
    signed in.
    """
    sent, session = parsed(memory), str(request.session_hash)
    visit = str(sent["visit"])
    mine = compute.SESSION_FILES.resume(visit, session)
    signed_in = sent.get("upload") and any(stored.trained for stored in mine)
    if compute.SESSION_FILES.visit_of(session) != visit:
        yield RestoredSession(visit=VISIT_OVER, going="lost")
        return
    yield RestoredSession(
        tabs=gr.update(selected="train") if signed_in else SKIP,
        checkpoint=gr.update(choices=checkpoint_choices(session)) if mine else SKIP,
    )
    job, going = runs.of(session), ""
    if job is None or job.over:
        return
    async with aclosing(runs.changes(job, session)) as changes:
        async for _, shared in changes:
            before, going = going, "" if job.over or shared else "yes"
            if going != before:
                yield RestoredSession(going=going)
    yield RestoredSession(checkpoint=gr.update(choices=checkpoint_choices(session)))


def restore_tab(memory: str, request: gr.Request) -> Before:
    """The state of the tab before a reload; `memory` is empty, or as for `restore_session`, with the form's values."""
    sent, session = parsed(memory or "{}"), str(request.session_hash)
    before = Before(remembered(sent.get("form")))
    if not sent.get("visit"):
        return before
    visit = str(sent["visit"])
    compute.SESSION_FILES.resume(visit, session)
    if compute.SESSION_FILES.visit_of(session) != visit:
        ended = sent.get("run") is True and not is_of_this_server(visit)
        return replace(before, status=render.ended_with_server() if ended else render.deleted())
    if job := runs.of(session):
        state = job.state()
        status = render.status(state, job.recipe, render.leaving(job.limits.patience))
        before = replace(before, status=status, curves=render.curves(state, job.recipe), running=not job.over)
        return replace(before, plot=render.points(state, job.directory.name, job.recipe.name))
    before, upload = replace(latest(session), form=before.form), sent.get("upload")
    if not (before.finished and isinstance(upload, list) and len(upload) == 2):
        return before
    return replace(before, uploading=True, repository=str(upload[0]), private=bool(upload[1]))


def latest(session: str) -> Before:
    """The state of the tab after the visit's latest run."""
    before = Before(remembered({}))
    trained = [stored for stored in compute.SESSION_FILES.of(session) if stored.trained]
    if not trained:
        return before
    stored = trained[-1]
    result = render.restored_result(stored.title, digest(stored.files[0].read_bytes()))
    before = replace(before, result=result, finished=stored.name)
    record = runs.record_of(stored)
    if record is None:
        return before
    plan = record.request.overridden()
    curves = render.curves(record.state, plan)
    return replace(before, status=render.status(record.state, plan), curves=curves, plot=record.plot)


def on_unload(request: gr.Request) -> None:
    """When the page is closed: its run and its files wait a while for it to come back."""
    compute.SESSION_FILES.close(str(request.session_hash))
