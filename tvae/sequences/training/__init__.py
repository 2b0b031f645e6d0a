"""Training of the codon and amino-acid VAE on a FASTA file, its test on held-out sequences, and the baselines.

Start with `data`, then `loop`; `train_to_file` is what the command calls.
"""
