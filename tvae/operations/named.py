"""The operations that have a name in the literature, each with its rule and source.

Values of three-valued logic are the trits: -1 false, 0 unknown (or undefined), 1 true.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tvae.operations import ternary


@dataclass(frozen=True)
class NamedOperation:
    """A two-argument function of three-valued logic or arithmetic that has a name in the literature."""

    name: str
    meaning: str  # a formula, or a sentence
    source: str
    rule: Callable[[int, int], int]  # (a, b) in {-1, 0, 1}^2 -> {-1, 0, 1}
    aliases: tuple[str, ...] = ()

    @property
    def index(self) -> int:
        """The operation's number."""
        table = [self.rule(i // 3 - 1, i % 3 - 1) for i in range(ternary.T)]
        return int(ternary.index_of(table))


def _wrap(number: int) -> int:
    """The representative in {-1, 0, 1} modulo 3."""
    return (number + 1) % 3 - 1


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


_K = "Kleene, Introduction to Metamathematics (1952), section 64"
_B = "Bochvar (1937), internal connectives; Kleene (1952), section 64, weak tables"
_L = "Lukasiewicz, O logice trojwartosciowej (1920)"
_G = "Goedel, Zum intuitionistischen Aussagenkalkuel (1932)"
_A = "Knuth, The Art of Computer Programming, volume 2 (1997), section 4.1, balanced ternary"
_J = "Jones, Standard Ternary Logic (2012), two-input gates"
_P = "Post, Introduction to a general theory of elementary propositions (1921); Webb (1935)"

NAMED: Final = (
    NamedOperation("min", "min(a, b), Kleene's strong conjunction", _K, min, ("and", "kleene_and")),
    NamedOperation("max", "max(a, b), Kleene's strong disjunction", _K, max, ("or", "kleene_or")),
    NamedOperation("nand", "-min(a, b)", _K, lambda a, b: -min(a, b)),
    NamedOperation("nor", "-max(a, b)", _K, lambda a, b: -max(a, b)),
    NamedOperation("implication", "max(-a, b), Kleene", _K, lambda a, b: max(-a, b), ("kleene_implication", "implies")),
    NamedOperation("converse_implication", "max(a, -b), Kleene", _K, lambda a, b: max(a, -b)),
    NamedOperation(
        "equivalence",
        "min(max(-a, b), max(a, -b)), Kleene; equal to the product a b, also modulo 3",
        _K,
        lambda a, b: min(max(-a, b), max(a, -b)),
        ("kleene_equivalence", "iff", "product", "product_mod_3"),
    ),
    NamedOperation("xor", "max(min(a, -b), min(-a, b)), Kleene", _K, lambda a, b: max(min(a, -b), min(-a, b))),
    NamedOperation("weak_and", "min(a, b), 0 if either is 0", _B, lambda a, b: min(a, b) if a and b else 0),
    NamedOperation("weak_or", "max(a, b), 0 if either is 0", _B, lambda a, b: max(a, b) if a and b else 0),
    NamedOperation("lukasiewicz_implication", "min(1, 1 - a + b)", _L, lambda a, b: min(1, 1 - a + b)),
    NamedOperation("lukasiewicz_equivalence", "1 - |a - b|", _L, lambda a, b: 1 - abs(a - b)),
    NamedOperation("lukasiewicz_and", "max(-1, a + b - 1), strong conjunction", _L, lambda a, b: max(-1, a + b - 1)),
    NamedOperation("lukasiewicz_or", "min(1, a + b + 1), strong disjunction", _L, lambda a, b: min(1, a + b + 1)),
    NamedOperation("goedel_implication", "1 if a <= b else b", _G, lambda a, b: 1 if a <= b else b),
    NamedOperation("goedel_equivalence", "1 if a = b else min(a, b)", _G, lambda a, b: 1 if a == b else min(a, b)),
    NamedOperation(
        "consensus",
        "a if a = b else 0, the carry of a + b in balanced ternary",
        _J,
        lambda a, b: a if a == b else 0,
        ("carry",),
    ),
    NamedOperation("any", "sign(a + b), accept anything", _J, lambda a, b: _sign(a + b), ("accept_anything",)),
    NamedOperation("comparison", "sign(a - b)", _J, lambda a, b: _sign(a - b), ("compare",)),
    NamedOperation("equals", "1 if a = b else -1", _J, lambda a, b: 1 if a == b else -1),
    NamedOperation("sum", "a + b modulo 3", _A, lambda a, b: _wrap(a + b), ("sum_mod_3",)),
    NamedOperation("difference", "a - b modulo 3", _A, lambda a, b: _wrap(a - b), ("difference_mod_3",)),
    NamedOperation("webb", "max(a, b) + 1 modulo 3, functionally complete", _P, lambda a, b: _wrap(max(a, b) + 1)),
    NamedOperation("left", "a, the first projection", _P, lambda a, _: a, ("first", "a")),
    NamedOperation("right", "b, the second projection", _P, lambda _, b: b, ("second", "b")),
    NamedOperation("not_left", "-a", _K, lambda a, _: -a, ("not_a",)),
    NamedOperation("not_right", "-b", _K, lambda _, b: -b, ("not_b",)),
    NamedOperation("false", "-1, constant", _P, lambda _a, _b: -1),
    NamedOperation("unknown", "0, constant", _P, lambda _a, _b: 0),
    NamedOperation("true", "1, constant", _P, lambda _a, _b: 1),
)
_AT: Final = {operation.index: operation for operation in NAMED}
INDEX_OF: Final = {name: op.index for op in NAMED for name in (op.name, *op.aliases)}


def named_at(index: int) -> NamedOperation | None:
    """What is known about a named operation, or None for the many that have no name."""
    return _AT.get(index)


def name_of(index: int) -> str | None:
    """The name of an operation, or None for the many that have none."""
    return next(iter(names_of(index)), None)


def names_of(index: int) -> list[str]:
    """Every name of an operation, the one of `name_of` first; often none."""
    named = named_at(index)
    return [named.name, *named.aliases] if named else []
