"""Calls of the API with any JSON: what comes back is JSON, or an error with a sentence."""

import json
from typing import Any

import gradio as gr
from hypothesis import strategies as st

from tvae.page.api.endpoint import inputs_of
from tvae.page.api.explorer import ENDPOINTS

OF_THE_HUB = ("hub_checkpoints", "open_from_hub")  # they ask another server
LOCAL = {function.__name__: function for function in ENDPOINTS if function.__name__ not in OF_THE_HUB}

_SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-2, 20_000) | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
# Values that get beyond the first check, by the name of the input.
_CHECKPOINTS = st.sampled_from(["homeostatic_rich", "tree", "v5_5"])
_OPERATION = st.sampled_from([0, 13, 19_682, "min", "v=9", [0, 1], ["min", [1, -1, 0, 0, 0, 0, 0, 0, 0]]])
PLAUSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "checkpoint": _CHECKPOINTS,
    "also": st.sampled_from(["", "tree, v5_5", ["tree"], []]),
    "checkpoint_a": _CHECKPOINTS,
    "checkpoint_b": _CHECKPOINTS,
    "operations": st.sampled_from(["min, max", "0-5", "", [0, "min"], "v=8"]),
    "query": st.sampled_from(["semilattice", "sheffer and 0-99", "dual of min", "all", "sheffer and not onto"]),
    "columns": st.sampled_from(["", "image", ["keeps(-, 0)", "isotopy_size"], "all"]),
    "operation": _OPERATION,
    "start": _OPERATION,
    "end": _OPERATION,
    "encoder": st.sampled_from(["A", "B", "b"]),
    "measure": st.sampled_from(["radius", "norm"]),
    "picture": st.sampled_from(["depth", "slice"]),
    "part": st.sampled_from(["encoder A", "decoder A"]),
    "samples": st.sampled_from([1, 10]),
    "permutations": st.sampled_from([1, 10]),
    "k": st.sampled_from([1, 1_000]),
    "steps": st.sampled_from([1, 20]),
    "seed": st.sampled_from([0, 1]),
    "points": st.sampled_from([[[0.1] * 16], [[0] * 16]]),
    "fasta": st.sampled_from([">a\nATGGCC\n", "ATGGCC"]),
}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """(endpoint, inputs): each input is plausible or any JSON."""
    name = draw(st.sampled_from(sorted(LOCAL)))
    return name, [draw(PLAUSIBLE.get(key, JSON) | JSON) for key in inputs_of(LOCAL[name])]


CALLS = calls()


def call(drawn: tuple[str, list[Any]]) -> None:
    """Call an endpoint as Gradio does; fails unless it answers in JSON, or refuses with a sentence."""
    name, inputs = drawn
    try:
        answer = LOCAL[name](*inputs)
    except gr.Error as error:
        sentence = error.message
    else:
        sentence = "."
        json.dumps(answer, default=vars, allow_nan=False)
    assert sentence.endswith((".", "?")), sentence
