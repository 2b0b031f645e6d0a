"""The selected checkpoint: which ones can be selected, how one is requested, and what is said about it.

Not here: loading and showing it. Start with `checkpoints`.
"""
