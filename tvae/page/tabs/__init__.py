"""One folder a tab: layout, handlers, rendering, script, style and texts. No tab imports another."""
