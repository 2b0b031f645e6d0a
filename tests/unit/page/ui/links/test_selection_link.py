"""The selection in the page's address: any set survives the way there and back, and nothing else is accepted."""

import base64
import re
import zlib
from collections.abc import Iterable
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import example, given, strategies as st

from tvae.errors import InputError
from tvae.operations import ternary
from tvae.operations.parsing import parse_operations
from tvae.page.ui import texts
from tvae.page.ui.links import selection_link

BYTES = 2_461  # of a bitmap
EVERY = range(ternary.N)


def subsets(seed: int) -> tuple[int, ...]:
    """A random set: of any size, and the least compressible one for seed 0."""
    generator = np.random.default_rng(seed)
    share = 0.5 if seed == 0 else generator.random()
    return tuple(np.flatnonzero(generator.random(ternary.N) < share).tolist())


def link(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bitmap(*indices: int, size: int = BYTES) -> bytes:
    """A bitmap by its definition in docs/api.md."""
    bits = bytearray(size)
    for i in indices:
        bits[i // 8] |= 1 << i % 8
    return bytes(bits)


@given(st.integers(0, 2**32 - 1).map(subsets))
@example(tuple(EVERY))
@example(subsets(0))
@example((0,))
@example((ternary.N - 1,))
def test_any_set_survives(indices: tuple[int, ...]) -> None:
    text = selection_link.packed(indices)
    assert re.fullmatch(r"[\w-]{1,3300}", text, re.ASCII)
    assert selection_link.unpacked(text) == indices


@given(st.sets(st.sampled_from(EVERY), max_size=20))
def test_the_bitmap_is_the_documented_one(indices: set[int]) -> None:
    data = zlib.decompress(base64.urlsafe_b64decode(selection_link.packed(indices) + "=="))
    assert data == bitmap(*indices)
    assert selection_link.unpacked(link(zlib.compress(data, 1))) == tuple(sorted(indices))


def test_a_short_text_stays_as_it_was_typed() -> None:
    for text in ("13", "min, v >= 8 & max?", "foo", "1" * 1_500):
        query = selection_link.query_of(text, ())
        assert parse_qs(query) == {"operations": [text]}
        assert selection_link.text_in({"operations": text}) == text


def test_no_selection_is_no_parameter() -> None:
    assert [selection_link.query_of(text, ()) for text in ("", "  ", "x" * 1_501)] == ["", "", ""]
    assert selection_link.text_in({}) == ""


def test_a_long_text_of_few_operations_becomes_their_shortest_text() -> None:
    tables = ", ".join(["+-0+-0+-0"] * 200)
    assert parse_qs(selection_link.query_of(tables, (5, 3, 4))) == {"operations": ["5, 3, 4"]}


def test_a_text_of_many_operations_becomes_a_bitmap() -> None:
    indices = range(0, 1_200, 2)
    query = selection_link.query_of(", ".join(map(str, indices)), indices)
    (name, (value,)), *others = parse_qs(query).items()
    assert (name, others) == ("selected", [])
    assert parse_operations(selection_link.text_in({"selected": value})) == tuple(indices)
    assert selection_link.text_in({"selected": value, "operations": "13"}) == "13"


def hostile() -> Iterable[tuple[str, str]]:
    """(what it is, a value that no page writes)"""
    good = zlib.compress(bitmap(13), 9)
    yield "empty", ""
    yield "words", "v=8, min"
    yield "other letters", "\u00e9" * 40
    yield "padded", link(good) + "="
    yield "one letter more than bytes", "A" * 5
    yield "cut", link(good)[:-4]
    yield "another bit", link(good[:-1] + bytes([good[-1] ^ 1]))
    yield "two in a row", link(good + good)
    yield "too long", "A" * 3_301
    yield "too many bytes", link(zlib.compress(bytes(BYTES + 1), 9))
    yield "too few bytes", link(zlib.compress(bytes(BYTES - 1), 9))
    yield "a bomb", link(zlib.compress(bytes(2_000_000), 9))
    yield "an operation that does not exist", link(zlib.compress(bitmap(ternary.N), 9))
    yield "another format", link(zlib.compress(bitmap(13), 9, wbits=-15))


@pytest.mark.parametrize(("what", "value"), list(hostile()))
def test_another_value_is_refused_with_a_sentence(what: str, value: str) -> None:
    with pytest.raises(InputError) as refused:
        selection_link.text_in({"selected": value})
    assert str(refused.value) == texts.LINK_NOT_READ, what


@given(st.text(max_size=60) | st.binary(max_size=60).map(link))
def test_nothing_but_a_sentence_is_raised(value: str) -> None:
    try:
        found = selection_link.unpacked(value)
    except InputError:
        return
    assert set(found) <= set(EVERY)
