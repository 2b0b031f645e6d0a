"""Texts of operations and sequences as strangers type them: what is read, or a sentence of ours."""

from typing import Any

from hypothesis import strategies as st

from tvae.errors import OperationsError, SequenceError
from tvae.operations import ternary
from tvae.operations.parsing import format_operations, parse_operations, read_text
from tvae.sequences import fasta
from tvae.sequences.fasta import TOKENS, decoded, text_of, tokens

ANY = st.text(st.characters(exclude_categories=()), max_size=6)  # lone surrogates, too
_OPERATION = st.sampled_from(
    ["0", "13", "19682", "19683", "5-9", "9-5", "0..3", "3 - 7", "v=8", "v>=7", "level=3-5", "min", "all", "xor",
     "1,000", "1,100,200", "2,000-3,100", ",000", "v >= 7", "V = 3 - 5", "v", ">=",
     "+-0+-0+-0", "10T10T10T", "[1,-1,0,1,-1,0,1,-1,0]", "-1", "+1", "[", "]", "\u2212", "\u0663", "..", "-"]
)  # fmt: skip
_SEPARATOR = st.sampled_from([", ", " ", ",", ";", "\n", ""])
_PIECE = st.one_of(_OPERATION, _OPERATION, st.integers(-5, 20_000).map(str), ANY)
_TYPED = st.lists(st.tuples(_PIECE, _SEPARATOR), max_size=12).map(lambda parts: "".join(map("".join, parts)))
_ITEM = st.one_of(
    st.integers(-2, 19_684), _TYPED, st.lists(st.integers(-2, 2), min_size=8, max_size=10), st.none(), st.floats()
)
OPERATIONS: st.SearchStrategy[Any] = st.one_of(
    _TYPED, st.text(), st.lists(_ITEM, max_size=10), st.lists(st.integers(0, 19_682), max_size=40)
)

_TITLE = st.one_of(st.sampled_from([">", ">a", ">a b", "\ufeff>a", "> x", "LOCUS  X1", "", "\u2028>"]), ANY)
_LETTERS = st.one_of(
    st.text("ACGTacgt", max_size=12),
    st.text("ACGUacgu \t", max_size=12),
    st.text(fasta.LETTERS["amino acids"] + "BJOUXZ-", max_size=12),
    ANY,
)
_LINE_END = st.sampled_from(["\n", "\r\n", "\r", ""])
_LINES = st.lists(st.tuples(st.one_of(_TITLE, _LETTERS), _LINE_END), max_size=12).map(
    lambda parts: "".join(map("".join, parts))
)
_ENCODING = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
FASTA: st.SearchStrategy[bytes | str] = st.one_of(
    _LINES,
    st.tuples(_LINES, _ENCODING).map(lambda made: made[0].encode(made[1], errors="replace")),
    st.binary(max_size=200),
)


def read_operations(typed: Any) -> None:
    """Parse operations; fails unless this gives indices that are read again from their shortest text, or a sentence.

    A text is also read as far as possible, which has to agree.
    """
    if isinstance(typed, str):
        _read_in_part(typed)
    try:
        indices = parse_operations(typed)
    except OperationsError as error:
        check_sentence(error, error.position >= 0 and isinstance(error.text, str))
        return
    assert 1 <= len(indices) <= ternary.N
    assert all(type(index) is int and 0 <= index < ternary.N for index in indices)
    assert parse_operations(format_operations(indices)) == indices


def _read_in_part(text: str) -> None:
    try:
        read = read_text(text)
    except OperationsError as error:
        check_sentence(error)
        return
    end = 0
    for part in read.wrong:  # in order, without overlaps, each found in the text at its place
        assert end <= part.position
        end = part.position + len(part.text)
        assert len(part.text) == len(text[part.position : end])
        assert len(part.why) < 500
    refused = None
    try:
        found = parse_operations(text)
    except OperationsError as error:
        refused = error
    if read.wrong:
        assert refused
        assert (refused.text, refused.position) == (read.wrong[0].text, read.wrong[0].position)
    else:
        assert read.indices == (() if refused else found)


def read_fasta(given: bytes | str) -> None:
    """Read a file or a text by both alphabets; fails unless each record is read whole, or refused by a sentence."""
    try:
        records = fasta.read_fasta(given if isinstance(given, str) else decoded(given, "genes.fasta"))
    except SequenceError as error:
        check_sentence(error)
        return
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert record.letters
        assert record.id.encode()  # as an answer needs it
        for alphabet in TOKENS:
            try:
                found = tokens(record, alphabet)
            except SequenceError as error:
                check_sentence(error, error.record == record.id and 1 <= (error.position or 0) <= len(record.letters))
            else:
                assert text_of(found, alphabet) == (
                    record.letters.replace("U", "T") if alphabet == "codons" else record.letters
                )


def check_sentence(error: Exception, has_its_place: bool = True) -> None:
    """Fails unless the message of an error is a sentence that can be shown."""
    message = str(error)
    assert message.endswith((".", ".fasta")), message
    assert len(message) < 5_000
    assert message.isprintable(), message
    assert has_its_place, vars(error)
