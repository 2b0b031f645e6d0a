"""The 19,683 ternary operations: truth tables, names, and parsing of text.

Not here: the output of a model for them (`tvae.models`). Start with `ternary`, which defines index,
valuation and 3-adic distance.
"""
