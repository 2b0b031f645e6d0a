"""Activation patterns: the same map as torch's, affine inside a region, and counts on networks that are known."""

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tvae.analysis.linear_regions import activation_patterns
from tvae.analysis.linear_regions.activation_patterns import (
    Layer,
    Network,
    Patterns,
    pattern_ids,
    patterns,
    regions_along,
)
from tvae.analysis.linear_regions.bounds import serra_upper, zaslavsky
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE
from tvae.operations import ternary

Doubles = NDArray[np.float64]


def model_of(**settings: object) -> TernaryVAE:
    torch.manual_seed(0)
    return TernaryVAE(ModelConfig(**settings)).eval()  # type: ignore[arg-type]


EUCLIDEAN = {"projection": "none", "decoder_b": True}


def random_network(widths: tuple[int, ...], seed: int = 0) -> Network:
    """ReLU layers of these widths, the first of which is the number of inputs; no linear layer at the end."""
    random = np.random.default_rng(seed)
    layers = [
        Layer(random.normal(size=(after, before)), random.normal(size=after)) for before, after in pairwise(widths)
    ]
    return Network("random", tuple(layers))


def tent(depth: int) -> Network:
    """x -> 1 - |1 - 2x|, `depth` times: Montufar's folds (2014, section 3) on [0, 1]."""
    first = Layer(np.array([[2.0], [4.0]]), np.array([0.0, -2.0]))
    fold = Layer(np.array([[2.0, -2.0], [4.0, -4.0]]), np.array([0.0, -2.0]))
    return Network("tent", (first, *[fold] * (depth - 1)))


def distinct(found: Patterns) -> list[int]:
    return [int(so_far.max()) + 1 for _, so_far in pattern_ids(found.packed)]


class TestParts:
    def test_a_plain_model_has_encoders_decoder_and_their_composition(self) -> None:
        parts, others = activation_patterns.networks(model_of())
        assert [part.name for part in parts] == ["encoder A", "encoder B", "decoder A", "encoder A, decoder A"]
        assert [name for name, _ in others] == ["projection"]
        assert [part.inputs for part in parts] == [9, 9, 16, 9]
        widths = [tuple(len(layer.bias) for layer in part.bending) for part in parts]
        assert widths == [(256, 128, 64), (256, 128, 64), (32, 64), (256, 128, 64, 32, 64)]

    @pytest.mark.parametrize(
        ("settings", "counted", "left_out"),
        [
            (EUCLIDEAN, ["encoder A", "encoder B", "decoder A", "decoder B", "encoder A, decoder A"], []),
            ({"encoder": "improved"}, ["decoder A"], ["encoder A", "encoder B", "encoder A, decoder A", "projection"]),
            ({"decoder": "improved"}, ["encoder A", "encoder B"], ["decoder A", "encoder A, decoder A", "projection"]),
            (
                {"decoder_input": "log0"},
                ["encoder A", "encoder B", "decoder A"],
                ["encoder A, decoder A", "projection"],
            ),
        ],
    )
    def test_parts_that_are_not_piecewise_linear_are_named(
        self, settings: dict[str, object], counted: list[str], left_out: list[str]
    ) -> None:
        parts, others = activation_patterns.networks(model_of(**settings))
        assert [part.name for part in parts] == counted
        assert [name for name, _ in others] == left_out
        assert all(why for _, why in others)

    def test_each_part_is_the_same_map_as_in_torch(self) -> None:
        model = model_of(**EUCLIDEAN)
        parts = {part.name: part for part in activation_patterns.networks(model)[0]}
        trits = ternary.ALL_TRITS[::97].astype(np.float64)
        mu_a, mu_b = activation_patterns.latents(model, trits)
        wide = model.double()
        with torch.inference_mode():
            out = wide(torch.from_numpy(trits))
        logits, logits_b = out.logits.reshape(len(trits), -1), out.logits_b.reshape(len(trits), -1)
        for name, read, given in (
            ("encoder A", trits, out.mu_a),
            ("encoder B", trits, out.mu_b),
            ("decoder A", mu_a, logits),
            ("decoder B", mu_b, logits_b),
            ("encoder A, decoder A", trits, logits),
        ):
            np.testing.assert_allclose(patterns(parts[name], read).output, given.numpy(), atol=1e-12, err_msg=name)

    def test_a_decoder_reads_what_the_model_gives_it(self) -> None:
        model = model_of(decoder_input="log0")
        trits = ternary.ALL_TRITS[:50].astype(np.float64)
        read, _ = activation_patterns.latents(model, trits)
        decoder = activation_patterns.networks(model)[0][2]
        with torch.inference_mode():
            logits = model.double()(torch.from_numpy(trits)).logits.reshape(50, -1)
        np.testing.assert_allclose(patterns(decoder, read).output, logits.numpy(), atol=1e-12)


