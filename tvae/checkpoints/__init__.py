"""From a checkpoint's name or file to weights that fit the network exactly, and back to a file.

Not here: what the weights compute (`tvae.models`, `tvae.analysis`). Start with `loading`; `catalogue` has the names.
"""
