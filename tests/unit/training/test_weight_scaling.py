"""Training in the coordinates of the exact tree: first weights and steps are scaled, and the tree is learned."""

from dataclasses import replace

import pytest
import torch

from tvae.models.ternary_vae import TernaryVAE
from tvae.training import loop
from tvae.training.recipes.recipe import with_overrides
from tvae.training.recipes.table import recipe
from tvae.training.weight_scaling import scale_steps, scale_weights, scaled

PLAN = recipe("tree")


@pytest.mark.parametrize(("name", "sides", "count"), [("tree", "AB", 13), ("rich_tree", "A", 7)])
def test_only_the_initial_weights_of_the_table_are_scaled(name: str, sides: str, count: int) -> None:
    plan = recipe(name)
    assert plan.tree
    scales = torch.from_numpy(plan.tree.scales()).float()
    torch.manual_seed(0)
    plain = TernaryVAE(plan.config)
    torch.manual_seed(0)
    model = TernaryVAE(plan.config)
    scale_weights(model, scales, sides)
    changed = {key for key, tensor in model.state_dict().items() if not torch.equal(tensor, plain.state_dict()[key])}
    assert len(changed) == len(scaled(model, scales, sides)) == count
    weights = loop.start(plan, seed=0).model.state_dict().values()
    assert all(torch.equal(w, v) for w, v in zip(weights, model.state_dict().values(), strict=True))
    means = model.encoder_A.fc_mu.weight, plain.encoder_A.fc_mu.weight
    assert torch.allclose(means[0], scales[:, None] * means[1])


def test_a_step_is_scaled() -> None:
    scales = torch.linspace(0.01, 1, 16)
    torch.manual_seed(0)
    model, other = TernaryVAE(PLAN.config), TernaryVAE(PLAN.config)
    other.load_state_dict(model.state_dict())
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for network in (model, other):
        optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
        for parameter in network.parameters():
            parameter.grad = torch.ones_like(parameter)
        if network is model:
            scale_steps(optimiser, network, scales, "AB")
        optimiser.step()
    table = {row.parameter: row.scale for row in scaled(model, scales, "AB")}
    for (name, new), plain in zip(model.named_parameters(), other.parameters(), strict=True):
        moved, expected = new - before[name], (plain - before[name]) * table.get(new, torch.tensor(1.0))
        assert torch.allclose(moved, expected, atol=1e-5), name


@pytest.mark.usefixtures("one_thread")
def test_a_short_run_learns_the_tree() -> None:
    *_, final = loop.resume(loop.start(with_overrides(replace(PLAN, batch_size=512), steps=400), seed=0))
    assert final.metrics is not None
    assert final.parts["place_a"] < 0.2
    for encoder in (final.metrics.a, final.metrics.b):
        assert (encoder.tree_fidelity or 0) > 0.5
        assert (encoder.triplet_agreement or 0) > 0.8
