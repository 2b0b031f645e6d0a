"""What was claimed of a checkpoint or stored in its file, and what of it is measured, under the same names."""

from collections.abc import Mapping

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.metrics.metrics import Metrics
from tvae.checkpoints.catalogue.entry import Numbers
from tvae.checkpoints.metadata.recorded import Scalar


def measured_numbers(metrics: Metrics) -> Numbers:
    """What is measured here of what is claimed."""
    a, b = metrics.a, metrics.b
    norms = a.level_mean_norm or (None,)
    return Numbers(
        coverage=metrics.at_mu.coverage,
        hierarchy_a=a.hierarchy,
        hierarchy_b=b.hierarchy,
        richness=a.richness,
        richness_b=b.richness,
        norm_v0=norms[0],
        norm_v9=norms[-1],
    )


def stored_numbers(evaluated: EvaluatedCheckpoint) -> Numbers:
    """The numbers that the file records, under our names; if it has none, those that the catalogue gives for it."""
    if any(isinstance(value, int | float) for value in evaluated.checkpoint.stored.values()):
        return recorded_numbers(evaluated.checkpoint.stored)
    entry = evaluated.location.entry
    return entry.stored if entry else Numbers()


def recorded_numbers(stored: Mapping[str, Scalar]) -> Numbers:
    """Metrics under the names that files use, under ours."""
    raw = {key: value for key, value in stored.items() if isinstance(value, int | float)}

    def first(*names: str) -> float | None:
        return next((float(raw[name]) for name in names if name in raw), None)

    return Numbers(
        coverage=first("coverage", "coverage_A"),
        hierarchy_a=first("hierarchy_A", "hierarchy_a", "radial_corr_A"),
        hierarchy_b=first("hierarchy_B", "hierarchy_b", "radial_corr_B"),
        hierarchy=first("hierarchy"),
        richness=first("richness", "richness_A", "richness_a"),
        richness_b=first("richness_B", "richness_b"),
        norm_v0=first("radius_v0", "r_v0"),
        norm_v9=first("radius_v9", "r_v9"),
    )
