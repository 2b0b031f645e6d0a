"""The section "Near and far in the tree": the tree measures, computed when the section comes into view."""

from dataclasses import asdict
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.analysis.comparison.rules import DIGITS, MEASURE_DIRECTION
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS
from tvae.analysis.tree_measures.tree_measures import BothEncoders
from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.checkpoints import title_of
from tvae.page.server import compute
from tvae.page.tabs.explore import exports
from tvae.page.ui import texts
from tvae.page.ui.components import HEAVY, LATEST, buttons_in_html, hidden_text
from tvae.page.ui.html import alert, cell, export_buttons, joined, number, origin, quiet, row, scrolling, table, tag
from tvae.page.ui.scripts.modules import called
from tvae.training.recipes.exact_tree import exact_tree_measures

_SCRIPT: Final = "tabs/explore/sections/near_and_far.js"
_DIGITS: Final = {name: DIGITS[name] - 1 for name in MEASURE_DIRECTION}  # the standard errors are of this size
_WAITING: Final = quiet(texts.MEASURING_TREE)


def add_section() -> dict[str, Any]:
    """The components of the section by name; it is filled by the events of `wire`."""
    section = buttons_in_html(
        _WAITING,
        "near-and-far",
        [exports.export],
        modules=[_SCRIPT],
        events=("look",),
        title=texts.NEAR_AND_FAR,
    )
    return {"near_and_far": section, "near_wanted": hidden_text("", "near-wanted")}


def wire(parts: dict[str, Any]) -> None:
    """Fill the section for the loaded checkpoint when the section is in view; loading another one empties it."""
    section, wanted, loaded = parts["near_and_far"], parts["near_wanted"], parts["loaded"]
    private: dict[str, Any] = {"api_visibility": "private"}
    follow = called(_SCRIPT, "follow", {"waiting": _WAITING})
    for event in (section.look, loaded.change):
        event(None, [loaded, wanted], [wanted, section], js=follow, **private)
    shown = wanted.change(show, wanted, section, **(LATEST | HEAVY))
    drop_stale = called(_SCRIPT, "dropStale", {"waiting": _WAITING})
    shown.then(None, [wanted, section], section, js=drop_stale, **private)


def show(name: str) -> Any:
    """The measures of a checkpoint, a sentence if it has none, or an error; nothing without a name."""
    if not name:
        return gr.skip()
    try:
        evaluated, found = compute.tree_measures_of(name)
        head = origin(title_of(evaluated.location), evaluated.checkpoint.sha256)
    except TvaeError as error:
        return tag("div", alert(str(error)), data_checkpoint=name)
    body = measures_table(name, found) if evaluated.embedding.has_ball else quiet(texts.NO_TREE_MEASURES)
    return tag("div", head, body, data_checkpoint=name)


def measures_table(name: str, found: BothEncoders) -> Markup:
    """Every measure of both encoders next to the exact tree, the constructed tree and the best value."""
    meanings = texts.table("TREE_MEASURE_MEANINGS")
    rows = []
    for measure, label in texts.table("TREE_MEASURES").items():
        of_encoders = (_cell(measure, asdict(one)) for one in (found.a, found.b))
        others = (asdict(one)[measure] for one in (exact_tree_measures(), CONSTRUCTIONS[0], BOUNDS))
        digits = _DIGITS[measure]
        rows.append(row(*of_encoders, *(number(one, digits) for one in others), meanings[measure], head=label))
    listed = scrolling(texts.NEAR_AND_FAR, table([cell(), *texts.row("TREE_MEASURE_COLUMNS")], rows))
    far = CONSTRUCTIONS[1]
    sample = texts.TREE_SAMPLE.format(
        operations=tree_measures.OPERATIONS,
        seed=tree_measures.SEED,
        queries=found.queries,
        four_points=tree_measures.FOUR_POINTS,
        radius=far.radius,
        average=far.average_distortion,
        worst=far.worst_distortion,
    )
    saved = export_buttons("tree-measures", texts.NEAR_AND_FAR, name)
    return joined([quiet(texts.NEAR_AND_FAR_LEAD), listed, quiet(sample), saved])


def _cell(measure: str, values: dict[str, float | None]) -> str:
    """A value with its standard error, if it has one."""
    digits = _DIGITS[measure]
    value, error = number(values[measure], digits), values.get(f"{measure}_error")
    return value if error is None else texts.WITH_ERROR.format(value=value, error=number(error, digits))
