"""The disk: all operations of the ball on a canvas that is moved, picked in, and decoded from.

Not here: the numbers of the ball (`tvae.analysis`). Start with `disk`.
"""
