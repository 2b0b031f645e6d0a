"""K-FAC: the steps it takes and must not take, and what it leaves alone; its blocks: test_optimisers_fisher.py."""

import copy

import pytest
import torch
import torch.nn.functional as F
from small_networks import enumerated, gaussian, linears, made, stacked, trained
from torch import Tensor, nn

from tvae.training.kfac.optimiser import Kfac

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_step_solves_the_exact_system_biases_included() -> None:
    """One operation, so that the block is exact; kron of the damped factors, solved directly."""
    model, inputs, labels = stacked(6, 3, 4), torch.randn(1, 3, dtype=torch.float64), torch.tensor([2])
    (layer,) = linears(model)
    before = torch.cat([layer.weight, layer.bias[:, None]], 1).detach().clone()
    kfac = made(model, damping=1e-2)
    trained(model, kfac, inputs, labels)
    assert layer.weight.grad is not None
    assert layer.bias.grad is not None
    gradient = torch.cat([layer.weight.grad, layer.bias.grad[:, None]], 1)
    state = kfac.state[layer.weight]
    pi = ((state["a"].trace() / 4) / (state["s"].trace() / 4)).sqrt()
    damped = torch.kron(
        state["s"] + 0.1 / pi * torch.eye(4, dtype=torch.float64),
        state["a"] + 0.1 * pi * torch.eye(4, dtype=torch.float64),
    )
    after = torch.cat([layer.weight, layer.bias[:, None]], 1).detach()
    expected = torch.linalg.solve(damped, gradient.flatten()).reshape(4, 4)
    torch.testing.assert_close(before - after, expected, rtol=1e-9, atol=1e-12)


def test_without_damping_the_step_is_invariant_to_affine_changes_of_the_inputs() -> None:
    """What defines K-FAC (Martens and Grosse 2015, section 10): x -> T x + t with the weights that undo it.

    Without the bias in the block, t alone would break this. A Gaussian likelihood, for the S of a softmax is singular.
    """
    model = stacked(7, 4, 5, 3)
    inputs, targets = torch.randn(40, 4, dtype=torch.float64), torch.randn(40, 3, dtype=torch.float64)
    turn, shift = torch.randn(4, 4, dtype=torch.float64) + 2 * torch.eye(4), torch.randn(4, dtype=torch.float64)
    other = copy.deepcopy(model)
    with torch.no_grad():  # W x + b = (W T^-1) (T x + t) + b - W T^-1 t
        first = linears(other)[0]
        first.weight.copy_(first.weight @ torch.linalg.inv(turn))
        first.bias.sub_(first.weight @ shift)
    changed, before = inputs @ turn.T + shift, model(inputs).detach()
    torch.testing.assert_close(before, other(changed).detach())
    for one, rows in ((model, inputs), (other, changed)):
        kfac = made(one, damping=1e-24, lr=0.1)
        for _ in range(3):
            kfac.refresh(gaussian(one, rows))
            kfac.zero_grad()
            (0.5 * (one(rows) - targets).square().sum(1).mean()).backward()
            kfac.step()
    assert (model(inputs) - before).abs().max() > 0.1
    torch.testing.assert_close(model(inputs), other(changed), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("trust", [1e-6, 1e-3, 1e9])
def test_the_step_never_leaves_the_trust_region(trust: float) -> None:
    """d^T F d with the damped blocks, of the step that was taken, momentum in it, factors renewed under it."""
    torch.manual_seed(8)
    model = nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), nn.Tanh(), nn.Linear(6, 3)).double()
    inputs, labels = torch.randn(30, 4, dtype=torch.float64), torch.randint(3, (30,))
    kfac, clipped = made(model, trust=trust, lr=0.5), 0
    for _ in range(20):
        before = [parameter.detach().clone() for parameter in model.parameters()]
        trained(model, kfac, inputs, labels)
        moved = [old - new.detach() for old, new in zip(before, model.parameters(), strict=True)]
        size = 0.0
        for layer, (weight, bias) in zip(linears(model), (moved[:2], moved[4:]), strict=True):
            state, step = kfac.state[layer.weight], torch.cat([weight, bias[:, None]], 1)
            solved = torch.linalg.solve(state["inverse_s"], step) @ torch.linalg.inv(state["inverse_a"])
            size += (step * solved).sum().item()
        for parameter, step in zip(model[1].parameters(), moved[2:4], strict=True):
            size += (step.square().sum() * (kfac.state[parameter]["f"] + 1e-3)).item()
        assert size <= trust * (1 + 1e-6)
        clipped += size > 0.999 * trust
    assert clipped == (0 if trust == 1e9 else 20)


