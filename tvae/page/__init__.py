"""The Gradio page and its API. Only `app.py` and one command of `tvae.__main__` import it.

Not here: computation. Start with `build`, which assembles the tabs.
"""
