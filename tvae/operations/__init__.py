"""The 19,683 ternary operations: truth tables, names, and how text is read as operations.

Not here: anything a model says about them. Start with `ternary`, which defines index, valuation and 3-adic distance.
"""
