"""Documents of the atlas of operations, which need no checkpoint.

Not here: the properties themselves (`tvae.operations.atlas`). Start with `operations`.
"""
