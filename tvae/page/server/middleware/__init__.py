"""What stands between a request and Gradio: limits, refusals, and what is changed in an answer.

Not here: the shares that a caller has (`shares`). Start with `guard`.
"""
