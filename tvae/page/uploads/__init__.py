"""Opening a visitor's own checkpoint, from a file or from the Hub.

Not here: how long it is kept (`tvae.page.server.session_files`). Start with `receive`.
"""
