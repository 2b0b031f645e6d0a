"""The Poincare ball, and an exact embedding of the 3-adic tree in it.

Not here: learned points (`tvae.models.embedding`). Start with `poincare_ball`; every formula has its source there.
"""
