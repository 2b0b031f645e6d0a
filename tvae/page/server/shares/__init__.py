"""The share of each caller: of calls, answers, sessions and files. Time is an argument or a clock.

Start with `limits`; `table` has the open sessions, `calls` says which call runs next, and `rules` tells Gradio.
"""
