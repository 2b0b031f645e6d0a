"""K-FAC: an optimiser that divides the gradient by the curvature of the objective, one block for each Linear layer.

For a layer y = W a + b let a be its input with a 1 appended, g the gradient of the log-likelihood with respect to y.
The block of [W b] in the Fisher matrix of a mean over operations is E[a a^T (x) g g^T]; K-FAC takes A (x) S for it,
with A = E[a a^T] and S = E[g g^T] (Martens and Grosse, "Optimizing Neural Networks with Kronecker-factored Approximate
Curvature" (2015), section 3; blocks between layers are left out). That is exact for one operation, or where a and g
are independent. The 1 makes the bias part of the block, so it is preconditioned together with the weights.

    m <- beta m + (1 - beta) gradient                     momentum, of gradients; divided by 1 - beta^k as in Adam
    p  = (S + sqrt(l) / pi)^-1 m (A + pi sqrt(l))^-1      damping l, pi^2 = mean eigenvalue of A over that of S (6.3)
    d  = rate p, times min(1, sqrt(trust / q))            q = sum d^T F d over all layers, F the damped blocks
    theta <- theta (1 - rate decay) - d

The trust region bounds the predicted change of the step: d^T F d <= trust, that is a KL divergence of at most
trust / 2 (the clip of Ba, Grosse and Martens, "Distributed Second-Order Optimization using Kronecker-Factored
Approximations" (2017), section 5). Momentum averages gradients and not steps, so that q = rate^2 sum p . m is the size
of the step that is actually taken, even if the factors have changed since. Weight decay is separate, as in AdamW: it is
not a step along the gradient.

The caller chooses the distribution of g (here `curvature_samples.py`): `refresh` takes a function that returns a sum
over operations whose gradients have the desired covariance, and observes the layers during that pass only.

Parameters outside Linear layers (scale and shift of a LayerNorm, a curvature) have no a and g. For such a tensor F is
one number, the mean of its diagonal; with independently drawn operations, (gradient of the sum)^2 / B is an unbiased
estimate of it. A layer is updated as a whole or not at all: it is skipped while one of its parameters has no gradient,
and until the first refresh that reaches it.

Other implementations considered (November 2026; runs of `homeostatic_rich`, seed 0, 1,000 steps, one thread):
- singd 0.0.5 (2024): an optimiser with momentum, damping and the bias in the block; empirical Fisher only, no trust
  region, no in-place ReLU. Rates 1e-3 and 3e-3 left one overlap of levels after 1,000 steps, 1e-2 was not finite.
- pytorch-optimizer 4.1.0 (2026, SOAP): Adam in the eigenbasis of Shampoo. The second best: it reached the goal after
  400 steps of 19 ms, K-FAC after 300 of 17 ms; no Fisher, no damping, no trust region, and plain Adam for biases.
- asdfghjkl 0.1a5 (2024): K-FAC of gradients, alpha quality, for one model call and one loss; no momentum or trust
  region.
- curvlinops-for-pytorch 3.0.1 (2026), nngeometry 0.4 (2025), backpack-for-pytorch 1.7.1 (2024): well maintained; they
  provide the factors as operators, but no optimiser.
- kfac-pytorch, torch-kfac: not on PyPI.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge, get_gradient_edge


class Kfac(torch.optim.Optimizer):
    """K-FAC for the Linear layers of a model, and one number per tensor for its other parameters.

    Call `refresh` before the first `step` and every few steps afterwards; `step` works as in any optimiser. Each group
    may have its own learning rate. Nothing here waits for a CUDA device. State, stored on the weight of a layer:
    factors and their inverses, "a" (I + 1, I + 1) and "s" (O, O), and momentum (O, I + 1); without the + 1 if the
    layer has no bias.
    """

    def __init__(
        self,
        model: nn.Module,
        groups: Iterable[dict[str, Any]],
        *,
        lr: float = 0.3,
        weight_decay: float = 0.0,
        momentum: float = 0.9,  # beta, 0 <= beta < 1
        damping: float = 1e-3,  # l > 0
        memory: float = 0.95,  # share of the old factors that a refresh keeps, after the first few
        trust: float = 1e-3,  # > 0
    ) -> None:
        constants = {"momentum": momentum, "damping": damping, "memory": memory, "trust": trust}
        super().__init__(groups, {"lr": lr, "weight_decay": weight_decay, **constants})
        ours = {id(parameter) for group in self.param_groups for parameter in group["params"]}
        self._layers = [
            layer
            for layer in model.modules()
            if isinstance(layer, nn.Linear) and ours.issuperset(map(id, layer.parameters()))
        ]
        inside = {id(parameter) for layer in self._layers for parameter in layer.parameters()}
        self._rest = [p for group in self.param_groups for p in group["params"] if id(p) not in inside]

    def refresh(self, scores: Callable[[], Tensor]) -> None:
        """Update the factors and their inverses; gradients of parameters do not change.

        `scores` does a forward pass of B operations and returns a sum over them, a scalar; the second moment of its
        gradient with respect to the outputs of the network is the curvature of the objective there.
        """
        seen: list[_Pass] = []

        def note(layer: nn.Linear, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            if layer.weight.requires_grad:
                seen.append(_Pass(layer, *_moment(layer, inputs[0].detach()), get_gradient_edge(output)))

        handles = [layer.register_forward_hook(note) for layer in self._layers]
        try:
            total = scores()
        finally:
            for handle in handles:
                handle.remove()
        if not total.requires_grad:
            return
        rest = [parameter for parameter in self._rest if parameter.requires_grad]
        found = torch.autograd.grad(total, [*(one.output for one in seen), *rest], allow_unused=True)
        with torch.no_grad():
            self._renew_layers(seen, found[: len(seen)])
            for parameter, gradient in zip(rest, found[len(seen) :], strict=True):
                if gradient is not None and seen:
                    self._renew(self.state[parameter], f=gradient.square().mean() / seen[0].operations)

    def _renew_layers(self, seen: "list[_Pass]", gradients: tuple[Tensor | None, ...]) -> None:
        """The factors of each layer; for a layer called more than once, A is the mean and S the sum over calls."""
        passes: dict[nn.Linear, list[tuple[_Pass, Tensor]]] = {}
        for one, gradient in zip(seen, gradients, strict=True):
            if gradient is not None:
                passes.setdefault(one.layer, []).append((one, gradient.flatten(0, -2)))
        damping = self.param_groups[0]["damping"]
        for layer, pairs in passes.items():
            a = torch.stack([one.moment for one, _ in pairs]).mean(0)
            s = torch.stack([g.T @ g / one.operations for one, g in pairs]).sum(0)
            state = self.state[layer.weight]
            self._renew(state, a=a, s=s)
            state["inverse_a"], state["inverse_s"] = inverses(state["a"], state["s"], damping)

    def _renew(self, state: dict[str, Any], **new: Tensor) -> None:
        """Running means; the first few refreshes have equal weight (Martens and Grosse 2015, section 5)."""
        count = state["refreshes"] = state.get("refreshes", 0) + 1
        keep = min(1 - 1 / count, self.param_groups[0]["memory"])
        for name, tensor in new.items():
            state[name] = state[name].lerp(tensor, 1 - keep) if count > 1 else tensor

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One step of every parameter that has a gradient and that a refresh has reached."""
        group_of = {id(p): group for group in self.param_groups for p in group["params"]}
        steps: list[tuple[nn.Parameter, Tensor]] = []
        sizes: list[Tensor] = []
        for owner, parameters in [*((layer.weight, [*layer.parameters()]) for layer in self._layers), *self._others()]:
            state, group = self.state.get(owner, {}), group_of[id(owner)]
            gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
            if "refreshes" not in state or len(gradients) < len(parameters):
                continue
            joined = gradients[0] if len(gradients) == 1 else torch.cat([gradients[0], gradients[1][:, None]], 1)
            mean = _averaged(state, joined, group["momentum"])
            if "f" in state:
                step = mean / (state["f"] + group["damping"])
            else:
                step = state["inverse_s"] @ mean @ state["inverse_a"]
            sizes.append((step * mean).sum() * group["lr"] ** 2)
            split = [step] if len(parameters) == 1 else [step[:, :-1], step[:, -1]]
            steps += [(parameter, part * group["lr"]) for parameter, part in zip(parameters, split, strict=True)]
        if not steps:
            return
        factor = (self.param_groups[0]["trust"] / torch.stack(sizes).sum()).sqrt().clamp(max=1.0)
        for parameter, step in steps:
            group = group_of[id(parameter)]
            parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(step * factor)

    def check_state(self) -> None:
        """Raise ValueError unless the state has the names and shapes that this model gives it; a file may have any."""
        for layer in self._layers:
            outputs, inputs = layer.weight.shape[0], layer.weight.shape[1] + (layer.bias is not None)
            sizes = {"a": inputs, "s": outputs, "inverse_a": inputs, "inverse_s": outputs}
            factors = {name: torch.Size([size, size]) for name, size in sizes.items()}
            _check(self.state.get(layer.weight, {}), factors, torch.Size([outputs, inputs]))
        for parameter in self._rest:
            _check(self.state.get(parameter, {}), {"f": torch.Size()}, parameter.shape)

    def _others(self) -> list[tuple[nn.Parameter, list[nn.Parameter]]]:
        return [(parameter, [parameter]) for parameter in self._rest]


