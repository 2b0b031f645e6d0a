"""Columns: values of all operations against their definitions, one operation at a time, and how they are packed."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from app_fixtures import EUCLIDEAN, evaluated_here

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.embedding import encode
from tvae.operations import ternary
from tvae.operations.atlas import properties
from tvae.operations.parsing import parse_operations
from tvae.reports.columns import (
    COLUMNS,
    KEYS,
    STEPS,
    Column,
    Source,
    atlas_column,
    column_of,
    packed,
    value_of,
    values_of,
)

NAME, OTHER, OPERATION = "homeostatic_rich", "tree", 15_633
SOME = (0, 1, 2, 13, 81, 729, 6_561, OPERATION, 19_682)

Definition = Callable[[EvaluatedCheckpoint, int], float]
OWN = tuple(column for column in COLUMNS if not column.group)
ATLAS = tuple(column for column in COLUMNS if column.group)


def distance(evaluated: EvaluatedCheckpoint, n: int, encoder: str) -> float:
    """|log of the Moebius difference|, in place of the formula in the package."""
    side = evaluated.embedding.side(encoder)
    assert side.point is not None
    assert side.curvature is not None
    x, y = (torch.from_numpy(side.point[i].astype(np.float64))[None] for i in (OPERATION, n))
    difference = poincare_ball.mobius_add(-x, y, side.curvature)
    return float(poincare_ball.radius(difference, side.curvature)[0])


def adic(n: int) -> int:
    digits = zip(ternary.trits_of(n), ternary.trits_of(OPERATION), strict=True)
    return next((k for k, (one, other) in enumerate(digits) if one != other), 9)


def row(evaluated: EvaluatedCheckpoint, n: int, key: str) -> float:
    return float(encode(evaluated.embedding, [n], vectors=False)[0][key])  # type: ignore[literal-required]


def wrong(evaluated: EvaluatedCheckpoint, n: int) -> int:
    one = encode(evaluated.embedding, [n], vectors=False)[0]
    return sum(a != b for a, b in zip(one["trits"], one["reconstruction"], strict=True))


DEFINITIONS: dict[str, Definition] = {
    "valuation": lambda evaluated, n: row(evaluated, n, "valuation"),
    "first": lambda _, n: n % 3,
    "exactness": lambda evaluated, n: row(evaluated, n, "exact"),
    "wrong": wrong,
    "confidence": lambda evaluated, n: row(evaluated, n, "confidence"),
    "radius_a": lambda evaluated, n: row(evaluated, n, "radius_a"),
    "radius_b": lambda evaluated, n: row(evaluated, n, "radius_b"),
    "nearness_a": lambda evaluated, n: distance(evaluated, n, "A"),
    "nearness_b": lambda evaluated, n: distance(evaluated, n, "B"),
    "adic": lambda _, n: adic(n),
    "other_radius_a": lambda _, n: row(evaluated_here(OTHER), n, "radius_a"),
    "other_radius_b": lambda _, n: row(evaluated_here(OTHER), n, "radius_b"),
}


@pytest.fixture(scope="module")
def source() -> Source:
    return Source(evaluated_here(NAME), OPERATION, evaluated_here(OTHER))


@pytest.mark.parametrize("column", OWN, ids=lambda column: column.key)
def test_values_are_those_of_the_definition(column: Column, source: Source) -> None:
    values = values_of(column, source)
    assert values.shape == (ternary.N,)
    assert [float(values[n]) for n in SOME] == pytest.approx(
        [DEFINITIONS[column.key](source.evaluated, n) for n in SOME], rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("column", ATLAS, ids=lambda column: column.key)
def test_a_column_of_the_atlas_has_the_operations_that_a_query_finds(column: Column) -> None:
    """Whatever the checkpoint is, so without one."""
    nothing: Any = None
    values = values_of(column, Source(nothing))
    for code, category in enumerate(column.categories):
        words = f"{column.key}={code}" if column.group == "quantity" else column.key if code else f"not {column.key}"
        expected = parse_operations(words) if category and (values == code).any() else ()
        assert tuple(np.flatnonzero(values == code)) == expected
    assert packed(column, Source(nothing))["meaning"] == column.meaning != ""


def test_the_columns_of_the_atlas_are_its_properties_and_quantities() -> None:
    assert len(KEYS) == len(set(KEYS))
    groups = {"quantity": properties.QUANTITIES, "clone": properties.CLONES}
    for group, known in groups.items():
        assert [column.key for column in ATLAS if column.group == group] == [one.name for one in known]
    assert {column.key for column in ATLAS} == {one.name for one in (*properties.PROPERTIES, *properties.QUANTITIES)}


def test_values_of_the_atlas_are_true_or_false_or_numbers() -> None:
    assert [value_of(atlas_column("sheffer"), code) for code in (0, 1)] == [False, True]
    assert value_of(atlas_column("automorphisms"), 6) == 6
    with pytest.raises(InputError, match=r"'radius_a' belongs to a checkpoint; give a property or a quantity"):
        atlas_column("radius_a")
    with pytest.raises(InputError, match="There is no column 'hue'"):
        atlas_column("hue")


@pytest.mark.parametrize("column", COLUMNS, ids=KEYS)
def test_packed_values_are_the_values(column: Column, source: Source) -> None:
    values, sent = values_of(column, source), packed(column, source)
    if column.kind == "categorical":
        codes = np.frombuffer(base64.b64decode(sent["codes"]), np.uint8)
        assert (codes == values).all()
        assert len(column.categories) == len(column.colours) > codes.max()
        return
    steps = np.frombuffer(base64.b64decode(sent["steps"]), "<u2")
    decoded = sent["low"] + steps / STEPS * (sent["high"] - sent["low"])
    assert np.abs(decoded - values).max() <= 0.51 * (sent["high"] - sent["low"]) / STEPS
    assert (sent["low"], sent["high"]) == (values.min(), values.max())
    assert (steps.min(), steps.max()) == (0, STEPS)


def test_a_constant_column_is_packed_as_its_value(source: Source) -> None:
    def constant(_source: Source, _encoder: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.full(ternary.N, 0.5)

    sent = packed(Column("same", "continuous", constant), source)
    assert (sent["low"], sent["high"]) == (0.5, 0.5)
    assert set(base64.b64decode(sent["steps"])) == {0}


def test_trits_that_are_not_reconstructed_are_counted() -> None:
    """All bundled checkpoints reconstruct everything, so with a table that does not."""
    evaluated = evaluated_here(NAME)
    reconstruction = evaluated.embedding.reconstruction.copy()
    reconstruction[13, :4] = -1  # operation 13: four trits, of which position 0..2 are +1 or 0 in its table
    changed = replace(evaluated, embedding=replace(evaluated.embedding, reconstruction=reconstruction))
    values = values_of(column_of("wrong"), Source(changed))
    expected = sum(trit != -1 for trit in ternary.trits_of(13)[:4])
    assert expected > 0
    assert (values[13], values.sum()) == (expected, expected)


def test_a_checkpoint_without_a_ball_has_every_column() -> None:
    flat = Source(evaluated_here(EUCLIDEAN), OPERATION, evaluated_here(OTHER))
    mu = flat.evaluated.embedding.a.mu.astype(np.float64)
    expected = np.linalg.norm(mu - mu[OPERATION], axis=1)
    assert values_of(column_of("nearness_a"), flat) == pytest.approx(expected, abs=1e-6)
    for column in COLUMNS:
        assert np.isfinite(values_of(column, flat)).all()


def test_another_checkpoint_is_not_taken_to_be_the_same() -> None:
    with pytest.raises(ValueError, match="needs another checkpoint"):
        values_of(column_of("other_radius_a"), Source(evaluated_here(NAME), OPERATION))


def test_an_unknown_column_is_refused_with_those_there_are() -> None:
    for key in ("hue", "", None, 3):
        with pytest.raises(InputError, match=r"There is no column .*valuation, first.*commutative\. Choose one"):
            column_of(key)
