"""The rules for Gradio's sessions and queue, and the sweeper that frees what nobody came back for.

    demo.launch(app_kwargs={"middleware": [Middleware(Guard, shares=shares, hops=0)], "lifespan": lifespan_of(shares)})

One task sweeps for the whole server, so that no visit and no answer needs a timer of its own.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Final

from tvae.errors import ServerBusy
from tvae.page.gradio_internals.answers import drop_answers, pack_answers
from tvae.page.gradio_internals.calls import apply_rules
from tvae.page.gradio_internals.messages import SMALL
from tvae.page.gradio_internals.rules import Rules, SessionLoad
from tvae.page.gradio_internals.sessions import drop_session, strays
from tvae.page.server import compute, memory
from tvae.page.server.callers import handled_address
from tvae.page.server.shares.calls import next_to_run
from tvae.page.server.shares.limits import Held, check, open_to, refusal
from tvae.page.server.shares.table import Shares, check_name
from tvae.page.ui import texts
from tvae.page.ui.components import HEAVY

SWEEP_SECONDS: Final = 1.0
SWEEPS_A_TRIM: Final = 20


def rules_of(shares: Shares, clock: Callable[[], float] = time.monotonic) -> Rules:
    """The rules for Gradio's sessions and queue."""
    limits = shares.limits

    def admit_call(loads: list[SessionLoad], address: str, session: str, heavy: bool) -> ServerBusy | None:
        check_name(session)
        caller = shares.caller(address, session)
        callers = [(shares.caller(load.address, load.session), load) for load in loads]
        calls, share = [Held(who, load.calls) for who, load in callers], open_to(limits.calls, caller)
        check("calls", share, calls, caller, in_all=False)
        if heavy:
            busy = [Held(who, load.grouped) for who, load in callers if load.grouped]
            check("heavy", open_to(limits.heavy, caller), busy, caller)
        shares.check_answers([Held(who, load.size) for who, load in callers if load.size > SMALL], caller)
        in_all = sum(load.calls for load in loads)
        return refusal("calls", "total", share.total, share.retry) if in_all >= share.total else None

    def answer_refused(loads: list[SessionLoad], address: str, session: str) -> str | None:
        held = [Held(shares.caller(load.address, load.session), load.size) for load in loads if load.size > SMALL]
        try:
            shares.check_answers(held, shares.caller(address, session))
        except ServerBusy as error:
            return str(error)
        return None

    def over_all(loads: list[SessionLoad]) -> bool:
        return sum(load.size for load in loads) > limits.answers.total

    def pick(waiting: list[tuple[str, str]], running: list[tuple[str, str]]) -> int | None:
        callers = [[shares.caller(*one) for one in group] for group in (waiting, running)]
        return next_to_run(callers[0], callers[1], limits.running)

    return Rules(
        group=HEAVY["concurrency_id"],
        address=handled_address.get,
        admit_session=lambda session, address: shares.admit(session, address, clock()),
        admit_call=admit_call,
        queue_full=lambda: refusal("calls", "total", limits.calls.total, limits.calls.retry),
        answer_refused=answer_refused,
        over_all=over_all,
        over_all_error=str(refusal("answers", "total", limits.answers.total, limits.answers.retry)),
        not_json=texts.NOT_JSON,
        droppable=lambda session: session not in shares.readers and not shares.is_open(session),
        pick=pick,
    )


def forget_session(app: Any, session: str) -> bool:
    """Free what Gradio keeps for a session, and end its part in a visit; whether it is freed, see `drop_session`."""
    freed = drop_session(app, session)
    if freed:
        compute.SESSION_FILES.close(session)
    return freed


def sweep(app: Any, shares: Shares, now: float) -> None:
    """Free answers that nobody has fetched, what is left of callers that have gone, and files of ended visits."""
    drop_answers(app, now - shares.limits.answer_seconds, shares.readers)
    pack_answers(app, now - SWEEP_SECONDS)
    for session in strays(app):
        if session not in shares and not shares.busy[session]:
            drop_session(app, session)
    shares.forget_idle(now)
    compute.SESSION_FILES.reopen(shares.is_open)
    compute.SESSION_FILES.close_left(shares.has_left)
    compute.SESSION_FILES.sweep(now)


def lifespan_of(shares: Shares) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The lifespan of an app: apply the rules before its first request, and sweep until it ends."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        shares.forget = partial(forget_session, app)
        apply_rules(app, rules_of(shares))
        task = asyncio.create_task(_sweep_for_ever(app, shares))
        try:
            yield
        finally:
            task.cancel()

    return lifespan


async def _sweep_for_ever(app: Any, shares: Shares) -> None:
    for sweeps in itertools.count(1):
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            sweep(app, shares, time.monotonic())
            if sweeps % SWEEPS_A_TRIM == 0:
                memory.give_back()
        except Exception as error:  # of any kind: the next sweep must come
            logging.getLogger(__name__).exception("%s", error)
