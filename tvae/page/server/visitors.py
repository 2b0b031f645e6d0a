"""Who sends a request: the user of this machine, or a remote visitor."""

import os
from collections.abc import MutableMapping
from typing import Any, Final

import gradio as gr

from tvae.checkpoints.hub.requests import Token

ON_SPACE: Final = "SPACE_ID" in os.environ
_OWN_TOKEN: Final = "own_token"  # noqa: S105 (the name of a mark, no password)


def use_own_token(scope: MutableMapping[str, Any]) -> None:
    """Mark a request as one that may use this machine's token. Only `startup.own_token` does this, if it is asked to.

    The mark is in the state of the ASGI scope, where no header can set it.
    """
    scope.setdefault("state", {})[_OWN_TOKEN] = True


def token_for(request: gr.Request | None) -> Token:
    """The Hub token for a request: None (this machine's token) if it is marked, else False (no token)."""
    state = getattr(request, "state", None)
    return None if getattr(state, _OWN_TOKEN, False) is True else False
