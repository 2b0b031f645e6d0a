"""The model card of a published checkpoint: its text, and a picture of radius against valuation.

Every number is measured here, none is copied from the file.
"""

import io
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tvae.analysis.comparison.rules import DIGITS, MEASURE_DIRECTION
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS, Ceilings
from tvae.analysis.metrics.levels import LEVELS
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS, Bounds
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.versions import __version__
from tvae.models.embedding import Embedding, EncoderEmbedding
from tvae.operations import ternary
from tvae.reports.plots.palette import LEVEL_COLOURS
from tvae.reports.plots.radius_plot import ZERO, Levels, Scale, axis_of, horizontal_places, levels_of, placed

PICTURE: Final = "radius.png"
_ROWS: Final = (
    *("hierarchy", "overlaps", "richness", "distance_correlation"),
    *("q", "tree_fidelity", "triplet_agreement"),
)
PICTURE_SIZE: Final = (1400, 634)  # pixels
_TICKS: Final = 5  # of the axis of radii
_SCALES: Final = {"linear": "", "log": ", logarithmic", "levels": ", each level on its own scale"}


def card(evaluated: EvaluatedCheckpoint, measures: BothEncoders, repo_id: str, file: str) -> str:
    """The model card as Markdown with the Hub's front matter, for `file` of the repository.

    `measures` are the tree measures of `evaluated`.
    """
    from tvae.reports.publishing import model_index  # here since it imports huggingface_hub, which a picture needs not

    checkpoint, metrics = evaluated.checkpoint, evaluated.metrics
    covered = metrics.at_mu
    lines = [
        "---",
        model_index.head(evaluated, measures, file),
        "---",
        "",
        f"# {repo_id.rpartition('/')[2]}: a Ternary VAE",
        "",
        "It encodes the 19,683 ternary operations (truth tables of nine trits)"
        + _space(evaluated)
        + " and decodes them back. Trained and measured with tvae.",
        "",
        *(f"- {line}" for line in _provenance(checkpoint)),
        f"- sha256 of `{file}`: `{checkpoint.sha256}`",
        "",
        f"Coverage: {covered.reconstructed:,} of {covered.total:,} operations from the latent mean"
        + (f", {metrics.at_ball.reconstructed:,} from the point of the ball" if metrics.at_ball else "")
        + (f", {metrics.at_mu_b.reconstructed:,} by decoder B" if metrics.at_mu_b else "")
        + ".",
        "",
        "| measured | encoder A | encoder B | limit |",
        "|---|---|---|---|",
        *(_row(name, metrics.a, metrics.b, CEILINGS) for name in _ROWS),
        "",
        "| measured on a sample | encoder A | encoder B | limit |",
        "|---|---|---|---|",
        *(_row(name, measures.a, measures.b, BOUNDS) for name in MEASURE_DIRECTION),
        "",
        _samples(measures.queries),
        "",
        *_method(repo_id, file),
        "",
        f"![Radius against valuation, encoders A and B]({PICTURE})",
        "",
        "```python",
        "import tvae",
        "from huggingface_hub import hf_hub_download",
        "",
        f'model = tvae.load(hf_hub_download("{repo_id}", "{file}"))',
        "```",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _method(repo_id: str, file: str) -> list[str]:
    """How the numbers are measured, and for a file at the root, whose card is that of the repository, how again."""
    lines = [
        f"Measured with tvae {__version__}: each of the {ternary.N:,} operations is encoded as its posterior mean, "
        "which is deterministic. The head of this card has the numbers in full, under their names in tvae.",
    ]
    if "/" not in file:
        lines.append(f"`python -m tvae evaluate-repository {repo_id} --all` measures them again.")
    return lines


def _samples(queries: int) -> str:
    """Which numbers are of samples, and of which."""
    return (
        "Hierarchy, overlaps and richness are of all operations; distance correlation, q, tree fidelity and triplet "
        f"agreement are of random pairs and triplets. The sample of the second table has {tree_measures.OPERATIONS:,} "
        f"operations; map ranks the neighbours of {queries:,} of them, hyperbolicity takes "
        f"{tree_measures.FOUR_POINTS:,}. Everything random is drawn with seed {tree_measures.SEED}. Standard errors "
        "follow \u00b1; worst distortion and relative hyperbolicity are extremes of the sample and have none."
    )


def _space(evaluated: EvaluatedCheckpoint) -> str:
    """Where it encodes operations, and what the radius means there if the levels of encoder A do not overlap."""
    if not evaluated.embedding.has_ball:
        return " into a 16-dimensional Euclidean latent space"
    order = "" if evaluated.metrics.a.overlaps else ", the distance from the centre following the 3-adic valuation,"
    return f" into a 16-dimensional Poincare ball{order}"


def _provenance(checkpoint: Checkpoint) -> list[str]:
    """How the checkpoint was trained, according to its file; one line for each fact."""
    run = checkpoint.recorded.run
    facts = {
        "recipe": run.recipe,
        "seed": run.seed,
        "steps": run.steps,
        "stopped after step": run.stopped_after,
        "peak learning rate": run.learning_rate,
    }
    lines = [f"{label}: {value}" for label, value in facts.items() if value is not None]
    factors = (run.emphasis or {}).items()
    lines += [f"weight of {name}: {factor:g} times the recipe's own" for name, factor in factors]
    return [*lines, *checkpoint.notes]


def _row(
    name: str,
    a: EncoderMetrics | TreeMeasures,
    b: EncoderMetrics | TreeMeasures,
    limits: Ceilings | Bounds,
) -> str:
    cells = " | ".join(_cell(values, name) for values in (a, b, limits))
    return f"| {name.replace('_', ' ')} | {cells} |"


def _cell(values: EncoderMetrics | TreeMeasures | Ceilings | Bounds, name: str) -> str:
    """A value with its standard error, if it has one; a dash if it is undefined."""
    value, error = getattr(values, name, None), getattr(values, f"{name}_error", None)
    digits = DIGITS[name]
    shown = "-" if value is None else f"{value:.{digits}f}"
    return shown if error is None else f"{shown} \u00b1 {error:.{digits}f}"


def radius_png(embedding: Embedding) -> bytes:
    """Radius against valuation of both encoders as a PNG, in the colours and on the scale with which the page opens."""
    image = Image.new("RGB", PICTURE_SIZE, "#ffffff")
    draw = ImageDraw.Draw(image)
    half = PICTURE_SIZE[0] // 2
    for number, (name, side) in enumerate((("A", embedding.a), ("B", embedding.b))):
        _panel(draw, side, f"encoder {name}", (number * half, 0, (number + 1) * half, PICTURE_SIZE[1]))
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _panel(draw: ImageDraw.ImageDraw, side: EncoderEmbedding, title: str, box: tuple[int, int, int, int]) -> None:
    """One encoder's points, spread evenly over the columns of their levels, with axes."""
    small, large = ImageFont.load_default(15), ImageFont.load_default(18)
    left, top, right, bottom = box[0] + 62, box[1] + 50, box[2] - 20, box[3] - 66
    levels = levels_of(side.radius)
    scale = axis_of(levels).scale
    places = placed(side.radius, levels, scale)
    low, high = float(places.min()), float(places.max())
    pad = 0.04 * (high - low) or 0.1
    low, high = low - pad, high + pad
    v = ternary.VALUATIONS.astype(np.int64)
    x = (left + (horizontal_places() + 0.5) / LEVELS * (right - left)).round().astype(int)
    y = (bottom - (places - low) / (high - low) * (bottom - top)).round().astype(int)
    axis = "Euclidean norm of the latent mean" if side.point is None else "hyperbolic radius"
    draw.text((left, box[1] + 8), f"{axis}, {title}{_SCALES[scale]}", "#1f2937", font=large)
    for share, words in _labels(levels, scale, low, high):
        place = bottom - (bottom - top) * share
        draw.line((left, place, right, place), "#e5e7eb")
        draw.text((left - 8, place), words, "#4b5563", font=small, anchor="rm")
    for level in range(LEVELS):
        size = 1 + (level > 1) + (level > 4)
        for i in np.flatnonzero(v == level):
            draw.ellipse((x[i] - size, y[i] - size, x[i] + size, y[i] + size), LEVEL_COLOURS[level])
        middle = left + (level + 0.5) / LEVELS * (right - left)
        draw.text((middle, bottom + 22), str(level), "#4b5563", font=small, anchor="ma")
        if scale == "levels":
            ends = ImageFont.load_default(12)
            draw.text((middle, bottom + 6), f"{levels.low[level]:.4f}", "#4b5563", font=ends, anchor="ma")
            draw.text((middle, top - 4), f"{levels.high[level]:.4f}", "#4b5563", font=ends, anchor="mb")
    draw.text(((left + right) / 2, bottom + 42), "3-adic valuation", "#4b5563", font=small, anchor="ma")


def _labels(levels: Levels, scale: Scale, low: float, high: float) -> list[tuple[float, str]]:
    """Shares of an axis of places from `low` to `high`, and the radius there; none if each level has its own scale."""
    if scale == "levels":
        return []
    shares = [tick / (_TICKS - 1) for tick in range(_TICKS)]
    values = [low + (high - low) * share for share in shares]
    if scale == "linear":
        return [(share, f"{value:.2f}") for share, value in zip(shares, values, strict=True)]
    below = np.log10(levels.positive) if min(levels.low) <= ZERO else -np.inf  # heights that have no logarithm
    return [(share, "0" if value < below else f"{10**value:.2g}") for share, value in zip(shares, values, strict=True)]
