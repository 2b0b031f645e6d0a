"""JSON documents of the API and the command line, as plain dicts of JSON values.

An undefined number is null. Field names are fixed: scripts depend on them.
"""

from collections.abc import Sequence
from dataclasses import asdict
from math import log10
from typing import Any

from tvae.analysis.comparison.rules import DIGITS
from tvae.analysis.evaluation import EvaluatedCheckpoint, encoder_numbers, lists, numbers
from tvae.analysis.linear_regions.counting import (
    STEPS,
    LayerRegions,
    PartRegions,
    Regions,
)
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.metrics import reconstruction
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS, CONSTRUCTIONS
from tvae.analysis.tree_measures.tree_measures import BothEncoders
from tvae.checkpoints.architecture import describe
from tvae.checkpoints.catalogue.catalogue import ENTRIES, description, distinction
from tvae.checkpoints.catalogue.entry import Numbers
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import OperationsError
from tvae.models.embedding import encoded_rows
from tvae.operations.parsing import Typed, parse_operations
from tvae.operations.ternary import N, trit_string
from tvae.training.recipes.exact_tree import exact_tree, exact_tree_measures
from tvae.training.recipes.match import RecipeMatch, recipe_match

Document = dict[str, Any]

MAX_VECTORS = 2_000  # operations with vectors in one answer


def identity(evaluated: EvaluatedCheckpoint) -> Document:
    """The fields that every document about a checkpoint starts with."""
    return {"checkpoint": evaluated.location.name, "sha256": evaluated.checkpoint.sha256}


def checkpoints() -> list[Document]:
    """All checkpoints that can be chosen: name, status, source, note."""
    return [
        {
            "name": entry.name,
            "status": entry.status,
            "source": entry.source,
            "note": " ".join(filter(None, (entry.warning, description(entry), distinction(entry)))),
        }
        for entry in ENTRIES
    ]


def encoding(evaluated: EvaluatedCheckpoint, operations: Typed, vectors: bool, limit: int | None) -> Document:
    """The chosen operations, one row each; at most `limit` of them with vectors."""
    indices = parse_operations(operations)
    if vectors and limit is not None and len(indices) > limit:
        raise OperationsError(
            f"{len(indices):,} operations with vectors were asked for; at most {limit:,} come with vectors. Ask for "
            "fewer, or set vectors to false, which allows all 19,683."
        )
    return {**identity(evaluated), "operations": encoded_rows(evaluated.embedding, indices, vectors)}


def coverage(evaluated: EvaluatedCheckpoint) -> Document:
    """Reconstruction counts at mu_A and, for a decoder that reads the ball, at log0 of the point."""
    found = reconstruction(evaluated.embedding)  # not the other metrics, which take longer
    return {
        **identity(evaluated),
        "decoder_input": evaluated.embedding.decoder_input,
        **lists(asdict(found.at_mu)),
        "ball": None if found.at_ball is None else lists(asdict(found.at_ball)),
    }


def metrics(evaluated: EvaluatedCheckpoint, measures: BothEncoders) -> Document:
    """All metrics and tree measures of both encoders and of the exact tree, their limits, claimed and stored numbers.

    `measures` are those of `evaluated`.
    """
    checkpoint, entry = evaluated.checkpoint, evaluated.location.entry
    return {
        **identity(evaluated),
        "source": evaluated.location.source,
        "architecture": describe(checkpoint.config),
        "max_radius": checkpoint.config.max_radius if evaluated.embedding.has_ball else None,
        "max_radius_from": checkpoint.max_radius_from if evaluated.embedding.has_ball else None,
        "decoder_input": evaluated.metrics.decoder_input,
        "recipe_match": recipe_match(checkpoint),
        **numbers(evaluated.metrics, measures),
        "exact_tree": encoder_numbers(exact_tree(), exact_tree_measures()),
        "ceilings": asdict(CEILINGS) | asdict(BOUNDS),
        "constructions": [asdict(one) for one in CONSTRUCTIONS],
        "tree_sample": tree_sample(measures.queries),
        "claimed": _given(entry.claimed) if entry else {},
        "stored": dict(checkpoint.stored) or (_given(entry.stored) if entry else {}),
        "notes": list(checkpoint.notes),
    }


