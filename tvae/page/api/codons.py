"""The endpoints for codons and sequences."""

from dataclasses import dataclass
from typing import Any

from tvae.analysis import genetic_code as genetic
from tvae.operations.genetic_codes import STANDARD, code_number
from tvae.page.api.endpoint import endpoint
from tvae.page.server import compute
from tvae.reports import genetic_code as genetic_reports
from tvae.sequences import documents
from tvae.sequences.fasta import read_fasta
from tvae.sequences.map import documents as map_documents


@endpoint
def genetic_code(
    checkpoint: str,
    stops: bool = False,
    permutations: int = genetic.PERMUTATIONS,
    seed: int = 0,
    distances: bool = False,
    code: int = STANDARD,
) -> dict[str, Any]:
    """Test whether the distances of a ternary checkpoint reflect the genetic code, and encode the 64 codons with it.

    `sentence` is the answer in words. `nearer` is the share of comparisons in which a synonymous pair is nearer than
    a non-synonymous one. `p_chance` is a permutation test that shuffles the amino acids across codons. `p_mapping`
    compares with codes that have the same 3-adic distances, and so with what the mapping of bases to trits explains
    without a model. `controls` are the 3-adic and the Hamming distance.
    """
    examined = compute.genetic_code_of(checkpoint, stops, permutations, seed, code)
    return genetic_reports.genetic_code(*examined, distances)


@dataclass(frozen=True)
class EncodedSequences:
    """The answer of `/encode_sequence`; a dataclass for the same reason as `explorer.Encoding`."""

    checkpoint: str
    sha256: str
    alphabet: str
    code: int | None
    notes: list[str]
    sequences: list[Any]
    total: dict[str, Any]


@endpoint
def encode_sequence(checkpoint: str, fasta: str, code: int = STANDARD) -> EncodedSequences:
    """Encode and reconstruct sequences with a codon or amino-acid model: coding DNA or RNA, or proteins.

    The model reads 100 codons (amino acids) at once. The results of a sequence are those of its first 100, and a
    shorter one is padded with index 0; `note` says which. `windows` has each whole window of 100, with the place of its
    first token in `start`, and `mean_mu` the mean of their latent means. `token_accuracy` excludes the padding,
    `token_accuracy_100` covers all 100 positions. One call accepts up to 1,000 sequences. Ambiguous letters, gaps and
    incomplete codons are errors that name their position; models that were trained on alignments, such as codons_brca1,
    accept the first two, and `missing` counts the tokens that have them. A stop codon before the end is encoded like
    any other; `notes` and `note` name it.
    """
    code = code_number(code)
    records = read_fasta(fasta)
    location, opened = compute.load_sequence_model(checkpoint)
    return EncodedSequences(**documents.encoding(location, opened, records, code))


@dataclass(frozen=True)
class MappedSequences:
    """The answer of `/sequence_map`; a dataclass for the same reason as `explorer.Encoding`."""

    checkpoint: str
    sha256: str
    alphabet: str
    notes: list[str]
    mean: str
    shares: list[float]
    points: list[Any]


@endpoint
def sequence_map(checkpoint: str, fasta: str = "") -> MappedSequences:
    """Place sequences among those that a codon or amino-acid model was trained on, in two dimensions.

    The points are latent means: `mean_mu` of `/encode_sequence` if the model was trained on windows, otherwise `mu`, as
    `mean` says. x and y are the first two principal components of the training sequences, and `shares` their shares of
    the variance. `nearest` has the five training sequences at the least Euclidean distance in all 16 dimensions.
    Without `fasta` the points are the training sequences alone. A file that does not record them, such as a published
    one, gives a map of the sequences that you send, and `notes` says so.
    """
    records = map_documents.records_of(fasta)
    location, opened = compute.load_sequence_model(checkpoint)
    return MappedSequences(**map_documents.sequence_map(location, opened, records))
