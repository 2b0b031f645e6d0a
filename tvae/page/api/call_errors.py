"""Answer calls to unknown endpoints, or with wrong inputs, with a clear error instead of Gradio's status 500."""

from collections.abc import Collection, Sequence
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from tvae.errors import TvaeError
from tvae.page.api.endpoint import defaults_of, inputs_of
from tvae.page.api.explorer import ENDPOINTS
from tvae.page.gradio_internals.blocks import AnswersToCalls
from tvae.page.gradio_internals.endpoints import UnknownEndpoint
from tvae.page.ui import texts

_INPUTS: Final = {function.__name__: tuple(inputs_of(function)) for function in ENDPOINTS}
_DEFAULTS: Final = {function.__name__: tuple(defaults_of(function).values()) for function in ENDPOINTS}
_REQUIRED: Final = {function.__name__: inputs_of(function).keys() - defaults_of(function) for function in ENDPOINTS}


def left_out(name: str, count: int) -> Sequence[Any]:
    """The defaults of the inputs that a call with `count` inputs lacks; none if one of these has no default."""
    defaults = _DEFAULTS.get(name, ())
    missing = len(_INPUTS.get(name, ())) - count
    return defaults[-missing:] if 0 < missing <= len(defaults) else ()


def refusal(name: str, count: int) -> str | None:
    """The error for a call with `count` inputs to an endpoint that has more or fewer; None if the count is right."""
    if name not in _INPUTS or count == len(_INPUTS[name]):
        return None
    return _wrong(texts.INPUTS_SENT.format(count=count), name)


def sentence(error: Exception) -> str | None:
    """The message of an error of this program, for whoever called; None for any other."""
    return str(error) if isinstance(error, TvaeError) else None


ANSWERS_TO_CALLS: Final = AnswersToCalls(
    left_out, refusal, sentence, texts.NOT_OFFERED, texts.NOT_FINITE, texts.UNEXPECTED
)


async def not_readable(_request: Request, _error: Exception) -> JSONResponse:
    """FastAPI's handler of a body that is not the JSON of a call."""
    return JSONResponse({"error": texts.NO_CALL}, status_code=400)


async def refused(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of an HTTPException: of a body that is not JSON, or of an unknown address, method or file.

    `detail` stays as Gradio has it, since its page reads it.
    """
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 400 and isinstance(error.__context__, ValueError | RecursionError):
        return await not_readable(request, error)
    words = error.detail
    if error.status_code == 405:
        words = texts.WRONG_METHOD.format(methods=(error.headers or {}).get("Allow", "GET"))
    elif words.casefold() == HTTPStatus.NOT_FOUND.phrase.casefold():
        words = texts.NO_SUCH_ADDRESS
    return JSONResponse({"error": words, "detail": error.detail}, error.status_code, error.headers)


async def unknown_endpoint(request: Request, _error: Exception) -> JSONResponse:
    """FastAPI's handler of `UnknownEndpoint`: no endpoint has that name."""
    names = ", ".join(f"/{name}" for name in _INPUTS)
    sentence = texts.NO_ENDPOINT.format(name=request.path_params.get("api_name", ""), names=names)
    return JSONResponse({"error": sentence}, status_code=404)


async def missing_key(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError.

    An unknown endpoint was called by `call/v2`, a form lacks a field of a component's function, or see
    `session_expired`.
    """
    name = request.path_params.get("api_name")
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await not_readable(request, error)
    if name is not None and error.args == (f"/{name}",):
        return await unknown_endpoint(request, error)
    return await session_expired(request, error)


# The fields of a request that name an event or a component of a tab, and the status of the answer if their session is
# gone. Gradio's frontend reads the status, the page's own scripts read the body.
_TAB_FIELDS: Final = {"fn_index": 404, "component_id": 200}


async def session_expired(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a KeyError: the request is for a tab whose session Gradio has dropped, or for another page.

    A tab that is built when it is opened belongs to the session. The rest of the page does not, and keeps working. Any
    other KeyError is raised again.
    """
    if error.args == (request.query_params.get("page"),):
        return JSONResponse({"error": texts.NO_SUCH_ADDRESS}, status_code=404)
    sent = await _sent_json(request)
    for name, status in _TAB_FIELDS.items():
        if name in sent and error.args == (sent[name],):
            return JSONResponse({"error": texts.SESSION_EXPIRED, "detail": texts.SESSION_EXPIRED}, status_code=status)
    raise error


async def _sent_json(request: Request) -> dict[str, Any]:
    """The JSON object in the body of a request that was already read; empty if there is none."""
    if request.method != "POST":  # without a body, so that reading it would wait until the caller goes away
        return {}
    try:
        sent = await request.json()
    except (ValueError, RuntimeError):  # not JSON; or a form, whose body is not stored
        return {}
    return sent if isinstance(sent, dict) else {}


async def wrong_inputs(request: Request, error: Exception) -> JSONResponse:
    """FastAPI's handler of a TypeError: in a call with named inputs, one is unknown or missing.

    Any other TypeError is raised again.
    """
    name = request.path_params.get("api_name")
    if name not in _INPUTS or "/call/v2/" not in request.url.path or _fits(name, (await _sent_json(request)).keys()):
        raise error
    found = str(error).partition(". ")[0].replace("`", "'")
    return JSONResponse({"error": _wrong(found, name)}, status_code=422)


def _fits(name: str, sent: Collection[str]) -> bool:
    return _REQUIRED[name] <= set(sent) <= set(_INPUTS[name])


def _wrong(found: str, name: str) -> str:
    inputs = ", ".join(_INPUTS[name]) or texts.NO_INPUTS
    return texts.WRONG_INPUTS.format(found=found, name=name, inputs=inputs)


HANDLERS: Final[dict[type[Exception], Any]] = {
    HTTPException: refused,
    UnknownEndpoint: unknown_endpoint,
    KeyError: missing_key,
    TypeError: wrong_inputs,
    **dict.fromkeys(
        (JSONDecodeError, UnicodeDecodeError, RecursionError, ValidationError, RequestValidationError), not_readable
    ),
}
