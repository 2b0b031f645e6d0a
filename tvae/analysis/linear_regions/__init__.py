"""Linear regions of the encoders and decoders, counted exactly on the operations and by sampling elsewhere.

Not here: how they are drawn. Start with `counting`; `bounds` has the theorems, `activation_patterns` the patterns.
"""
