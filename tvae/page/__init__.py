"""The Gradio page and its API. Only `app.py` and `tvae.commands.page` import it.

Not here: computation. Start with `build`, which assembles the tabs.
"""
