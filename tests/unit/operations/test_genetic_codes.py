"""NCBI's genetic codes, compared with Biopython's."""

import re

import pytest
from Bio.Data.CodonTable import unambiguous_dna_by_id

from tvae.errors import InputError
from tvae.operations import codons
from tvae.operations.genetic_codes import CODES, code_number


@pytest.mark.parametrize("number", CODES)
def test_each_code_is_biopythons(number: int) -> None:
    oracle = unambiguous_dna_by_id[number]
    letters = [oracle.forward_table.get(codon, "*") for codon in codons.CODONS]
    assert "".join(letters) == CODES[number].letters
    words = set(re.findall(r"\w+", " ".join(filter(None, oracle.names)).lower()))
    assert words & set(re.findall(r"\w+", CODES[number].name.lower().replace("mould", "mold")))


def test_the_numbers_are_ncbis_and_those_of_the_sentence() -> None:
    assert set(CODES) == set(unambiguous_dna_by_id) == {*range(1, 7), *range(9, 17), *range(21, 34)}
    assert all(number == code.number for number, code in CODES.items())
    with pytest.raises(InputError) as caught:
        code_number(7)
    assert str(caught.value) == (
        "The genetic code is 7; NCBI's codes are 1 to 6, 9 to 16 and 21 to 33, for example 11 for bacteria."
    )


def test_a_number_without_a_fraction_is_accepted_and_nothing_else() -> None:
    assert [code_number(value) for value in (1, 11, 11.0)] == [1, 11, 11]
    for value in (0, -1, 8, 34, 1.5, float("nan"), float("inf"), True, "11", None, [11], {}, 10**400):
        with pytest.raises(InputError, match="The genetic code is "):
            code_number(value)


@pytest.mark.parametrize("number", CODES)
def test_families_divide_the_codons(number: int) -> None:
    found = codons.families(number)
    assert sorted(sum(found.values(), ())) == list(range(64))
    assert {CODES[number].letters[index] for index in found["L"]} == {"L"}
    assert "".join(found) == "".join(letter for letter in codons.AMINO_ACIDS if letter in CODES[number].letters)
