"""Every loss against its definition written as plain loops in float64, its extremes, and finite gradients."""

import math

import pytest
import torch
from torch import Tensor

from tvae.training.objectives import losses

B, D = 7, 16
RANDOM = torch.Generator().manual_seed(0)
LOGITS = 3 * torch.randn(B, 9, 3, generator=RANDOM, dtype=torch.float64)
CLASSES = torch.randint(3, (B, 9), generator=RANDOM)
MU = torch.randn(B, D, generator=RANDOM, dtype=torch.float64)
LOGVAR = torch.randn(B, D, generator=RANDOM, dtype=torch.float64)
NORMS = torch.rand(B, generator=RANDOM, dtype=torch.float64)
LOW, HIGH, TARGET = (torch.full((B,), value, dtype=torch.float64) for value in (0.3, 0.6, 0.5))


def slow_reconstruction() -> float:
    total = 0.0
    for b in range(B):
        for t in range(9):
            weights = [math.exp(value) for value in LOGITS[b, t].tolist()]
            total -= math.log(weights[int(CLASSES[b, t])] / sum(weights))
    return total / (9 * B)


def slow_kl() -> float:
    total = 0.0
    for mu, logvar in zip(MU.flatten().tolist(), LOGVAR.flatten().tolist(), strict=True):
        total += (mu * mu + math.exp(logvar) - 1 - logvar) / 2
    return total / B


def slow_outside() -> float:
    distances: list[float] = [0.3 - r if r < 0.3 else r - 0.6 if r > 0.6 else 0.0 for r in NORMS.tolist()]
    return math.fsum(distances) / B


def slow_pull() -> float:
    return math.fsum(abs(r - 0.5) for r in NORMS.tolist()) / B


def slow_stray() -> float:
    return slow_outside() / 0.6


def slow_place() -> float:
    total = 0.0
    for b in range(B):
        for d in range(D):
            error = abs(float(MU[b, d] - POINTS[b, d]) / float(SCALES[d]))
            total += error * error if error < 0.5 else error - 0.25
    return total / (B * D)


SCALES = torch.linspace(0.3, 5.0, D, dtype=torch.float64)
POINTS = 0.9 * torch.nn.functional.normalize(MU, dim=-1) * NORMS.unsqueeze(-1)
NEAR = MU / 8
OTHERS, DEPTH = POINTS.roll(1, 0), torch.tensor([0.0, 1.0, 0.0, 2.0, 9.0, 3.0, 1.0], dtype=torch.float64)
GAP = torch.tensor([0.0, 1.0, -1.0, 2.0, -9.0, 3.0, -1.0], dtype=torch.float64)


def slow_free_kl() -> float:
    total = 0.0
    for mus, logvars in zip(MU.T.tolist(), LOGVAR.T.tolist(), strict=True):
        nats = [(mu * mu + math.exp(logvar) - 1 - logvar) / 2 for mu, logvar in zip(mus, logvars, strict=True)]
        total += max(0.0, math.fsum(nats) / B - 0.5)
    return total


def slow_repulsion() -> float:
    return math.fsum(math.exp(-(math.dist(NEAR[b], NEAR[b - 1]) ** 2) / 0.25) for b in range(B)) / B


def slow_relative_geodesic() -> float:
    total = 0.0
    for b in range(B):
        if float(DEPTH[b]) < 9:  # not the same operation twice
            gap, x, y = (math.dist(POINTS[b], OTHERS[b]), math.hypot(*POINTS[b]), math.hypot(*OTHERS[b]))
            distance = math.acosh(1 + 2 * gap**2 / ((1 - x**2) * (1 - y**2)))
            error = 3 * abs(distance / (3 * math.exp(-float(DEPTH[b]) / 3)) - 1)
            total += error * error if error < 0.5 else error - 0.25
    return total / B


def slow_geodesic() -> float:
    total = 0.0
    for b in range(B):
        x, y = POINTS[b].tolist(), POINTS[b - 1].tolist()
        room = (1 - math.hypot(*x) ** 2) * (1 - math.hypot(*y) ** 2)
        miss = abs(math.acosh(1 + 2 * math.dist(x, y) ** 2 / room) - 3 * math.exp(-float(DEPTH[b]) / 3))
        total += miss * miss / 2 if miss < 1 else miss - 0.5
    return total / B


