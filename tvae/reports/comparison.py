"""JSON documents of two checkpoints compared, a and b, by one encoder.

As in `checkpoints`: plain dicts of JSON values, an undefined number is null, field names are fixed. The document comes
in two parts, since the page shows the first at once: `compare`, and `near_and_far`, which takes seconds.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tvae.analysis import alignment
from tvae.analysis.comparison import comparison
from tvae.analysis.comparison.comparison import Judged
from tvae.analysis.comparison.rules import DIRECTION
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.operations import ternary, validation
from tvae.operations.parsing import Typed, parse_operations
from tvae.reports.checkpoints import identity
from tvae.reports.explorer import Document, measure_of, records

Pair = tuple[EvaluatedCheckpoint, EvaluatedCheckpoint]
Measure = Callable[[EvaluatedCheckpoint, str], TreeMeasures]  # of encoder "A" or "B"


def whole(pair: Pair, measure: Measure, operations: Typed, encoder: str) -> Document:
    """Everything about two checkpoints, as in /compare; `measure` computes the tree measures of each."""
    first = compare(*pair, operations, encoder)
    second = near_and_far(pair, measure, encoder)
    metrics = {key: first["metrics"][key] | second["metrics"][key] for key in first["metrics"]}
    return first | {"metrics": metrics, "alignment": second["alignment"]}


def near_and_far(pair: Pair, measure: Measure, encoder: str) -> Document:
    """The tree measures of two checkpoints compared, and what moved in the ball after b is aligned to a.

    `alignment` is null unless both have a ball.
    """
    letter = validation.parse_choice(encoder, validation.ENCODERS, "The encoder")
    a, b = pair
    found = alignment.align(a.embedding.side(letter), b.embedding.side(letter))
    moved = None if found is None else _rows(a, b, found.moved_most, letter, found.distances[found.moved_most])
    return {
        "encoder": letter,
        "metrics": _judged(comparison.compare_measures(measure(a, letter), measure(b, letter))),
        "alignment": None if found is None else {"residual": found.residual, "moved": moved},
    }


def compare(a: EvaluatedCheckpoint, b: EvaluatedCheckpoint, operations: Typed, encoder: str) -> Document:
    """Two checkpoints compared by one encoder; `operations` may be empty."""
    letter = validation.parse_choice(encoder, validation.ENCODERS, "The encoder")
    chosen = () if operations in ("", []) else parse_operations(operations)
    found = comparison.compare((a.embedding, a.metrics), (b.embedding, b.metrics), letter)
    return {
        "checkpoint_a": identity(a),
        "checkpoint_b": identity(b),
        "encoder": letter,
        "measure": {"a": measure_of(a), "b": measure_of(b)},
        "metrics": _judged(found.metrics),
        "operations": _radii(a, b, np.asarray(chosen, np.int64), letter),
        "moved_most": None if found.moved_most is None else _radii(a, b, found.moved_most, letter),
        "only_a": found.only_a.tolist(),
        "only_b": found.only_b.tolist(),
    }


def _judged(found: Judged) -> Document:
    return {
        "a": found.a,
        "b": found.b,
        "differences": found.differences,
        "better": found.better,
        "good": {name: DIRECTION[name] for name in found.a},
    }


def _radii(a: EvaluatedCheckpoint, b: EvaluatedCheckpoint, chosen: NDArray[np.int64], encoder: str) -> list[Document]:
    """Operations in both; they moved by the difference of their radii, if these are of one kind."""
    first, second = (evaluated.embedding.side(encoder).radius[chosen] for evaluated in (a, b))
    comparable = a.embedding.has_ball == b.embedding.has_ball
    return _rows(a, b, chosen, encoder, second - first if comparable else None)


def _rows(
    a: EvaluatedCheckpoint, b: EvaluatedCheckpoint, chosen: NDArray[np.int64], encoder: str, moved: NDArray[Any] | None
) -> list[Document]:
    return records(
        {
            "index": chosen,
            "valuation": ternary.VALUATIONS[chosen],
            "radius_a": a.embedding.side(encoder).radius[chosen],
            "radius_b": b.embedding.side(encoder).radius[chosen],
            "moved": moved,
            "exact_a": a.embedding.exact[chosen],
            "exact_b": b.embedding.exact[chosen],
        }
    )


def comparison_table(document: Document) -> str:
    """The /compare document as a table for a terminal, with a dash for each undefined number."""
    metrics = document["metrics"]
    first, second = (document[f"checkpoint_{which}"] for which in "ab")
    lines = [f"{which}  {one['checkpoint']}  sha256 {one['sha256']}" for which, one in (("a", first), ("b", second))]
    lines += [f"encoder {document['encoder']}", "", f"{'':26}{'a':>18}{'b':>18}{'b - a':>18}  better"]
    for name in metrics["good"]:
        values = (metrics[which][name] for which in ("a", "b", "differences"))
        better = metrics["better"][name] or "-"
        lines.append(
            f"{name.replace('_', ' '):26}" + "".join(f"{_number(value):>18}" for value in values) + f"  {better}"
        )
    lines.append(f"reconstructed by one alone: {len(document['only_a']):,} by a, {len(document['only_b']):,} by b")
    if document["alignment"] is not None:
        most = document["alignment"]["moved"][0]
        lines += [
            f"residual after alignment by a rotation: {document['alignment']['residual']:.4f} (0: the same points)",
            f"operation {most['index']} moved most in the ball, by {most['moved']:.4f}",
        ]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.10f}"
