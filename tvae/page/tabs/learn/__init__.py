"""The Learn tab: lessons with figures of the loaded checkpoint, and why published numbers differ from measured ones.

Not here: the numbers, most of which the page already has. Start with `render`; `figures` draws.
"""
