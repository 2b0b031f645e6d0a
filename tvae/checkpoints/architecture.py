"""Infer the network that a set of tensor names and shapes describes; nothing is guessed, no tensor is left over.

The keys show the type of encoder and decoder, the kind of projection, its width H and number of hidden layers L,
dropout, controller and learnable curvature. They do not show max_radius, the decoder's input or a fixed curvature;
`apply_recorded_settings` takes these from what the file records, and says what is assumed.
"""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import torch

from tvae.checkpoints.formats.opening import TensorSpecs
from tvae.checkpoints.metadata.json_values import USE_A_TERNARY_VAE
from tvae.checkpoints.metadata.recorded import Recorded
from tvae.errors import CheckpointFileError
from tvae.models.config import ModelConfig, ProjectionKind
from tvae.models.ternary_vae import TernaryVAE

RadiusOrigin = Literal["file", "catalogue", "assumed"]

FLOATS: Final = (torch.float32, torch.float16, torch.bfloat16, torch.float64)  # all become float32
ASSUMED_MAX_RADIUS: Final = 0.99  # if a file does not record one: default of the published constructor
MAX_WIDTH: Final = 4096  # of the projection; published files have 64 and 128
MAX_LAYERS: Final = 8
IGNORED: Final = ("state_net.", "grad_norm_A_ema", "grad_norm_B_ema")  # in v5_5 files; not used in inference
DROPOUT_UNRECORDED: Final = 0.1  # the keys do not show the rate, and eval mode does not use it
SEQUENCES: Final = "a codon or amino-acid encoder"
OF_SEQUENCES: Final = "To encode sequences with this file, run: python -m tvae sequences FILE FASTA."


def infer(path: Path, specs: TensorSpecs) -> ModelConfig:
    """The config that the keys describe. Raises CheckpointFileError if they do not describe a Ternary VAE."""
    if "encoder_A.encoder.0.weight" not in specs:
        found, action = list_tensors(specs), USE_A_TERNARY_VAE
        if "codon_embed.embedding.weight" in specs or "embed.embedding.weight" in specs:
            found, action = SEQUENCES, f"{USE_A_TERNARY_VAE} {OF_SEQUENCES}"
        raise CheckpointFileError(path, found, "the weights of a Ternary VAE (encoder_A, decoder_A)", action)
    kind = _projection_kind(specs)
    prefix = "projection." if kind == "single" else "projection.proj_A."
    hidden, layers, dropout = (64, 1, 0.0) if kind == "none" else _projection_shape(path, specs, prefix)
    return ModelConfig(
        encoder="improved" if "encoder_A.encoder.8.weight" in specs else "plain",
        decoder="improved" if "decoder_A.decoder.8.weight" in specs else "plain",
        projection=kind,
        hidden_dim=hidden,
        layers=layers,
        dropout=dropout,
        learnable_curvature=f"{prefix}manifold.isp_c" in specs,
        controller=any(name.startswith("controller.") for name in specs),
        decoder_b=any(name.startswith("decoder_B.") for name in specs),
    )


def list_tensors(specs: TensorSpecs) -> str:
    """The number of tensors and the first few names, for a message."""
    if not specs:
        return "no tensors"
    names = ", ".join(sorted(map(str, specs))[:3])[:120]
    return f"1 tensor ({names})" if len(specs) == 1 else f"{len(specs)} tensors ({names}, ...)"


def _projection_kind(specs: TensorSpecs) -> ProjectionKind:
    for part, kind in (("proj_B_radius.", "shared"), ("proj_A.", "dual"), ("", "single")):
        if any(name.startswith(f"projection.{part}") for name in specs):
            return kind  # type: ignore[return-value]
    return "none"


