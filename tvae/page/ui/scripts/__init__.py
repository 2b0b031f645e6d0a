"""How scripts reach the browser: as ES modules, from a route of their own. Start with `modules`."""
