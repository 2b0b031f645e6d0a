"""One codon or amino-acid file <-> (config, weights, metadata): the published layouts and our `.safetensors`, strictly.

It reads bytes as `tvae.checkpoints.checkpoint_file` does: names, shapes and types of all tensors are checked against
the network before any tensor is made. codon_vae_hiv.pt is a dict with `model_state_dict`; codon_vae_all.pt and
aa_vae_all.pt are bare state dicts. The number of rows of the embedding determines the alphabet.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from tvae.checkpoints.architecture import check_tensors, list_tensors
from tvae.checkpoints.checkpoint_file import chosen_weights, digest, explained, read_bytes, write_model
from tvae.checkpoints.formats.opening import TensorSpecs, open_bytes
from tvae.checkpoints.metadata import metadata as metadata_of_files
from tvae.errors import CheckpointFileError
from tvae.sequences.fasta import TOKENS
from tvae.sequences.model import (
    EMBEDDING,
    EMBEDDING_NAMES,
    SequenceConfig,
    SequenceVAE,
)

FORMAT: Final = "tvae sequences"
NOT_OURS: Final = "Use codon_vae_all.pt, codon_vae_hiv.pt, aa_vae_all.pt, or what python -m tvae train codons writes."
TERNARY: Final = "Open it with python -m tvae evaluate, or on the page: Open your own."


@dataclass(frozen=True)
class SequenceCheckpoint:
    """One file, checked; `build` makes the model."""

    path: Path
    sha256: str  # of the file's bytes
    config: SequenceConfig
    weights: Mapping[str, Tensor]  # float32, on the CPU; exactly the tensors of SequenceVAE(config)
    metadata: Mapping[str, Any]  # all other values in the file, as JSON values
    notes: tuple[str, ...]  # sentences: what was done to read the file, and what of it is not used


def read(path: str | Path) -> SequenceCheckpoint:
    """Read and check one file. Raises CheckpointFileError for anything but a complete codon or amino-acid VAE."""
    return parse(Path(path), read_bytes(Path(path)))


def parse(path: Path, data: bytes) -> SequenceCheckpoint:
    """`read` for the bytes of a file; `path` is used only in messages and in the result."""
    opened = open_bytes(path, data)
    try:
        config = infer(path, opened.specs)
        names = check(path, opened.specs, config)
    except CheckpointFileError as error:
        raise explained(error, opened) from error
    recorded = metadata_of_files.parse(path, opened.recorded)
    weights, rounded = chosen_weights(path, opened, names)
    notes = (*opened.notes, *rounded, *recorded.notes)
    return SequenceCheckpoint(path, digest(data), config, weights, recorded.values, notes)


def infer(path: Path, specs: TensorSpecs) -> SequenceConfig:
    """The config that fits name and rows of the embedding; raises CheckpointFileError if there is none."""
    expected = "the weights of a codon or amino-acid VAE (codon_embed.embedding or embed.embedding)"
    for name in EMBEDDING_NAMES:
        spec = specs.get(f"{name}.embedding.weight")
        if spec is None:
            continue
        for alphabet, tokens in TOKENS.items():
            if spec.shape[:1] == (tokens,):
                return SequenceConfig(alphabet, name)
        raise CheckpointFileError(
            path,
            f"{name}.embedding.weight of shape {list(spec.shape)}",
            " or ".join(f"[{tokens}, {EMBEDDING}] ({alphabet})" for alphabet, tokens in TOKENS.items()),
            NOT_OURS,
        )
    if any(name.startswith("encoder_A.") for name in specs):
        raise CheckpointFileError(path, "a Ternary VAE", expected, TERNARY)
    raise CheckpointFileError(path, list_tensors(specs), expected, NOT_OURS)


def check(path: Path, specs: TensorSpecs, config: SequenceConfig) -> tuple[str, ...]:
    """Names of the network's tensors, after a check that `specs` has exactly these with the right shapes and types.

    Raises CheckpointFileError that names the first tensor that is missing, unexpected, or of a wrong shape or type.
    """
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in SequenceVAE(config).state_dict().items()}
    return check_tensors(path, specs, expected, f"a VAE of {config.alphabet}", NOT_OURS)


def build(checkpoint: SequenceCheckpoint) -> SequenceVAE:
    """The model of a checkpoint, on the CPU, in eval mode; weights are loaded strictly."""
    with torch.device("meta"):  # draws no initial weights, so the caller's random state is unchanged
        model = SequenceVAE(checkpoint.config)
    model.load_state_dict({name: tensor.clone() for name, tensor in checkpoint.weights.items()}, assign=True)
    return model.eval()


def save(path: str | Path, model: SequenceVAE, metadata: Mapping[str, Any]) -> Path:
    """Write a model atomically and reproducibly: `.safetensors` in our layout, `.pt` in that of codon_vae_hiv.pt.

    `metadata` holds JSON values. Raises StorageError if the disk is full or read-only, and CheckpointFileError for
    another suffix.
    """
    config = dataclasses.asdict(model.config)
    return write_model(path, model, FORMAT, config, metadata, {"config": config, **metadata})
