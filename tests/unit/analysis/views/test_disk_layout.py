"""The disk: exact radii from any centre, the digit tree as nested arcs, and the precision of packed points."""

import gzip
import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from embeddings import EVERY, D, flat, nested, tree

from tvae.analysis import evaluation
from tvae.analysis.views import disk_layout
from tvae.checkpoints import loading
from tvae.errors import InputError
from tvae.geometry import poincare_ball
from tvae.models.embedding import EncoderEmbedding
from tvae.operations import ternary

CENTRES = (0, 1, 13, 6_561, 19_682)


@pytest.fixture(scope="module", params=["homeostatic_rich", "tree", "max_hierarchy"])
def sides(request: pytest.FixtureRequest) -> tuple[EncoderEmbedding, EncoderEmbedding]:
    """Both encoders of trained checkpoints: wide shells, the whole tree, one ray."""
    location = loading.locate(request.param)
    embedding = evaluation.measure(location, loading.open_located(location), tree=False).embedding
    return embedding.a, embedding.b


def double(side: EncoderEmbedding) -> np.ndarray:
    return side.point.astype(np.float64)


def arc(index: int, m: int) -> tuple[float, float]:
    """Start and end, 0 <= start < end <= 2 pi, of the arc of {n : n = index mod 3^m}, m = 0..9."""
    width = 2 * np.pi / 3**m
    start = np.floor(float(disk_layout.angle(index)) / width) * width
    return float(start), float(start + width)


def places(radii: np.ndarray, angles: np.ndarray, c: float = 1.0) -> np.ndarray:
    """Places (..., 2) in the unit disk of hyperbolic radii (...,) in the ball of curvature -c, at angles (...,)."""
    norms = np.tanh(c**0.5 * radii / 2)
    return np.stack([norms * np.cos(angles), norms * np.sin(angles)], axis=-1)


@dataclass(frozen=True)
class Packed:
    """What `unpack` reads back."""

    radius: np.ndarray  # (N,) hyperbolic, from the origin
    point: np.ndarray  # (N, D)


def unpack(data: bytes, c: float = 1.0) -> Packed:
    """What a browser reads from `pack`'s bytes, for a ball of curvature -c."""
    radius = np.frombuffer(data, "<f4", ternary.N)
    dimensions = (len(data) - radius.nbytes) // (4 + 2 * ternary.N)
    scales = np.frombuffer(data, "<f4", dimensions, radius.nbytes)
    steps = np.frombuffer(data, "<i2", ternary.N * dimensions, radius.nbytes + scales.nbytes)
    coordinates = scales.astype(np.float64) * steps.reshape(ternary.N, dimensions) / disk_layout.STEPS
    lengths = np.linalg.norm(coordinates, axis=1, keepdims=True)
    norms = np.tanh(c**0.5 * radius.astype(np.float64) / 2)[:, None] / c**0.5
    return Packed(radius, coordinates / np.maximum(lengths, poincare_ball.TINY) * norms)


