"""What the page's events call: plain inputs to the values of the components, in the order that `build` wires.

Each function reads the choice from the text box and the checkpoint from what is loaded, so visitors share nothing but
the cache.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue import DEFAULT, ENTRIES
from tvae.errors import TvaeError
from tvae.operations import ternary
from tvae.operations.parsing import format_operations
from tvae.page.selection import selection
from tvae.page.server import compute
from tvae.page.server.session_files import PREFIX
from tvae.page.tabs.explore import checkpoint_html
from tvae.page.tabs.explore.training_record import trained
from tvae.page.ui import texts
from tvae.page.ui.html import alert, export_buttons
from tvae.page.ui.scatter.scatter import pack_points, show_selection

MEASURES: Final = ((texts.table("RADIUS_NAMES")["hyperbolic"], "radius"), (texts.NORM, "norm"))
LENGTH_ONLY: Final = ((texts.LENGTH_EUCLIDEAN, "radius"),)

# Their ids; the first one is open at the beginning.
TABS: Final = ("explore", "ball", "compare", "coverage", "codons", "train", "learn")

# The components that change with the checkpoint, in the order of `switch`'s values. The dropdown is none of them: the
# visitor may have chosen another one while an answer was made.
CHECKPOINT_OUTPUTS: Final = (
    "asked",
    "loaded",
    "alert",
    "badge",
    "tiles",
    "comparison",
    "limits",
    "coverage",
    "trained",
    "plot",
    "measure",
)
# What follows the choice of operations, in the order of `choose`'s values.
SELECTION_OUTPUTS: Final = ("problem", "plot", "truth", "results", "current")

Values = tuple[Any, ...]


@dataclass(frozen=True)
class View:
    """The parts of the page that one checkpoint fills."""

    badge: str
    tiles: str
    comparison: str
    limits: str
    coverage: str
    trained: str
    plot: str
    truth: str
    results: str
    has_ball: bool


def view_of(evaluated: EvaluatedCheckpoint) -> View:
    """All parts for one checkpoint, nothing chosen."""
    embedding, metrics, name = evaluated.embedding, evaluated.metrics, evaluated.location.name
    nothing = selection.show(evaluated, "", "A")
    return View(
        badge=checkpoint_html.badge(evaluated),
        tiles=checkpoint_html.tile_row(metrics),
        comparison=checkpoint_html.comparison(evaluated) + export_buttons("comparison", texts.COMPARISON_TABLE, name),
        limits=checkpoint_html.limits(metrics) + export_buttons("limits", texts.AGAINST_LIMITS, name),
        coverage=checkpoint_html.coverage_panel(metrics.at_ball or metrics.at_mu, metrics.at_mu_b)
        + export_buttons("failing", texts.FAILING, name)
        + export_buttons("coverage", texts.COVERAGE, name),
        trained=trained(evaluated),
        plot=plot_value(evaluated),
        truth=nothing.truth,
        results=nothing.results,
        has_ball=embedding.has_ball,
    )


def plot_value(evaluated: EvaluatedCheckpoint) -> str:
    """The value of a plot for one checkpoint."""
    embedding = evaluated.embedding
    return pack_points(
        key=f"{evaluated.location.name} {evaluated.checkpoint.sha256[:12]}",
        radius_a=embedding.a.radius,
        radius_b=embedding.b.radius,
        norm_a=embedding.a.norm,
        norm_b=embedding.b.norm,
        exact=embedding.exact,
    )


def first_view() -> View:
    """The page as it opens."""
    return view_of(compute.default_checkpoint())


def context(name: str, text: str, encoder: str) -> dict[str, str]:
    """What an export needs to know; it travels with the result table."""
    return {"checkpoint": name, "operations": text, "encoder": encoder}


def update_selection(name: str, text: str, encoder: str, current: int | None = None) -> Values:
    """The choice after typing, or after another encoder: problem, plot, truth, results, current."""
    text = text or ""
    evaluated = compute.load_evaluated(name)
    shown = selection.show(evaluated, text, encoder, current)
    return (
        alert(shown.error),
        show_selection(shown.indices),
        shown.truth,
        gr.update(value=shown.results, context=context(name, text, encoder)),
        shown.current,
    )


def on_pick(name: str, text: str, encoder: str, event: gr.EventData) -> Values:
    """After a click or a lasso in the plot, or a button that names operations: the text, then as `choose`."""
    ids = [int(i) for i in event.ids if 0 <= int(i) < ternary.N]
    before = selection.read(text or "")[0] if getattr(event, "add", False) else ()
    if len(ids) == 1 and ids[0] in before:
        chosen = [i for i in before if i != ids[0]]  # a second click with a modifier takes it out again
    else:
        chosen = list(dict.fromkeys([*before, *ids]))
    written = format_operations(chosen)
    return written, *update_selection(name, written, encoder, ids[0] if len(ids) == 1 else None)


def clear_selection(name: str, text: str, encoder: str) -> Values:
    """Nothing chosen."""
    return "", *update_selection(name, "", encoder)


def apply_example(name: str, text: str, encoder: str, event: gr.EventData) -> Values:
    """An example's text, then as `choose`."""
    example = str(event.text)[:200]
    return example, *update_selection(name, example, encoder)


