"""What is settled before the page serves its first request: the environment, the address, and whose token is used.

Not here: what happens around a request (`tvae.page.server`). Start with `environment`, which imports no Gradio.
"""