def slow_rank() -> float:
    total = 0.0
    for b in range(B):
        gap, rise = float(GAP[b]), float(NORMS[b] - NORMS[b - 1])
        total += abs(gap) / (1 + math.exp(-math.copysign(1, gap) * rise / 0.1))
    return total / B


def slow_steps() -> float:
    return math.fsum(abs(math.dist(POINTS[b], POINTS[b - 1]) - 0.1 * abs(float(GAP[b]))) for b in range(B)) / B


@pytest.mark.parametrize(
    ("fast", "slow"),
    [
        (losses.kl_divergence(MU, LOGVAR, free_bits=0.5), slow_free_kl()),
        (losses.repulsion(NEAR, NEAR.roll(1, 0)), slow_repulsion()),
        (losses.geodesic(POINTS, OTHERS, DEPTH), slow_geodesic()),
        (losses.rank(NORMS, NORMS.roll(1), GAP), slow_rank()),
        (losses.level_distance_l1(POINTS, OTHERS, GAP, 0.1), slow_steps()),
        (losses.reconstruction(LOGITS, CLASSES), slow_reconstruction()),
        (losses.kl_divergence(MU, LOGVAR), slow_kl()),
        (losses.interval_hinge(NORMS, LOW, HIGH), slow_outside()),
        (losses.target_norm_l1(NORMS, TARGET), slow_pull()),
        (losses.relative_interval_hinge(NORMS, LOW, HIGH), slow_stray()),
        (losses.scaled_huber(MU - POINTS, SCALES), slow_place()),
        (losses.relative_geodesic(POINTS, OTHERS, DEPTH), slow_relative_geodesic()),
    ],
    ids=[
        "free bits",
        "repulsion",
        "geodesic",
        "rank",
        "steps",
        "reconstruction",
        "kl",
        "outside",
        "pull",
        "stray",
        "place",
        "near geodesic",
    ],
)
def test_agrees_with_its_definition(fast: Tensor, slow: float) -> None:
    assert fast.shape == ()
    assert slow > 0
    assert fast.item() == pytest.approx(slow, abs=1e-12)


def test_chance_and_certainty_of_the_reconstruction() -> None:
    chance = losses.reconstruction(torch.zeros(B, 9, 3, dtype=torch.float64), CLASSES)
    assert chance.item() == pytest.approx(math.log(3), abs=1e-12)
    certain = 100.0 * torch.nn.functional.one_hot(CLASSES, 3).double()
    assert losses.reconstruction(certain, CLASSES).item() == pytest.approx(0.0, abs=1e-12)


def test_the_prior_costs_nothing() -> None:
    assert losses.kl_divergence(torch.zeros(B, D), torch.zeros(B, D)).item() == 0.0


def test_inside_and_on_target_cost_nothing() -> None:
    on_the_edges = torch.stack([LOW[0], HIGH[0], TARGET[0]])
    assert losses.interval_hinge(on_the_edges, LOW[:3], HIGH[:3]).item() == 0.0
    assert losses.target_norm_l1(TARGET, TARGET).item() == 0.0
    assert losses.relative_interval_hinge(on_the_edges, LOW[:3], HIGH[:3]).item() == 0.0
    assert losses.scaled_huber(POINTS - POINTS, SCALES).item() == 0.0


