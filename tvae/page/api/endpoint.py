"""Turn a typed function into an endpoint: errors as sentences, and descriptions of its inputs and its answer.

Gradio reads the descriptions from the docstring, for /gradio_api/info, openapi.json and the tools of the MCP server.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec, TypeVar

import gradio as gr

from tvae.errors import TvaeError
from tvae.page.gradio_internals.endpoints import describe_last_endpoint
from tvae.page.ui.components import HEAVY, HUB

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_CHECKPOINT: Final = "a name that `checkpoints` lists, or the mine/... name of an uploaded one"
_SEQUENCE_MODEL: Final = (
    "codons_brca1, codon_vae_all.pt, codon_vae_hiv.pt, aa_vae_all.pt, or the mine/... name of an uploaded one"
)
_OPERATIONS: Final = (
    'a text ("0, 5-9, min, v=8, +-0+-0+-0, [1,-1,0,1,-1,0,1,-1,0], all"), or a list of indices, texts and tables of '
    "nine trits"
)
_ONE: Final = "an index (0 to 19,682), or a text that names one; for a list the answer has `results`, one for each"
INPUTS: Final = {
    "also": (
        "up to 8 checkpoints to measure as well, a list of names or a text with commas: published ones, of which at "
        "most one is downloaded, and mine/... names"
    ),
    "checkpoint": _CHECKPOINT,
    "checkpoint_a": _CHECKPOINT,
    "checkpoint_b": _CHECKPOINT,
    "operations": _OPERATIONS,
    "operation": _ONE,
    "start": _ONE,
    "end": _ONE,
    "encoder": "A or B",
    "measure": "radius (hyperbolic, or the Euclidean norm of the latent mean without a ball) or norm (Euclidean)",
    "scale": "linear, log, levels (each level on its own scale), or auto: the one that shows most levels well",
    "query": 'a text: "commutative and idempotent", "sheffer and not onto", "class of min", "v>=7, 5-9"',
    "columns": (
        'names of properties ("commutative"), quantities ("image") and classes ("isomorphism_size"), a list or a text '
        'with commas, or "all"'
    ),
    "vectors": "true: include mu, point and logits, for up to 2,000 operations; false: omit them, for up to 19,683",
    "samples": "random points, 1 to 100,000",
    "seed": "seed of the random draws, a whole number from 0",
    "picture": "depth or slice",
    "part": 'the network of a slice, such as "encoder A" or "decoder A"',
    "k": "number of neighbours, 1 to 1,000",
    "steps": "number of steps of the geodesic, 1 to 500",
    "points": "up to 2,000 lists of 16 numbers each",
    "stops": "true: count the three stop codons as synonyms of each other; false: exclude them from the statistic",
    "permutations": "number of permutations, 1 to 100,000; the smallest p-value is 1 / (permutations + 1)",
    "distances": "true: include the 64 x 64 distances by both encoders",
    "code": "NCBI's number of the genetic code: 1 to 6, 9 to 16 or 21 to 33",
    "fasta": "a text in FASTA format, at most 1,000 sequences; letters without a header are one sequence",
    "repository": "owner/name on the Hugging Face Hub",
    "revision": "branch, tag or commit; empty for the main branch",
    "file": "path of a .pt, .pth, .ckpt or .safetensors file in the repository",
}
# Inputs that mean something else in one endpoint than in the others.
_INPUTS_OF_ENDPOINT: Final = {
    ("properties", "operations"): f"an index (0 to 19,682), {_OPERATIONS}",
    ("algebra", "permutations"): (
        "number of relabellings, 1 to 5,000; the smallest p-value is 1 / (permutations + 1), so a yes needs at least 99"
    ),
    ("encode_sequence", "checkpoint"): _SEQUENCE_MODEL,
    ("sequence_map", "checkpoint"): _SEQUENCE_MODEL,
    ("sequence_map", "fasta"): (
        "a text in FASTA format, at most 1,000 sequences; letters without a header are one sequence; may be empty"
    ),
}
# The same text as the table of docs/api.md; a test compares the two.
ANSWERS: Final = {
    "checkpoints": "list of {name, status, source, note}",
    "leaderboard": (
        "list of {checkpoint, status, source, sha256, claimed, coverage, reconstructed, total, trit_accuracy, "
        "ball_coverage, coverage_b, a, b}"
    ),
    "operations": "{query, count, operations: [{index, trits, code, name, valuation, and the columns asked for}]}",
    "properties": (
        "{operations: [{index, code, names, properties: {commutative, ...}, quantities: {arguments, image, "
        "automorphisms}, clones, classes: {isomorphism: {representative, size}, opposite, isotopy, isotopy_opposite}}]}"
    ),
    "encode": (
        "{checkpoint, sha256, operations: [{index, trits, name, valuation, norm_a, norm_b, radius_a, "
        "radius_b, reconstruction, exact, confidence, and with vectors mu_a, mu_b, point_a, point_b, "
        "logits}]}"
    ),
    "coverage": (
        "{checkpoint, sha256, coverage, reconstructed, total, trit_accuracy, by_position, by_valuation, failing, "
        "decoder_input, ball}"
    ),
    "metrics": (
        "{checkpoint, sha256, source, coverage, reconstructed, total, trit_accuracy, ball_coverage, "
        "coverage_b, recipe_match, a, b, exact_tree, ceilings, constructions, tree_sample, claimed, stored, notes, ...}"
    ),
    "radius_plot": "a Plotly figure",
    "regions": (
        "{checkpoint, sha256, parts: [{name, domain, inputs, occupied, alone, largest, undecided, sampled, met_once, "
        "met_twice, estimate, steps_mean, steps_fewest, steps_most, layers: [{units, own, occupied, sampled, "
        "dead, always_on, upper, lower, upper_log10}]}], not_counted, ...}"
    ),
    "regions_plot": "a Plotly figure",
    "neighbours": (
        "{operation, encoder, neighbours: [{index, trits, distance, distance_3adic, hamming, valuation}], "
        "nearest_3adic, nearest_hamming, agreement: {with_3adic: {share, chance, within, size}, "
        "with_hamming}, ...}, the operation itself left out"
    ),
    "geodesic": (
        "{start, end, length, decoded_from, note, points: [{t, point, radius, index, trits, confidence, "
        "valuation, gap, mu}], ...}"
    ),
    "decode": (
        "{decoder_input, max_norm, points: [{logits, index, trits, confidence, valuation, radius, point}], ...}"
    ),
    "compare": (
        "{metrics: {a, b, differences, better, good}, operations: [{index, valuation, radius_a, radius_b, "
        "moved, exact_a, exact_b}], moved_most, alignment: {residual, moved}, only_a, only_b, ...}"
    ),
    "robustness": (
        "{confusion: {by_position, by_valuation}, calibration: {bins, confidence, accuracy, ece}, noise: "
        "{deviations, coverage, ...}, prior: {samples, reached, uniform, by_valuation}, ball, ...}"
    ),
    "genetic_code": (
        "{answer (yes, no), sentence, code, a: {within, between, ratio, nearer, p_chance, p_mapping, ...}, b, "
        "controls: {adic, hamming}, codons: [{codon, amino_acid, operation, trits, valuation, radius_a, radius_b, "
        "synonyms_a, others_a, ...}], families, ...}"
    ),
    "algebra": (
        "{checkpoint, answer (yes, no), sentence, k, rows: [{property, meaning, count, encoder, share, base, hamming, "
        "adic, expected, p, p_corrected, decidable}], ...}"
    ),
    "encode_sequence": (
        "{checkpoint, sha256, alphabet, code, notes, sequences: [{id, length, used, mu, reconstruction, "
        "token_accuracy, token_accuracy_100, note, missing, windows: [{start, used, missing, token_accuracy, mu}], "
        "mean_mu}], total: {sequences, exact, tokens, right, token_accuracy, token_accuracy_100}}"
    ),
    "sequence_map": (
        "{checkpoint, sha256, alphabet, notes, mean (mean_mu, mu), shares, points: [{id, training, x, y, columns, "
        "nearest: [{id, point, distance}]}]}"
    ),
    "hub_checkpoints": "list of {file, bytes, sha256}",
    "open_from_hub": "{checkpoint, title, holds, sha256, bytes, kept_seconds}",
}

# The endpoints that occupy a core, or have large answers, and those that wait for the Hub.
_GROUPS: Final[Mapping[str, dict[str, Any]]] = {
    **dict.fromkeys(
        ("leaderboard", "encode", "metrics", "regions", "regions_plot", "neighbours", "geodesic", "decode"), HEAVY
    ),
    **dict.fromkeys(("compare", "robustness", "genetic_code", "algebra", "encode_sequence", "sequence_map"), HEAVY),
    **dict.fromkeys(("operations", "properties"), HEAVY),
    **dict.fromkeys(("hub_checkpoints", "open_from_hub"), HUB),
}


def heavy_endpoints() -> list[str]:
    """Names of the endpoints in the group `HEAVY`."""
    return [name for name, group in _GROUPS.items() if group is HEAVY]


def endpoint(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Describe `function`, and convert TvaeError to `gr.Error`, the only one whose message Gradio sends."""

    @functools.wraps(function)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TvaeError as error:
            raise gr.Error(str(error), print_exception=False) from error

    inputs = "".join(f"\n    {name}: {description}" for name, description in inputs_of(function).items())
    arguments = f"\n\nArgs:{inputs}" if inputs else ""
    wrapped.__doc__ = f"{inspect.getdoc(function)}{arguments}\n\nReturns:\n    {ANSWERS[function.__name__]}"
    return wrapped


def inputs_of(function: Callable[..., object]) -> dict[str, str]:
    """Name -> description of each input of an endpoint, in order, without those that Gradio adds, such as `request`."""
    names = [name for name in inspect.signature(function).parameters if name in INPUTS]
    return {name: _INPUTS_OF_ENDPOINT.get((function.__name__, name), INPUTS[name]) for name in names}


def defaults_of(function: Callable[..., object]) -> dict[str, Any]:
    """Name -> default value of the inputs that a call may leave out, in order; in Python, the others come before."""
    parameters = inspect.signature(function).parameters
    defaults = {name: parameters[name].default for name in inputs_of(function)}
    return {name: default for name, default in defaults.items() if default is not inspect.Parameter.empty}


def register(function: Callable[..., object]) -> None:
    """Add an endpoint to the Blocks that are being built, under the function's name, with described schemas."""
    # `gr.api` is documented, but not among the names that gradio exports to type checkers.
    group = _GROUPS.get(function.__name__, {"concurrency_limit": None})
    gr.api(function, api_name=function.__name__, **group)  # type: ignore[attr-defined]
    describe_last_endpoint([*inputs_of(function).values()], ANSWERS[function.__name__])
