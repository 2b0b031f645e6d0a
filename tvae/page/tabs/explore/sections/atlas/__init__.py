"""The card of the shown operation: what it is, its relatives, and all classes of operations; filled once it is opened.

Not here: the properties themselves, see `tvae.operations.atlas`. Start with `card`.
"""