class TestAngles:
    def test_the_formula(self) -> None:
        digits = ternary.ALL_TRITS.astype(float) + 1
        expected = 2 * np.pi * ((digits * 3.0 ** -(np.arange(9) + 1)).sum(1) + 3.0**-9 / 2)
        np.testing.assert_allclose(disk_layout.angle(EVERY), expected, rtol=1e-12)

    def test_each_operation_has_its_own_cell(self) -> None:
        np.testing.assert_allclose(np.sort(disk_layout.angle(EVERY)), disk_layout.CELL * (EVERY + 0.5), rtol=1e-12)
        for turn, shift in itertools.product((-1, 0, 3), (-0.49, 0, 0.49)):
            shifted = disk_layout.angle(EVERY) + shift * disk_layout.CELL + 2 * np.pi * turn
            assert np.array_equal(disk_layout.operation_at(shifted), EVERY)

    @pytest.mark.parametrize("m", range(10))
    def test_each_3adic_ball_is_one_arc(self, m: int) -> None:
        """An arc contains {n : n = a mod 3^m} and nothing else, so the arcs of one m tile the circle."""
        angles = disk_layout.angle(EVERY)
        for a in range(0, 3**m, max(1, 3**m // 30)):
            start, end = arc(a, m)
            assert end - start == pytest.approx(2 * np.pi / 3**m)
            assert np.array_equal((start < angles) & (angles < end), EVERY % 3**m == a)

    def test_3adic_balls_around_any_operation_are_nested_arcs(self) -> None:
        for index in CENTRES:
            arcs = [arc(index, m) for m in range(10)]
            assert arcs[0] == (0, 2 * np.pi)
            for (outer_start, outer_end), (start, end) in itertools.pairwise(arcs):
                assert outer_start - 1e-12 <= start < float(disk_layout.angle(index)) < end <= outer_end + 1e-12


class TestCentre:
    def test_radii_from_the_origin_are_those_of_the_embedding(
        self, sides: tuple[EncoderEmbedding, EncoderEmbedding]
    ) -> None:
        for side in sides:
            found = disk_layout.radii_from(side, np.zeros(D))
            np.testing.assert_allclose(found, side.radius, rtol=1e-12)
            placed = places(found, disk_layout.angle(EVERY))
            np.testing.assert_allclose(2 * np.arctanh(np.linalg.norm(placed, axis=1)), side.radius, rtol=1e-9)
            turned = np.arctan2(placed[:, 1], placed[:, 0]) % (2 * np.pi)
            seen = side.radius > 1e-9
            np.testing.assert_allclose(turned[seen], disk_layout.angle(EVERY)[seen], rtol=1e-9)

    @pytest.mark.parametrize("index", CENTRES)
    def test_a_translation_maps_the_centre_to_0_and_preserves_distances(self, index: int) -> None:
        side = nested()
        points, centre = double(side), double(side)[index]
        moved = disk_layout.translate(points, centre)
        np.testing.assert_allclose(moved[index], 0, atol=1e-12)
        radii = poincare_ball.radius(torch.from_numpy(moved)).numpy()
        np.testing.assert_allclose(disk_layout.radii_from(side, centre), radii, rtol=1e-7, atol=1e-9)
        some = np.random.default_rng(index).integers(ternary.N, size=(2, 3_000))
        before, after = (
            poincare_ball.distance(*(torch.from_numpy(which[part]) for part in some)).numpy()
            for which in (points, moved)
        )
        np.testing.assert_allclose(after, before, rtol=1e-7, atol=1e-9)

    def test_moving_there_and_back_changes_nothing(self) -> None:
        points = double(nested())
        centre = points[19_682]
        np.testing.assert_allclose(
            disk_layout.translate(disk_layout.translate(points, centre), -centre), points, atol=1e-10
        )

    @pytest.mark.parametrize("c", [0.5, 2.0])
    def test_curvature(self, c: float) -> None:
        """A ball of curvature -c is the unit ball scaled; the disk shows both alike."""
        plain = nested()
        scaled = EncoderEmbedding(
            plain.mu, (plain.point / c**0.5).astype(np.float32), plain.norm / c**0.5, plain.radius / c**0.5, c
        )
        centre = double(plain)[13]
        radii, scaled_radii = disk_layout.radii_from(plain, centre), disk_layout.radii_from(scaled, centre / c**0.5)
        np.testing.assert_allclose(scaled_radii * c**0.5, radii, rtol=1e-4, atol=1e-4)
        angles = disk_layout.angle(EVERY)
        np.testing.assert_allclose(places(scaled_radii, angles, c), places(radii, angles), atol=1e-4)

    def test_the_centre_is_its_own_nearest_point(self) -> None:
        side = nested()
        assert all(disk_layout.radii_from(side, double(side)[index]).argmin() == index for index in range(20))


class TestLift:
    @pytest.mark.parametrize("centre", [None, *CENTRES])
    def test_lifting_is_exact_at_the_operations(self, centre: int | None) -> None:
        side = nested()
        points = double(side)
        middle = np.zeros(D) if centre is None else points[centre]
        radii, angles = disk_layout.radii_from(side, middle), disk_layout.angle(EVERY)
        for index in (2, 40, 6_562, 19_000):
            found = disk_layout.lift(side, middle, radii[index], angles[index])
            np.testing.assert_allclose(found, points[index], atol=1e-9)

    def test_every_place_has_its_radius(self) -> None:
        side = tree()
        rng = np.random.default_rng(0)
        for radius, at_angle in zip(rng.uniform(0, 4, 40), rng.uniform(-7, 14, 40), strict=True):
            for centre in (np.zeros(D), double(side)[13]):
                found = torch.from_numpy(disk_layout.lift(side, centre, radius, at_angle))
                assert float(poincare_ball.distance(torch.from_numpy(centre), found)) == pytest.approx(radius, abs=1e-9)

    def test_the_cell_of_the_centre_uses_the_ray_of_the_next_cell(self) -> None:
        side = nested()
        centre = double(side)[13]
        own = float(disk_layout.angle(13))
        found = disk_layout.lift(side, centre, 0.5, own)
        np.testing.assert_allclose(found, disk_layout.lift(side, centre, 0.5, own + disk_layout.CELL))

    @pytest.mark.parametrize("centre", CENTRES)
    def test_the_mean_accompanies_the_point(self, centre: int) -> None:
        """It is the operation's mean at the operation's place, the centre's at 0, and their average half way."""
        side = replace(nested(), mu=np.random.default_rng(0).normal(size=(ternary.N, D)).astype(np.float32))
        radii, angles = disk_layout.radii_from(side, double(side)[centre]), disk_layout.angle(EVERY)
        for index in (2, 40, 6_562, 19_000):
            for share in (0.0, 0.5, 1.0, 1.5):
                found = disk_layout.lift_mean(side, centre, share * radii[index], angles[index])
                expected = (1 - share) * side.mu[centre].astype(float) + share * side.mu[index].astype(float)
                np.testing.assert_allclose(found, expected, atol=1e-9)
        own = float(angles[centre])
        np.testing.assert_allclose(
            disk_layout.lift_mean(side, centre, 0.3, own),
            disk_layout.lift_mean(side, centre, 0.3, own + disk_layout.CELL),
        )


class TestPacking:
    def test_radii_are_exact_and_distances_nearly(self, sides: tuple[EncoderEmbedding, EncoderEmbedding]) -> None:
        for side in sides:
            data = disk_layout.pack(side)
            assert len(data) == 4 * ternary.N + 4 * D + 2 * D * ternary.N == 708_652
            read = unpack(data, side.curvature)
            np.testing.assert_allclose(read.radius, side.radius, rtol=1e-7)
            wide, close = torch.from_numpy(double(side)), torch.from_numpy(read.point)
            np.testing.assert_allclose(poincare_ball.radius(close).numpy(), side.radius, rtol=1e-6, atol=1e-9)
            for index in CENTRES:
                error = poincare_ball.distance(close, close[index]) - poincare_ball.distance(wide, wide[index])
                assert float(error.abs().max()) < 3e-4
            assert 0.8 < len(gzip.compress(data)) / len(data) < 1

    def test_an_unused_dimension_is_packed(self) -> None:
        side = tree()
        empty = np.flatnonzero(~side.point.any(0))
        read = unpack(disk_layout.pack(side)).point
        assert not read[:, empty].any()
        np.testing.assert_allclose(read, side.point, atol=1e-4)

    def test_without_a_ball_the_means_are_packed(self) -> None:
        side = flat(0)
        data = disk_layout.pack(side)
        np.testing.assert_allclose(np.frombuffer(data, "<f4", ternary.N), side.radius, rtol=1e-7)
        scales = np.frombuffer(data, "<f4", D, 4 * ternary.N)
        steps = np.frombuffer(data, "<i2", -1, 4 * (ternary.N + D)).reshape(ternary.N, D)
        np.testing.assert_allclose(scales * steps / disk_layout.STEPS, side.mu, atol=1e-4)

    def test_without_a_ball_there_is_no_disk(self) -> None:
        side = flat(0)
        for ask in (
            lambda: disk_layout.radii_from(side, np.zeros(D)),
            lambda: disk_layout.lift(side, np.zeros(D), 1.0, 0.0),
            lambda: disk_layout.lift_mean(side, 0, 1.0, 0.0),
        ):
            with pytest.raises(InputError, match=r"^This checkpoint is Euclidean: it has no ball"):
                ask()
