"""A file that never changes under its address: answered from memory, compressed once, cached by browsers for ever."""

import gzip
from typing import Final

from starlette.responses import Response

FOR_EVER: Final = "public, max-age=31536000, immutable"


class StaticFile:
    """A file whose address changes with its content."""

    def __init__(self, content: bytes, media_type: str) -> None:
        headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
        self._plain = Response(content, headers=headers, media_type=media_type)
        smaller = gzip.compress(content, 9, mtime=0)
        self._compressed = Response(smaller, headers=headers | {"content-encoding": "gzip"}, media_type=media_type)

    def response(self, accept_encoding: str) -> Response:
        """The answer to a request with this `Accept-Encoding`."""
        return self._compressed if "gzip" in accept_encoding else self._plain
