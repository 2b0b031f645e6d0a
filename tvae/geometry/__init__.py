"""The Poincare ball, and the exact 3-adic tree written down in it.

Not here: learned points (`tvae.models.embedding`). Start with `poincare_ball`; every formula has its source there.
"""
