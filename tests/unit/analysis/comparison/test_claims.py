"""What a file claims, under the names that files use, and what of it is measured."""

import pytest
from app_fixtures import RICH, evaluated_here
from recorded import with_metadata

from tvae.analysis.comparison import claims
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.entry import Numbers


@pytest.mark.usefixtures("published_without_a_hub")
def test_stored_numbers_under_the_names_that_files_use() -> None:
    evaluated = evaluated_here(RICH)
    stored = {
        "coverage": 0.99,
        "radial_corr_A": -0.7,
        "hierarchy_B": -0.8,
        "richness_B": 0.1,
        "r_v9": 0.2,
        "n": "x",
    }
    expected = Numbers(coverage=0.99, hierarchy_a=-0.7, hierarchy_b=-0.8, richness_b=0.1, norm_v9=0.2)
    assert claims.recorded_numbers(stored) == expected
    assert claims.stored_numbers(with_metadata(evaluated, {"metrics": stored})) == expected
    recorded = evaluated.location.entry.stored if evaluated.location.entry else None
    assert claims.stored_numbers(with_metadata(evaluated, {})) == recorded


def test_what_is_measured_has_the_names_of_what_is_claimed(
    rich: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint
) -> None:
    found, metrics = claims.measured_numbers(rich.metrics), rich.metrics
    assert (found.coverage, found.hierarchy_b, found.richness) == (
        metrics.at_mu.coverage,
        metrics.b.hierarchy,
        metrics.a.richness,
    )
    assert metrics.a.level_mean_norm is not None
    assert (found.norm_v0, found.norm_v9) == (metrics.a.level_mean_norm[0], metrics.a.level_mean_norm[9])
    assert claims.measured_numbers(euclidean.metrics).norm_v0 is None
