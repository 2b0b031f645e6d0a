"""The codon and amino-acid VAE, end to end: FASTA, network, files, training, documents.

Not here: codons as ternary operations (`tvae.operations.codons`). Start with `fasta`, then `model`.
"""
