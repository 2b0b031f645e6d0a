"""Named operations, compared with independent definitions, and the parsing of text that people type."""

import random
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.named import NAMED, name_of
from tvae.operations.parsing import FORMS, MAX_WRONG, ReadText, format_operations, parse_operations, read_text

HALF = Fraction(1, 2)
Rule = Callable[[Fraction, Fraction], Fraction]


def wrapped(number: int) -> int:
    return {0: 0, 1: 1, 2: -1}[number % 3]


def on_unit_interval(rule: Rule) -> Callable[[int, int], int]:
    """A rule on the truth values 0, 1/2, 1 of the textbooks, converted to trits."""

    def on_trits(a: int, b: int) -> int:
        value = rule(Fraction(a + 1, 2), Fraction(b + 1, 2))
        assert value in (0, HALF, 1)
        return int(2 * value) - 1

    return on_trits


def from_table(rows: str) -> Callable[[int, int], int]:
    """A rule from its table: rows a = -1, 0, 1 and columns b = -1, 0, 1, spelled with F, U and T."""
    table = rows.split()
    return lambda a, b: "FUT".index(table[a + 1][b + 1]) - 1


UNIT = on_unit_interval
# Each written as its source has it: on [0, 1], as a printed table, or in the arithmetic of the integers modulo 3.
DEFINITIONS: dict[str, Callable[[int, int], int]] = {
    "min": from_table("FFF FUU FUT"),
    "max": from_table("FUT UUT TTT"),
    "nand": UNIT(lambda a, b: 1 - min(a, b)),
    "nor": UNIT(lambda a, b: 1 - max(a, b)),
    "implication": from_table("TTT UUT FUT"),
    "converse_implication": from_table("TUF TUU TTT"),
    "equivalence": lambda a, b: a * b,
    "xor": UNIT(lambda a, b: max(min(a, 1 - b), min(1 - a, b))),
    "weak_and": from_table("FUF UUU FUT"),
    "weak_or": from_table("FUT UUU TUT"),
    "lukasiewicz_implication": UNIT(lambda a, b: min(Fraction(1), 1 - a + b)),
    "lukasiewicz_equivalence": UNIT(lambda a, b: 1 - abs(a - b)),
    "lukasiewicz_and": UNIT(lambda a, b: max(Fraction(0), a + b - 1)),
    "lukasiewicz_or": UNIT(lambda a, b: min(Fraction(1), a + b)),
    "goedel_implication": from_table("TTT FTT FUT"),
    "goedel_equivalence": UNIT(lambda a, b: Fraction(1) if a == b else min(a, b)),
    "consensus": from_table("FUU UUU UUT"),
    "any": from_table("FFU FUT UTT"),
    "comparison": from_table("UFF TUF TTU"),
    "equals": from_table("TFF FTF FFT"),
    "sum": lambda a, b: wrapped(a + b),
    "difference": lambda a, b: wrapped(a - b),
    "webb": lambda a, b: (max(a + 1, b + 1) + 1) % 3 - 1,
    "left": from_table("FFF UUU TTT"),
    "right": from_table("FUT FUT FUT"),
    "not_left": UNIT(lambda a, _: 1 - a),
    "not_right": UNIT(lambda _, b: 1 - b),
    "false": from_table("FFF FFF FFF"),
    "unknown": from_table("UUU UUU UUU"),
    "true": from_table("TTT TTT TTT"),
}


def test_a_long_word_is_shortened_in_the_message() -> None:
    for length, shown in ((40, "y" * 40), (41, "y" * 37 + "...")):
        with pytest.raises(OperationsError, match=rf"^Could not read '{re.escape(shown)}' at character 1: "):
            parse_operations("y" * length)


def test_every_named_operation_has_a_definition_here() -> None:
    assert len(NAMED) >= 16
    assert {operation.name for operation in NAMED} == DEFINITIONS.keys()


