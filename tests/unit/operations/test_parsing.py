"""The parsing of text that people type, and of lists."""

import random

import numpy as np
import pytest

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.parsing import parse_operations, read_text
from tvae.operations.words import ReadText

LEVEL_8 = tuple(np.flatnonzero(ternary.VALUATIONS == 8).tolist())
READABLE = {
    "13": (13,),
    " 0,  19682 ": (0, 19_682),
    "007": (7,),
    "5-9": (5, 6, 7, 8, 9),
    "5..7; 5 .. 7": (5, 6, 7, 5, 6, 7),
    "5 - 7": (5, 6, 7),
    "5\u20137": (5, 6, 7),
    "4-4": (4,),
    "---------": (0,),
    "+0-------": (2 + 3,),
    "\u2212\u2212\u2212\u2212\u2212\u2212\u2212\u2212+": (2 * 3**8,),
    "TTTTTTTTT": (0,),
    "10TTTTTTT": (2 + 3,),
    "10ttttttt": (2 + 3,),
    "111111111": (19_682,),
    "[-1,-1,-1,-1,-1,-1,-1,-1,-1]": (0,),
    "[1, 0 +1;0 0 0 0 0 0], 4": (9841 + 1 + 9, 4),
    "v=8": LEVEL_8,
    "V=9 level=9, valuation=9": (0, 0, 0),
    "v>=8": (0, *LEVEL_8),
    "v>8": (0,),
    "v=8-9": (0, *LEVEL_8),
    "v >= 8": (0, *LEVEL_8),
    "v > = 8": (0, *LEVEL_8),
    "v = 8, v =9": (*LEVEL_8, 0),
    "v> 8 1": (0, 1),
    "level = 8 - 9; valuation\n>=\t9": (0, *LEVEL_8, 0),
    "1,100,200": (1, 100, 200),
    "19,682": (19, 682),
    "0,000": (0, 0),
    "1, 000": (1, 0),
    "1;000 1000": (1, 0, 1000),
    "1,00": (1, 0),
    "12,345,6 - 8": (12, 345, 6, 7, 8),
    "5,100..102": (5, 100, 101, 102),
    "[0,0,0,0,0,0,0,0,1]1,100": (9841 + 3**8, 1, 100),
    "left,not-left": (parse_operations("left")[0], parse_operations("not_left")[0]),
    "3, 3, 3": (3, 3, 3),
    "1 0 1 0": (1, 0, 1, 0),
    "min 5-6\n7": (*parse_operations("min"), 5, 6, 7),
}


@pytest.mark.parametrize("text", READABLE)
def test_accepted_text_is_parsed(text: str) -> None:
    assert parse_operations(text) == READABLE[text]


@pytest.mark.parametrize("text", ["all", "v>=0", "v<=9", "0-19682", "v=0-9"])
def test_all_operations(text: str) -> None:
    assert sorted(parse_operations(text)) == list(range(ternary.N))


def test_levels_partition_the_operations() -> None:
    levels = [parse_operations(f"v={v}") for v in range(10)]
    assert [len(level) for level in levels] == list(ternary.LEVEL_SIZES)
    assert sorted(sum(levels, ())) == list(range(ternary.N))


def test_what_can_be_read_is_kept_and_the_rest_is_listed() -> None:
    read = read_text("min, foo, v >= 8, 1,000, 5-7 \u2212\u22121")
    assert read.indices == (*parse_operations("min"), 0, *LEVEL_8, 5, 6, 7)
    assert [(part.text, part.position) for part in read.wrong] == [("foo", 5), ("1,000", 18), ("--1", 29)]
    assert read_text("foo") == ReadText((), read_text("foo").wrong)
    assert read_text(" ,; ") == ReadText((), ())
    assert read_text("13, 13") == ReadText((13, 13), ())


