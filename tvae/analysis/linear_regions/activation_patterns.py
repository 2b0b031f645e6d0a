"""Activation patterns of a checkpoint's ReLU networks, which identify their linear regions.

A ReLU network is a tropical rational map (Zhang, Naitzat, Lim, Tropical geometry of deep neural networks, 2018): it is
affine on each of finitely many polyhedra. In the interior of each polyhedron every unit is either on or off, so its
activation pattern, with one bit for each unit, identifies the region (an activation region as in Hanin and Rolnick,
2019; it is convex, and two regions can have the same affine map).

The piecewise linear parts are encoders and decoders of the plain type (Linear, ReLU), decoder B of v5_5, and encoder A
followed by a decoder that reads the latent mean. The improved type (LayerNorm, SiLU) and all projections into the ball
(SiLU, sigmoid, normalisation) are not piecewise linear, and so nothing that passes through the ball is.

All computations are in float64, from the float32 weights. Axes: B points, n_0 inputs of a network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tvae.models.config import ModelConfig
from tvae.models.networks import Decoder, Encoder, ResidualDecoder
from tvae.models.ternary_vae import TernaryVAE

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
Kind = Literal["relu", "keep", "linear"]

CHUNK: Final = 4_096  # points at a time, so that a layer's values fit into the cache
SEGMENTS_AT_ONCE: Final = 50
ROUNDING: Final = 2.0**-53


@dataclass(frozen=True)
class Layer:
    """z = weight h + bias, then: relu gives max(0, z); keep gives (max(0, z), h); linear gives z."""

    weight: Doubles  # (units, inputs)
    bias: Doubles  # (units,)
    kind: Kind = "relu"


@dataclass(frozen=True)
class Network:
    """One piecewise linear part of a model."""

    name: str
    layers: tuple[Layer, ...]

    @property
    def inputs(self) -> int:
        """n_0."""
        return int(self.layers[0].weight.shape[1])

    @property
    def bending(self) -> tuple[Layer, ...]:
        """The layers with ReLU units."""
        return tuple(layer for layer in self.layers if layer.kind != "linear")


@dataclass(frozen=True)
class Patterns:
    """Which units are on at B points; tuples have one entry for each ReLU layer."""

    packed: tuple[NDArray[np.uint8], ...]  # (B, units / 8) bits
    on: tuple[Integers, ...]  # (units,) number of points at which a unit is on
    undecided: int  # number of signs that rounding could have changed; at 0 the patterns are exact
    output: Doubles  # (B, outputs)


def networks(model: TernaryVAE) -> tuple[tuple[Network, ...], tuple[tuple[str, str], ...]]:
    """The piecewise linear parts of a model, and (name, reason) for every other part."""
    config = model.config
    parts: list[Network] = []
    others: list[tuple[str, str]] = []
    smooth = "LayerNorm and SiLU are not piecewise linear"
    if config.encoder == "plain":
        parts += [Network("encoder A", _encoder(model.encoder_A)), Network("encoder B", _encoder(model.encoder_B))]
    else:
        others += [("encoder A", smooth), ("encoder B", smooth)]
    if config.decoder == "plain":
        parts.append(Network("decoder A", _decoder(model.decoder_A)))
    else:
        others.append(("decoder A", smooth))
    if config.decoder_b:
        parts.append(Network("decoder B", _residual(model.decoder_B)))
    if why := _why_not_composed(config):
        others.append(("encoder A, decoder A", why))
    else:
        parts.append(Network("encoder A, decoder A", _encoder(model.encoder_A) + _decoder(model.decoder_A)))
    if config.projection != "none":
        others.append(("projection", "SiLU, sigmoid and normalisation are not piecewise linear"))
    return tuple(parts), tuple(others)


def _why_not_composed(config: ModelConfig) -> str:
    if config.decoder_input != "mu":
        return "between them the point goes through the ball, which is not piecewise linear"
    return "" if config.encoder == config.decoder == "plain" else "not both are piecewise linear"


def _layer(linear: nn.Module, kind: Kind = "relu") -> Layer:
    return Layer(_double(linear.weight), _double(linear.bias), kind)


def _double(tensor: Tensor | nn.Module) -> Doubles:
    values: Doubles = cast(Tensor, tensor).detach().cpu().double().numpy()
    return values


def _encoder(encoder: Encoder) -> tuple[Layer, ...]:
    return (*(_layer(linear) for linear in _linears(encoder.encoder)), _layer(encoder.fc_mu, "linear"))


def _decoder(decoder: Decoder) -> tuple[Layer, ...]:
    *hidden, last = _linears(decoder.decoder)
    return (*(_layer(linear) for linear in hidden), _layer(last, "linear"))


def _linears(stack: nn.Sequential) -> list[nn.Linear]:
    return [module for module in stack if isinstance(module, nn.Linear)]


def _residual(decoder: ResidualDecoder) -> tuple[Layer, ...]:
    """h + block(h) is one Linear layer on (ReLU(Linear h), h)."""
    first, second = decoder.residual1.block, decoder.residual2.block
    return (
        _layer(decoder.fc_in),
        _layer(first[0], "keep"),
        _beside_identity(first[2], "relu"),
        _layer(second[0], "keep"),
        _beside_identity(second[2], "linear"),
        _layer(decoder.fc_out, "linear"),
    )


def _beside_identity(linear: nn.Module, kind: Kind) -> Layer:
    layer = _layer(linear, kind)
    return Layer(np.hstack([layer.weight, np.eye(len(layer.bias))]), layer.bias, kind)


def patterns(network: Network, points: Doubles, certify: bool = False) -> Patterns:
    """Activation patterns at points (B, n_0). A unit is on if its value is above 0.

    With `certify` the rounding error of every unit is bounded as well (Higham, Accuracy and stability of numerical
    algorithms, 2002, section 3.1), which takes about half as long again; without it, `undecided` is 0.
    """
    packed: list[list[NDArray[np.uint8]]] = [[] for _ in network.bending]
    on = [np.zeros(len(layer.bias), np.int64) for layer in network.bending]
    undecided, outputs = 0, []
    for start in range(0, len(points), CHUNK):
        h = points[start : start + CHUNK]
        error = np.zeros(h.shape, np.float32)
        place = 0
        for layer in network.layers:
            z = h @ layer.weight.T + layer.bias
            bound = _error_bound(layer, h, error) if certify else error
            if layer.kind == "linear":
                h, error = z, bound
                continue
            bits = z > 0
            packed[place].append(np.packbits(bits, axis=1))
            on[place] += bits.sum(0)
            undecided += int(((np.abs(z) <= bound) & (bound > 0)).sum()) if certify else 0
            z = np.maximum(z, 0, out=z)
            h, error = (np.hstack([z, h]), np.hstack([bound, error])) if layer.kind == "keep" else (z, bound)
            place += 1
        outputs.append(h)
    return Patterns(tuple(np.concatenate(part) for part in packed), tuple(on), undecided, np.concatenate(outputs))


def _error_bound(layer: Layer, h: Doubles, error: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bound (B, units) of the error of z for inputs (B, inputs) with given errors; in float32, rounded upwards.

    If it is 0, all terms of the sum are 0, and so is z: the unit is off.
    """
    weight, bias = np.abs(layer.weight).astype(np.float32), np.abs(layer.bias).astype(np.float32)
    gamma = np.float32(1.01 * (layer.weight.shape[1] + 2) * ROUNDING)
    bound: NDArray[np.float32] = (error + gamma * np.abs(h).astype(np.float32)) @ weight.T + gamma * bias
    return np.float32(1.001) * bound


