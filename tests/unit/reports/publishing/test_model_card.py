"""The model card and its picture: the numbers measured, a front matter that the Hub takes, a program that is one."""

import ast
import io
import re
from dataclasses import asdict

import numpy as np
import pytest
from huggingface_hub import ModelCard, ModelCardData
from PIL import Image
from recorded import with_metadata

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.ceilings import CEILINGS
from tvae.analysis.metrics.levels import LEVELS
from tvae.analysis.metrics.metrics import EncoderMetrics
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.bounds import BOUNDS
from tvae.analysis.tree_measures.tree_measures import BothEncoders
from tvae.checkpoints.versions import __version__
from tvae.operations import ternary
from tvae.reports import leaderboard
from tvae.reports.checkpoints import tree_sample
from tvae.reports.plots.palette import LEVEL_COLOURS
from tvae.reports.plots.radius_plot import axis_of, levels_of, placed
from tvae.reports.publishing.model_card import PICTURE, _labels, card, radius_png

PAIRS = ("distance_correlation", "q", "tree_fidelity", "triplet_agreement")
REPOSITORY, FILE = "alice/my-model", "homeostatic_rich-seed3-0123abcd/model.safetensors"


def measures(evaluated: EvaluatedCheckpoint) -> BothEncoders:
    return tree_measures.evaluate(evaluated.embedding)


