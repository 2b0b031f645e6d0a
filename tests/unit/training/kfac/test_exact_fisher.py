"""K-FAC: its factors and blocks against the exact Fisher matrix, by autograd over all inputs and labels."""

import math

import pytest
import torch
from small_networks import enumerated, linears, made, stacked
from torch import Tensor, nn

from tvae.training.kfac.optimiser import Kfac, inverses

pytestmark = pytest.mark.usefixtures("one_thread")


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
