"""The selected checkpoint and operations, and what the page shows of them.

Not here: the layout of a tab. Start with `selection`; `handlers` are the events, and `checkpoint` is the part about
the checkpoint alone.
"""
