"""K-FAC: a natural-gradient optimiser, and the curvature samples that it needs.

Not here: curvature of the ball (`tvae.geometry`). Start with `optimiser`.
"""
