"""Plotly figures for notebooks: `import tvae.figures`. Everything is defined in `tvae.reports.plots.figures`."""

from tvae.reports.plots.figures import radius_by_valuation, regions_by_depth, regions_slice

__all__ = ["radius_by_valuation", "regions_by_depth", "regions_slice"]
