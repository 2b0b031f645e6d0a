"""What a terminal shows of names that contain anything."""

import unicodedata

import pytest

from tvae.checkpoints.terminal import printable, printable_document

ODD = {
    "a\x1b[31mred": r"a\x1b[31mred",
    "a\nforged line": r"a\nforged line",
    "\x9b31m": r"\x9b31m",
    "a\x7f\b": r"a\x7f\x08",
    "\u202egpj": r"\u202egpj",
    "a\u2028b": r"a\u2028b",
    "\ufeffa": r"\ufeffa",
    "\udc9b": r"\udc9b",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.parametrize("text", ODD)
def test_control_characters_are_escaped(text: str) -> None:
    assert printable(text) == ODD[text]
    assert printable(printable(text)) == ODD[text]


@pytest.mark.parametrize("text", ["", "plain text", "\u03b1-tubulin", "東京", "back\\slash", "e\u0301"])
def test_other_text_stays(text: str) -> None:
    assert printable(text) == text


def test_no_character_that_moves_the_cursor_or_turns_text_is_left() -> None:
    left = {letter for letter in map(chr, range(0x110000)) if printable(letter) == letter}
    assert {unicodedata.category(letter) for letter in left} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert {letter for letter in map(chr, range(0x110000)) if letter.isalnum()} <= left


def test_documents_are_escaped_with_their_keys_and_keep_their_numbers() -> None:
    odd = {"a\n": ["\x1b", 1, 0.5, None, True, {"b": ("\r", [])}]}
    assert printable_document(odd) == {r"a\n": [r"\x1b", 1, 0.5, None, True, {"b": [r"\r", []]}]}
