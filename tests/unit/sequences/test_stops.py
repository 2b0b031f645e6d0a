"""Stops before the end of a sequence, by several genetic codes."""

from pathlib import Path

import numpy as np
import pytest
from Bio.Seq import Seq
from sequence_layouts import BY_FILE, bytes_of

from tvae.errors import InputError
from tvae.operations.genetic_codes import CODES
from tvae.sequences import documents, loading
from tvae.sequences.fasta import Alphabet, read_fasta, tokens
from tvae.sequences.stops import inner_stops, notes, sequence_note


def found(text: str, alphabet: Alphabet = "codons", code: int = 1) -> tuple[str, list[str]]:
    """The note on the first sequence, and those on all of them."""
    records = read_fasta(text)
    read = [tokens(record, alphabet) for record in records]
    places = [inner_stops(one, alphabet, code) for one in read]
    return sequence_note(places[0], read[0], alphabet, code), notes(records, [*map(len, places)], alphabet, code)


@pytest.mark.parametrize("code", [1, 2, 6, 11, 22, 23])
def test_places_are_those_of_biopythons_translation(code: int) -> None:
    rng = np.random.default_rng(code)
    letters = "".join(rng.choice(list("ACGT"), 3 * 400))
    (record,) = read_fasta(letters)
    protein = str(Seq(letters).translate(table=code))
    wanted = [place for place, letter in enumerate(protein, 1) if letter == "*" and place < len(protein)]
    assert inner_stops(tokens(record, "codons"), "codons", code).tolist() == wanted
    assert wanted


def test_a_sentence_says_where_and_by_which_code() -> None:
    one, all_ = found(">a\nATGTGAGCTTAA\n>b\nATGTAA")
    assert one == "Codon 2 of 4 is the stop TGA of genetic code 1."
    assert all_ == [
        "A stop comes before the end in 1 of 2 sequences (genetic code 1, first in sequence 1, 'a'). Check the reading "
        "frame and the code."
    ]
    assert found(">a\nTGATGATGATGA")[0].endswith("of genetic code 1, the first of 3 before the end.")
    assert found(">p\nM*K*", "amino acids") == (
        "Amino acid 2 of 4 is a stop (*).",
        ["A stop comes before the end in 1 of 1 sequences (first in sequence 1, 'p'). Check the sequence."],
    )


def test_the_last_token_may_be_a_stop_and_another_code_may_have_none() -> None:
    for text, alphabet, code in (("ATGTAA", "codons", 1), ("TGA", "codons", 1), ("MK*", "amino acids", 1)):
        assert found(text, alphabet, code) == ("", [])  # type: ignore[arg-type]
    assert found("ATGTGAGCTTAA", code=2) == ("", [])  # mitochondria read TGA as tryptophan
    assert "AGA of genetic code 2" in found("ATGAGAGCTTAA", code=2)[0]
    assert all("*" in code.letters for number, code in CODES.items() if number not in (27, 28, 31))


def test_the_document_has_the_code_and_the_notes(tmp_path: Path) -> None:
    records = read_fasta(">a\nATGTGAGCTTAA\n>b\nATG")
    location = loading.locate(loading.DEFAULT)
    opened = loading.open_located(location)
    document = documents.encoding(location, opened, records)
    assert document["code"] == 1
    assert document["notes"] == found(">a\nATGTGAGCTTAA\n>b\nATG")[1]
    assert document["sequences"][0]["note"].startswith("Codon 2 of 4 is the stop TGA of genetic code 1. Padded from 4")
    assert documents.table(document).endswith(f"note: {document['notes'][0]}")
    other = documents.encoding(location, opened, records, code=2)
    assert (other["code"], other["notes"]) == (2, [])
    assert [row["mu"] for row in other["sequences"]] == [row["mu"] for row in document["sequences"]]
    with pytest.raises(InputError, match="The genetic code is 7"):
        documents.encoding(location, opened, records, code=7)
    (path := tmp_path / "aa_vae_all.pt").write_bytes(bytes_of(BY_FILE["aa_vae_all.pt"]))
    proteins = loading.locate_any(path)
    read = documents.encoding(proteins, loading.open_located(proteins), read_fasta(">p\nM*K"), code=2)
    assert read["code"] is None
    assert read["notes"] == found(">p\nM*K", "amino acids")[1]
