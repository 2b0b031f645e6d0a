"""Who a request comes from: whoever sits at this machine, or a visitor whose token and address are another's."""

import ipaddress
import os
from typing import Final

import gradio as gr

from tvae.checkpoints.hub.requests import Token

ON_SPACE: Final = "SPACE_ID" in os.environ


def token_for(request: gr.Request | None) -> Token:
    """None, which is this machine's own token, for whoever sits at it; False for everybody else and on a Space."""
    host = request.client.host if request is not None and request.client else ""
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    forwarded = request is not None and "x-forwarded-for" in request.headers
    return None if here and not forwarded and not ON_SPACE else False


def visitor_of(request: gr.Request) -> str:
    """Whom limits count for: on a Space the address that its proxy names, elsewhere the browser's tab.

    A forged address evades the limits of one visitor, but not those of all together.
    """
    forwarded = request.headers.get("x-forwarded-for", "") if ON_SPACE else ""
    return forwarded.split(",")[0].strip() or str(request.session_hash)
