"""Event handlers of the Explore tab: load a checkpoint, edit an operation, follow the page's address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.errors import CheckpointError, InputError, TvaeError
from tvae.operations import ternary
from tvae.operations.parsing import format_operations
from tvae.operations.validation import ENCODERS
from tvae.page.selection import selection
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.selection.checkpoint.checkpoints import CheckpointRequest, figures_of, request_checkpoint, shown_name
from tvae.page.selection.handlers import Selection, update_selection, write_selection
from tvae.page.selection.radius_plot import LENGTH_ONLY, MEASURES, OPENING_ENCODER, plot_value
from tvae.page.server import compute
from tvae.page.tabs.explore import checkpoint_html, numbers
from tvae.page.tabs.explore.training_record import trained
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import OWN
from tvae.page.ui.html import alert, export_buttons
from tvae.page.ui.links import navigation, selection_link, share_link
from tvae.page.ui.scatter.scatter import show_current
from tvae.page.ui.scripts.sent import event_fields, index_of, indices_of, parsed


@dataclass(frozen=True)
class View:
    """The parts of the page that one checkpoint fills."""

    badge: str
    numbers: str
    tiles: str
    comparison: str
    limits: str
    coverage: str
    trained: str
    plot: str
    has_ball: bool
    truth: str = ""  # and the results, before anything is selected; empty if these follow from a selection
    results: str = ""


def view_of(evaluated: EvaluatedCheckpoint) -> View:
    """The parts that do not depend on the selection."""
    metrics, name = evaluated.metrics, evaluated.location.name
    return View(
        badge=badge(evaluated),
        numbers=numbers.numbers(metrics),
        tiles=numbers.tile_row(metrics),
        comparison=checkpoint_html.comparison(evaluated) + export_buttons("comparison", texts.COMPARISON_TABLE, name),
        limits=checkpoint_html.limits(metrics) + export_buttons("limits", texts.AGAINST_LIMITS, name),
        coverage=checkpoint_html.coverage_panel(metrics.at_ball or metrics.at_mu, metrics.at_mu_b)
        + export_buttons("failing", texts.FAILING, name)
        + export_buttons("coverage", texts.COVERAGE, name),
        trained=figures_of(trained(evaluated), evaluated),
        plot=plot_value(evaluated),
        has_ball=evaluated.embedding.has_ball,
    )


def first_view() -> View:
    """The view of the default checkpoint, with which the page opens, nothing selected."""
    evaluated = compute.default_checkpoint()
    nothing = selection.show(evaluated, "", OPENING_ENCODER)
    return replace(view_of(evaluated), truth=nothing.truth, results=nothing.results)


@dataclass(frozen=True)
class LoadedCheckpoint:
    """The components that a checkpoint fills, without the dropdown, which the visitor may have changed meanwhile."""

    asked: str  # what this answers, as JSON: {checkpoint, operations, encoder}
    alert: str
    loaded: str = SKIP
    without_ball: str = SKIP  # its name, if it has no ball
    badge: str = SKIP
    numbers: str = SKIP
    tiles: str = SKIP
    comparison: str = SKIP
    limits: str = SKIP
    coverage: str = SKIP
    trained: str = SKIP
    plot: dict[str, Any] = SKIP
    measure: dict[str, Any] = SKIP
    problem: str = SKIP
    truth: str = SKIP
    results: dict[str, Any] = SKIP
    current: int | None = SKIP
    applied: str = SKIP


def load_checkpoint(name: str, loaded: str, text: str, encoder: str, current: int | None) -> LoadedCheckpoint:
    """Show another checkpoint; if that fails, report the error and keep the one that is `loaded`."""
    asked = json.dumps({"checkpoint": name, "operations": text, "encoder": encoder})
    try:
        evaluated = compute.load_evaluated(name)
    except TvaeError as error:
        return LoadedCheckpoint(asked, alert(f"{error} {texts.PAGE_KEEPS.format(name=shown_name(loaded))}"))
    view, selected = view_of(evaluated), update_selection(name, text, encoder, current)
    return LoadedCheckpoint(
        asked,
        alert="",
        loaded=name,
        without_ball="" if view.has_ball else name,
        badge=view.badge,
        numbers=view.numbers,
        tiles=view.tiles,
        comparison=view.comparison,
        limits=view.limits,
        coverage=view.coverage,
        trained=view.trained,
        plot={**selected.plot, "value": view.plot},
        # Without a value, so that a measure that was changed meanwhile stays.
        measure=gr.update(choices=list(MEASURES if view.has_ball else LENGTH_ONLY)),
        problem=selected.problem,
        truth=selected.truth,
        results=selected.results,
        current=selected.current,
        applied=selected.applied,
    )


def reapply_selection(asked: str, name: str, text: str, encoder: str, current: int | None) -> Selection:
    """Update the selection if it was changed while `load_checkpoint` was answering `asked`."""
    answered = parsed(asked)
    if (answered["operations"], answered["encoder"]) == (text, encoder):
        return Selection()
    return update_selection(name, text, encoder, current)


def edit_operation(name: str, text: str, encoder: str, current: int | None, event: gr.EventData) -> Selection:
    """After a click in the truth table, replace its operation by the edited one."""
    trits = indices_of(event_fields(event), "trits", range(-1, 2), counts=range(ternary.T, ternary.T + 1))
    index = int(ternary.index_of(trits))
    selected = selection.read(text or "")[0]
    replaced = [index if i == current else i for i in selected] if current in selected else [index]
    return write_selection(name, format_operations(dict.fromkeys(replaced)), encoder, index)


def show_operation(name: str, text: str, encoder: str, event: gr.EventData) -> Selection:
    """Show one of the selected operations in the truth table."""
    index = index_of(event_fields(event), "id", range(ternary.N))
    truth = selection.truth(compute.load_evaluated(name), index, encoder)
    return Selection(truth=truth, current=index, plot=gr.update(**show_current(index)))


@dataclass(frozen=True)
class LinkedView:
    """The components that the page's address fills and the browser cannot."""

    answered: str  # the request, so that the browser can tell whether the address has changed meanwhile
    checkpoint: dict[str, Any] = SKIP
    requested: str = SKIP
    alert: str = SKIP
    text: str = SKIP
    problem: str = SKIP
    plot: dict[str, Any] = SKIP
    truth: str = SKIP
    results: dict[str, Any] = SKIP
    current: int | None = SKIP
    applied: str = SKIP


