"""The Codons tab: the genetic code in a checkpoint, and sequences through a sequence model."""
