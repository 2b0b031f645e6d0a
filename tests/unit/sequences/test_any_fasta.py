"""Any bytes and any text as FASTA: records, or a sentence."""

from hypothesis import given, settings
from texts import FASTA, read_fasta


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(FASTA)
def test_any_file_or_text_is_read_or_refused(given_text: bytes | str) -> None:
    read_fasta(given_text)
