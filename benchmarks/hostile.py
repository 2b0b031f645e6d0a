"""One script against the server, beside five ordinary visitors: `python benchmarks/hostile.py [--seconds 20]`.

Each attack runs once from one address and once from 200: answers that are never fetched, of calls and of invented
sessions; sessions without a page; long calculations; uploads of 16 MB; trainings. Before it the visitors upload a
checkpoint, ask for its measures and open a tab. Exits with status 1 if their p95 is 3 s or more, if a call of theirs
fails, or if their checkpoint, their tab or their session is gone afterwards.
"""

import argparse
import asyncio
import contextlib
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import httpx
import torch
from load import UPLOAD, megabytes, percentile
from safetensors.torch import load
from server import APP, Server, running
from table import Row, at_most, show
from visitors import Refused, Visitor, page_config, with_note

VISITORS: Final = 5
LIMIT: Final = 3_000.0  # ms, of the visitors' p95
AT_ONCE: Final = 20  # requests of the attack
ADDRESSES: Final = 200
NOTHING: Final = "no attack"
NAMES: Final = (
    NOTHING,
    "answers of calls that nobody fetches",
    "answers of invented sessions",
    "invented sessions",
    "long calculations",
    "uploads of 16 MB",
    "trainings",
)
PADDING: Final = 15 * 2**20  # bytes
SLOW_DOWN: Final = 0.1  # seconds after a refusal; a script without it would measure the loopback device


@dataclass
class Seen:
    """What the visitors and the attack got."""

    taken: list[float] = field(default_factory=list)  # seconds of the visitors' actions
    wrong: list[str] = field(default_factory=list)  # their errors
    attack: Counter[str] = field(default_factory=Counter)  # status codes
    memory: float = 0.0  # MB, the largest
    disk: float = 0.0


Attack = Callable[[httpx.AsyncClient, str, int], Awaitable[int]]  # client, address, number -> status


async def unread_call(client: httpx.AsyncClient, address: str, number: int) -> int:
    """Ask for everything and never fetch it."""
    return await _post(client, address, "gradio_api/call/encode", data=["homeostatic_rich", "all", False])


async def unread_session(client: httpx.AsyncClient, address: str, number: int, *, event: int) -> int:
    """The same in a session that was only invented."""
    body = {"fn_index": event, "session_hash": f"invented{number}", "data": ["homeostatic_rich", "all", False]}
    return await _post(client, address, "gradio_api/queue/join", **body)


async def invented_session(client: httpx.AsyncClient, address: str, number: int, *, event: int) -> int:
    """A small call in a session that was only invented."""
    return await _post(client, address, "gradio_api/queue/join", fn_index=event, session_hash=f"new{number}", data=[])


async def long_calculation(client: httpx.AsyncClient, address: str, number: int) -> int:
    """The longest calculation, with another seed each time so that no cache has it."""
    return await _post(client, address, "gradio_api/call/genetic_code", data=["tree", False, 100_000, number, False, 1])


async def large_upload(client: httpx.AsyncClient, address: str, number: int, *, archive: bytes) -> int:
    """A valid checkpoint of 16 MB, another one each time."""
    with io.BytesIO(archive) as buffer:
        with zipfile.ZipFile(buffer, "a") as records:
            records.writestr("archive/padding", random.Random(number).randbytes(64) + bytes(PADDING))
        file = buffer.getvalue()
    answer = await client.post("checkpoint-file?name=large.pt", content=file, headers={"x-forwarded-for": address})
    return answer.status_code


async def training(_: httpx.AsyncClient, address: str, number: int, *, url: str, config: dict[str, Any]) -> int:
    """Open a page, start the longest training, and leave after a while."""
    async with Visitor(url, config, address) as page:
        await page.open_tab("train")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(page.event("train-start", "click", **{"train-steps": 20_000}), 10)
    return 200


async def _post(client: httpx.AsyncClient, address: str, path: str, **body: Any) -> int:
    return (await client.post(path, json=body, headers={"x-forwarded-for": address})).status_code


async def attack(url: str, one: Attack, many: bool, until: float, seen: Seen) -> None:
    """Repeat a request as fast as the server answers."""
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        async def repeat(number: int) -> None:
            while time.monotonic() < until:
                address = f"203.0.113.{number % ADDRESSES + 1 if many else 1}"
                try:
                    status = await one(client, address, number)
                    seen.attack[str(status)] += 1
                except Refused as error:  # its text begins with the status, unless the stream had the error
                    seen.attack[code if (code := str(error)[:3]).isdigit() else "error"] += 1
                    status = 0
                except httpx.HTTPError as error:
                    seen.attack[type(error).__name__] += 1
                    status = 0
                if status != 200:
                    await asyncio.sleep(SLOW_DOWN)
                number += AT_ONCE

        await asyncio.gather(*(repeat(number) for number in range(AT_ONCE)))


