"""The three published sequence models, built from their description with seeded weights."""

import io
from dataclasses import dataclass
from typing import Any

import torch

State = dict[str, torch.Tensor]


@dataclass(frozen=True)
class SequenceLayout:
    """One published file."""

    file: str
    alphabet: str
    tokens: int
    embedding: str  # the name before .embedding.weight
    key: str | None  # None: a bare state dict


LAYOUTS = (
    SequenceLayout("codon_vae_hiv.pt", "codons", 64, "codon_embed", "model_state_dict"),
    SequenceLayout("codon_vae_all.pt", "codons", 64, "embed", None),
    SequenceLayout("aa_vae_all.pt", "amino acids", 21, "embed", None),
)
BY_FILE = {layout.file: layout for layout in LAYOUTS}


def shapes_of(layout: SequenceLayout) -> dict[str, tuple[int, ...]]:
    linear = {
        "encoder.0": (128, 1600), "encoder.2": (128, 128), "fc_mu": (16, 128), "fc_logvar": (16, 128),
        "decoder.0": (128, 16), "decoder.2": (128, 128), "decoder.4": (100 * layout.tokens, 128),
    }  # fmt: skip
    shapes: dict[str, tuple[int, ...]] = {f"{layout.embedding}.embedding.weight": (layout.tokens, 16)}
    for name, shape in linear.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return shapes


def state_of(layout: SequenceLayout, seed: int = 0) -> State:
    random = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(shape, generator=random) / (shape[-1] ** 0.5 if len(shape) == 2 else 5)
        for name, shape in shapes_of(layout).items()
    }


def file_of(layout: SequenceLayout, state: State) -> dict[str, Any]:
    """The object to give to torch.save."""
    return dict(state) if layout.key is None else {layout.key: state, "epoch": 12, "loss": 3.5}


def bytes_of(layout: SequenceLayout, state: State | None = None) -> bytes:
    buffer = io.BytesIO()
    torch.save(file_of(layout, state_of(layout) if state is None else state), buffer)
    return buffer.getvalue()