def rows_of(text: str) -> dict[str, list[str]]:
    """The cells of each row of the card's table by its label."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in lines}


@pytest.mark.parametrize("kind", ["rich", "ball_reader", "euclidean"])
def test_the_numbers_are_those_measured(kind: str, request: pytest.FixtureRequest) -> None:
    evaluated: EvaluatedCheckpoint = request.getfixturevalue(kind)
    metrics = evaluated.metrics
    text = card(evaluated, measures(evaluated), REPOSITORY, FILE)
    rows = rows_of(text)
    names = [name for name in rows if not name.startswith("measured")]
    assert "hierarchy" in names
    assert len(names) == 15
    tree = measures(evaluated)
    a, b = asdict(metrics.a) | asdict(tree.a), asdict(metrics.b) | asdict(tree.b)
    limits = asdict(CEILINGS) | asdict(BOUNDS)
    for label in names:
        name = label.replace(" ", "_")
        errors = a.get(f"{name}_error"), b.get(f"{name}_error"), None
        for cell, *numbers in zip(rows[label], (a[name], b[name], limits.get(name)), errors, strict=True):
            defined = [number for number in numbers if number is not None]
            for shown, number in zip(cell.split(" \u00b1 "), defined or ["-"], strict=True):
                digits = len(shown.partition(".")[2])
                assert shown == (number if number == "-" else f"{number:.{digits}f}")
    assert f"Coverage: {metrics.at_mu.reconstructed:,} of 19,683 operations from the latent mean" in text
    assert (f"{metrics.at_ball.reconstructed:,} from the point of the ball" in text) if metrics.at_ball else True
    assert ("from the point of the ball" in text) == (metrics.at_ball is not None)
    assert ("by decoder B" in text) == (metrics.at_mu_b is not None)
    ordered = evaluated.embedding.has_ball and not metrics.a.overlaps
    assert ("Poincare ball, the" in text, "Poincare ball and" in text) == (
        ordered,
        evaluated.embedding.has_ball and not ordered,
    )
    assert f"`{evaluated.checkpoint.sha256}`" in text
    assert "has 2,000 operations; map ranks the neighbours of 1,000 of them" in text
    assert "drawn with seed 0" in text


def test_an_undefined_number_is_a_dash(euclidean: EvaluatedCheckpoint) -> None:
    rows = rows_of(card(euclidean, measures(euclidean), REPOSITORY, FILE))
    metrics: EncoderMetrics = euclidean.metrics.a
    assert metrics.richness is None
    assert rows["richness"][:2] == ["-", "-"]
    assert rows["hierarchy"][0] != "-"
    assert rows["map 27"] == ["-", "-", "1.0000"]


@pytest.mark.parametrize("kind", ["rich", "euclidean"])
def test_the_hub_reads_its_front_matter(kind: str, request: pytest.FixtureRequest) -> None:
    opened: EvaluatedCheckpoint = request.getfixturevalue(kind)
    read = ModelCard(card(opened, measures(opened), REPOSITORY, FILE), ignore_metadata_errors=False)
    assert isinstance(read.data, ModelCardData)
    said = read.data.to_dict()
    assert said["library_name"] == "tvae"
    # Of a tag the Hub shows as a filter what is short and has no space or slash.
    assert said["tags"]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,48}", tag) for tag in (*said["tags"], said["library_name"]))
    assert ("hyperbolic" in said["tags"]) == opened.embedding.has_ball
    assert read.text.lstrip().startswith("# my-model")


@pytest.mark.parametrize("kind", ["rich", "ball_reader", "euclidean"])
def test_its_results_are_the_measures_under_their_names(kind: str, request: pytest.FixtureRequest) -> None:
    opened: EvaluatedCheckpoint = request.getfixturevalue(kind)
    tree = measures(opened)
    read = ModelCard(card(opened, tree, REPOSITORY, FILE), ignore_metadata_errors=False)
    assert isinstance(read.data, ModelCardData)
    assert read.data.model_name == FILE
    assert read.data.eval_results is not None
    results = {one.metric_type: one for one in read.data.eval_results}
    assert len(results) == len(read.data.eval_results)
    measured = leaderboard.measures(leaderboard.measured_row(opened, tree))
    told = {name for name in measured if "_error_" not in name} - {"reconstructed", "total"}
    assert {name: one.metric_value for name, one in results.items()} == {
        name: measured[name] for name in told if measured[name] is not None
    }
    for name, one in results.items():
        number, side = name[:-2], name[-1]
        error = measured.get(f"{number}_error_{side}")
        assert one.metric_args == (None if error is None else {"standard_error": error})
        drawn = {
            "all": {"operations": ternary.N},
            "pairs": {"seed": 0, "pairs": 400_000, "operations_of_distance_correlation": 1_000},
            "sample": tree_sample(),
        }
        kind_of = "sample" if hasattr(tree.a, number) else "pairs" if number in PAIRS else "all"
        assert (one.dataset_config, one.dataset_name) == (kind_of, "The 19,683 ternary operations")
        how = {"tvae": __version__, "encoding": "posterior mean, deterministic"}
        assert one.dataset_args == how | drawn[kind_of]
    assert ("hierarchy_b" in results, "map_3_a" in results) == (True, opened.embedding.has_ball)


def test_only_the_card_of_a_repository_says_how_it_is_measured_again(rich: EvaluatedCheckpoint) -> None:
    tree = measures(rich)
    command = f"`python -m tvae evaluate-repository {REPOSITORY} --all`"
    assert command in card(rich, tree, REPOSITORY, "model.safetensors")
    assert command not in card(rich, tree, REPOSITORY, FILE)


def test_what_the_file_says_of_its_making(rich: EvaluatedCheckpoint) -> None:
    said = {
        "recipe": "homeostatic_rich",
        "seed": 3,
        "steps": 2500,
        "stopped_after": 60,
        "learning_rate": 0.005,
        "emphasis": {"order": 2.0},
    }
    evaluated = with_metadata(rich, said)
    text = card(evaluated, measures(evaluated), REPOSITORY, FILE)
    for line in (
        "- recipe: homeostatic_rich",
        "- seed: 3",
        "- steps: 2500",
        "- stopped after step: 60",
        "- peak learning rate: 0.005",
        "- weight of order: 2 times the recipe's own",
    ):
        assert line in text.splitlines()


def test_the_example_is_a_program(rich: EvaluatedCheckpoint) -> None:
    text = card(rich, measures(rich), REPOSITORY, FILE)
    (program,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    calls = [ast.unparse(node) for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    assert f"tvae.load(hf_hub_download('{REPOSITORY}', '{FILE}'))" in calls
    assert f"]({PICTURE})" in text


@pytest.mark.parametrize("kind", ["rich", "euclidean"])
def test_the_picture_has_every_level(kind: str, request: pytest.FixtureRequest) -> None:
    opened: EvaluatedCheckpoint = request.getfixturevalue(kind)
    data = radius_png(opened.embedding)
    assert len(data) < 500_000
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    pixels = np.asarray(image.convert("RGB"))
    middle = pixels.shape[1] // 2
    for half in (pixels[:, :middle], pixels[:, middle:]):  # encoder A, encoder B
        there = {tuple(colour) for colour in np.unique(half.reshape(-1, 3), axis=0).tolist()}
        for level in range(ternary.T + 1):
            colour = LEVEL_COLOURS[level].lstrip("#")
            assert tuple(bytes.fromhex(colour)) in there, level


@pytest.mark.parametrize("kind", ["rich", "euclidean"])
def test_the_picture_has_the_scale_with_which_the_page_opens(kind: str, request: pytest.FixtureRequest) -> None:
    opened: EvaluatedCheckpoint = request.getfixturevalue(kind)
    pixels = np.asarray(Image.open(io.BytesIO(radius_png(opened.embedding))).convert("RGB"))
    middle = pixels.shape[1] // 2
    for side, half in ((opened.embedding.a, pixels[:, :middle]), (opened.embedding.b, pixels[:, middle:])):
        levels = levels_of(side.radius)
        places = placed(side.radius, levels, axis_of(levels).scale)
        lengths, drawn = np.empty(LEVELS), np.empty(LEVELS)
        for level in range(LEVELS):
            lengths[level] = np.ptp(places[level == ternary.VALUATIONS])
            colour = np.array([*bytes.fromhex(LEVEL_COLOURS[level].lstrip("#"))])
            rows = np.flatnonzero((half == colour).all(-1).any(-1))
            drawn[level] = np.ptp(rows) - 2 * (1 + (level > 1) + (level > 4))  # without half a dot at each end
        longest = int(lengths.argmax())
        np.testing.assert_allclose(drawn, lengths / lengths[longest] * drawn[longest], atol=3)


def test_labels_are_radii_and_0_below_the_logarithms() -> None:
    heights = np.array([0.0, *np.geomspace(0.01, 1.0, ternary.N - 1)])
    levels = levels_of(heights)
    assert _labels(levels, "levels", 0.0, 1.0) == []
    assert _labels(levels, "linear", 0.0, 1.0)[1] == (0.25, "0.25")
    places = placed(heights, levels, "log")
    words = [words for _, words in _labels(levels, "log", float(places.min()), float(places.max()))]
    assert words[0] == "0"
    assert words[-1] == "1"
    assert [float(word) for word in words] == sorted(float(word) for word in words)