class _Pass(NamedTuple):
    """One call of one layer during a refresh."""

    layer: nn.Linear
    moment: Tensor  # mean of a a^T over the rows of the input
    operations: int  # B
    output: GradientEdge  # of the layer's output; later in-place functions do not change it


def _moment(layer: nn.Linear, inputs: Tensor) -> tuple[Tensor, int]:
    """Mean of a a^T over all rows of inputs (B, ..., I), with the 1 appended if there is a bias; and B."""
    rows = inputs.flatten(0, -2)
    if layer.bias is not None:
        rows = torch.cat([rows, rows.new_ones(len(rows), 1)], 1)
    return rows.T @ rows / len(rows), len(inputs)


def _check(state: dict[str, Any], factors: dict[str, torch.Size], parameter: torch.Size) -> None:
    """Raise ValueError unless nothing was noted yet, or a refresh with its `factors`, or that and a step."""
    counts = {name for name, value in state.items() if type(value) is int and value > 0}
    shapes = {name: value.shape for name, value in state.items() if isinstance(value, Tensor)}
    refreshed = ({"refreshes"}, factors)
    stepped = ({"refreshes", "steps"}, {**factors, "momentum": parameter})
    if (counts, shapes) not in ((set(), {}), refreshed, stepped) or len(counts) + len(shapes) < len(state):
        raise ValueError("the optimiser is that of another model")


