"""Who sends a request: the user of this machine, or a remote visitor."""

import ipaddress
import os
from typing import Final

import gradio as gr

from tvae.checkpoints.hub.requests import Token

ON_SPACE: Final = "SPACE_ID" in os.environ


def token_for(request: gr.Request | None) -> Token:
    """The Hub token for a request: None (this machine's token) if it comes from this machine, else False (no token).

    On a Space it is always False, and so it is for requests that a proxy forwards.
    """
    host = request.client.host if request is not None and request.client else ""
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    forwarded = request is not None and "x-forwarded-for" in request.headers
    return None if here and not forwarded and not ON_SPACE else False
