"""What the plot is sent: fixed point, ranges, overlaps; and what its script may quote."""

import base64
import json

import numpy as np
import pytest
from scatter_data import CLEAN, EXACT, LEVEL, MIXED, N, decoded, packed

from tvae.page.ui.scatter.scatter import radius_scatter


class TestPacking:
    def test_everything_fits_into_300_kb(self) -> None:
        assert len(packed()) < 300_000

    @pytest.mark.parametrize("encoder", ["A", "B"])
    @pytest.mark.parametrize("measure", ["radius", "norm"])
    def test_values_survive_sixteen_bits(self, encoder: str, measure: str) -> None:
        norm = MIXED if encoder == "A" else CLEAN
        values = norm if measure == "norm" else 2 * np.arctanh(norm)
        series = json.loads(packed())["encoders"][encoder][measure]
        assert np.abs(decoded(series) - values).max() < values.max() / 65_535
        assert [f"{u:.4f}" for u in decoded(series)] == [f"{u:.4f}" for u in values]

    def test_a_wide_level_keeps_the_precision_of_its_range(self) -> None:
        wide = CLEAN * 100
        series = json.loads(packed(radius_a=wide))["encoders"]["A"]["radius"]
        assert np.abs(decoded(series) - wide).max() < wide.max() / 65_535

    def test_statistics_are_those_of_the_exact_values(self) -> None:
        stats = np.array(json.loads(packed())["encoders"]["A"]["norm"]["stats"])
        levels = [MIXED[v == LEVEL] for v in range(10)]
        assert stats[:, 0].tolist() == [part.min() for part in levels]
        assert stats[:, 2].tolist() == [part.max() for part in levels]
        np.testing.assert_allclose(stats[:, 1], [part.mean() for part in levels], rtol=1e-12)

    def test_overlaps_are_exact(self) -> None:
        encoders = json.loads(packed())["encoders"]
        assert encoders["A"]["radius"]["overlaps"] == encoders["A"]["norm"]["overlaps"] == [2, 5, 7]
        assert encoders["B"]["radius"]["overlaps"] == []

    def test_one_unit_in_the_last_place_decides_an_overlap(self) -> None:
        touching, apart = CLEAN.copy(), CLEAN.copy()
        touching[1] = CLEAN[LEVEL == 1].max()
        apart[1] = np.nextafter(touching[1], 9)
        assert json.loads(packed(norm_a=touching))["encoders"]["A"]["norm"]["overlaps"] == [0]
        assert json.loads(packed(norm_a=apart))["encoders"]["A"]["norm"]["overlaps"] == []

    def test_exact_is_a_bit_set(self) -> None:
        bits = np.frombuffer(base64.b64decode(json.loads(packed())["exact"]), np.uint8)
        assert (np.unpackbits(bits, count=N, bitorder="little").astype(bool) == EXACT).all()

    def test_without_a_ball_there_is_no_norm(self) -> None:
        data = json.loads(packed(norm_a=None, norm_b=None))
        assert data["titles"]["radius"] == "Euclidean norm of μ"
        assert list(data["encoders"]["A"]) == ["radius"]

    def test_no_property_is_taken_for_an_event(self) -> None:
        plot = radius_scatter()
        assert [name for name in plot.props if hasattr(plot, name)] == []
