"""The properties by name: their counts, and what is said about one operation."""

import numpy as np
import pytest

from tvae.operations.atlas import properties
from tvae.operations.named import INDEX_OF


@pytest.mark.parametrize("known", properties.BY_NAME.values(), ids=lambda known: known.name)
def test_count(known: properties.Property) -> None:
    assert int(properties.flags(known.name).sum()) == known.count


@pytest.mark.parametrize("known", properties.QUANTITIES, ids=lambda known: known.name)
def test_range(known: properties.Quantity) -> None:
    found = properties.numbers(known.name)
    assert (found.min(), found.max()) == (known.low, known.high)


def test_names_are_unique_and_no_names_of_operations() -> None:
    names = [known.name for known in (*properties.PROPERTIES, *properties.POOLED, *properties.QUANTITIES)]
    assert len({*names}) == len(names)
    assert not {*names} & {*INDEX_OF}


def test_other_words_are_in_the_meanings() -> None:
    for word, name in properties.OTHER_WORDS.items():
        assert word in properties.BY_NAME[name].meaning.lower().replace(":", "").split()


def test_what_minimum_and_webbs_operation_are() -> None:
    minimum = properties.properties_of(INDEX_OF["min"])
    assert {name for name, has in minimum.items() if has} == {
        "commutative", "associative", "idempotent", "identity", "absorbing", "monoid", "semilattice", "band",
        "monotone", "onto",
    }  # fmt: skip
    assert "monotone(- < 0 < +)" in properties.clones_of(INDEX_OF["min"])
    assert properties.properties_of(INDEX_OF["webb"])["sheffer"]
    assert properties.clones_of(INDEX_OF["webb"]) == []


def test_arrays_cannot_be_written() -> None:
    for array in (properties.flags("commutative"), properties.numbers("image")):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    assert np.array_equal(properties.flags("sheffer"), properties.flags("sheffer"))