def test_lists_hold_indices_texts_and_tables() -> None:
    assert parse_operations([0, 5, "v=8, min"]) == (0, 5, *LEVEL_8, *parse_operations("min"))
    assert parse_operations([[-1] * 9, (1,) * 9]) == (0, 19_682)
    assert parse_operations(np.array([3, 4])) == (3, 4)
    assert parse_operations(np.full((2, 9), -1)) == (0, 0)
    assert parse_operations([0, 1] * 4) == (0, 1) * 4
    assert parse_operations((7,)) == (7,)


LISTS = {
    "an index that is too large": ([0, 19_683], 1),
    "an integer of thousands of digits": ([10**5000], 0),
    "a negative index": ([5, 6, -1], 2),
    "a float": ([1.0], 0),
    "a truth value": ([True], 0),
    "nothing": ([5, None], 1),
    "a text that names nothing": ([5, " , "], 1),
    "a table of truth values": ([[True] * 9], 0),
    "a table of floats": ([[1.0] * 9], 0),
    "a table of lists": ([[[1]] * 9], 0),
    "a table of eight": ([[1] * 8], 0),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_wrong_item_of_a_list_is_named_with_its_position(name: str) -> None:
    items, place = LISTS[name]
    with pytest.raises(OperationsError, match=f"[aA]t place {place + 1} of the list") as caught:
        parse_operations(items)
    assert caught.value.position == place
    assert "a list holds indices between 0 and 19682, texts" in str(caught.value) or isinstance(items[place], str)


def test_a_wrong_text_in_a_list_is_named_with_both_positions() -> None:
    with pytest.raises(OperationsError, match="At place 2 of the list: Could not read 'foo' at character 4"):
        parse_operations(["1", "2, foo"])


@pytest.mark.parametrize("bad", [5, None, {"a": 1}, np.int64(4), np.array(4), [], [1, 0, 1, 0, 1, 0, 1, 0, 1]])
def test_values_of_other_types_are_rejected(bad: object) -> None:
    with pytest.raises(OperationsError):
        parse_operations(bad)
    with pytest.raises(OperationsError, match="nine indices or one truth table"):
        parse_operations([np.int64(n % 2) for n in range(9)])


def test_every_spelling_of_a_table_is_parsed() -> None:
    for index in range(0, ternary.N, 61):
        trits = ternary.ALL_TRITS[index].tolist()
        assert parse_operations(str(trits)) == (index,)
        spelled = ternary.trit_string(trits)
        if set(spelled) <= {"0", "-"} and spelled.strip("0") in ("", "-") and spelled[0] == spelled[-1] == "0":
            with pytest.raises(OperationsError, match=r"this could be (index|range) 0.* or truth table"):
                parse_operations(spelled)
        else:
            assert parse_operations(spelled) == (index,)
        if -1 in trits:
            assert parse_operations("".join("T01"[trit + 1] for trit in trits)) == (index,)


def test_any_text_is_parsed_or_rejected() -> None:
    pieces = [
        *"+-0 1T29,;[]=v.<>\n",
        "min",
        "v=",
        "..",
        " - ",
        "19682",
        "all",
        "10T10T10T",
        "\u2212",
        "\u0663",
        "\ud800",
    ]
    rng = random.Random(1)
    read, refused = 0, 0
    for _ in range(20_000):
        text = "".join(rng.choice(pieces) for _ in range(rng.randint(0, 14)))
        found = read_or_refused(text)
        if isinstance(found, OperationsError):
            refused += 1
            assert 0 <= found.position <= len(text)
            part = found.text.replace(",", "")  # bare values that could be a table are shown with commas
            seen = "".join(text[found.position :].translate({0x2212: "-", ord(","): "", ord(";"): ""}).split())
            assert seen.startswith("".join(part.replace(";", "").split()))
        else:
            read += 1
            assert found
            assert all(0 <= index < ternary.N for index in found)
    assert min(read, refused) > 500


def read_or_refused(text: str) -> tuple[int, ...] | OperationsError:
    try:
        return parse_operations(text)
    except OperationsError as error:
        return error
