"""All checkpoints at once, a section of the Compare tab: a table to sort, and a chart of any two measures."""
