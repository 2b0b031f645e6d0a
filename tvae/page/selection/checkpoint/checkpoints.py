"""The checkpoints that a visitor can select, which one to compare with, and how any part of the page requests one.

Not here: loading and showing it, which one event of Explore does.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import BY_NAME, DEFAULT, ENTRIES
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import CheckpointError
from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.components import SKIP
from tvae.page.ui.downloads import OWN
from tvae.page.ui.html import tag

CATALOGUE: Final = tuple((entry.title, entry.name) for entry in ENTRIES)  # choices of a dropdown: (title, name)

OTHER: Final = "homeostatic_rich"  # next to the default checkpoint: as rich, but without the tree


@dataclass(frozen=True)
class CheckpointRequest:
    """The components that request a checkpoint from Explore."""

    checkpoint: dict[str, Any] = SKIP  # the dropdown, with the checkpoint selected
    requested: str = SKIP  # hidden; each change loads what is in the dropdown


def request_checkpoint(name: str, session: str) -> CheckpointRequest:
    """Request a checkpoint. Each request has a text of its own, because Gradio only reports changes.

    Raises as `chosen` does.
    """
    return CheckpointRequest(chosen(name, session), f"{name} {secrets.token_hex(4)}")


def chosen(name: str, session: str) -> dict[str, Any]:
    """The update of a dropdown in which a checkpoint is chosen.

    Raises CheckpointError for one that no dropdown offers: of an ended session, of sequences, or of no name that is
    known. Gradio would write the name to the log, and keep it for as long as the server runs; the name of a visitor's
    checkpoint opens it.
    """
    choices = checkpoint_choices(session, name)
    if name not in [value for _, value in choices]:
        if name.startswith(OWN):
            compute.load_evaluated(name)  # raises, since the file holds a model of sequences
        compute.check_known(name)
    return gr.update(choices=choices, value=name)


def checkpoint_choices(session: str, *names: str) -> list[tuple[str, str]]:
    """The (title, name) choices of a dropdown: the session's checkpoints, other visitors' among `names`, and `offered`.

    Raises CheckpointError for a checkpoint whose session has ended.
    """
    named = [compute.SESSION_FILES.find(name) for name in names if name.startswith(OWN)]
    stored = [*compute.SESSION_FILES.of(session), *named]
    own = {one.name: one.title for one in stored if one.holds == "operations"}
    return [*((title, name) for name, title in own.items()), *offered()]


def offered() -> list[tuple[str, str]]:
    """The (title, name) choices of every visitor: the catalogue, and the runs of a sweep if the server has some."""
    return [*CATALOGUE, *compute.RUNS.choices()]


def counterpart(evaluated: EvaluatedCheckpoint) -> str:
    """The checkpoint to compare with until the visitor chooses one; it is bundled, so that the Hub is not needed.

    For a published or an uploaded checkpoint it is the bundled one of the same recipe, otherwise the default, and for
    the default `OTHER`.
    """
    name = evaluated.location.name
    if name == DEFAULT:
        return OTHER
    for other in (name.split("/")[0], evaluated.checkpoint.recorded.run.recipe):
        if other is not None and other != name and other in BY_NAME and BY_NAME[other].source == "bundled":
            return other
    return DEFAULT


def title_of(location: CheckpointLocation) -> str:
    """The name of a checkpoint as the page shows it; the title for those of a session."""
    return compute.SESSION_FILES.find(location.name).title if location.origin == "upload" else location.name


def shown_name(name: str | None) -> str:
    """As `title_of`, for a name that may be of a session which has ended: the name itself would open its checkpoint."""
    if name is None or not name.startswith(OWN):
        return name or ""
    try:
        return compute.SESSION_FILES.find(name).title
    except CheckpointError:
        return texts.table("LINK")["own"]


def figures_of(inside: Markup, evaluated: EvaluatedCheckpoint) -> Markup:
    """HTML about a checkpoint: the files that are saved of its figures name it, see `save_figure.js`."""
    location, sha256 = evaluated.location, evaluated.checkpoint.sha256
    return tag(
        "div",
        inside,
        class_="figures-of",
        data_of=location.name,
        data_digest=sha256[:12],
        data_titled=title_of(location),
    )
