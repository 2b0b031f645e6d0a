"""The checkpoints that are known by name: the bundled ones, and those published on the Hub.

Not here: their files (`tvae.checkpoints.loading`). Start with `catalogue`; `status` has the rule for a bundled one.
"""