def edit_operation(name: str, text: str, encoder: str, current: int | None, event: gr.EventData) -> Values:
    """After a click in the truth table: the operation that it now shows takes the place of the one it showed."""
    trits = [max(-1, min(1, int(trit))) for trit in event.trits][: ternary.T]
    index = int(ternary.index_of(trits))
    chosen = selection.read(text or "")[0]
    replaced = [index if i == current else i for i in chosen] if current in chosen else [index]
    written = format_operations(dict.fromkeys(replaced))
    return written, *update_selection(name, written, encoder, index)


def show_operation(name: str, text: str, encoder: str, event: gr.EventData) -> Values:
    """One of the chosen into the truth table: truth, current."""
    index = max(0, min(ternary.N - 1, int(event.id)))
    evaluated = compute.load_evaluated(name)
    return selection.truth(evaluated, index, encoder), index


def load_checkpoint(name: str, loaded: str, text: str, encoder: str, measure: str, current: int | None) -> Values:
    """Another checkpoint; where it cannot be had, a sentence, and the page stays with the one it has."""
    asked = json.dumps({"checkpoint": name, "operations": text, "encoder": encoder})
    try:
        evaluated = compute.load_evaluated(name)
    except TvaeError as error:
        stays = alert(f"{error} {texts.PAGE_KEEPS.format(name=loaded)}")
        return asked, gr.skip(), stays, *[gr.skip()] * (len(CHECKPOINT_OUTPUTS) - 3 + len(SELECTION_OUTPUTS))
    shown = view_of(evaluated)
    measures = MEASURES if shown.has_ball else LENGTH_ONLY
    radio = gr.update(choices=list(measures))  # who changed the measure meanwhile keeps the change
    if measure not in [value for _, value in measures]:
        radio["value"] = "radius"
    html = (getattr(shown, part) for part in CHECKPOINT_OUTPUTS[3:-1])
    return asked, name, "", *html, radio, *update_selection(name, text, encoder, current)


def reapply_selection(asked: str, name: str, text: str, encoder: str, current: int | None) -> Values:
    """What was chosen while an answer of `switch` was made, as `choose`; nothing where that answer still fits."""
    answered = json.loads(asked)
    if (answered["operations"], answered["encoder"]) == (text, encoder):
        return (gr.skip(),) * len(SELECTION_OUTPUTS)
    return update_selection(name, text, encoder, current)


def from_link(request: gr.Request) -> Values:
    """The view that a share link describes: tab, checkpoint, text, encoder, measure, linked, alert, the choice.

    A checkpoint may take its time: another one than the page opens with is `linked`, which `switch` follows, and until
    it is there the page is alive with its own.
    """
    asked = dict(request.query_params)
    name, text = asked.get("checkpoint", DEFAULT), asked.get("operations", "")
    encoder = "B" if asked.get("encoder") == "B" else "A"
    measure = "norm" if asked.get("measure") == "norm" else "radius"
    tab = gr.update(selected=asked["tab"]) if asked.get("tab") in TABS[1:] else gr.skip()
    if (name, text, encoder, measure) == (DEFAULT, "", "A", "radius"):
        return tab, *(gr.skip(),) * (6 + len(SELECTION_OUTPUTS))
    chosen, linked, problem = DEFAULT, gr.skip(), ""
    try:
        if name.startswith(PREFIX):
            compute.load_evaluated(name)  # it is here; it may be a model of sequences, which is not in the list
            chosen = checkpoint_dropdown(name, str(request.session_hash))
        else:
            chosen = loading.known(name).name
        linked = gr.skip() if name == DEFAULT else name
    except TvaeError as error:
        problem = alert(f"{error} {texts.PAGE_SHOWS.format(name=DEFAULT)}")
    return tab, chosen, text, encoder, measure, linked, problem, *update_selection(DEFAULT, text, encoder)


def checkpoint_dropdown(name: str, session: str) -> Any:
    """The dropdown with a visitor's own checkpoints as well, this one of them chosen."""
    return gr.update(choices=checkpoint_choices(session, name), value=name)


def checkpoint_choices(session: str, *names: str) -> list[tuple[str, str]]:
    """The entries of a dropdown of checkpoints: those of the visit, those of `names` that are a visitor's, the known.

    Raises CheckpointError for a name of a visit that has ended.
    """
    named = [compute.SESSION_FILES.find(name) for name in names if name.startswith(PREFIX)]
    kept = [*compute.SESSION_FILES.of(session), *named]
    own = {one.name: one.title for one in kept if one.holds == "operations"}
    return [*((title, mine) for mine, title in own.items()), *((entry.title, entry.name) for entry in ENTRIES)]
