"""The commands on codons, sequences and trees of species, and the options of training on sequences.

Start with `codons`.
"""