def _averaged(state: dict[str, Any], gradient: Tensor, momentum: float) -> Tensor:
    """The running mean of gradients including this one, corrected for its start at zero."""
    count = state["steps"] = state.get("steps", 0) + 1
    if count == 1:
        state["momentum"] = torch.zeros_like(gradient)
    mean: Tensor = state["momentum"].lerp_(gradient, 1 - momentum) / (1 - momentum**count)
    return mean


def inverses(a: Tensor, s: Tensor, damping: float) -> tuple[Tensor, Tensor]:
    """(A + pi sqrt(l) I)^-1 and (S + sqrt(l) / pi I)^-1, symmetric, computed in float64.

    pi^2 = (tr A / dim A) / (tr S / dim S) (Martens and Grosse 2015, section 6.3); a factor of trace 0 counts as 1e-30.
    """
    traces = [factor.diagonal().mean().double().clamp(min=1e-30) for factor in (a, s)]
    pi = (traces[0] / traces[1]).sqrt()
    root = math.sqrt(damping)
    return _inverse(a, root * pi), _inverse(s, root / pi)


def _inverse(matrix: Tensor, added: Tensor) -> Tensor:
    identity = torch.eye(len(matrix), dtype=torch.float64, device=matrix.device)
    damped = matrix.double() + added * identity
    # Unlike other ways to invert, these two do not synchronise with a CUDA device to check for errors.
    root: Tensor = torch.linalg.solve_triangular(torch.linalg.cholesky_ex(damped).L, identity, upper=False)
    inverse: Tensor = root.T @ root
    return inverse.to(matrix.dtype)
