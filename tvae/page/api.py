"""The endpoints for scripts: typed functions that return JSON documents, and errors as sentences.

Gradio does not check the types of an endpoint's inputs, so everything is validated by the functions called here.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from gradio.events import api as endpoint

from tvae import inputs, reports
from tvae.errors import InputError, TvaeError
from tvae.operations import parse_operations
from tvae.page.compute import opened

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def with_sentences(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """`function` with our errors as `gr.Error`: only that one reaches the caller with its message."""

    @functools.wraps(function)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TvaeError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return wrapped


@with_sentences
def checkpoints() -> list[dict[str, Any]]:
    """List every checkpoint that the other endpoints accept: name, status, source (bundled or hub), note."""
    return reports.checkpoints()


@dataclass(frozen=True)
class Encoding:
    """The answer of `/encode`: a JSON object with these fields.

    Gradio walks through every number of a dict or a list in Python, twice, in search of files: a tenth of a second for
    1,000 operations. It leaves a dataclass alone, and its JSON writer turns it into an object all the same.
    """

    checkpoint: str
    sha256: str
    operations: list[Any]


@with_sentences
def encode(checkpoint: str, operations: str | list[Any], vectors: bool = True) -> Encoding:
    """Encode chosen operations with a checkpoint.

    `operations` is a text ("0, 5-9, min, v=8, +-0+-0+-0, [1,-1,0,...]") or a list of indices, texts and tables of nine
    trits. With `vectors` (at most 2,000 operations) each row has mu, point and logits; without, all 19,683 are allowed.
    """
    if not isinstance(vectors, bool):
        raise InputError(f"vectors is {str(vectors)[:40]!r}; it is true or false, for example true.")
    return Encoding(**reports.encoding(*opened(checkpoint), operations, vectors, reports.MAX_VECTORS))


@with_sentences
def coverage(checkpoint: str) -> dict[str, Any]:
    """Count the operations that a checkpoint reconstructs, by position and valuation, and list those that fail."""
    return reports.coverage(*opened(checkpoint))


@with_sentences
def metrics(checkpoint: str) -> dict[str, Any]:
    """Measure a checkpoint: every metric of encoders A and B, the ceilings, and what was claimed and stored."""
    return reports.metrics(*opened(checkpoint))


@with_sentences
def radius_plot(
    checkpoint: str, operations: str | list[Any] = "", encoder: str = "A", measure: str = "radius"
) -> dict[str, Any]:
    """Draw radius against valuation as a Plotly figure; `encoder` is A or B, `measure` is radius or norm.

    An empty `operations` highlights none.
    """
    from tvae import figures  # Plotly costs half a second, and nothing but this endpoint needs it

    side = inputs.choose(encoder, inputs.ENCODERS, "The encoder")
    what = inputs.choose(measure, figures.MEASURES, "The measure")
    chosen = () if operations in ("", []) else parse_operations(operations)
    _, measured = opened(checkpoint)
    figure = figures.radius_by_valuation(measured.embedding, chosen, side, what)
    document: dict[str, Any] = json.loads(figure.to_json())
    return document


ENDPOINTS = (checkpoints, encode, coverage, metrics, radius_plot)


def add_endpoints() -> None:
    """Register the endpoints in the Blocks that are being built, each under its function's name."""
    for function in ENDPOINTS:
        endpoint(function, api_name=function.__name__, concurrency_limit=None)
