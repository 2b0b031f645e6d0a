"""Trees of species, and whether distances between their sequences follow one. Start with `newick`."""
