"""The public endpoints: typed functions that return JSON documents and report errors as sentences.

Gradio does not check the types of an endpoint's inputs, so the functions called here validate everything.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tvae.analysis.linear_regions import counting as region_report
from tvae.errors import InputError
from tvae.operations import validation
from tvae.operations.parsing import parse_operations
from tvae.operations.validation import Encoder
from tvae.page.api.algebra import algebra
from tvae.page.api.codons import encode_sequence, genetic_code, sequence_map
from tvae.page.api.endpoint import endpoint, register
from tvae.page.api.operations import operations, properties
from tvae.page.api.uploads import hub_checkpoints, open_from_hub
from tvae.page.server import compute
from tvae.page.ui.scatter.scatter import Measure
from tvae.reports import checkpoints as reports, comparison, explorer, leaderboard as board
from tvae.reports.plots.radius_plot import ScaleChoice


@endpoint
def checkpoints() -> list[dict[str, Any]]:
    """List every checkpoint that the other endpoints accept: name, status, source (bundled, hub or run), note."""
    return [*reports.checkpoints(), *compute.RUNS.listed()]


@endpoint
def leaderboard(also: str | list[str] = "") -> list[dict[str, Any]]:
    """List every checkpoint with its metrics: `a` and `b` as in /metrics, and what was claimed for published ones.

    The numbers of bundled checkpoints are at hand. A published one has its claims alone, and null for each number that
    is measured, unless `also` names it. Nothing else is downloaded or computed, and one call downloads at most one.
    """
    rows = board.leaderboard(compute.leaderboard_rows(board.names_to_measure(also)))
    return [*rows, *compute.RUNS.rows(without={row["checkpoint"] for row in rows})]


@dataclass(frozen=True)
class Encoding:
    """The answer of `/encode`: a JSON object with these fields.

    Gradio searches dicts and lists for files, twice and number by number in Python, which takes 0.1 s for 1,000
    operations. It does not search dataclasses, and still serialises them as JSON objects.
    """

    checkpoint: str
    sha256: str
    operations: list[Any]


@endpoint
def encode(checkpoint: str, operations: str | list[Any], vectors: bool = True) -> Encoding:
    """Encode operations with a checkpoint.

    `operations` is a text ("0, 5-9, min, v=8, +-0+-0+-0, [1,-1,0,...]") or a list of indices, texts and tables of nine
    trits. With `vectors` (up to 2,000 operations) each row includes mu, point and logits; without, up to all 19,683.
    """
    if not isinstance(vectors, bool):
        raise InputError(f"vectors is {validation.quoted(vectors)}; it must be true or false, for example true.")
    return Encoding(**reports.encoding(compute.load_evaluated(checkpoint), operations, vectors, reports.MAX_VECTORS))


@endpoint
def coverage(checkpoint: str) -> dict[str, Any]:
    """Count the operations that a checkpoint reconstructs, by position and valuation, and list those that fail."""
    return reports.coverage(compute.load_evaluated(checkpoint))


@endpoint
def metrics(checkpoint: str) -> dict[str, Any]:
    """Measure a checkpoint: every metric of encoders A and B, the ceilings, and the claimed and stored values.

    Includes the measures of a tree embedding: distortion, MAP of the 2, 8 and 26 nearest in the tree, cophenetic
    correlation, hyperbolicity and the dendrogram, over a fixed sample (`tree_sample`).
    """
    return reports.metrics(*compute.tree_measures_of(checkpoint))


@endpoint
def radius_plot(
    checkpoint: str,
    operations: str | list[Any] = "",
    encoder: Encoder = "A",
    measure: Measure = "radius",
    scale: ScaleChoice = "auto",
) -> dict[str, Any]:
    """Plot radius against valuation as a Plotly figure; `encoder` is A or B, `measure` is radius or norm.

    An empty `operations` highlights none. `scale` is linear, log, levels (each level on its own), or auto.
    """
    return compute.radius_plot(checkpoint, operations, encoder, measure, scale)


@endpoint
def regions(checkpoint: str, samples: int = region_report.SAMPLES, seed: int = 0) -> dict[str, Any]:
    """Count the linear regions of a checkpoint's ReLU networks, over the operations and `samples` random points."""
    evaluated, counted = compute.regions_of(checkpoint, samples, seed)
    return reports.regions(evaluated.location, evaluated.checkpoint, counted)


@endpoint
def regions_plot(
    checkpoint: str,
    picture: Literal["depth", "slice"] = "depth",
    part: str = "encoder A",
    operations: str | list[Any] = region_report.CORNERS,
) -> dict[str, Any]:
    """Plot linear regions as a Plotly figure; `picture` is depth or slice.

    depth: regions of all parts, layer by layer. slice: the plane through three `operations`, coloured by the region of
    one `part` ("encoder A", "decoder A", ...). depth ignores `operations` and `part`.
    """
    if validation.parse_choice(picture, region_report.PICTURES, "The picture") == "depth":
        return compute.regions_by_depth(compute.regions_of(checkpoint)[1])
    return compute.regions_slice(compute.region_slice(checkpoint, part, parse_operations(operations)))


# Dataclasses for the same reason as `Encoding`; `reports.explorer` describes the fields.


@dataclass(frozen=True)
class Neighbours:
    """The answer of `/neighbours` for one operation."""

    checkpoint: str
    sha256: str
    encoder: str
    k: int
    measure: str
    operation: int
    neighbours: list[Any]
    nearest_3adic: list[Any]
    nearest_hamming: list[Any]
    agreement: dict[str, Any]