class TestOneRegionIsOneAffineMap:
    @pytest.mark.parametrize("name", ["encoder A", "decoder A", "decoder B", "encoder A, decoder A"])
    def test_two_points_of_a_region_have_one_jacobian(self, name: str) -> None:
        model = model_of(**EUCLIDEAN)
        part = next(part for part in activation_patterns.networks(model)[0] if part.name == name)
        wide = model.double()
        modules = {
            "encoder A": wide.encoder_A.mean,
            "decoder A": wide.decoder_A,
            "decoder B": wide.decoder_B,
            "encoder A, decoder A": lambda x: wide.decoder_A(wide.encoder_A.mean(x)),
        }
        random = np.random.default_rng(1)
        points = random.normal(size=(20, part.inputs))
        pairs = np.concatenate([points, points + 1e-3 * random.normal(size=points.shape)])
        *_, (_, region) = pattern_ids(patterns(part, pairs).packed)
        same = region[:20] == region[20:]
        assert 0 < same.sum() < 20
        slopes = [jacobian(modules[name], point) for point in pairs]
        for k in range(20):
            off = np.abs(slopes[k] - slopes[k + 20]).max()
            assert (off < 1e-12 * np.abs(slopes[k]).max()) == same[k], (k, off)

    def test_a_pattern_stays_along_the_way_between_two_points_that_share_it(self) -> None:
        """Activation regions are convex."""
        network = random_network((2, 6, 5))
        points = np.random.default_rng(2).normal(size=(400, 2))
        *_, (_, region) = pattern_ids(patterns(network, points).packed)
        pairs = [(i, j) for i, j in combinations(range(400), 2) if region[i] == region[j]][:500]
        first, second = np.array(pairs).T
        assert (regions_along(network, points[first], points[second]) == 1).all()


