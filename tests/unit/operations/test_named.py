"""Named operations, compared with independent definitions."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from tvae.operations import ternary
from tvae.operations.named import NAMED, name_of
from tvae.operations.parsing import parse_operations

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
