"""The network of sequences against the same sums written out by hand."""

import pytest
import torch
from sequence_layouts import LAYOUTS, SequenceLayout, shapes_of, state_of

from tvae.sequences.model import SequenceConfig, SequenceVAE


def model_of(layout: SequenceLayout) -> SequenceVAE:
    model = SequenceVAE(SequenceConfig(layout.alphabet, layout.embedding))  # type: ignore[arg-type]
    model.load_state_dict(state_of(layout))
    return model.eval()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_names_and_shapes_are_the_published_ones(layout: SequenceLayout) -> None:
    found = {name: tuple(tensor.shape) for name, tensor in model_of(layout).state_dict().items()}
    assert found == shapes_of(layout)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_the_forward_pass_by_hand(layout: SequenceLayout) -> None:
    weights = {name: tensor.double() for name, tensor in state_of(layout).items()}
    tokens = torch.randint(0, layout.tokens, (3, 100), generator=torch.Generator().manual_seed(1))

    def linear(name: str, x: torch.Tensor) -> torch.Tensor:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    x = weights[f"{layout.embedding}.embedding.weight"][tokens].reshape(3, 1600)
    hidden = linear("encoder.2", linear("encoder.0", x).relu()).relu()
    mu, logvar = linear("fc_mu", hidden), linear("fc_logvar", hidden)
    logits = linear("decoder.4", linear("decoder.2", linear("decoder.0", mu).relu()).relu())
    model = model_of(layout).double()
    with torch.no_grad():
        found_mu, found_logits = model(tokens)
        assert torch.allclose(found_mu, mu)
        assert torch.allclose(model.encode(tokens)[1], logvar)
        assert torch.allclose(found_logits, logits.reshape(3, 100, layout.tokens))


def test_kinds_of_token() -> None:
    assert SequenceConfig("codons").tokens == 64
    assert SequenceConfig("amino acids").tokens == 21