class TestCounts:
    @pytest.mark.parametrize("units", [2, 3, 7, 12])
    def test_one_layer_in_the_plane_has_as_many_regions_as_zaslavsky_says(self, units: int) -> None:
        """Every region of lines in general position has a corner, and four regions meet at a corner."""
        network = random_network((2, units), seed=units)
        (layer,) = network.layers
        around = []
        for i, j in combinations(range(units), 2):
            pair = layer.weight[[i, j]]
            corner = np.linalg.solve(pair, -layer.bias[[i, j]])
            signs = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
            around.append(corner + 1e-7 * np.linalg.solve(pair, signs.T).T)
        (found,) = distinct(patterns(network, np.concatenate(around)))
        assert found == zaslavsky(units, 2)
        grid = np.stack(np.meshgrid(*[np.linspace(-20, 20, 300)] * 2), -1).reshape(-1, 2)
        assert distinct(patterns(network, grid))[0] <= found

    def test_a_line_of_one_layer_is_cut_by_each_unit(self) -> None:
        network = random_network((1, 40))
        assert regions_along(network, np.array([[-1e6]]), np.array([[1e6]])).tolist() == [41]

    def test_the_absolute_value_has_two_regions(self) -> None:
        network = Network("|x|", (Layer(np.array([[1.0], [-1.0]]), np.zeros(2)), Layer(np.ones((1, 2)), np.zeros(1),
                                  "linear")))  # fmt: skip
        points = np.linspace(-1, 1, 64)[:, None]
        found = patterns(network, points)
        np.testing.assert_array_equal(found.output, np.abs(points))
        assert distinct(found) == [2]
        assert regions_along(network, -np.ones((1, 1)), np.ones((1, 1))).tolist() == [2]

    @pytest.mark.parametrize("depth", [1, 2, 5, 9])
    def test_every_fold_doubles_the_regions(self, depth: int) -> None:
        network = tent(depth)
        middles = (np.arange(1024) + 0.5)[:, None] / 1024
        assert distinct(patterns(network, middles)) == [2 ** (k + 1) for k in range(depth)]
        assert regions_along(network, np.zeros((1, 1)), np.ones((1, 1))).tolist() == [2**depth]
        assert 2**depth <= serra_upper(1, (2,) * depth)

    @pytest.mark.parametrize("seed", range(6))
    def test_regions_along_a_segment_are_those_of_a_fine_walk(self, seed: int) -> None:
        network = random_network((4, 12, 10, 8), seed)
        start, end = np.random.default_rng(seed).normal(size=(2, 1, 4)) * 2
        walk = start + np.linspace(0, 1, 200_001)[:, None] * (end - start)
        *_, (_, region) = pattern_ids(patterns(network, walk).packed)
        assert regions_along(network, start, end).tolist() == [1 + int((np.diff(region) != 0).sum())]
        assert regions_along(network, end, start) == regions_along(network, start, end)

    def test_a_residual_part_along_a_segment_too(self) -> None:
        part = activation_patterns.networks(model_of(**EUCLIDEAN))[0][3]
        start, end = np.random.default_rng(5).normal(size=(2, 3, 16))
        walk = np.linspace(0, 1, 20_001)[:, None]
        counted = regions_along(part, start, end)
        for k in range(3):
            *_, (_, region) = pattern_ids(patterns(part, start[k] + walk * (end[k] - start[k])).packed)
            assert 20 < 1 + (np.diff(region) != 0).sum() <= counted[k] <= 1.02 * (1 + (np.diff(region) != 0).sum())

    def test_no_way_is_one_region(self) -> None:
        network = random_network((3, 5))
        assert regions_along(network, np.ones((2, 3)), np.ones((2, 3))).tolist() == [1, 1]

    def test_the_order_of_units_does_not_matter(self) -> None:
        network = random_network((3, 9, 8, 7))
        random = np.random.default_rng(3)
        points = random.normal(size=(3_000, 3))
        layers = list(network.layers)
        for k in range(2):
            order = random.permutation(len(layers[k].bias))
            layers[k] = Layer(layers[k].weight[order], layers[k].bias[order])
            layers[k + 1] = Layer(layers[k + 1].weight[:, order], layers[k + 1].bias)
        other = Network("permuted", tuple(layers))
        ours, theirs = patterns(network, points), patterns(other, points)
        assert distinct(ours) == distinct(theirs)
        for (own, so_far), (own_too, so_far_too) in zip(
            pattern_ids(ours.packed), pattern_ids(theirs.packed), strict=True
        ):
            assert same_partition(own, own_too)
            assert same_partition(so_far, so_far_too)
        ways = [regions_along(either, points[:20], points[20:40]) for either in (network, other)]
        assert ways[0].tolist() == ways[1].tolist()

    def test_no_count_exceeds_its_bounds(self) -> None:
        network = random_network((2, 4, 3))
        points = np.random.default_rng(4).normal(size=(200_000, 2)) * 10
        counts = distinct(patterns(network, points))
        assert counts[0] <= zaslavsky(4, 2)
        assert counts[0] <= counts[1] <= serra_upper(2, (4, 3))

    def test_labels_name_patterns(self) -> None:
        network = random_network((2, 11, 3))
        points = np.random.default_rng(0).normal(size=(500, 2))
        found = patterns(network, points)
        bits = [np.unpackbits(part, axis=1) for part in found.packed]
        for k, (own, so_far) in enumerate(pattern_ids(found.packed)):
            assert same_partition(own, np.unique(bits[k], axis=0, return_inverse=True)[1].ravel())
            together = np.hstack(bits[: k + 1])
            assert same_partition(so_far, np.unique(together, axis=0, return_inverse=True)[1].ravel())
            assert found.on[k].tolist() == bits[k].sum(0)[: len(found.on[k])].tolist()


class TestRounding:
    def test_a_sign_within_rounding_of_zero_is_undecided(self) -> None:
        layer = Layer(np.array([[3.0], [1.0]]), np.array([-0.3, 0.0]))
        network = Network("tie", (layer,))
        points = np.array([[0.1], [0.0], [0.2]])
        assert 0.1 * 3 - 0.3 != 0  # it should be 0
        assert patterns(network, points, certify=True).undecided == 1
        assert patterns(network, points).undecided == 0

    def test_the_bound_holds_against_exact_arithmetic(self) -> None:
        exactly = np.vectorize(Fraction, otypes=[object])
        network = random_network((9, 12, 10, 8))
        h = np.random.default_rng(0).normal(size=(20, 9))
        true, error = exactly(h), np.zeros(h.shape, np.float32)
        for layer in network.layers:
            true = true @ exactly(layer.weight.T) + exactly(layer.bias)
            z, error = h @ layer.weight.T + layer.bias, activation_patterns._error_bound(layer, h, error)
            off = np.abs(exactly(z) - true).astype(np.float64)
            assert (off <= error).all()
            assert off.max() > 1e-3 * error.max()  # not a bound that says nothing
            true, h = np.where(true > 0, true, Fraction(0)), np.maximum(z, 0)


def jacobian(function: nn.Module, point: Doubles) -> Doubles:
    def flat(x: Tensor) -> Tensor:
        out: Tensor = function(x[None])
        return out.flatten()

    slope: Doubles = torch.autograd.functional.jacobian(flat, torch.from_numpy(point)).numpy()  # type: ignore[no-untyped-call]
    return slope


def same_partition(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    pairs = len(set(zip(one.tolist(), other.tolist(), strict=True)))
    return pairs == len(set(one.tolist())) == len(set(other.tolist()))