def test_a_sample_has_the_posterior_mean_and_deviation() -> None:
    assert torch.equal(losses.sample(MU, LOGVAR, torch.zeros_like(MU)), MU)
    one_deviation = losses.sample(MU, LOGVAR, torch.ones_like(MU)) - MU
    assert torch.allclose(one_deviation.square(), LOGVAR.exp(), atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradients_are_finite_everywhere(dtype: torch.dtype) -> None:
    # the kinks (on the edge, on the target) and logits that overflow a naive exponential are included
    logits = (1e4 * LOGITS).to(dtype).requires_grad_()
    mu, logvar = (1e3 * MU).to(dtype).requires_grad_(), torch.full((B, D), 80.0, dtype=dtype, requires_grad=True)
    norms = torch.tensor([0.0, 0.3, 0.45, 0.5, 0.6, 0.99, 1.0], dtype=dtype, requires_grad=True)
    low, high, target = (column.to(dtype) for column in (LOW, HIGH, TARGET))
    total = losses.reconstruction(logits, CLASSES) + losses.kl_divergence(mu, logvar)
    total = total + losses.interval_hinge(norms, low, high) + losses.target_norm_l1(norms, target)
    total = (
        total
        + losses.relative_interval_hinge(norms, low, high)
        + losses.scaled_huber(mu - MU.to(dtype), SCALES.to(dtype))
    )
    total.backward()  # type: ignore[no-untyped-call]
    for leaf in (logits, mu, logvar, norms):
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()


def test_gradients_agree_with_finite_differences() -> None:
    mu, logvar = MU.clone().requires_grad_(), LOGVAR.clone().requires_grad_()
    assert torch.autograd.gradcheck(losses.kl_divergence, (mu, logvar))
    logits = LOGITS.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: losses.reconstruction(x, CLASSES), (logits,))
    norms = NORMS.clone().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: losses.interval_hinge(x, LOW, HIGH) + losses.target_norm_l1(x, TARGET), (norms,)
    )
    points = POINTS.clone().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda z: (
            losses.geodesic(z, OTHERS, DEPTH)
            + losses.relative_geodesic(z, OTHERS, DEPTH)
            + losses.level_distance_l1(z, OTHERS, GAP, 0.1)
            + losses.repulsion(z, OTHERS)
        ),
        (points,),
    )
    assert torch.autograd.gradcheck(lambda x: losses.rank(x, NORMS.roll(1), GAP), (norms,))
    assert torch.autograd.gradcheck(lambda x: losses.relative_interval_hinge(x, LOW, HIGH), (norms,))
    assert torch.autograd.gradcheck(lambda x: losses.scaled_huber(x - POINTS, SCALES), (mu,))


def test_parts_of_pairs_have_finite_gradients_for_equal_points() -> None:
    points = torch.zeros(3, D, requires_grad=True)
    gap = torch.tensor([0.0, 1.0, -9.0])
    total = losses.geodesic(points, points.roll(1, 0), gap.abs()) + losses.level_distance_l1(
        points, points.roll(1, 0), gap, 0.1
    )
    norms = torch.linalg.vector_norm(points, dim=-1)
    total = total + losses.rank(norms, norms.roll(1), gap) + losses.repulsion(points, points.roll(1, 0))
    total = total + losses.relative_geodesic(points, points.roll(1, 0), gap.abs())
    total.backward()  # type: ignore[no-untyped-call]
    assert points.grad is not None
    assert points.grad.isfinite().all()


def test_the_tree_itself_and_the_ladder_itself_cost_nothing() -> None:
    axis = torch.zeros(4, D, dtype=torch.float64)
    axis[:, 0] = torch.tensor([0.1, 0.3, 0.2, 0.6], dtype=torch.float64)
    gap = torch.tensor([-5.0, 2.0, -1.0, 4.0], dtype=torch.float64)  # (z - z') / 0.1 along the axis
    assert losses.level_distance_l1(axis, axis.roll(1, 0), gap, 0.1).item() == pytest.approx(0.0, abs=1e-12)
    radius = torch.tensor([3 * math.exp(-v / 3) for v in (0.0, 4.0)], dtype=torch.float64)
    apart = torch.zeros(2, D, dtype=torch.float64)
    apart[:, 1] = torch.tanh(radius / 2)
    depth = torch.tensor([0.0, 4.0], dtype=torch.float64)
    assert losses.geodesic(apart, torch.zeros_like(apart), depth).item() == pytest.approx(0.0, abs=1e-12)
    assert losses.relative_geodesic(apart, torch.zeros_like(apart), depth).item() == pytest.approx(0.0, abs=1e-12)
