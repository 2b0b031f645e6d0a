"""The Poincare ball: identities, geoopt's formulas as the oracle, finite gradients."""

import itertools
import warnings

import pytest
import torch
from torch import Tensor

from tvae.geometry import poincare_ball as ball

with warnings.catch_warnings():  # torch finds geoopt's decorators old-fashioned
    warnings.simplefilter("ignore", DeprecationWarning)
    import geoopt

CURVATURES = (0.5, 1.0, 2.0)
DTYPES = (torch.float32, torch.float64)
TOLERANCE = {torch.float32: 2e-4, torch.float64: 1e-9}  # at norms up to 0.95 / sqrt(c)

each_ball = pytest.mark.parametrize(("c", "dtype"), list(itertools.product(CURVATURES, DTYPES)))


def points(c: float, dtype: torch.dtype, seed: int, count: int = 500, largest: float = 0.95) -> Tensor:
    """Seeded points (count, 16) with norms spread over [0, largest / sqrt(c)]."""
    generator = torch.Generator().manual_seed(seed)
    direction = torch.nn.functional.normalize(torch.randn(count, 16, generator=generator, dtype=torch.float64), dim=-1)
    norms = torch.linspace(0, largest, count, dtype=torch.float64)[:, None] / c**0.5
    return (norms[torch.randperm(count, generator=generator)] * direction).to(dtype)


def assert_close(found: Tensor, expected: Tensor) -> None:
    tolerance = TOLERANCE[found.dtype]
    torch.testing.assert_close(found, expected.to(found.dtype), rtol=tolerance, atol=tolerance)


@each_ball
def test_formulas_agree_with_geoopt(c: float, dtype: torch.dtype) -> None:
    """geoopt computes in float64, so the errors of float32 are ours alone."""
    x, y = points(c, dtype, 0), points(c, dtype, 1)
    oracle = geoopt.PoincareBall(c=torch.tensor(c, dtype=torch.float64))
    wide_x, wide_y = x.double(), y.double()
    assert_close(ball.distance(x, y, c), oracle.dist(wide_x, wide_y))
    assert_close(ball.radius(x, c), oracle.dist0(wide_x))
    assert_close(ball.log0(x, c), oracle.logmap0(wide_x))
    assert_close(ball.exp0(x, c), oracle.expmap0(wide_x))
    assert_close(ball.mobius_add(x, y, c), oracle.mobius_add(wide_x, wide_y))
    for share in (0.0, 0.25, 0.5, 1.0):
        t = torch.tensor(share, dtype=torch.float64)
        assert_close(ball.geodesic(x, y, share, c), oracle.geodesic(t, wide_x, wide_y))


@each_ball
def test_curvature_may_be_a_tensor(c: float, dtype: torch.dtype) -> None:
    x, y, tensor = points(c, dtype, 0), points(c, dtype, 1), torch.tensor(c, dtype=dtype)
    for function in (ball.radius, ball.log0, ball.exp0):
        assert_close(function(x, tensor), function(x, c))
    assert_close(ball.distance(x, y, tensor), ball.distance(x, y, c))
    assert_close(ball.geodesic(x, y, 0.3, tensor), ball.geodesic(x, y, 0.3, c))


@each_ball
def test_maps_at_the_origin_are_inverse(c: float, dtype: torch.dtype) -> None:
    x = points(c, dtype, 2)
    assert_close(ball.exp0(ball.log0(x, c), c), x)
    tangent = 1.5 * points(c, dtype, 3)
    assert_close(ball.log0(ball.exp0(tangent, c), c), tangent)
    zero = torch.zeros(3, 16, dtype=dtype)
    assert torch.equal(ball.log0(zero, c), zero)
    assert torch.equal(ball.exp0(zero, c), zero)
    assert_close(2 * ball.norm(ball.log0(x, c)), ball.radius(x, c))


@each_ball
def test_distance_is_a_metric(c: float, dtype: torch.dtype) -> None:
    x, y, z = (points(c, dtype, seed) for seed in (4, 5, 6))
    slack = TOLERANCE[dtype]
    assert torch.equal(ball.distance(x, x, c), torch.zeros(500, dtype=dtype))
    assert_close(ball.distance(x, y, c), ball.distance(y, x, c))
    assert (ball.distance(x, y, c) > 0).all()
    assert (ball.distance(x, z, c) <= ball.distance(x, y, c) + ball.distance(y, z, c) + slack).all()
    assert_close(ball.distance(torch.zeros_like(x), x, c), ball.radius(x, c))


@each_ball
def test_all_pairs_have_their_distances(c: float, dtype: torch.dtype) -> None:
    x = points(c, dtype, 6)[:60]
    first, second = torch.triu_indices(60, 60, 1)
    assert_close(ball.pairwise_distance(x, c), ball.distance(x[first], x[second], c))
    assert ball.pairwise_distance(torch.stack([x[0], x[0]]), c).tolist() == [0]
    assert torch.equal(ball.distance_of_pairs(x, first, second, c), ball.distance(x[first], x[second], c))


@each_ball
def test_translations_keep_distances(c: float, dtype: torch.dtype) -> None:
    x, y = points(c, dtype, 7, largest=0.8), points(c, dtype, 8, largest=0.8)
    shift = points(c, dtype, 9, largest=0.5)
    moved = ball.distance(ball.mobius_add(shift, x, c), ball.mobius_add(shift, y, c), c)
    assert_close(moved, ball.distance(x, y, c))
    assert_close(ball.mobius_add(-x, ball.mobius_add(x, y, c), c), y)
    assert_close(ball.mobius_add(torch.zeros_like(x), y, c), y)
    assert_close(
        2 / c**0.5 * torch.atanh(c**0.5 * ball.norm(ball.mobius_add(-x, y, c))),
        ball.distance(x, y, c),
    )


