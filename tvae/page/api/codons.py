"""The endpoints for codons and sequences."""

from dataclasses import dataclass
from typing import Any

from tvae.analysis import genetic_code as genetic
from tvae.page.api.endpoint import endpoint
from tvae.page.server import compute
from tvae.reports import genetic_code as genetic_reports
from tvae.sequences import documents
from tvae.sequences.fasta import read_fasta


@endpoint
def genetic_code(
    checkpoint: str,
    stops: bool = False,
    permutations: int = genetic.PERMUTATIONS,
    seed: int = 0,
    distances: bool = False,
) -> dict[str, Any]:
    """Ask whether the distances of a ternary checkpoint know the genetic code, and encode the 64 codons with it.

    `sentence` is the answer in words. `nearer` is the share of comparisons in which a synonymous pair is nearer than
    another; `p_chance` deals the amino acids anew, `p_mapping` compares with codes of the same 3-adic distances, that
    is, with what the mapping of bases to trits brings along without a model; `controls` are the 3-adic and the Hamming
    distance.
    """
    return genetic_reports.genetic_code(*compute.genetic_code_of(checkpoint, stops, permutations, seed), distances)


@dataclass(frozen=True)
class EncodedSequences:
    """The answer of `/encode_sequence`; a dataclass for the reason that `api.Encoding` is one."""

    checkpoint: str
    sha256: str
    alphabet: str
    sequences: list[Any]
    total: dict[str, Any]


@endpoint
def encode_sequence(checkpoint: str, fasta: str) -> EncodedSequences:
    """Encode and reconstruct sequences with a codon or amino-acid model: coding DNA or RNA, or proteins.

    The first 100 codons (amino acids) of each sequence are taken, a shorter one is filled up with index 0, and `note`
    says which. `token_accuracy` counts true tokens alone, `token_accuracy_100` all 100 places, padding included. At
    most 1,000 sequences come in one answer. Ambiguous letters, gaps and parts of codons are refused with their place.
    """
    records = read_fasta(fasta)
    location, opened = compute.load_sequence_model(checkpoint)
    return EncodedSequences(**documents.encoding(location, opened, records))