def tree_sample(queries: int = tree_measures.QUERIES) -> dict[str, int]:
    """The seed of the sample of the tree measures, and how many operations each kind of measure takes."""
    return {
        "seed": tree_measures.SEED,
        "operations": tree_measures.OPERATIONS,
        "four_points": tree_measures.FOUR_POINTS,
        "queries": queries,
    }


def regions(location: CheckpointLocation, checkpoint: Checkpoint, counted: Regions) -> Document:
    """The linear regions of all piecewise linear parts; bounds are strings, as they are too large for JSON numbers."""
    return {
        "checkpoint": location.name,
        "sha256": checkpoint.sha256,
        "architecture": describe(checkpoint.config),
        "operations": N,
        "samples": counted.samples,
        "seed": counted.seed,
        "steps": STEPS,
        "parts": [_part(part) for part in counted.parts],
        "not_counted": [{"name": name, "why": why} for name, why in counted.not_counted],
    }


def _part(part: PartRegions) -> Document:
    numbers = asdict(part) | {"occupied": part.occupied, "sampled": part.sampled}
    return numbers | {"layers": [_layer(layer) for layer in part.layers]}


def _layer(layer: LayerRegions) -> Document:
    bounds = {"upper": str(layer.upper), "lower": None if layer.lower is None else str(layer.lower)}
    return asdict(layer) | bounds | {"upper_log10": log10(layer.upper)}


def _given(numbers: Numbers) -> Document:
    return {name: value for name, value in asdict(numbers).items() if value is not None}


def metrics_table(document: Document, differences: Sequence[str] = ()) -> str:
    """The /metrics document as a table for a terminal, with a dash for each undefined number.

    `differences` are those of the file from its recipe.
    """
    lines = [
        f"{document['checkpoint']}  ({document['source']})",
        f"sha256 {document['sha256']}",
        document["architecture"],
        "; ".join([f"recipe match: {_MATCHES[document['recipe_match']]}", *differences]),
    ]
    lines.append(f"coverage {document['reconstructed']:,} of {document['total']:,} at mu_A")
    if document["ball_coverage"] is not None:
        lines.append(f"ball coverage {document['ball_coverage']:.6f} at log0 of the point, which this decoder reads")
    if document["coverage_b"] is not None:
        lines.append(f"coverage {document['coverage_b']:.6f} of decoder B at mu_B")
    lines += ["", f"{'':32}{'A':>15}{'B':>15}{'exact tree':>15}{'limit':>15}"]
    for name in _TABLE:
        digits = DIGITS[name.removesuffix("_error")]
        values = (*(document[column][name] for column in ("a", "b", "exact_tree")), document["ceilings"].get(name))
        lines.append(f"{name.replace('_', ' '):32}" + "".join(f"{_number(value, digits):>15}" for value in values))
    lines += _sample_lines(document)
    for what in ("claimed", "stored"):
        given = ", ".join(f"{key} {value}" for key, value in document[what].items())
        lines.append(f"{what}: {given or 'nothing'}")
    lines += [f"note: {note}" for note in document["notes"]]
    return "\n".join(lines)


_MATCHES: dict[RecipeMatch | None, str] = {
    "bytes": "bytes, this is the bundled file of its recipe",
    "settings": "settings, it records those of its recipe and has other bytes than the bundled file",
    "no": "no",  # the differences follow
    None: "the file records no recipe",
}

