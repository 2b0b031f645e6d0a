"""The Train tab: run a recipe and watch it."""
