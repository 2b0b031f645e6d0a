"""The drawn gradients have the curvature of the objective: enumerated, differentiated, or counted over many draws."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.autograd.functional import hessian

from tvae.geometry import poincare_ball
from tvae.training.kfac import curvature_samples
from tvae.training.kfac.curvature_samples import FLOOR, sampled_log_likelihood
from tvae.training.loop import start
from tvae.training.objectives import losses
from tvae.training.objectives.objective import (
    Batch,
    Data,
    batch_of,
    data_of,
)
from tvae.training.recipes.recipe import Phase, Rates, Weights
from tvae.training.recipes.table import recipe

pytestmark = pytest.mark.usefixtures("one_thread")
CPU = torch.device("cpu")
CURVED = [name for name in vars(Weights()) if name not in ("rank", "repulsion")]


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def phase_of(weights_a: Weights, weights_b: Weights | None = None) -> Phase:
    return Phase("p", 1, weights_a, weights_b or Weights(), learning_rate=1.0, warmup=0.5, rates=Rates())


def one_operation(data: Data, index: int) -> Batch:
    chosen = torch.tensor([index])
    return Batch(chosen, data.trits[chosen], data.classes[chosen], torch.tensor([0]))


def test_drawn_labels_have_the_fisher_matrix_of_the_cross_entropy() -> None:
    """Which is its Hessian in the logits; the mean over 40,000 draws, five standard errors."""
    logits = torch.randn(1, 9, 3, generator=random(1))
    classes = torch.randint(3, (1, 9), generator=random(2))
    expected = hessian(lambda x: 0.7 * losses.reconstruction(x, classes), logits).reshape(27, 27)
    many = logits.repeat(40_000, 1, 1).requires_grad_()
    (found,) = torch.autograd.grad(curvature_samples._categorical(many, 0.7, random()), many)
    flat = found.flatten(1)  # (40000, 27)
    assert flat.mean(0).abs().max() < 0.01
    torch.testing.assert_close(flat.T @ flat / len(flat), expected, rtol=0, atol=5 * 0.08 / 200)


def test_the_curvature_of_the_kl_is_its_hessian() -> None:
    plan = recipe("homeostatic_rich")
    run, data, phase = start(plan), data_of(plan, CPU), phase_of(Weights(kl=0.3))
    batch, encoder = one_operation(data, 12345), run.model.encoder_A
    biases = [encoder.fc_mu.bias, encoder.fc_logvar.bias]
    found = torch.autograd.grad(sampled_log_likelihood(run.model, phase, data, batch, random()), biases)
    mu, logvar = encoder(batch.trits)

    def loss(shifts: Tensor) -> Tensor:
        return 0.3 * losses.kl_divergence(mu.detach() + shifts[0], logvar.detach() + shifts[1])

    expected = hessian(loss, torch.zeros(2, 16)).reshape(32, 32)
    assert torch.equal(expected, torch.diag(expected.diagonal()))
    torch.testing.assert_close(torch.cat(found).square(), expected.diagonal())


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("index", [0, 1, 81, 12345])
def test_the_curvature_of_the_pull_is_that_of_the_quadratic_above_it(side: int, index: int) -> None:
    """For one operation the drawn gradient is a sign times the derivative of the norm times the root of w / |e|."""
    plan = recipe("homeostatic_rich")
    run, data, batch = start(plan), None, None
    data = data_of(plan, CPU)
    batch = one_operation(data, index)
    weights = [Weights(), Weights()]
    weights[side] = Weights(pull=0.3)
    (last,) = [p for n, p in run.model.named_parameters() if n == f"projection.proj_{'AB'[side]}.radius_net.2.weight"]
    (found,) = torch.autograd.grad(sampled_log_likelihood(run.model, phase_of(*weights), data, batch, random()), last)
    mu = [encoder.mean(batch.trits) for encoder in (run.model.encoder_A, run.model.encoder_B)]
    norm = poincare_ball.norm(run.model.project(*mu)[side])
    error = (norm - data.targets[side][batch.chosen, 2]).abs().item()
    (slope,) = torch.autograd.grad(norm.sum(), last)
    torch.testing.assert_close(found.square(), 0.3 / max(error, FLOOR) * slope.square(), rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("at", [0.002, -0.5, 3.0])
def test_the_quadratic_touches_the_absolute_value_from_above(at: float) -> None:
    error = torch.linspace(-4, 4, 4001, dtype=torch.float64)
    (root,) = torch.autograd.grad(curvature_samples._error(x := torch.tensor(at, requires_grad=True), 1.0, random()), x)
    curved = root.square().item()
    above = 0.5 * curved * error.square() + abs(at) / 2
    assert torch.all(above >= error.abs() - 1e-6)
    assert 0.5 * curved * at**2 + abs(at) / 2 == pytest.approx(abs(at))
    assert curved * abs(at) == pytest.approx(1.0)  # the same slope


@pytest.mark.parametrize("width", [0.5, 1.0])
def test_a_huber_loss_has_its_own_curvature_inside_and_the_bound_outside(width: float) -> None:
    for at in (0.1 * width, 0.9 * width, 2.0, 5.0):
        x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        (root,) = torch.autograd.grad(curvature_samples._error(x, 1.0, random(), floor=width), x)
        slope, bend = (
            f(lambda e: torch.nn.functional.smooth_l1_loss(e, torch.zeros_like(e), beta=width), x.detach())
            for f in (torch.autograd.functional.jacobian, hessian)
        )
        assert root.square().item() == pytest.approx(slope.item() / at)  # so that a Newton step leads to 0
        assert root.square().item() == pytest.approx(bend.item()) or at > width


@pytest.mark.parametrize("name", CURVED)
def test_every_part_that_is_convex_in_an_output_has_a_curvature_and_grows_with_its_weight(name: str) -> None:
    plan = recipe("tree")
    run, data = start(plan), data_of(plan, CPU)
    batch = batch_of(data, 256, 1, random())
    found = []
    for weight in (0.5, 2.0):
        phase = phase_of(replace(Weights(), **{name: weight}))
        scores = sampled_log_likelihood(run.model, phase, data, batch, random())
        found.append(torch.autograd.grad(scores, run.model.encoder_A.fc_mu.weight)[0])
    assert found[0].abs().max() > 0
    torch.testing.assert_close(found[1], 2 * found[0], rtol=1e-4, atol=1e-6)


def test_parts_without_curvature_draw_nothing() -> None:
    plan = recipe("v5_11")
    run, data = start(plan), data_of(plan, CPU)
    batch = batch_of(data, 256, 1, random())
    scores = sampled_log_likelihood(run.model, phase_of(Weights(rank=1.0, repulsion=1.0)), data, batch, random())
    assert not scores.requires_grad
