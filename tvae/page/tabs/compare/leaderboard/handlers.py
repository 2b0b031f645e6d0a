"""Event handlers of all checkpoints at once.

What is known is shown at once: bundled checkpoints from their manifest, published ones by their claims, and what was
measured before. Two events measure: the checkpoint of the page and the visitor's own, and on request the published
files that are on this machine. Both change `known`, after which the section is shown again.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.checkpoints.catalogue.catalogue import BY_NAME, ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import TvaeError
from tvae.operations import validation
from tvae.page.selection.checkpoint.checkpoints import chosen, request_checkpoint
from tvae.page.server import compute
from tvae.page.server.session_files import MAX_PER_VISIT
from tvae.page.tabs.compare.leaderboard import render
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import OWN, File, download, table_file
from tvae.page.ui.html import alert, tag
from tvae.page.ui.scripts.sent import Sent, event_fields, parsed, text_of
from tvae.reports import leaderboard
from tvae.reports.checkpoints import Document

PUBLISHED: Final = tuple(entry.name for entry in ENTRIES if entry.source == "hub" and entry.status != "another model")
MAX_NAMES: Final = MAX_PER_VISIT + 1  # that an export takes from the browser: the visitor's own, and the page's


@dataclass(frozen=True)
class Board:
    """The components of the section that show something."""

    board_table: dict[str, Any]
    board_chart: str
    board_here: dict[str, Any]  # what contains the button; hidden if there is nothing to measure
    board_measure: str  # the button


@dataclass(frozen=True)
class _Files:
    """Checkpoints whose files are on this machine."""

    rows: list[Document]  # of those that were measured before
    unmeasured: list[CheckpointLocation]
    titles: dict[str, str]  # of those of a session, which have no name that says anything


def show(asked: str, encoder: str, columns: list[str], x: str, y: str, request: gr.Request) -> Board:
    """The table and the chart of what is known, without computing or downloading anything; `asked`: see `_names`."""
    letter = validation.parse_choice(encoder, validation.ENCODERS, texts.THE_ENCODER)
    x, y = (
        validation.parse_choice(axis, render.MEASURES, label)
        for axis, label in ((x, texts.BOARD_X), (y, texts.BOARD_Y))
    )
    names = _names(asked, request)
    files = _find([*names, *PUBLISHED])
    rows = _all(files)
    table = render.board(rows, files.titles, letter, [name for name in render.MEASURES if name in (columns or ())])
    here = [location for location in files.unmeasured if location.name in PUBLISHED]
    return Board(
        gr.update(value=table, context={"table": "leaderboard", "names": names}),
        render.chart(rows, files.titles, x, y),
        gr.update(visible=bool(here)),
        texts.BOARD_MEASURE.format(count=len(here)),
    )


def _names(asked: str, request: gr.Request) -> list[str]:
    """The visitor's own checkpoints, and that of the page if it is not bundled.

    `asked`: {loaded, times} as JSON, or empty; the page's checkpoint, and a number that asks again. Finding them in
    this order, the least recently used first, leaves that order as it is.
    """
    own = compute.SESSION_FILES.of(str(request.session_hash))
    loaded = text_of(parsed(asked), "loaded") if asked else ""
    shown = [loaded] if loaded in PUBLISHED or loaded.startswith(OWN) else []
    return list(dict.fromkeys([*(stored.name for stored in own if stored.holds == "operations"), *shown]))


def _find(names: Iterable[str]) -> _Files:
    """Those of these checkpoints that are on this machine, once each."""
    files = _Files([], [], {})
    for name in dict.fromkeys(names):
        try:
            location = compute.find_file(name)
            if name.startswith(OWN):
                files.titles[name] = compute.SESSION_FILES.find(name).title
            row = compute.known_leaderboard_row(location) if location else None
        except TvaeError:  # its session has ended
            continue
        if row:
            files.rows.append(row)
        elif location:
            files.unmeasured.append(location)
    return files


def _all(files: _Files) -> list[Document]:
    """The rows of the visitor's own files, of the catalogue without other models, and of the runs of a sweep."""
    rows = [row for row in leaderboard.leaderboard(files.rows) if row["status"] != "another model"]
    return [*sorted(rows, key=lambda row: row["checkpoint"] in BY_NAME), *compute.RUNS.rows()]


@dataclass(frozen=True)
class Known:
    """The components that measuring changes; each new text of `known` shows the section again."""

    board_known: str = SKIP
    board_status: str = SKIP


def measure_own(asked: str, request: gr.Request) -> Iterator[Known]:
    """Measure the visitor's own checkpoints and that of the page, unless they are known; `asked` as for `show`."""
    yield from _measure(_names(asked, request))


def measure_published() -> Iterator[Known]:
    """Measure the published checkpoints whose files are on this machine."""
    yield from _measure(PUBLISHED)


def _measure(names: Iterable[str]) -> Iterator[Known]:
    """Measure what is not known; the status stays as it is if that is nothing, since others may have said something."""
    files, said = _find(names), Markup("")
    for location in files.unmeasured:
        title = files.titles.get(location.name, location.name)
        yield Known(board_status=tag("p", texts.BOARD_MEASURING.format(name=title), class_="late", role="status"))
        try:
            compute.leaderboard_row(location)
        except TvaeError as error:
            said += alert(f"{title}: {error}")
        yield Known(board_known=secrets.token_hex(4))
    yield Known(board_status=said if files.unmeasured else SKIP)


@dataclass(frozen=True)
class Opened:
    """The components that open a checkpoint on Explore."""

    board_status: str = SKIP
    tabs: dict[str, Any] = SKIP
    checkpoint: dict[str, Any] = SKIP
    requested: str = SKIP


def open_checkpoint(request: gr.Request, event: gr.EventData) -> Opened:
    """Open the tab Explore, and request the checkpoint of a row."""
    try:
        wanted = request_checkpoint(text_of(event_fields(event), "checkpoint"), str(request.session_hash))
    except TvaeError as error:
        return Opened(alert(str(error)))
    return Opened("", gr.update(selected="explore"), wanted.checkpoint, wanted.requested)


@dataclass(frozen=True)
class Compared:
    """The components that choose the second checkpoint."""

    board_status: str = SKIP
    second: dict[str, Any] = SKIP
    wanted: str = SKIP


def compare_checkpoint(request: gr.Request, event: gr.EventData) -> Compared:
    """Choose the checkpoint of a row as the second."""
    try:
        name = text_of(event_fields(event), "checkpoint")
        second = chosen(name, str(request.session_hash))
    except TvaeError as error:
        return Compared(alert(str(error)))
    return Compared("", second, name)


@download
def export(asked: Sent) -> File:
    """The table with every measure of both encoders. `asked`: {names, kind}; names of what the catalogue has not.

    The visitor's own have their titles, as in the table of the page: their names would open them.
    """
    sent = asked["names"] if isinstance(asked["names"], list) else []
    files = _find([*(name for name in map(str, sent[:MAX_NAMES]) if name.startswith(OWN)), *PUBLISHED])
    rows = [row | {"checkpoint": files.titles.get(row["checkpoint"], row["checkpoint"])} for row in _all(files)]
    return table_file(leaderboard.table_of(rows), text_of(asked, "kind"), "all-checkpoints")
