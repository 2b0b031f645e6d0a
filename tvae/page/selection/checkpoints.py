"""Which checkpoints a visitor can select, and how any part of the page asks for one.

Not here: loading it and showing it. One event of Explore does that.
"""

import secrets
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tvae.checkpoints.catalogue import ENTRIES
from tvae.page.server import compute
from tvae.page.server.session_files import PREFIX
from tvae.page.ui.components import SKIP


@dataclass(frozen=True)
class CheckpointRequest:
    """The components that ask Explore for a checkpoint."""

    checkpoint: dict[str, Any] = SKIP  # the dropdown, with the checkpoint selected
    requested: str = SKIP  # hidden; each change loads what is in the dropdown


def request_checkpoint(name: str, session: str) -> CheckpointRequest:
    """Ask for a checkpoint; every request is another text, since Gradio reports changes alone.

    Raises CheckpointError for a checkpoint of a session that has ended.
    """
    return CheckpointRequest(
        checkpoint=gr.update(choices=checkpoint_choices(session, name), value=name),
        requested=f"{name} {secrets.token_hex(4)}",
    )


def checkpoint_choices(session: str, *names: str) -> list[tuple[str, str]]:
    """The (title, name) entries of a dropdown: a session's own, those of `names` that are anybody's own, the known.

    Raises CheckpointError for a name of a session that has ended.
    """
    named = [compute.SESSION_FILES.find(name) for name in names if name.startswith(PREFIX)]
    stored = [*compute.SESSION_FILES.of(session), *named]
    own = {one.name: one.title for one in stored if one.holds == "operations"}
    return [*((title, name) for name, title in own.items()), *((entry.title, entry.name) for entry in ENTRIES)]
