"""The Compare tab: two checkpoints, one selection."""
