"""Plotly figures for notebooks: `import tvae.figures`. Everything is defined in `tvae.reports.plots`."""

from tvae.reports.plots.figures import radius_by_valuation, regions_by_depth, regions_slice
from tvae.reports.plots.sequence_map import figure as sequence_map

__all__ = ["radius_by_valuation", "regions_by_depth", "regions_slice", "sequence_map"]
