"""Find stop codons before the end of a sequence, and describe them in a note.

They are encoded like any other token. Most often they mean another reading frame or another genetic code.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tvae.operations import codons
from tvae.operations.genetic_codes import CODES
from tvae.sequences.fasta import MISSING, Alphabet, Record, Tokens

_ONE: Final[dict[Alphabet, str]] = {"codons": "codon", "amino acids": "amino acid"}


def inner_stops(tokens: Tokens, alphabet: Alphabet, code: int) -> NDArray[np.int64]:
    """1-based places of the stops among the tokens (L,), the last token excepted.

    `code` is NCBI's number of the genetic code of codons; it does not matter for amino acids.
    """
    letters = CODES[code].letters if alphabet == "codons" else codons.AMINO_ACIDS
    stop = np.array([letter == codons.STOP for letter in letters])
    inner = tokens[:-1]
    return np.flatnonzero(stop[inner] & (inner != MISSING)) + 1


def sequence_note(places: NDArray[np.int64], tokens: Tokens, alphabet: Alphabet, code: int) -> str:
    """A sentence about the first of one sequence's `inner_stops`; empty if there are none."""
    if not len(places):
        return ""
    first = int(places[0])
    what = "a stop (*)"
    if alphabet == "codons":
        what = f"the stop {codons.CODONS[tokens[first - 1]]} of genetic code {code}"
    more = f", the first of {len(places):,} before the end" if len(places) > 1 else ""
    return f"{_ONE[alphabet].capitalize()} {first:,} of {len(tokens):,} is {what}{more}."


def notes(records: Sequence[Record], stops: Sequence[int], alphabet: Alphabet, code: int) -> list[str]:
    """One sentence about all sequences with a stop before their end, if there are any; `stops` has their numbers."""
    found = [record for record, number in zip(records, stops, strict=True) if number]
    if not found:
        return []
    by = f"genetic code {code}, " if alphabet == "codons" else ""
    check = "the reading frame and the code" if alphabet == "codons" else "the sequence"
    return [
        f"A stop comes before the end in {len(found):,} of {len(records):,} sequences ({by}first in sequence "
        f"{found[0].number:,}, {found[0].id!r}). Check {check}."
    ]
