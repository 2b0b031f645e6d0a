"""What the server does around a request: shared computations, session files, limits.

Not here: HTML and endpoints. Start with `compute`.
"""