@each_ball
def test_geodesics_have_constant_speed(c: float, dtype: torch.dtype) -> None:
    x, y = points(c, dtype, 10, largest=0.8), points(c, dtype, 11, largest=0.8)
    whole = ball.distance(x, y, c)
    assert_close(ball.geodesic(x, y, 0.0, c), x)
    assert_close(ball.geodesic(x, y, 1.0, c), y)
    for share in (0.1, 0.5, 0.9):
        between = ball.geodesic(x, y, share, c)
        assert_close(ball.distance(x, between, c), share * whole)
        assert_close(ball.distance(between, y, c), (1 - share) * whole)


def test_small_distances_are_twice_the_euclidean_ones() -> None:
    x, y = torch.full((4,), 1e-9, dtype=torch.float64), torch.tensor([2e-9, 0, 0, 0], dtype=torch.float64)
    assert float(ball.distance(x, y)) == pytest.approx(2 * float(ball.norm(x - y)), rel=1e-12)


@pytest.mark.parametrize(("norm", "radius"), [(0.95, 3.6636), (0.99, 5.2933), (0.0, 0.0)])
def test_radius_of_known_norms(norm: float, radius: float) -> None:
    point = torch.tensor([0.6 * norm, 0.8 * norm], dtype=torch.float64)
    assert float(ball.norm(point)) == pytest.approx(norm)
    assert float(ball.radius(point)) == pytest.approx(radius, abs=5e-5)
    assert float(ball.radius(point / 2**0.5, 2.0)) == pytest.approx(float(ball.radius(point)) / 2**0.5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_near_the_boundary_the_error_of_float32_is_a_thousandth(dtype: torch.dtype) -> None:
    norm = torch.tensor([1 - 1e-4], dtype=torch.float64)
    exact = 2 * torch.atanh(norm)
    found = ball.radius(norm.to(dtype)[:, None])
    torch.testing.assert_close(found.double(), exact, rtol=0, atol={torch.float32: 1e-3, torch.float64: 1e-11}[dtype])


@each_ball
def test_the_cap_has_its_documented_value(c: float, dtype: torch.dtype) -> None:
    """Points on and outside the boundary have the radius of the cap: 14.5 in float32, 28.3 in float64."""
    cap = {torch.float32: 1 - 1e-6, torch.float64: 1 - 1e-12}[dtype]
    assert ball.max_unit_norm(dtype) == cap
    largest = 2 / c**0.5 * torch.atanh(torch.tensor(cap, dtype=dtype))
    for norm in (1.0, 1.5, 1e6):
        point = torch.tensor([0.6 * norm, 0.8 * norm], dtype=dtype) / c**0.5
        assert_close(ball.radius(point, c), largest)
        assert_close(c**0.5 * ball.norm(ball.exp0(20 * point, c)), torch.tensor(cap))
    assert float(largest) * c**0.5 == pytest.approx({torch.float32: 14.5, torch.float64: 28.3}[dtype], abs=0.05)


def awkward(c: float, dtype: torch.dtype) -> Tensor:
    """The origin, tiny, ordinary, close to the boundary, on it and outside, each twice (x and y)."""
    cap = ball.max_unit_norm(dtype)
    lengths = torch.tensor([0, 1e-30, 1e-12, 1e-6, 0.5, 0.999, cap, 1 - 1e-7, 1.0, 1.5], dtype=dtype) / c**0.5
    directions = torch.tensor([[1.0, 0, 0], [0, 0.6, -0.8], [-1.0, 0, 0]], dtype=dtype)
    return (lengths[:, None, None] * directions).reshape(-1, 3)


@each_ball
def test_values_and_gradients_are_finite_everywhere(c: float, dtype: torch.dtype) -> None:
    ends = awkward(c, dtype)
    first, second = (part.reshape(-1, 3).clone() for part in torch.broadcast_tensors(ends[:, None], ends[None]))
    for function in (ball.norm, ball.radius, ball.log0, ball.exp0):
        x = ends.clone().requires_grad_()
        value = function(x) if function is ball.norm else function(x, c)
        value.sum().backward()
        assert value.isfinite().all()
        assert x.grad is not None
        assert x.grad.isfinite().all(), function.__name__
    for pair in (
        ball.distance,
        ball.mobius_add,
        lambda a, b, c: ball.geodesic(a, b, 0.5, c),
    ):
        x, y = first.clone().requires_grad_(), second.clone().requires_grad_()
        value = pair(x, y, c)
        value.sum().backward()
        assert value.isfinite().all()
        for end in (x, y):
            assert end.grad is not None
            assert end.grad.isfinite().all()


@each_ball
def test_the_exponential_map_stays_inside(c: float, dtype: torch.dtype) -> None:
    tangent = torch.tensor([[1e6, 0], [20.0, 30.0], [1e-3, 0]], dtype=dtype)
    assert (c**0.5 * ball.norm(ball.exp0(tangent, c)) < 1).all()


def test_gradients_are_those_of_finite_differences() -> None:
    x, y = points(1.0, torch.float64, 12, 6, 0.9), points(1.0, torch.float64, 13, 6, 0.9)
    c = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    x, y = x.requires_grad_(), y.requires_grad_()
    inside = x[1:], y[1:]
    assert torch.autograd.gradcheck(ball.distance, (*inside, c))
    assert torch.autograd.gradcheck(ball.mobius_add, (*inside, c))
    assert torch.autograd.gradcheck(ball.geodesic, (*inside, 0.3, c))
    for function in (ball.radius, ball.log0, ball.exp0):
        nonzero = x[x.norm(dim=-1) > 0]
        assert torch.autograd.gradcheck(function, (nonzero, c))
