"""Any bytes as a FASTA file: records, or a sentence."""

from hypothesis import given, settings
from texts import FASTA, read_fasta


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(FASTA)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    read_fasta(data)