def pattern_ids(packed: tuple[NDArray[np.uint8], ...]) -> Iterator[tuple[Integers, Integers]]:
    """For each layer, numbers (B,) from 0 of its own pattern, and of the pattern of all layers up to it.

    Two points have the same number if and only if they have the same pattern; no hash is used.
    """
    so_far = np.zeros(len(packed[0]), np.int64)
    for part in packed:
        rows = np.ascontiguousarray(part).view(np.dtype((np.void, part.shape[1]))).ravel()
        own = np.unique(rows, return_inverse=True)[1].astype(np.int64)
        so_far = np.unique(so_far * (own.max() + 1) + own, return_inverse=True)[1].astype(np.int64)
        yield own, so_far


def regions_along(network: Network, starts: Doubles, ends: Doubles) -> Integers:
    """Number of regions (S,), at least 1, along each straight segment from starts (S, n_0) to ends (S, n_0).

    Exact up to rounding. Along a segment, every unit is a piecewise linear function of t in [0, 1]. It is determined by
    its values where earlier units switch, so its own zeros between these are found layer by layer. Units that switch at
    the same t count as one crossing.
    """
    batches = range(0, len(starts), SEGMENTS_AT_ONCE)
    counts = [_along(network, starts[k : k + SEGMENTS_AT_ONCE], ends[k : k + SEGMENTS_AT_ONCE]) for k in batches]
    return np.concatenate(counts)


def _along(network: Network, starts: Doubles, ends: Doubles) -> Integers:
    count = len(starts)
    segment = np.repeat(np.arange(count), 2)  # (R,) of each known place
    t = np.tile([0.0, 1.0], count)  # (R,)
    h = np.stack([starts, ends], 1).reshape(2 * count, -1)  # (R, inputs)
    for layer in network.layers:
        z = h @ layer.weight.T + layer.bias
        if layer.kind == "linear":
            h = z
            continue
        both = np.hstack([z, h]) if layer.kind == "keep" else z
        positive, negative = z > 0, z < 0
        turns = (positive[:-1] & negative[1:]) | (negative[:-1] & positive[1:])  # (R - 1, units)
        row, unit = np.nonzero(turns & (segment[:-1] == segment[1:])[:, None])
        share = z[row, unit] / (z[row, unit] - z[row + 1, unit])  # of the way to the next known place
        between = both[row] + share[:, None] * (both[row + 1] - both[row])
        between[np.arange(len(row)), unit] = 0.0
        segment = np.concatenate([segment, segment[row]])
        t = np.concatenate([t, t[row] + share * (t[row + 1] - t[row])])
        order = np.lexsort((t, segment))
        segment, t, both = segment[order], t[order], np.concatenate([both, between])[order]
        units = len(layer.bias)
        both[:, :units] = np.maximum(both[:, :units], 0)
        h = both
    new = np.concatenate([[True], (np.diff(t) != 0) | (np.diff(segment) != 0)])
    return np.bincount(segment[new], minlength=count) - 1


def latents(model: TernaryVAE, trits: Doubles) -> tuple[Doubles, Doubles]:
    """Inputs of the decoders, (B, D) each, in float64: mu_A or log0 of A's point for decoder A, mu_B for decoder B."""
    wide = TernaryVAE(model.config).double().eval()
    wide.load_state_dict(model.state_dict())
    with torch.inference_mode():
        inputs = torch.from_numpy(trits)
        mu_a, mu_b = wide.encoder_A.mean(inputs), wide.encoder_B.mean(inputs)
        read = mu_a if model.config.decoder_input == "mu" else wide.ball_latent(wide.project(mu_a, mu_b)[0])
        return read.numpy(), mu_b.numpy()
