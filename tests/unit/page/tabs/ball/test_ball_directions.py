"""What the browser gets for the directions: components, shares, and sentences with the numbers of each view."""

import numpy as np
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN
from embeddings import collapsed

from tvae.analysis import evaluation
from tvae.analysis.single_flight import Cache
from tvae.analysis.views import directions as measured
from tvae.page.server import compute
from tvae.page.tabs.ball import directions
from tvae.page.ui import texts

MIN = 15_633
ASKED = {"checkpoint": BUNDLED, "encoder": "A", "centre": MIN}


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch, published_without_a_hub: None) -> None:
    monkeypatch.setattr(compute, "measure_on_gpu", evaluation.measure)
    monkeypatch.setattr(compute, "DIRECTIONS_CACHE", Cache(8))


def test_components_and_shares_are_those_measured() -> None:
    found = directions.components(ASKED)
    expected = measured.measure(compute.load_evaluated(BUNDLED).embedding.a, MIN)
    assert expected is not None
    np.testing.assert_array_equal(found["axes"], expected.components)
    assert found["shares"] == expected.shares[:3]


def test_each_view_has_its_numbers_and_what_they_mean() -> None:
    found = directions.components(ASKED)["html"]
    expected = measured.measure(compute.load_evaluated(BUNDLED).embedding.a, MIN)
    assert expected is not None
    for view, count, faithful in zip(("2d", "3d"), (2, 3), expected.faithfulness, strict=True):
        html = found[view]
        assert f"Explained share: {100 * sum(expected.shares[:count]):.1f}%." in html
        assert f"these {count} components" in html
        assert f"Trustworthiness: {faithful.trustworthiness:.3f}." in html
        assert f"Neighbourhood overlap: {100 * faithful.overlap:.1f}%." in html
        assert "0.05% is chance" in html
        assert "500 operations, drawn with seed 0 and compared with all 19,683" in html


def test_each_centre_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measure, centres = measured.measure, list[int]()

    def counted(side: object, centre: int) -> object:
        centres.append(centre)
        return measure(side, centre)  # type: ignore[arg-type]

    monkeypatch.setattr(measured, "measure", counted)
    for centre in (-1, MIN, -1, MIN):
        directions.components(ASKED | {"centre": centre})
    assert centres == [-1, MIN]


def test_a_euclidean_checkpoint_has_directions() -> None:
    found = directions.components(ASKED | {"checkpoint": EUCLIDEAN})
    assert np.shape(found["axes"]) == (3, 16)


def test_what_cannot_be_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is 'C'; it must be A or B" in directions.components(ASKED | {"encoder": "C"})["error"]
    for centre in (-2, 19_683, 1.5, "min"):
        assert "centre" in directions.components(ASKED | {"centre": centre})["error"]
    monkeypatch.setattr(compute, "directions_of", lambda *_: (None, measured.measure(collapsed())))
    assert directions.components(ASKED)["error"] == texts.NO_DIRECTIONS
