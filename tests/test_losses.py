"""Every loss against its definition written as plain loops in float64, its extremes, and finite gradients."""

import math

import pytest
import torch
from torch import Tensor

from tvae import losses

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


@pytest.mark.parametrize(
    ("fast", "slow"),
    [
        (losses.reconstruction(LOGITS, CLASSES), slow_reconstruction()),
        (losses.kl_divergence(MU, LOGVAR), slow_kl()),
        (losses.outside(NORMS, LOW, HIGH), slow_outside()),
        (losses.pull(NORMS, TARGET), slow_pull()),
    ],
    ids=["reconstruction", "kl", "outside", "pull"],
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
    assert losses.outside(on_the_edges, LOW[:3], HIGH[:3]).item() == 0.0
    assert losses.pull(TARGET, TARGET).item() == 0.0


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
    total = total + losses.outside(norms, low, high) + losses.pull(norms, target)
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
    assert torch.autograd.gradcheck(lambda x: losses.outside(x, LOW, HIGH) + losses.pull(x, TARGET), (norms,))
