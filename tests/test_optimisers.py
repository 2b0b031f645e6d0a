"""K-FAC: its blocks against the exact Fisher, the steps it takes and must not take, and what it leaves alone."""

import copy
import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tvae.optimisers import Kfac, inverses

pytestmark = pytest.mark.usefixtures("one_thread")


def made(model: nn.Module, **changes: Any) -> Kfac:
    return Kfac(model, [{"params": list(model.parameters())}], **{"lr": 1.0, "trust": 1e9, **changes})


def stacked(seed: int, *widths: int, activation: type[nn.Module] = nn.Tanh) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after).double(), activation()]
    return nn.Sequential(*layers[:-1])


def enumerated(model: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """Every label of every input once, its score weighted by the root of its probability: no draw, the expectation.

    Each input stands C times, for its C labels, so that a mean over them is 1 / C of the one that is wanted; hence the
    root of C.
    """

    def scores() -> Tensor:
        classes = model(inputs[:1]).shape[1]
        logits = model(inputs.repeat_interleave(classes, 0))
        labels = torch.arange(classes).repeat(len(inputs))
        chance = logits.detach().softmax(-1).gather(1, labels[:, None])[:, 0]
        return ((classes * chance).sqrt() * F.cross_entropy(logits, labels, reduction="none")).sum()

    return scores


def gaussian(model: nn.Module, inputs: Tensor) -> Callable[[], Tensor]:
    """The same for a Gaussian of variance 1: every unit vector of the output once, in place of draws."""

    def scores() -> Tensor:
        width = model(inputs[:1]).shape[1]
        units = torch.eye(width, dtype=inputs.dtype).repeat(len(inputs), 1)
        return math.sqrt(width) * (units * model(inputs.repeat_interleave(width, 0))).sum()

    return scores


def exact_block(model: nn.Module, layer: nn.Linear, inputs: Tensor) -> Tensor:
    """The Fisher block of [W b], flattened by rows, by autograd over all inputs and labels."""
    total = torch.zeros(0)
    for one in inputs:
        logits = model(one[None])[0]
        for label, chance in enumerate(logits.softmax(-1).tolist()):
            weight, bias = torch.autograd.grad(
                logits.log_softmax(-1)[label], [layer.weight, layer.bias], retain_graph=True
            )
            score = torch.cat([weight, bias[:, None]], 1).flatten()
            total = total + chance * torch.outer(score, score) if len(total) else chance * torch.outer(score, score)
    return total / len(inputs)


def linears(model: nn.Module) -> list[nn.Linear]:
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear)]


def block(kfac: Kfac, layer: nn.Linear) -> Tensor:
    state = kfac.state[layer.weight]
    return torch.kron(state["s"], state["a"])


@pytest.mark.parametrize("widths", [(4, 3), (4, 5, 3), (3, 4, 4, 2)])
def test_for_one_operation_every_block_is_the_exact_fisher(widths: tuple[int, ...]) -> None:
    model, inputs = stacked(0, *widths), torch.randn(1, widths[0], dtype=torch.float64)
    kfac = made(model)
    kfac.refresh(enumerated(model, inputs))
    for layer in linears(model):
        torch.testing.assert_close(block(kfac, layer), exact_block(model, layer, inputs), rtol=1e-10, atol=1e-13)


def test_the_expectation_factorises_where_inputs_and_scores_are_independent() -> None:
    """The layer's weights are zero, so that its probabilities, and its scores, are the same for all inputs."""
    model, inputs = stacked(1, 4, 3), torch.randn(20, 4, dtype=torch.float64)
    (layer,) = linears(model)
    with torch.no_grad():
        layer.weight.zero_()
    kfac = made(model)
    kfac.refresh(enumerated(model, inputs))
    torch.testing.assert_close(block(kfac, layer), exact_block(model, layer, inputs), rtol=1e-10, atol=1e-13)


def test_for_several_operations_the_factors_are_the_means() -> None:
    model, inputs = stacked(2, 4, 5, 3), torch.randn(6, 4, dtype=torch.float64)
    kfac = made(model)
    kfac.refresh(enumerated(model, inputs))
    first, second = linears(model)
    ones = torch.ones(6, 1, dtype=torch.float64)
    hidden = torch.cat([model[:2](inputs), ones], 1).detach()
    p = model(inputs).softmax(-1).detach()
    fisher = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]  # (6, 3, 3) of the logits
    back = (1 - hidden[:, :5].square())[:, :, None] * second.weight.T.detach()  # (6, 5, 3) d logits / d first's output
    expected = {
        first: (torch.cat([inputs, ones], 1), (back @ fisher @ back.mT).mean(0)),
        second: (hidden, fisher.mean(0)),
    }
    for layer, (rows, s) in expected.items():
        state = kfac.state[layer.weight]
        torch.testing.assert_close(state["a"], rows.T @ rows / 6, rtol=1e-12, atol=1e-14)
        torch.testing.assert_close(state["s"], s, rtol=1e-12, atol=1e-14)


