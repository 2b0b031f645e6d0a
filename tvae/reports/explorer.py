"""JSON documents of neighbours, geodesics, decoded points and robustness.

As in `checkpoints`: plain dicts of JSON values, an undefined number is null, field names are fixed. Vectors and logits
are rounded to 6 decimals. The size of one answer is limited.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import geodesics, neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.geodesics import Decoded, GeodesicPath
from tvae.analysis.neighbours import Neighbourhood
from tvae.analysis.robustness import Robustness
from tvae.checkpoints import checkpoint_file
from tvae.errors import InputError
from tvae.models.embedding import DECIMALS
from tvae.operations import ternary, validation
from tvae.operations.parsing import Typed
from tvae.reports.checkpoints import identity

Document = dict[str, Any]
OneOrMany = int | Typed

MAX_K: Final = 1_000
MAX_ASKED: Final = 500  # operations whose neighbours are listed; a millisecond or two each
MAX_LISTED: Final = 5_000  # operations x k; each is listed by three distances
MAX_STEPS: Final = 500
MAX_POINTS: Final = 2_000  # decoded in one answer

NOTES: Final = {
    "ball": "The decoder reads the ball: each point of the geodesic is decoded itself.",
    "ball, B": "The decoder reads the ball, and was trained on encoder A's points: each point of the geodesic between "
    "encoder B's points is decoded itself.",
    "mu": "The decoder reads the latent mean, which a point of the ball does not determine. Points and radii are those "
    "of the geodesic; the straight line between the two means is decoded at the same t. gap is the hyperbolic "
    "distance from the geodesic's point to the projection of the decoded mean.",
    "flat": "This checkpoint has no ball: the straight line between the two latent means is the path, and is decoded. "
    "length and radius are Euclidean.",
    "none": "No decoder of this checkpoint reads encoder B's latent mean, so the points are not decoded.",
}


def near(evaluated: EvaluatedCheckpoint, operation: OneOrMany, k: int, encoder: str) -> Document:
    """The k nearest neighbours of one operation, or `results` with those of each of many.

    By the model's distance (`neighbours`), and by 3-adic and Hamming distance (`nearest_3adic`, `nearest_hamming`, ties
    by the model's distance), with the agreement of the first with each of the others; see `tvae.analysis.neighbours`.
    """
    indices, many = validation.parse_operations_argument(operation, "The operation")
    k = validation.count(k, 1, MAX_K, "k", 10)
    letter = validation.parse_choice(encoder, validation.ENCODERS, "The encoder")
    if len(indices) > MAX_ASKED or len(indices) * k > MAX_LISTED:
        raise InputError(
            f"{k:,} neighbours of each of {len(indices):,} operations were requested; one answer has at most "
            f"{MAX_ASKED:,} operations and {MAX_LISTED:,} neighbours. Request fewer at once."
        )
    side = evaluated.embedding.side(letter)
    found = [_neighbourhood(one) for one in neighbours.neighbourhood(side, np.asarray(indices, np.int64), k)]
    head = {**identity(evaluated), "encoder": letter, "k": k, "measure": measure_of(evaluated)}
    return {**head, "results": found} if many else {**head, **found[0]}


def _neighbourhood(one: Neighbourhood) -> Document:
    return {
        "operation": one.operation,
        "neighbours": _rows(one.operation, one.nearest, one.distances),
        "nearest_3adic": _rows(one.operation, one.nearest_3adic, one.distances_3adic),
        "nearest_hamming": _rows(one.operation, one.nearest_hamming, one.distances_hamming),
        "agreement": {"with_3adic": asdict(one.agreement_3adic), "with_hamming": asdict(one.agreement_hamming)},
    }


def _rows(index: int, others: NDArray[np.int64], distances: NDArray[np.float64]) -> list[Document]:
    """The `others` (k,) and their distances (k,) from the operation `index`."""
    return records(
        {
            "index": others,
            "trits": ternary.ALL_TRITS[others],
            "distance": distances,
            "distance_3adic": ternary.distance_3adic(index, others),
            "hamming": ternary.distance_hamming(index, others),
            "valuation": ternary.VALUATIONS[others],
        }
    )


def geodesic(evaluated: EvaluatedCheckpoint, start: OneOrMany, end: OneOrMany, steps: int, encoder: str) -> Document:
    """The path from `start` to `end` in equal steps, both ends included, or `results` for two lists of equal length."""
    starts, many_starts = validation.parse_operations_argument(start, "The start")
    ends, many_ends = validation.parse_operations_argument(end, "The end")
    steps = validation.count(steps, 1, MAX_STEPS, "steps", 20)
    letter = validation.parse_choice(encoder, validation.ENCODERS, "The encoder")
    if len(starts) != len(ends):
        raise InputError(
            f"{len(starts):,} operations to start from and {len(ends):,} to end at were given; give one of each, or "
            "two lists of equal length."
        )
    if len(starts) * (steps + 1) > MAX_POINTS:
        raise InputError(
            f"{len(starts):,} paths of {steps + 1:,} points were requested; one answer has at most {MAX_POINTS:,} "
            "points. Request fewer paths or fewer steps."
        )
    model = checkpoint_file.build(evaluated.checkpoint)
    paths = [
        geodesics.geodesic(model, evaluated.embedding, first, last, steps, letter)
        for first, last in zip(starts, ends, strict=True)
    ]
    head = {
        **identity(evaluated),
        "encoder": letter,
        "steps": steps,
        "measure": measure_of(evaluated),
        "decoded_from": paths[0].decoded_from,
        "note": NOTES[_kind(paths[0], letter)],
    }
    found = [
        {"start": path.start, "end": path.end, "length": path.length, "points": _path_points(path)} for path in paths
    ]
    return {**head, "results": found} if many_starts or many_ends else {**head, **found[0]}


def _kind(path: GeodesicPath, encoder: str) -> str:
    if path.point is None:
        return "flat" if path.decoded is not None else "none"
    if path.decoded_from is None:
        return "none"
    return "ball, B" if path.decoded_from == "ball" and encoder == "B" else path.decoded_from


def _path_points(path: GeodesicPath) -> list[Document]:
    return records(
        {
            "t": path.t,
            "point": _rounded(path.point),
            "radius": path.radius,
            **_decoded(path.decoded),
            "gap": path.projection_gap,
            "mu": _rounded(path.mu),
        }
    )


def decode(evaluated: EvaluatedCheckpoint, points: object) -> Document:
    """Decoded points: points of the ball if the decoder reads the ball (`decoder_input` log0), else latent means."""
    config = evaluated.checkpoint.config
    given = validation.points(points, config.latent_dim, MAX_POINTS)
    model = checkpoint_file.build(evaluated.checkpoint)
    placed = geodesics.decode(model, given)
    rows = {
        "logits": _rounded(placed.decoded.logits),
        **_decoded(placed.decoded),
        "radius": placed.radius,
        "point": _rounded(placed.point),
    }
    return {
        **identity(evaluated),
        "decoder_input": config.decoder_input,
        "max_norm": geodesics.largest_norm(model) if config.decoder_input == "log0" else None,
        "measure": measure_of(evaluated),
        "points": records(rows),
    }


def neighbours_table(document: Document) -> str:
    """The /neighbours document as a table for a terminal."""
    lines = []
    for one in document.get("results", [document]):
        lines.append(
            f"operation {one['operation']}, encoder {document['encoder']}, {document['measure']} distance; of the "
            f"{document['k']} nearest"
        )
        for words, found in (("3-adic", "with_3adic"), ("Hamming", "with_hamming")):
            agreement = one["agreement"][found]
            lines.append(
                f"  {agreement['share']:.0%} lie within {words} distance {agreement['within']:.6g} "
                f"({agreement['chance']:.2%} by chance)"
            )
        lines += [
            f"{'index':>7}  {'trits':9}  v  {'distance':>10}  {'3-adic':>10}  Hamming",
            *(
                f"{row['index']:>7}  {ternary.trit_string(row['trits'])}  {row['valuation']}  "
                f"{row['distance']:>10.6f}  {row['distance_3adic']:>10.6f}  {row['hamming']:>7}"
                for row in one["neighbours"]
            ),
        ]
    return "\n".join(lines)


def depth(evaluated: EvaluatedCheckpoint, found: Robustness) -> Document:
    """Robustness: confusion, calibration, noise, and random points of the prior and the ball."""
    return {
        **identity(evaluated),
        "decoder_input": evaluated.embedding.decoder_input,
        "seed": found.seed,
        "confusion": {name: table.tolist() for name, table in asdict(found.confusion).items()},
        "calibration": asdict(found.calibration),
        "noise": asdict(found.noise),
        "prior": asdict(found.prior),
        "ball": None if found.ball is None else asdict(found.ball),
    }


def measure_of(evaluated: EvaluatedCheckpoint) -> str:
    """Geometry of the distances and radii."""
    return "hyperbolic" if evaluated.embedding.has_ball else "euclidean"


def _decoded(decoded: Decoded | None) -> Document:
    names = ("index", "trits", "confidence", "valuation")
    return {name: None if decoded is None else getattr(decoded, name) for name in names}


def _rounded(array: NDArray[Any] | None) -> NDArray[np.float64] | None:
    return None if array is None else array.astype(np.float64).round(DECIMALS)


def records(columns: dict[str, NDArray[Any] | None]) -> list[Document]:
    """Columns of equal length as rows; a column that is None gives null in each row."""
    length = max(len(column) for column in columns.values() if column is not None)
    values: list[Sequence[Any]] = [
        [None] * length if column is None else column.tolist() for column in columns.values()
    ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
