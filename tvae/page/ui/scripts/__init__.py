"""Serve the page's scripts to the browser as ES modules. Start with `modules`."""