@pytest.mark.parametrize("operation", NAMED, ids=lambda operation: operation.name)
def test_a_named_operation_is_what_its_source_defines(operation: object) -> None:
    rule = DEFINITIONS[operation.name]
    table = [rule(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    assert ternary.ALL_TRITS[operation.index].tolist() == table
    assert operation.meaning
    assert operation.source


def test_names_and_tables_are_unique() -> None:
    names = [name for operation in NAMED for name in (operation.name, *operation.aliases)]
    assert len(names) == len(set(names))
    assert len({operation.index for operation in NAMED}) == len(NAMED)
    for operation in NAMED:
        assert name_of(operation.index) == operation.name
        for name in (operation.name, *operation.aliases):
            assert parse_operations(name) == parse_operations(name.upper()) == (operation.index,)
    assert name_of(5) is None


def test_identities_between_operations() -> None:
    table = {operation.name: ternary.ALL_TRITS[operation.index] for operation in NAMED}
    assert np.array_equal(table["nand"], -table["min"])
    assert np.array_equal(table["nor"], -table["max"])
    assert np.array_equal(table["left"], -table["not_left"])
    assert np.array_equal(table["comparison"].reshape(3, 3), -table["comparison"].reshape(3, 3).T)
    for name in ("min", "max", "consensus", "any", "sum", "equivalence", "lukasiewicz_and", "webb"):
        assert np.array_equal(table[name].reshape(3, 3), table[name].reshape(3, 3).T)
    assert np.array_equal(3 * table["consensus"] + table["sum"], table["left"] + table["right"])  # carry and sum


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


def test_what_can_be_read_is_kept_and_the_rest_is_listed() -> None:
    read = read_text("min, foo, v >= 8, 1,000, 5-7 \u2212\u22121")
    assert read.indices == (*parse_operations("min"), 0, *LEVEL_8, 5, 6, 7)
    assert [(part.text, part.position) for part in read.wrong] == [("foo", 5), ("1,000", 18), ("--1", 29)]
    assert read_text("foo") == ReadText((), read_text("foo").wrong)
    assert read_text(" ,; ") == ReadText((), ())
    assert read_text("13, 13") == ReadText((13, 13), ())


def test_a_table_without_brackets_is_one_wrong_part() -> None:
    read = read_text("5, 1 0 1 0 1 0 1 0 1, 7")
    assert read.indices == (5, 7)
    assert [(part.text, part.position) for part in read.wrong] == [("1 0 1 0 1 0 1 0 1", 3)]


def test_after_a_hundred_wrong_parts_the_rest_of_a_text_is_left_out() -> None:
    read = read_text("3 " + "x " * 500 + "4")
    assert (read.indices, len(read.wrong)) == ((3,), MAX_WRONG)


def test_a_text_that_names_too_much_is_refused_as_a_whole() -> None:
    with pytest.raises(OperationsError, match="there are only 19,683"):
        read_text("all, foo, 0")
    with pytest.raises(OperationsError, match="at most 2,000,000 are accepted"):
        read_text("1" * 2_000_001)


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
    with pytest.raises(OperationsError, match=f"at place {place + 1} of the list") as caught:
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


def test_formatted_text_is_parsed_back() -> None:
    assert format_operations([0, 5, 6, 7, 8, 9, 13, 14]) == "0, 5-9, 13, 14"
    assert format_operations([]) == ""
    rng = random.Random(0)
    for _ in range(2_000):
        top = rng.choice((2, 3, 30, ternary.N))
        indices = [rng.randrange(top) for _ in range(rng.randint(1, 30))]
        if rng.random() < 0.5:
            indices.sort()
        assert parse_operations(format_operations(indices)) == tuple(indices)
    everything = list(range(ternary.N))
    assert format_operations(everything) == "0-19682"
    rng.shuffle(everything)
    assert parse_operations(format_operations(everything)) == tuple(everything)


def test_whole_levels_are_written_as_such_where_that_is_shorter() -> None:
    for text in ("v=0", "v=8", "v=0-8", "v=3-5", "v=1-9"):
        assert format_operations(parse_operations(text)) == text
    assert format_operations(parse_operations("v=9")) == "0"
    assert format_operations([13_122, 6_561]) == "13122, 6561"  # in another order
    assert format_operations(parse_operations("v=7")[1:]).count(",") == 4  # all but one
    levels = parse_operations("v=3, v=5")
    assert parse_operations(format_operations(levels)) == levels


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
