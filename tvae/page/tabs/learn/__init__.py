"""The Learn tab: nine lessons with figures of the loaded checkpoint."""
