"""Metrics of an embedding, each defined here and nowhere else.

All are deterministic, and exact over all N = 19,683 operations unless a docstring says "seeded sample". An undefined
metric (constant radius, no ball) is None, never 0. Valuation levels are v = 0..9.

Not here: measures of the whole tree (`tree_measures`), and which values are good (`comparison`). Start with `metrics`.
"""
