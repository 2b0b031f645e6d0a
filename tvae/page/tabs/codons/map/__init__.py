"""The map of sequences on the Codons tab, below the form, whose script loads it when it is first seen."""
