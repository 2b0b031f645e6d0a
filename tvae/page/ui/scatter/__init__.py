"""The radius-against-valuation plot on a canvas.

Not here: the points' values (`tvae.models.embedding`). Start with `scatter`.
"""