ACTIONS: Final = (
    ("checkpoints", ()),
    ("encode", ("homeostatic_rich", "min, 5-9", False)),
    ("radius_plot", ("homeostatic_rich", "min", "A", "radius")),
    ("coverage", ("tree",)),
)


async def behave(visitor: Visitor, mine: str, until: float, seen: Seen) -> None:
    """Act as an ordinary visitor of the page; `mine` is the checkpoint uploaded before."""
    numbers = {event["api_name"]: event["id"] for event in visitor.events}
    while time.monotonic() < until:
        for name, inputs in (*ACTIONS, ("metrics", (mine,))):
            await timed(visitor.join(numbers[name], list(inputs)), seen)
        await timed(visitor.load_page(), seen)
        await asyncio.sleep(0.2)


async def timed(action: Awaitable[object], seen: Seen) -> None:
    """Wait for an action of a visitor, and note its time or its error."""
    began = time.perf_counter()
    try:
        await action
    except (Refused, httpx.HTTPError) as error:
        seen.wrong.append(f"{type(error).__name__} {error}"[:200])
    seen.taken.append(time.perf_counter() - began)


async def beside(server: Server, name: str, many: bool, seconds: float, disk: Path) -> Seen:
    """The visitors during an attack, and afterwards."""
    config, seen = await page_config(server.url), Seen()
    one = attacks(server.url, config)[name]
    async with AsyncExitStack() as stack:
        visitors = [
            await stack.enter_async_context(Visitor(server.url, config, f"198.51.100.{number + 1}"))
            for number in range(VISITORS)
        ]
        mine = [await visitor.upload(with_note(UPLOAD, visitor.session)) for visitor in visitors]
        for visitor, name in zip(visitors, mine, strict=True):
            await visitor.open_tab("ball")
            await visitor.call("metrics", name)  # the tree measures take a second of a core, once for each checkpoint
        until = time.monotonic() + seconds
        tasks = [behave(visitor, name, until, seen) for visitor, name in zip(visitors, mine, strict=True)]
        if one:
            tasks.append(attack(server.url, one, many, until, seen))
        watching = asyncio.create_task(watch(server, disk, seen))
        await asyncio.gather(*tasks)
        watching.cancel()
        for visitor, name in zip(visitors, mine, strict=True):  # nothing of theirs is lost
            await timed(visitor.call("metrics", name), seen)
            await timed(visitor.event("ball-asked", "change"), seen)
    return seen


async def watch(server: Server, disk: Path, seen: Seen) -> None:
    """Note the largest memory and disk of the server, twice a second."""
    while True:
        seen.memory, seen.disk = max(seen.memory, server.memory()), max(seen.disk, megabytes(disk))
        await asyncio.sleep(0.5)


def attacks(url: str, config: dict[str, Any]) -> dict[str, Attack | None]:
    """The attacks on a server by name."""
    numbers = {event["api_name"]: event["id"] for event in config["dependencies"]}
    buffer = io.BytesIO()
    torch.save({"model_state_dict": load(UPLOAD)}, buffer)
    found: tuple[Attack | None, ...] = (
        None,
        unread_call,
        partial(unread_session, event=numbers["encode"]),
        partial(invented_session, event=numbers["checkpoints"]),
        long_calculation,
        partial(large_upload, archive=buffer.getvalue()),
        partial(training, url=url, config=config),
    )
    return dict(zip(NAMES, found, strict=True))


def rows_of(name: str, seen: Seen) -> list[Row]:
    """The table of one attack."""
    codes = ", ".join(f"{count:,} x {code}" for code, count in sorted(seen.attack.items())) or "-"
    return [
        at_most(f"{name}: p95 of {len(seen.taken):,} actions", percentile(seen.taken, 0.95), LIMIT, "ms", 0),
        at_most("  errors of visitors", len(seen.wrong), 0, "", 0, "; ".join(seen.wrong[:2])),
        Row("  answers to the attack", codes),
        Row("  largest memory and disk", f"{seen.memory:,.0f} MB, {seen.disk:,.0f} MB"),
    ]


def measure(seconds: float, only: str) -> list[Row]:
    """The tables of all attacks whose name has `only` in it; each has a server of its own."""
    rows: list[Row] = []
    for name, many in product(NAMES, (False, True)):
        title = f"{name}, from {'many addresses' if many else 'one address'}"
        if only in title and not (many and name == NOTHING):
            with tempfile.TemporaryDirectory() as disk, running(APP, TVAE_PROXY_HOPS="1", TMPDIR=disk) as server:
                seen = asyncio.run(beside(server, name, many, seconds, Path(disk)))
            rows += rows_of(NOTHING if name == NOTHING else title, seen)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", default="", help="run the attacks whose name contains this")
    options = parser.parse_args()
    return show(measure(options.seconds, options.only))


if __name__ == "__main__":
    sys.exit(main())
