"""From an embedding to numbers: metrics, neighbours, geodesics, robustness, comparisons.

Not here: files, JSON and figures (`tvae.reports`). Start with `metrics`; `evaluation` measures a checkpoint once.
"""
