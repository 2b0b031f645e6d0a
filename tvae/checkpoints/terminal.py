"""Text on a terminal: names and sentences from files, repositories and records, which may contain anything.

A terminal obeys control characters, so they are shown as escapes, as Python's repr() shows them. Not here: JSON, which
has escapes of its own, and the page (`tvae.page.ui.html`).
"""

import io
import sys
from typing import Any


def printable(text: object) -> str:
    r"""`str(text)` on one line, with an escape such as \x1b or \u202e for each character that repr() escapes.

    These are control characters, line ends, invisible and direction-changing characters, and lone surrogates.
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in shown)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def printable_document(value: Any) -> Any:
    """A JSON document whose texts, keys included, are `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable_document(key): printable_document(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable_document(one) for one in value]
    return value


def escape_missing_letters() -> None:
    """Let standard output and standard error escape what their encoding lacks, as cp1252 and ASCII lack alpha."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not if a caller has replaced it
            stream.reconfigure(errors="backslashreplace")