def test_blocks_of_a_layer_used_twice_add_up() -> None:
    """Two calls, each with all its inputs the same: their blocks are A (x) S1 and A (x) S2, and the sum is exact."""
    torch.manual_seed(3)
    layer = nn.Linear(3, 2).double()
    inputs = torch.randn(1, 3, dtype=torch.float64)
    kfac = made(layer)
    kfac.refresh(enumerated(layer, inputs))
    once = block(kfac, layer).clone()
    kfac = made(layer)
    scores = enumerated(layer, inputs)
    kfac.refresh(lambda: scores() + 2.0 * scores())
    torch.testing.assert_close(block(kfac, layer), 5.0 * once, rtol=1e-12, atol=1e-14)


def test_an_in_place_function_after_the_layer_changes_nothing() -> None:
    plain, moved = stacked(4, 4, 6, 3, activation=nn.ReLU), stacked(4, 4, 6, 3, activation=nn.ReLU)
    moved[1].inplace = True
    inputs = torch.randn(5, 4, dtype=torch.float64)
    states = []
    for model in (plain, moved):
        kfac = made(model)
        kfac.refresh(enumerated(model, inputs))
        states.append([kfac.state[layer.weight]["s"] for layer in linears(model)])
    assert all(torch.equal(one, other) for one, other in zip(*states, strict=True))


@pytest.mark.parametrize("damping", [1e-3, 1.0])
def test_the_damped_block_is_the_factored_one(damping: float) -> None:
    torch.manual_seed(5)
    rows = torch.randn(30, 4, dtype=torch.float64), 0.1 * torch.randn(30, 3, dtype=torch.float64)
    a, s = (row.T @ row for row in rows)
    pi = math.sqrt((a.trace() / 4) / (s.trace() / 3))
    inverse_a, inverse_s = inverses(a, s, damping)
    eyes = torch.eye(4, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
    torch.testing.assert_close(inverse_a @ (a + pi * math.sqrt(damping) * eyes[0]), eyes[0])
    torch.testing.assert_close(inverse_s @ (s + math.sqrt(damping) / pi * eyes[1]), eyes[1])


def trained(model: nn.Module, kfac: Kfac, inputs: Tensor, labels: Tensor, steps: int = 1) -> None:
    for _ in range(steps):
        kfac.refresh(enumerated(model, inputs))
        kfac.zero_grad()
        F.cross_entropy(model(inputs), labels).backward()
        kfac.step()


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


def test_without_damping_the_step_does_not_see_an_affine_change_of_the_inputs() -> None:
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


def test_factors_are_running_means_whose_first_few_count_alike() -> None:
    torch.manual_seed(10)
    layer = nn.Linear(3, 2).double()
    kfac, batches = made(layer, memory=0.75), torch.randn(6, 8, 3, dtype=torch.float64)
    seen: list[Tensor] = []
    mean = torch.zeros(4, 4, dtype=torch.float64)
    for k, batch in enumerate(batches, start=1):
        kfac.refresh(enumerated(layer, batch))
        rows = torch.cat([batch, torch.ones(8, 1, dtype=torch.float64)], 1)
        seen.append(rows.T @ rows / 8)
        mean = torch.stack(seen).mean(0) if k <= 4 else 0.75 * mean + 0.25 * seen[-1]
        torch.testing.assert_close(kfac.state[layer.weight]["a"], mean)


def test_a_parameter_outside_linear_layers_has_the_mean_of_its_diagonal() -> None:
    """Independent signs for scores: the mean over all signs of (gradient of the sum)^2 / B is the diagonal's."""
    torch.manual_seed(11)
    model = nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(3)).double()
    inputs = torch.randn(3, 2, dtype=torch.float64)
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 3)  # (8, 3)
    found = []
    for sign in signs:
        kfac = made(model)
        kfac.refresh(lambda sign=sign: (sign[:, None] * model(inputs).sin()).sum())
        found.append(kfac.state[model[1].weight]["f"])
    squares = []
    for one in inputs:
        (gradient,) = torch.autograd.grad(model(one[None]).sin().sum(), [model[1].weight])
        squares.append(gradient.square().mean())
    torch.testing.assert_close(torch.stack(found).mean(), torch.stack(squares).mean())


def test_what_has_no_gradient_or_was_never_seen_is_left_alone() -> None:
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


def test_groups_have_rates_of_their_own_and_the_decay_stands_outside() -> None:
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


def test_a_saved_state_goes_on_bit_for_bit() -> None:
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