def test_momentum_is_the_unbiased_running_mean_of_gradients() -> None:
    """With factors that stay, steps are linear in the mean: sum of beta^(k - i) g_i over the sum of beta^(k - i)."""
    torch.manual_seed(9)
    layer = nn.Linear(3, 2, bias=False).double()
    kfac = made(layer, momentum=0.8)
    kfac.refresh(enumerated(layer, torch.randn(10, 3, dtype=torch.float64)))
    state, gradients = kfac.state[layer.weight], torch.randn(5, 2, 3, dtype=torch.float64)
    for k in range(5):
        before, layer.weight.grad = layer.weight.detach().clone(), gradients[k].clone()
        kfac.step()
        share = 0.8 ** torch.arange(k, -1, -1, dtype=torch.float64)
        mean = (share[:, None, None] * gradients[: k + 1]).sum(0) / share.sum()
        expected = state["inverse_s"] @ mean @ state["inverse_a"]
        torch.testing.assert_close(before - layer.weight.detach(), expected, rtol=1e-10, atol=1e-13)


def test_parameters_without_gradient_or_refresh_do_not_change() -> None:
    torch.manual_seed(12)
    model = nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.Linear(5, 3)).double()
    unused = nn.Linear(2, 2).double()
    whole = nn.ModuleList([model, unused])
    for parameter in model[2].parameters():
        parameter.requires_grad_(False)
    before = copy.deepcopy(whole.state_dict())
    kfac = made(whole, weight_decay=0.1)
    inputs, labels = torch.randn(10, 4, dtype=torch.float64), torch.randint(3, (10,))
    F.cross_entropy(model(inputs), labels).backward()
    kfac.step()
    assert all(torch.equal(before[name], tensor) for name, tensor in whole.state_dict().items())
    trained(model, kfac, inputs, labels, steps=3)
    moved = {name for name, tensor in whole.state_dict().items() if not torch.equal(before[name], tensor)}
    assert moved == {"0.0.weight", "0.0.bias", "0.1.weight", "0.1.bias"}


def test_groups_have_their_own_rates_and_weight_decay_is_separate() -> None:
    torch.manual_seed(13)
    model = stacked(13, 3, 4, 2)
    inputs, labels = torch.randn(9, 3, dtype=torch.float64), torch.randint(2, (9,))
    steps = []
    for rates, decay in (((1.0, 1.0), 0.0), ((1.0, 0.5), 0.0), ((1.0, 0.5), 0.1)):
        copied = copy.deepcopy(model)
        groups = [
            {"params": [*layer.parameters()], "lr": rate} for layer, rate in zip(linears(copied), rates, strict=True)
        ]
        trained(copied, Kfac(copied, groups, trust=1e9, weight_decay=decay), inputs, labels)
        steps.append([old - new for old, new in zip(model.parameters(), copied.parameters(), strict=True)])
    plain, slower, decayed = steps
    for number, (old, *found) in enumerate(zip(model.parameters(), plain, slower, decayed, strict=True)):
        rate = 1.0 if number < 2 else 0.5
        torch.testing.assert_close(found[1], found[0] * rate)
        torch.testing.assert_close(found[2], found[1] + rate * 0.1 * old)


def test_a_refresh_touches_neither_gradients_nor_hooks() -> None:
    model, inputs = stacked(14, 3, 4, 2), torch.randn(5, 3, dtype=torch.float64)
    kfac = made(model)
    kfac.refresh(enumerated(model, inputs))
    assert all(parameter.grad is None for parameter in model.parameters())

    def failing() -> Tensor:
        raise MemoryError

    with pytest.raises(MemoryError):
        kfac.refresh(failing)
    assert all(not layer._forward_hooks for layer in linears(model))


def test_a_saved_state_continues_bit_for_bit() -> None:
    torch.manual_seed(15)
    model = nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5), nn.Tanh(), nn.Linear(5, 3))
    inputs, labels = torch.randn(20, 4), torch.randint(3, (20,))
    kfac = made(model, lr=0.1)
    trained(model, kfac, inputs, labels, steps=3)
    other = copy.deepcopy(model)
    restored = made(other, lr=0.7, momentum=0.1)
    restored.load_state_dict(copy.deepcopy(kfac.state_dict()))
    for one, optimiser in ((model, kfac), (other, restored)):
        trained(one, optimiser, inputs, labels, steps=3)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


def test_a_quadratic_is_solved_in_one_step() -> None:
    """One linear layer, least squares: S = I, A (x) S is the Hessian, and a step of rate 1 is Newton's."""
    torch.manual_seed(16)
    layer = nn.Linear(4, 2).double()
    inputs, targets = torch.randn(50, 4, dtype=torch.float64), torch.randn(50, 2, dtype=torch.float64)
    kfac = made(layer, damping=1e-20)
    kfac.refresh(gaussian(layer, inputs))
    (0.5 * (layer(inputs) - targets).square().sum(1).mean()).backward()
    kfac.step()
    rows = torch.cat([inputs, torch.ones(50, 1, dtype=torch.float64)], 1)
    solved = torch.linalg.lstsq(rows, targets).solution.T
    torch.testing.assert_close(torch.cat([layer.weight, layer.bias[:, None]], 1).detach(), solved)
