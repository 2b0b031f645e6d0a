"""Sections of the Explore tab that compute only when they are asked for or in view, each with its script.

Not here: what the page opens with. Start with the `add_section` of each.
"""
