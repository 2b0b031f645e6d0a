"""What the events of the Compare tab call: from what the browser asks for to what the tab shows.

The browser asks with one text (`Asked` as JSON), which it writes when the tab is open and something differs; the answer
has the same text in it, so that the browser knows whether it has asked for something else meanwhile.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import gradio as gr

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue import BY_NAME, DEFAULT
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import TvaeError
from tvae.models.embedding import Embedding
from tvae.operations import ternary
from tvae.operations.named import name_of
from tvae.page.selection import (
    handlers,
    operations_html,
    selection,
)
from tvae.page.server import compute
from tvae.page.tabs.compare import render
from tvae.page.tabs.explore import checkpoint_html
from tvae.page.ui import texts
from tvae.page.ui.downloads import File, download, table_file
from tvae.page.ui.html import alert
from tvae.page.ui.scatter.scatter import show_selection
from tvae.reports import explorer
from tvae.reports.tables import Kind, Table

OTHER: Final = "tree"  # beside the default checkpoint: the other one that is recommended
RADIUS_ONLY: Final = ((texts.COMPARE_RADIUS, "radius"),)

# What an answer fills, in the order of `show`'s values.
PARTS: Final = (
    "alert",
    "status",
    "notes",
    "heading_a",
    "heading_b",
    "plot_a",
    "plot_b",
    "second",
    "measure",
    "summary",
    "chosen",
    "metrics",
    "moved",
    "only",
    "shown",
)
_NAMED: Final[dict[str, Kind]] = {"index": "int", "trits": "text", "name": "text"}
_BOTH: Final[dict[str, Kind]] = {
    "valuation": "int",
    "radius_a": "float",
    "radius_b": "float",
    "moved": "float",
    "exact_a": "bool",
    "exact_b": "bool",
}
COLUMNS: Final[dict[str, dict[str, Kind]]] = {  # of the tables with exports
    "chosen": _NAMED | _BOTH,
    "metrics": {"metric": "text", "a": "float", "b": "float", "difference": "float", "better": "text", "good": "text"},
    "moved": _NAMED | _BOTH,
    "only": _NAMED | {"reconstructed_by": "text"},
}

Pair = tuple[EvaluatedCheckpoint, EvaluatedCheckpoint]
Values = tuple[Any, ...]
Range = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Asked:
    """What the tab is to show."""

    a: str  # the checkpoint of the page
    wanted: str  # the second that the visitor chose; empty: the counterpart of the first
    encoder: str
    operations: str  # the text of the choice


@dataclass(frozen=True)
class Shown:
    """What the tab shows."""

    view: Asked
    b: str  # the second checkpoint


def show(asked: str, shown: str, measure: str, request: gr.Request) -> Iterator[Values]:
    """The values of `PARTS`; when the tab is first opened the first plot comes before anything is measured."""
    drawn = ""
    if not asked:
        return
    wish = Asked(**json.loads(asked))
    if not shown:
        with contextlib.suppress(TvaeError):  # the answer has the sentence
            first = compute.load_evaluated(wish.a)
            plot = gr.update(value=handlers.plot_value(first), encoder=wish.encoder, measure=measure)
            yield _values(plot_a=plot, heading_a=_heading("a", first))
            drawn = wish.a
    yield answer(asked, shown, measure, str(request.session_hash), drawn)


def answer(asked: str, shown: str, measure: str, session: str, drawn: str = "") -> Values:
    """The values of `PARTS`: what differs from what is `shown`; a sentence where it cannot be had.

    `drawn`: the checkpoint that is in the first plot, where nothing is `shown` yet.
    """
    wish = Asked(**json.loads(asked))
    had = _read(shown)
    if had and wish == had.view:
        return _values(status="", shown=_told(asked, wish, had.b))
    try:
        pair, now, sentence = _pair(wish, had)
    except TvaeError as error:
        stays = f" {texts.SECOND_STAYS.format(name=had.b)}" if had else ""
        again = _told(asked, had.view, had.b) if had else gr.skip()
        return _values(alert=alert(f"{error}{stays}"), status="", shown=again)
    told = _told(asked, now, pair[1].location.name)
    if had and replace(had.view, operations=now.operations) == now:
        return _values(alert="", status="", shown=told, **_choice(pair, now))
    old = (had.view.a, had.b) if had else (drawn, "")
    whole = _whole(pair, now, old, measure, session)
    return _values(alert=alert(sentence), status="", shown=told, **whole)


def _told(asked: str, view: Asked, second: str) -> str:
    """`Shown` as JSON, which the browser keeps."""
    return json.dumps({"asked": asked, "view": asdict(view), "b": second})


def _read(shown: str) -> Shown | None:
    if not shown:
        return None
    told = json.loads(shown)
    return Shown(Asked(**told["view"]), told["b"])


def _values(**parts: Any) -> Values:
    return tuple(parts.get(name, gr.skip()) for name in PARTS)


def _pair(wish: Asked, had: Shown | None) -> tuple[Pair, Asked, str]:
    """Both checkpoints, what is shown then, and a sentence if the second is not the one that was wanted.

    Raises TvaeError where the first cannot be had, or the second and the tab can keep what it has.
    """
    first = compute.load_evaluated(wish.a)
    usual = counterpart(first)
    try:
        return (first, compute.load_evaluated(wish.wanted or usual)), wish, ""
    except TvaeError as error:
        if had and had.view.a == wish.a:
            raise
        return (
            (first, compute.load_evaluated(usual)),
            replace(wish, wanted=""),
            f"{error} {texts.SECOND_IS.format(name=usual)}",
        )


def counterpart(evaluated: EvaluatedCheckpoint) -> str:
    """What a checkpoint is compared with until the visitor chooses: a bundled one, so that nobody asks the Hub.

    Of a published or a visitor's own, the bundled one of the same recipe; else the default, and beside that `OTHER`.
    """
    name = evaluated.location.name
    if name == DEFAULT:
        return OTHER
    recipe = evaluated.checkpoint.metadata.get("recipe")
    for other in (name.split("/")[0], recipe):
        if isinstance(other, str) and other != name and other in BY_NAME and BY_NAME[other].source == "bundled":
            return other
    return DEFAULT


def title_of(location: CheckpointLocation) -> str:
    """The name of a checkpoint as a visitor knows it."""
    return compute.SESSION_FILES.find(location.name).title if location.origin == "visit" else location.name


def _whole(pair: Pair, now: Asked, old: tuple[str, str], measure: str, session: str) -> dict[str, Any]:
    """Every part that depends on the checkpoints or on the encoder; `old`: the names of those in the plots."""
    a, b = pair
    titles = title_of(a.location), title_of(b.location)
    balls = a.embedding.has_ball, b.embedding.has_ball
    document = explorer.compare(*pair, [], now.encoder)
    measures = handlers.MEASURES if all(balls) else RADIUS_ONLY if any(balls) else handlers.LENGTH_ONLY
    # Named only where it must change: the visitor may have chosen another one while this answer was made.
    forced: dict[str, Any] = {} if measure in [value for _, value in measures] else {"measure": "radius"}
    choice_parts = _choice(pair, now)
    common = {"range": shared_range(a.embedding, b.embedding), "encoder": now.encoder} | forced
    for which, evaluated, name in zip("ab", pair, old, strict=True):
        drawn = {} if evaluated.location.name == name else {"value": handlers.plot_value(evaluated)}
        choice_parts[f"plot_{which}"] |= common | drawn
    context = asdict(now) | {"b": b.location.name}
    return choice_parts | {
        "notes": render.notes(
            balls,
            (a.embedding.decoder_input, b.embedding.decoder_input),
            (a.checkpoint.sha256, b.checkpoint.sha256),
            titles,
        ),
        "heading_a": _heading("a", pair[0]),
        "heading_b": _heading("b", pair[1]),
        "second": gr.update(choices=handlers.checkpoint_choices(session, a.location.name, b.location.name)),
        "measure": gr.update(choices=list(measures), value="radius") if forced else gr.update(choices=list(measures)),
        "summary": render.summary(document),
        "metrics": gr.update(value=render.metrics_table(document, titles), context=context | {"table": "metrics"}),
        "moved": gr.update(value=render.moved_table(document), context=context | {"table": "moved"}),
        "only": gr.update(value=render.only_lists(document), context=context | {"table": "only"}),
    }


def _heading(which: str, evaluated: EvaluatedCheckpoint) -> str:
    return render.heading(which, title_of(evaluated.location), checkpoint_html.badge(evaluated))


def _choice(pair: Pair, now: Asked) -> dict[str, Any]:
    """The parts that follow the choice: what is marked in both plots, and its table."""
    indices, _ = selection.read(now.operations)
    document = explorer.compare(*pair, list(indices[: operations_html.MAX_ROWS]), now.encoder)
    context = asdict(now) | {"b": pair[1].location.name, "table": "chosen"}
    table = gr.update(value=render.chosen_table(document, len(indices)), context=context)
    return {"plot_a": show_selection(indices), "plot_b": show_selection(indices), "chosen": table}


def shared_range(first: Embedding, second: Embedding) -> Range:
    """Least and largest of both for each encoder and measure; empty where radii are of different kinds."""
    ranges: Range = {}
    if first.has_ball != second.has_ball:
        return ranges
    for encoder in ("A", "B"):
        sides = first.side(encoder), second.side(encoder)
        series = {
            "radius": [side.radius for side in sides],
            "norm": [side.norm for side in sides if side.norm is not None],
        }
        ranges[encoder] = {
            name: [min(float(one.min()) for one in both), max(float(one.max()) for one in both)]
            for name, both in series.items()
            if both
        }
    return ranges


def pick(name: str, text: str, encoder: str, shown: str, event: gr.EventData) -> Values:
    """After a click or a lasso in either plot, or a button that names an operation: as `views.pick`, then the tab's.

    `encoder`: of the main tab, whose parts come first; then both plots and the chosen table.
    """
    return _after(handlers.on_pick(name, text, encoder, event), shown)


def clear(name: str, text: str, encoder: str, shown: str) -> Values:
    """Nothing chosen, here and on the main tab."""
    return _after(handlers.clear_selection(name, text, encoder), shown)


def _after(main: Values, shown: str) -> Values:
    parts: dict[str, Any] = {}
    if had := _read(shown):
        now = replace(had.view, operations=main[0])
        with contextlib.suppress(TvaeError):  # a visit has ended; the next answer to the tab says so
            parts = _choice((compute.load_evaluated(now.a), compute.load_evaluated(had.b)), now)
    return *main, *(parts.get(part, gr.skip()) for part in ("plot_a", "plot_b", "chosen"))


def swap(shown: str, text: str, encoder: str, measure: str, current: int | None, request: gr.Request) -> Values:
    """The second becomes the checkpoint of the page and the first the second.

    Alert, wanted, the dropdown, then as `views.switch`.
    """
    had = _read(shown)
    if had is None:
        return (gr.skip(),) * (3 + len(handlers.CHECKPOINT_OUTPUTS) + len(handlers.SELECTION_OUTPUTS))
    a, b = had.view.a, had.b
    try:
        compute.load_evaluated(b)
        dropdown = gr.update(choices=handlers.checkpoint_choices(str(request.session_hash), a, b), value=b)
    except TvaeError as error:
        return alert(str(error)), *[gr.skip()] * (
            2 + len(handlers.CHECKPOINT_OUTPUTS) + len(handlers.SELECTION_OUTPUTS)
        )
    return "", a, dropdown, *handlers.load_checkpoint(b, a, text, encoder, measure, current)


@download
def export(asked: dict[str, Any]) -> File:
    """A table of the tab.

    `asked`: the fields of `Asked`, b (the second's name), table (a key of `COLUMNS`), and kind (csv, json, parquet).
    """
    pair = compute.load_evaluated(asked["a"]), compute.load_evaluated(asked["b"])
    chosen = selection.read(asked["operations"])[0] if asked["table"] == "chosen" else ()
    document = explorer.compare(*pair, list(chosen), asked["encoder"])
    about = {f"checkpoint_{which}": document[f"checkpoint_{which}"]["checkpoint"] for which in "ab"}
    about |= {f"sha256_{which}": document[f"checkpoint_{which}"]["sha256"] for which in "ab"}
    about |= {"encoder": document["encoder"]}
    table = Table(asked["table"], about, COLUMNS[asked["table"]], _rows(document, asked["table"]))
    return table_file(table, asked["kind"], asked["a"], asked["b"], asked["table"])


def _rows(document: dict[str, Any], table: str) -> list[dict[str, Any]]:
    if table == "metrics":
        found = document["metrics"]
        numbers = {"a": "a", "b": "b", "difference": "differences"}
        return [
            {"metric": name, "better": found["better"][name], "good": found["good"][name]}
            | {key: None if found[of][name] is None else float(found[of][name]) for key, of in numbers.items()}
            for name in found["good"]
        ]
    if table == "only":
        return [_named(index) | {"reconstructed_by": which} for which in "ab" for index in document[f"only_{which}"]]
    rows = document["operations"] if table == "chosen" else document["moved_most"] or []
    return [_named(row["index"]) | row for row in rows]


def _named(index: int) -> dict[str, Any]:
    return {"index": index, "trits": ternary.trit_string(ternary.trits_of(index).tolist()), "name": name_of(index)}