_TABLE = (
    "hierarchy",
    "overlaps",
    "ordering_accuracy",
    "richness",
    "hyperbolic_richness",
    "distance_correlation",
    "q",
    "tree_fidelity",
    "tree_fidelity_error",
    "triplet_agreement",
    "average_distortion",
    "average_distortion_error",
    "worst_distortion",
    "map_3",
    "map_3_error",
    "map_9",
    "map_9_error",
    "map_27",
    "map_27_error",
    "cophenetic",
    "cophenetic_error",
    "relative_hyperbolicity",
    "dendrogram_correlation",
    "dendrogram_correlation_error",
)


def _sample_lines(document: Document) -> list[str]:
    """Which sample the tree measures are of, and how low distortion can be."""
    sample = document["tree_sample"]
    lines = [
        f"distortion, cophenetic, dendrogram: all pairs of {sample['operations']:,} operations, seed {sample['seed']}",
        f"hyperbolicity: {sample['four_points']:,} of them; map: {sample['queries']:,} operations against all others",
        "worst distortion and relative hyperbolicity are extremes of the sample and have no standard error",
    ]
    return lines + [
        f"distortion of the constructed tree, {one['name']}: average {one['average_distortion']:g}, worst "
        f"{one['worst_distortion']:g}"
        for one in document["constructions"]
    ]


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def encoding_table(document: Document) -> str:
    """The /encode document as a table for a terminal, with a dash for each undefined norm."""
    lines = [
        f"{'index':>5}  {'trits':9}  v  {'norm A':>9} {'norm B':>9}  {'radius A':>9} {'radius B':>9}  decoded    name"
    ]
    for row in document["operations"]:
        norms = f"{_number(row['norm_a'], 6):>9} {_number(row['norm_b'], 6):>9}"
        radii = f"{row['radius_a']:>9.6f} {row['radius_b']:>9.6f}"
        decoded = "exact    " if row["exact"] else trit_string(row["reconstruction"])
        place = f"{row['index']:>5}  {trit_string(row['trits'])}  {row['valuation']}"
        lines.append(f"{place}  {norms}  {radii}  {decoded}  {row['name'] or ''}".rstrip())
    return "\n".join(lines)


def regions_table(document: Document) -> str:
    """The /regions document as a table for a terminal."""
    lines = [
        f"{document['checkpoint']}  {document['architecture']}",
        f"sha256 {document['sha256']}",
        f"linear regions of {document['operations']:,} operations; {document['samples']:,} random points, seed "
        f"{document['seed']}; {document['steps']} steps to an operation that differs in one trit by one",
    ]
    for part in document["parts"]:
        exact = "exact" if not part["undecided"] else f"{part['undecided']} signs undecided by rounding"
        estimate = "no estimate: none was met twice" if part["estimate"] is None else f"estimate {part['estimate']:.3g}"
        lines += [
            "",
            f"{part['name']}, {part['inputs']} inputs",
            f"  {part['occupied']:,} regions hold the operations ({exact}); {part['alone']:,} operations are alone, "
            f"the fullest region has {part['largest']:,}",
            f"  {part['sampled']:,} regions met in {part['domain']}, {part['met_once']:,} of them once; {estimate}",
            f"  {part['steps_mean']:.1f} regions along a step, {part['steps_fewest']} to {part['steps_most']}",
            f"  {'layer':>5}{'units':>7}{'own':>9}{'so far':>9}{'sampled':>9}{'dead':>6}{'on':>5}   at most",
        ]
        for depth, layer in enumerate(part["layers"], 1):
            numbers = (layer["own"], layer["occupied"], layer["sampled"])
            lines.append(
                f"  {depth:>5}{layer['units']:>7}{''.join(f'{number:>9,}' for number in numbers)}{layer['dead']:>6}"
                f"{layer['always_on']:>5}   1e{layer['upper_log10']:.1f}"
            )
    lines += ["", *(f"not counted: {other['name']}: {other['why']}" for other in document["not_counted"])]
    return "\n".join(lines).rstrip()
