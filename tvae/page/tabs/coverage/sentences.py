"""Sentences of the Coverage tab, computed from the numbers and from the recipe that a file names."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.robustness import (
    Calibration,
    Confusion,
    Noise,
    Robustness,
)
from tvae.page.ui import texts
from tvae.page.ui.charts.small_charts import percent
from tvae.page.ui.html import entry_name, number, trit_tile
from tvae.training.history import recorded_recipe
from tvae.training.recipes.recipe import Recipe


class Taught(NamedTuple):
    """Which terms of a training run's loss depend on the log-variances of encoder A."""

    samples: bool  # a decoder was trained on samples of the posterior
    kl: bool  # the loss had a KL term


def worst(confusion: Confusion) -> str:
    """The number of confused trits and the most frequent error, for the line above the tables."""
    off = confusion.by_position * (1 - np.eye(3, dtype=np.int64))  # (9, 3, 3)
    if not off.any():
        return texts.NOTHING_CONFUSED
    position, true, decoded = np.unravel_index(int(off.argmax()), off.shape)
    return texts.MOST_CONFUSED.format(
        wrong=f"{int(off.sum()):,}",
        true=trit_tile(int(true) - 1),
        decoded=trit_tile(int(decoded) - 1),
        place=entry_name(int(position)),
        count=f"{int(off.max()):,}",
    )


def doubt(calibration: Calibration) -> str:
    """Whether the decoder is overconfident or underconfident."""
    if calibration.accuracy == 1:
        return texts.ALL_RIGHT.format(ece=number(calibration.ece, 6))
    sentence = texts.TOO_SURE if calibration.confidence > calibration.accuracy else texts.TOO_DOUBTFUL
    return sentence.format(
        confidence=percent(calibration.confidence, 3), accuracy=percent(calibration.accuracy, 3), ece=calibration.ece
    )


def recipe_of(evaluated: EvaluatedCheckpoint) -> Recipe | None:
    """The recipe that the file names; None if it names none, or one that this version does not have."""
    return recorded_recipe(evaluated.checkpoint.recorded.run)


def taught(evaluated: EvaluatedCheckpoint, plan: Recipe | None) -> Taught:
    """Read from the recipe and from the loss weights of the run."""
    factors = evaluated.checkpoint.recorded.run.emphasis or {}
    weights = [phase.weights_a for phase in plan.phases] if plan else []
    drawn = any(one.reconstruction for one in weights) and factors.get("reconstruction", 1) != 0
    pulled = any(one.kl for one in weights) and factors.get("smoothness", 1) != 0
    return Taught(drawn, pulled)


def half_lost(noise: Noise) -> tuple[float, float] | None:
    """The two neighbouring s between which coverage falls to half of its value at the mean; None if it stays above."""
    goal = noise.coverage[0] / 2
    for (before, more), (after, less) in pairwise(zip(noise.deviations, noise.coverage, strict=True)):
        if more > goal >= less:
            return before, after
    return None


def noise_words(noise: Noise, plan: Recipe | None, how: Taught) -> list[str]:
    """What the noise curve shows, and how training explains it."""
    half = half_lost(noise)
    said = [
        texts.NOISE_HALF.format(before=half[0], after=half[1]) if half else texts.NOISE_NO_HALF,
        texts.NOISE_SIZE.format(
            sigma=number(noise.sigma, 3),
            spread=number(noise.spread, 3),
            ratio=number(noise.sigma / noise.spread, 2) if noise.spread else texts.ANY_NUMBER_OF,
        ),
    ]
    if noise.sigma >= noise.spread:
        said.append(texts.NOISE_DROWNS)
    if plan is None:
        return [*said, texts.SIGMA_UNKNOWN]
    if not any(how):
        return [*said, texts.SIGMA_UNTAUGHT.format(name=plan.name)]
    return [*said, texts.SIGMA_TAUGHT.format(name=plan.name)]


def reach_words(found: Robustness, plan: Recipe | None, how: Taught) -> str:
    """How many operations samples of the prior reach, and whether training aimed at that."""
    prior = found.prior
    said = [
        texts.REACHED.format(
            drawn=f"{prior.samples[-1]:,}",
            reached=f"{prior.reached[-1]:,}",
            ideal=f"{prior.uniform[-1]:,.0f}",
        )
    ]
    if plan is not None:
        said.append((texts.PRIOR_KL if how.kl else texts.PRIOR_NO_KL).format(name=plan.name))
    said.append(texts.BALL_DRAWN if found.ball else texts.BALL_NOT_READ)
    return " ".join(said)
