"""What cannot be read: each wrong part with its position, and the limits."""

import re

import pytest

from tvae.errors import OperationsError
from tvae.operations.parsing import FORMS, MAX_WRONG, parse_operations, read_text


def test_a_long_word_is_shortened_in_the_message() -> None:
    for length, shown in ((40, "y" * 40), (41, "y" * 37 + "...")):
        with pytest.raises(OperationsError, match=rf"^Could not read '{re.escape(shown)}' at character 1: "):
            parse_operations("y" * length)


UNREADABLE: dict[str, tuple[str, int, str]] = {
    "19683": ("19683", 0, "an index is between 0 and 19682"),
    "1, -1": ("-1", 3, "an index is between 0 and 19682"),
    "1, 2 , 1e3": ("1e3", 7, "not an index, range"),
    "9-5": ("9-5", 0, "a range goes up and stays between 0 and 19682"),
    "9 - 5": ("9 - 5", 0, "a range goes up"),
    "5-99999": ("5-99999", 0, "a range goes up"),
    "+0-": ("+0-", 0, "a truth table has 9 trits, this has 3"),
    "+0-+0-+0-+": ("+0-+0-+0-+", 0, "a truth table has 9 trits, this has 10"),
    "TT": ("TT", 0, "a truth table has 9 trits, this has 2"),
    "v=10": ("v=10", 0, "with valuations from 0 to 9"),
    "min v >= 10": ("v >= 10", 4, "with valuations from 0 to 9"),
    "v = 3 - 10": ("v = 3 - 10", 0, "with valuations from 0 to 9"),
    "v\n= 3 .. 5": ("v\n= 3 .. 5", 0, "a level is written v=8, v>=7 or v=3-5"),
    "v = min": ("v = min", 0, "a level is written v=8, v>=7 or v=3-5"),
    "1,000": ("1,000", 0, "this could be 1000 with thousands separators, or the operations 1, 0; write it without"),
    "5, 19,682,000": ("19,682,000", 3, "could be 19682000 with thousands separators, or the operations 19, 682, 0"),
    "7,100,020 3": ("7,100,020", 0, "could be 7100020 with thousands separators, or the operations 7, 100, 20"),
    "12,1,005": ("1,005", 3, "could be 1005 with thousands separators, or the operations 1, 5"),
    "2000,100,020": ("100,020", 5, "could be 100020 with thousands separators, or the operations 100, 20"),
    "1,000-1,500": ("1,000-1,500", 0, "could be 1000-1500 with thousands separators, or the operations 1, 0-1, 500"),
    "5-1,000": ("5-1,000", 0, "could be 5-1000 with thousands separators, or the operations 5-1, 0"),
    "1,100 .. 2,050,min": ("1,100 .. 2,050", 0, "could be 1100 .. 2050 with thousands separators"),
    "v>9": ("v>9", 0, "with valuations from 0 to 9"),
    "v<0": ("v<0", 0, "with valuations from 0 to 9"),
    "v=5-3": ("v=5-3", 0, "a level is written v=8, v>=7 or v=3-5"),
    **{f"v{sign}3-5": (f"v{sign}3-5", 0, "a level is written v=8, v>=7 or v=3-5") for sign in (">=", "<=", ">", "<")},
    "minn": ("minn", 0, "not an index, range"),
    "zrp": ("zrp", 0, "level, code, property or name; the nearest is ZRP"),
    "[1,0,-1]": ("[1,0,-1]", 0, "this has 3 values"),
    "3 [1,0,-1,1,0,-1,1,0,-1": ("[1,0,-1,1,0,-1,1,0,-1", 2, "a closing bracket"),
    "000000000": ("000000000", 0, "could be index 0 or truth table 000000000"),
    "000000001": ("000000001", 0, "could be index 1 or truth table"),
    "1..2+-0+-0+-0": ("1..2+-0+-0+-0", 0, "not an index, range"),
    "1 - 3min": ("-", 2, "a truth table has 9 trits"),
    "1-2-3": ("1-2-3", 0, "not an index, range"),
    "1,0,-1,1,0,-1,1,0,-1": ("1,0,-1,1,0,-1,1,0,-1", 0, "nine indices or one truth table"),
    "min 1 0 1 0 1 0 1 0 1": ("1 0 1 0 1 0 1 0 1", 4, "at character 5: this could be nine indices or one truth table"),
    "\u0665": ("\u0665", 0, "not an index, range"),
    "": ("", 0, "No operation is given"),
    " ,; ": ("", 0, "No operation is given"),
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_error_names_the_part_and_its_position(text: str) -> None:
    part, position, reason = UNREADABLE[text]
    with pytest.raises(OperationsError) as caught:
        parse_operations(text)
    assert (caught.value.text, caught.value.position) == (part, position)
    assert reason in str(caught.value)


def test_an_error_names_up_to_five_wrong_parts() -> None:
    with pytest.raises(OperationsError) as caught:
        parse_operations("x1, 5, x2, x3 x4 x5 x6 x7")
    message = str(caught.value)
    places = {1: 1, 2: 8, 3: 12, 4: 15, 5: 18}
    assert all(f"'x{k}' at character {place}:" in message for k, place in places.items())
    assert "'x6'" not in message
    assert "and 2 more" in message
    assert FORMS in message


def test_parsing_stops_after_a_hundred_wrong_parts() -> None:
    """The rest is not parsed: `all` twice would be too many operations."""
    for wrong, count in ((6, "1 more"), (99, "94 more"), (100, "95 or more"), (101, "95 or more"), (500, "95 or more")):
        with pytest.raises(OperationsError) as caught:
            parse_operations("x " * wrong + ("all all" if wrong >= 100 else "all"))
        assert f"; and {count}. Accepted are" in str(caught.value)


def test_a_table_without_brackets_is_one_wrong_part() -> None:
    read = read_text("5, 1 0 1 0 1 0 1 0 1, 7")
    assert read.indices == (5, 7)
    assert [(part.text, part.position) for part in read.wrong] == [("1 0 1 0 1 0 1 0 1", 3)]


def test_after_a_hundred_wrong_parts_the_rest_of_a_text_is_left_out() -> None:
    read = read_text("3 " + "x " * 500 + "4")
    assert (read.indices, len(read.wrong)) == ((3,), MAX_WRONG)


def test_connectives_count_among_the_hundred_wrong_parts() -> None:
    read = read_text("3 foo " + "and 5 " * 500)
    assert (read.indices, len(read.wrong)) == ((3, *[5] * (MAX_WRONG - 2)), MAX_WRONG)


def test_a_text_that_names_too_much_is_refused_as_a_whole() -> None:
    with pytest.raises(OperationsError, match="there are only 19,683"):
        read_text("all, foo, 0")
    with pytest.raises(OperationsError, match="at most 2,000,000 are accepted"):
        read_text("1" * 2_000_001)


def test_limits() -> None:
    with pytest.raises(OperationsError, match="there are only 19,683"):
        parse_operations("all, 0")
    with pytest.raises(OperationsError, match="there are only 19,683"):
        parse_operations(["all", 0])
    with pytest.raises(OperationsError, match="at most 2,000,000 are accepted"):
        parse_operations("1" * 2_000_001)
    with pytest.raises(OperationsError):
        parse_operations("1" * 2_000_000)
    with pytest.raises(OperationsError):
        parse_operations("[" * 2_000_000)