def _projection_shape(path: Path, specs: TensorSpecs, prefix: str) -> tuple[int, int, float]:
    """(H, L, dropout) from the positions 0, s, 2s, ... of the Linear layers; s = 3, or 4 with dropout."""
    pattern = re.compile(re.escape(prefix) + r"direction_net\.(\d{1,3})\.weight")
    places = sorted(
        int(match[1]) for name in specs if (match := pattern.fullmatch(name)) and len(specs[name].shape) == 2
    )
    layers = len(places) - 1
    step = places[-1] // layers if layers > 0 else 0
    if not 1 <= layers <= MAX_LAYERS or step not in (3, 4) or places != [step * k for k in range(layers + 1)]:
        raise CheckpointFileError(
            path,
            f"Linear layers at {places} of {prefix}direction_net",
            "at 0, 3, 6, ... or, with dropout, at 0, 4, 8, ...",
            USE_A_TERNARY_VAE,
        )
    hidden = specs[f"{prefix}direction_net.0.weight"].shape[0]
    if not 1 <= hidden <= MAX_WIDTH:
        raise CheckpointFileError(
            path, f"a projection of width {hidden:,}", f"a width from 1 to {MAX_WIDTH:,}", USE_A_TERNARY_VAE
        )
    return hidden, layers, DROPOUT_UNRECORDED if step == 4 else 0.0


def check(path: Path, specs: TensorSpecs, config: ModelConfig) -> tuple[str, ...]:
    """Names of the model's tensors, after a check that `specs` has exactly these with the right shapes and types.

    Raises CheckpointFileError that names the first tensor that is missing, unexpected, or of a wrong shape or type.
    """
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in TernaryVAE(config).state_dict().items()}
    present = {name: spec for name, spec in specs.items() if not name.startswith(IGNORED)}
    described = f"the architecture that its keys describe ({describe(config)})"
    return check_tensors(path, present, expected, described, USE_A_TERNARY_VAE)


def check_tensors(
    path: Path, specs: TensorSpecs, expected: Mapping[str, tuple[int, ...]], described: str, action: str
) -> tuple[str, ...]:
    """Names of `expected`, after a check that `specs` has exactly these, as floats; raises as `check` does."""
    exactly = f"exactly the {len(expected)} tensors of {described}"
    for wrong, word in (
        (expected.keys() - specs.keys(), "without the tensor"),
        (specs.keys() - expected.keys(), "with the unexpected tensor"),
    ):
        if wrong:
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            raise CheckpointFileError(path, f"weights {word} {min(wrong)}{more}", exactly, action)
    for name, shape in expected.items():
        spec = specs[name]
        if spec.shape != shape:
            raise CheckpointFileError(path, f"{name} of shape {list(spec.shape)}", f"shape {list(shape)}", action)
        if spec.dtype not in FLOATS:
            raise CheckpointFileError(path, f"{name} of type {spec.dtype}", "torch.float32", action)
    return tuple(expected)


def describe(config: ModelConfig) -> str:
    """The architecture in one line, for people to read."""
    if config.projection == "none":
        return "Euclidean, two encoders" + (", two decoders" if config.decoder_b else "")
    words = [f"{config.projection} projection", f"H{config.hidden_dim} L{config.layers}"]
    words += ["dropout"] if config.dropout else []
    words += ["improved encoder"] if config.encoder == "improved" else []
    words += ["improved decoder"] if config.decoder == "improved" else []
    words += ["controller"] if config.controller else []
    words += ["learnable curvature"] if config.learnable_curvature else []
    words += [f"curvature {config.curvature:g}"] if config.curvature != 1 and not config.learnable_curvature else []
    return ", ".join(words)


def apply_recorded_settings(
    config: ModelConfig, recorded: Recorded, known_radius: float | None
) -> tuple[ModelConfig, RadiusOrigin, tuple[str, ...]]:
    """`config` with the settings that the file records besides its weights, and those that it does not record.

    `known_radius` is that of the catalogue, which describes the published files. Returns the config, where its
    max_radius is from, and a note that names what is assumed; without a ball none of these matters.
    """
    radius = recorded.max_radius or known_radius or ASSUMED_MAX_RADIUS
    origin: RadiusOrigin = "file" if recorded.max_radius else "catalogue" if known_radius else "assumed"
    has_ball = config.projection != "none"
    config = dataclasses.replace(
        config,
        max_radius=radius,
        curvature=recorded.curvature or 1.0,
        decoder_input="log0" if recorded.decoder_input == "log0" and has_ball else "mu",
    )
    if not has_ball or known_radius:
        return config, origin, ()
    assumed = [f"max_radius {radius:g}"] if origin == "assumed" else []
    assumed += [] if recorded.curvature or config.learnable_curvature else ["curvature 1"]
    assumed += [] if recorded.decoder_input else ["decoder input mu (the latent mean)"]
    notes = (f"The file does not record these settings, so they are assumed: {', '.join(assumed)}.",) if assumed else ()
    return config, origin, notes