@dataclass(frozen=True)
class NeighboursOfMany:
    """The answer of `/neighbours` for a list or a text that names more than one."""

    checkpoint: str
    sha256: str
    encoder: str
    k: int
    measure: str
    results: list[Any]


@endpoint
def neighbours(
    checkpoint: str, operation: int | str | list[Any], k: int = 10, encoder: Encoder = "A"
) -> Neighbours | NeighboursOfMany:
    """List the k nearest operations (k up to 1,000) by the model's distance, 3-adic distance and Hamming distance.

    `operation` is an index or a text that names one. For a list (even of one) or a text that names several, the answer
    has `results`, each with operation, neighbours, nearest_3adic, nearest_hamming and agreement; one answer holds up to
    500 operations and 5,000 neighbours. Agreement is the share of the model's k nearest that lie within the distance of
    the k-th nearest by the other distance, ties included, next to the share expected by chance. For a checkpoint
    without a ball, distances are Euclidean distances of latent means.
    """
    document = explorer.near(compute.load_evaluated(checkpoint), operation, k, encoder)
    return NeighboursOfMany(**document) if "results" in document else Neighbours(**document)


@dataclass(frozen=True)
class Geodesic:
    """The answer of `/geodesic` for one start and one end."""

    checkpoint: str
    sha256: str
    encoder: str
    steps: int
    measure: str
    decoded_from: str | None
    note: str
    start: int
    end: int
    length: float
    points: list[Any]


@dataclass(frozen=True)
class Geodesics:
    """The answer of `/geodesic` for lists of starts and ends."""

    checkpoint: str
    sha256: str
    encoder: str
    steps: int
    measure: str
    decoded_from: str | None
    note: str
    results: list[Any]


@endpoint
def geodesic(
    checkpoint: str, start: int | str | list[Any], end: int | str | list[Any], steps: int = 20, encoder: Encoder = "A"
) -> Geodesic | Geodesics:
    """Divide the geodesic between two operations into equal steps (up to 500), and decode each of the steps + 1 points.

    A decoder that reads the ball decodes the geodesic itself. One that reads the latent mean decodes the straight line
    between the two means at the same t, and `gap` is the hyperbolic distance between the two paths; `decoded_from` and
    `note` say which applies. For two lists of equal length the answer has `results`. One answer holds up to 2,000
    points.
    """
    document = explorer.geodesic(compute.load_evaluated(checkpoint), start, end, steps, encoder)
    return Geodesics(**document) if "results" in document else Geodesic(**document)


@dataclass(frozen=True)
class DecodedPoints:
    """The answer of `/decode`."""

    checkpoint: str
    sha256: str
    decoder_input: str
    max_norm: float | None
    measure: str
    points: list[Any]


@endpoint
def decode(checkpoint: str, points: list[list[float]]) -> DecodedPoints:
    """Decode arbitrary points, given as up to 2,000 lists of 16 numbers.

    If the decoder reads the ball (`decoder_input` log0), they are points of encoder A's ball with a Euclidean norm up
    to `max_norm`. If it reads the latent mean (mu), they are means of encoder A, and `point` and `radius` are their
    projection to the ball.
    """
    return DecodedPoints(**explorer.decode(compute.load_evaluated(checkpoint), points))


@dataclass(frozen=True)
class Comparison:
    """The answer of `/compare`."""

    checkpoint_a: dict[str, str]
    checkpoint_b: dict[str, str]
    encoder: str
    measure: dict[str, str]
    metrics: dict[str, Any]
    operations: list[Any]
    moved_most: list[Any] | None
    alignment: dict[str, Any] | None
    only_a: list[int]
    only_b: list[int]


@endpoint
def compare(
    checkpoint_a: str, checkpoint_b: str, operations: str | list[Any] = "", encoder: Encoder = "A"
) -> Comparison:
    """Compare two checkpoints, called a and b, by one encoder: their metrics, which is better, and `operations`.

    Differences are b - a. `moved_most` lists the 20 operations whose radius differs most, `only_a` and `only_b` those
    that only one of the two reconstructs. `alignment` has what moved in the ball after b was rotated onto a: `residual`
    (0 to 1, 0 if the same up to rotation) and `moved`, with hyperbolic distances; null unless both have a ball. An
    empty `operations` lists none.
    """
    pair = compute.load_evaluated(checkpoint_a), compute.load_evaluated(checkpoint_b)
    return Comparison(**comparison.whole(pair, compute.encoder_tree_measures, operations, encoder))


@endpoint
def robustness(checkpoint: str, seed: int = 0) -> dict[str, Any]:
    """Measure the decoder's robustness: confusion of trits, calibration, coverage under noise, and random latents.

    Noise: coverage of z = mu + s sigma eps for s = 0 to 3. Random latents: how many operations are decoded from samples
    of the prior and, if the decoder reads the ball, from points drawn in the ball. Draws are seeded.
    """
    return explorer.depth(*compute.robustness_of(checkpoint, seed))


ENDPOINTS = (
    checkpoints,
    leaderboard,
    operations,
    properties,
    encode,
    coverage,
    metrics,
    radius_plot,
    regions,
    regions_plot,
    neighbours,
    geodesic,
    decode,
    compare,
    robustness,
    genetic_code,
    algebra,
    encode_sequence,
    sequence_map,
    hub_checkpoints,
    open_from_hub,
)


def add_endpoints() -> None:
    """Register the endpoints in the Blocks that are being built, each under its function's name."""
    for function in ENDPOINTS:
        register(function)
