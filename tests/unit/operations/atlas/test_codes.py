"""Heptavintimal codes: those of the literature, and all 19,683 there and back."""

import pytest

from tvae.operations import ternary
from tvae.operations.atlas.codes import code_of, index_of_code
from tvae.operations.named import INDEX_OF


def test_codes_of_named_operations() -> None:
    codes = {"min": "PC0", "max": "ZRP", "consensus": "RDC", "sum": "7PB", "product": "PD5", "comparison": "H51"}
    assert {name: code_of(INDEX_OF[name]) for name in codes} == codes
    assert (index_of_code("PC0"), index_of_code("5DP")) == (15633, 4017)


def test_every_operation_has_a_code_of_its_own() -> None:
    codes = [code_of(index) for index in range(ternary.N)]
    assert [index_of_code(code) for code in codes] == list(range(ternary.N))


@pytest.mark.parametrize("code", ["", "PC", "PC00", "pc0", "PCO", "P 0", "P\uff230"])
def test_what_is_no_code(code: str) -> None:
    assert index_of_code(code) is None


@pytest.mark.parametrize("index", [-1, ternary.N])
def test_an_index_that_does_not_exist_has_no_code(index: int) -> None:
    with pytest.raises(ValueError, match=str(index)):
        code_of(index)