def from_link(following: str, checkpoint: str, loaded: str, request: gr.Request) -> LinkedView:
    """The checkpoint and the selection that the page's address names, where the dropdown has `checkpoint`.

    `following` is the browser's name for the request. Loading may take a while, so another checkpoint is only
    requested; until `load_checkpoint` has loaded it, the page shows the selection in the one that is `loaded`.
    """
    address = dict(request.query_params)
    name = address.get("checkpoint", DEFAULT)
    plain = name == DEFAULT and not address.keys() & set(selection_link.PARAMETERS)
    if plain and following == navigation.OPENING:  # what the page opens with
        return LinkedView(following)
    wanted, problem = CheckpointRequest(), ""
    try:
        if name.startswith(OWN):
            compute.load_evaluated(name)  # raises for a session that has ended, and for a model of sequences
        else:
            compute.check_known(name)
        if name != checkpoint:
            wanted = request_checkpoint(name, str(request.session_hash))
    except TvaeError as error:
        problem = alert(f"{error} {texts.PAGE_SHOWS.format(name=shown_name(loaded))}")
    selected = _selected(address, loaded)
    return LinkedView(following, wanted.checkpoint, wanted.requested, problem, **vars(selected))


def _selected(address: Mapping[str, str], loaded: str) -> Selection:
    """The selection that an address names, or a sentence if it cannot be read."""
    encoder = share_link.one_of(address, "encoder", ENCODERS, OPENING_ENCODER)
    text, problem = "", ""
    try:
        text = selection_link.text_in(address)
    except InputError as error:
        problem = alert(str(error))
    try:
        selected = write_selection(loaded, text, encoder)
    except CheckpointError:  # its session has ended, so that another one must be loaded anyway
        return Selection(text=text)
    return replace(selected, problem=problem or selected.problem)
