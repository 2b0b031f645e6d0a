"""What every tab draws with: HTML helpers, texts, components, downloads, styles.

Not here: server state, and any tab's own rendering. Start with `html` and `components`.
"""
