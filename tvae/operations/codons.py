"""The 64 codons, their meaning in a genetic code, and each codon as a ternary operation.

Axes: C = 64 codons in the order of the printed code table, 16 b1 + 4 b2 + b3 with the bases T, C, A, G = 0..3. A base
is two trits, T = (-1, -1), C = (-1, 0), A = (0, -1), G = (0, 0); the three bases are positions 0..5 of the truth table,
positions 6..8 are -1. The first base is therefore in the least significant digits, where a difference means a large
3-adic distance, and the third base comes last. Codons with the same first two bases are within 3^-4 of each other, and
within 3^-5 if their third bases are T and C, or A and G. So the mapping alone puts most synonymous codons close
together; `tvae.analysis.genetic_code` controls for that.

The code is NCBI's table 1 unless another is named; `genetic_codes` has all. Published mappings of codons to operations
contradict each other; this is one of them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import ternary
from tvae.operations.genetic_codes import CODES, STANDARD

BASES: Final = "TCAG"
C: Final = 64
CODONS: Final = tuple(one + two + three for one in BASES for two in BASES for three in BASES)
TABLE: Final = CODES[STANDARD].letters  # the amino acid of each codon
STOP: Final = "*"
AMINO_ACIDS: Final = "ACDEFGHIKLMNPQRSTVWY*"  # the 20 amino acids in alphabetical order, then the stop
NAMES: Final = {
    "A": "alanine", "C": "cysteine", "D": "aspartic acid", "E": "glutamic acid", "F": "phenylalanine",
    "G": "glycine", "H": "histidine", "I": "isoleucine", "K": "lysine", "L": "leucine", "M": "methionine",
    "N": "asparagine", "P": "proline", "Q": "glutamine", "R": "arginine", "S": "serine", "T": "threonine",
    "V": "valine", "W": "tryptophan", "Y": "tyrosine", "*": "stop",
}  # fmt: skip
_TRITS_OF_BASE: Final = ((-1, -1), (-1, 0), (0, -1), (0, 0))  # T, C, A, G


def translated(codons: NDArray[np.int64]) -> str:
    """Codon indices (L,) in 0..63 -> L letters of `AMINO_ACIDS`."""
    return "".join(TABLE[index] for index in codons.tolist())


def codon_text(codons: NDArray[np.int64]) -> str:
    """Codon indices (L,) in 0..63 -> 3 L bases of DNA."""
    return "".join(CODONS[index] for index in codons.tolist())


def _operations() -> NDArray[np.int64]:
    digits = np.array(_TRITS_OF_BASE)[np.arange(C)[:, None] // (16, 4, 1) % 4].reshape(C, 6)
    padded = np.concatenate([digits, np.full((C, ternary.T - 6), -1)], axis=1)  # (C, 9)
    operations = ternary.index_of(padded)
    operations.flags.writeable = False
    return operations


OPERATIONS: Final = _operations()  # (C,) the operation of each codon, all different


def families(code: int = STANDARD) -> dict[str, tuple[int, ...]]:
    """Amino acid (or stop) of a code -> its codons, at least one, in the order of `AMINO_ACIDS`."""
    letters = CODES[code].letters
    return {letter: tuple(i for i in range(C) if letters[i] == letter) for letter in AMINO_ACIDS if letter in letters}
