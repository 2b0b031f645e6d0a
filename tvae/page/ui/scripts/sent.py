"""What the page's scripts send to Python besides the inputs of an event: objects, as requests or as data of an event.

Anybody can call the same addresses with other values, so nothing is taken for granted: a field that is missing or of
another kind raises InputError, which the visitor sees as a sentence.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

import gradio as gr

from tvae.errors import InputError, TvaeError
from tvae.operations.validation import quoted
from tvae.page.gradio_internals.endpoints import data_of_event
from tvae.page.ui import texts

AGAIN: Final = "x-tvae-again"  # header; `calls.js` has it too


def sent_again(request: gr.Request) -> bool:
    """Whether the page sends an event once more, because its answer broke off."""
    return bool(getattr(request, "headers", {}).get(AGAIN))


class Sent(dict[str, Any]):
    """The fields of an object that the browser sent, as any JSON; a missing one raises InputError."""

    def __missing__(self, name: str) -> Any:
        """Raise InputError."""
        raise InputError(texts.SENT_WITHOUT.format(name=name))


def fields(value: object) -> Sent:
    """The fields of a value that should be an object; a value of another kind has none."""
    return Sent(value if isinstance(value, dict) else {})


def event_fields(event: gr.EventData) -> Sent:
    """The data of an event that a script triggered."""
    return fields(data_of_event(event))


def parsed(text: object) -> Sent:
    """The fields of an object that the browser holds as JSON. Raises InputError for another text."""
    try:
        return fields(json.loads(str(text)))
    except (ValueError, RecursionError) as error:
        raise _wrong(texts.SENT_WHOLE, text, "object") from error


def text_of(sent: Mapping[str, Any], name: str) -> str:
    """A field that is a text."""
    if not isinstance(sent[name], str):
        raise _wrong(name, sent[name], "text")
    text: str = sent[name]
    return text


def number_of(sent: Mapping[str, Any], name: str) -> float:
    """A field that is a finite number."""
    value = sent[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise _wrong(name, value, "number")
    return float(value)


def index_of(sent: Mapping[str, Any], name: str, values: range) -> int:
    """A field that is one of these whole numbers, as a number or as its digits."""
    return _index(name, sent[name], values)


def indices_of(sent: Mapping[str, Any], name: str, values: range, counts: range) -> list[int]:
    """A field that is a list of such numbers; `counts`: how many there may be."""
    found = sent[name]
    if not isinstance(found, list) or len(found) not in counts:
        raise _wrong(name, found, "indices", counts)
    return [_index(name, value, values) for value in found]


def _index(name: str, value: object, values: range) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value in values:
        return int(value)
    raise _wrong(name, value, "index", values)


def _wrong(name: str, value: object, kind: str, numbers: range = range(1)) -> InputError:
    words = texts.table("SENT_KINDS")[kind].format(first=numbers[0], last=numbers[-1])
    return InputError(texts.SENT_WRONG.format(name=name, value=quoted(value), kind=words))


def server_function(function: Callable[[Sent], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Turn a function of a request into one that a component's script can call; {error} for any error.

    Gradio would answer an error that is not expected with status 500, and the page's scripts would have no sentence.
    """

    @wraps(function)
    def answer(asked: Any) -> dict[str, Any]:
        try:
            return function(fields(asked))
        except TvaeError as error:
            return {"error": str(error)}
        except OSError as error:  # its text may name a path of the server
            logging.getLogger(__name__).warning("%s", error)
            return {"error": texts.NO_FILE_NOW}
        except Exception as error:  # a mistake of ours, of which the log has the traceback
            logging.getLogger(__name__).exception("%s", error)
            return {"error": texts.UNEXPECTED}

    return answer
