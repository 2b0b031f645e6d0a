"""Queries by property: meaning, precedence, order, and what is said about those that cannot be read."""

from collections.abc import Callable

import numpy as np
import pytest

from tvae.errors import OperationsError
from tvae.operations import ternary
from tvae.operations.atlas import classes, identities, properties
from tvae.operations.limits import MAX_CHARACTERS, MAX_WORDS
from tvae.operations.named import INDEX_OF
from tvae.operations.parsing import parse_operations, read_text
from tvae.operations.query import MAX_DEPTH, is_query


def having(name: str) -> set[int]:
    return {*np.flatnonzero(properties.flags(name)).tolist()}


ALL = {*range(ternary.N)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("commutative and idempotent", lambda: having("commutative") & having("idempotent")),
        ("sheffer and not onto", lambda: set()),
        ("not onto", lambda: ALL - having("onto")),
        ("SHEFFER", lambda: having("sheffer")),
        ("monotone(- < 0 < +)", lambda: having("monotone(- < 0 < +)")),
        ("Monotone( -<0<+ )", lambda: having("monotone(- < 0 < +)")),
        ("monotone(\u2212 < 0 < +)", lambda: having("monotone(- < 0 < +)")),  # a real minus
        ("monotone", lambda: having("monotone")),
        ("monotone ( 0 < - < + ) ", lambda: having("monotone(0 < - < +)")),
        ("monotone (loop)", lambda: having("monotone") | having("loop")),
        ("monotone (0)", lambda: having("monotone")),  # 0 is constant, so it is monotone
        ("keeps (-, 0)", lambda: having("keeps(-, 0)")),
        ("keeps(-, 0) and central(+)", lambda: having("keeps(-, 0)") & having("central(+)")),
        ("congruence(-0|+)", lambda: having("congruence(-0|+)")),
        # the order of the values of a set, of blocks and of a chain that is reversed
        ("keeps(0,-)", lambda: having("keeps(-, 0)")),
        ("keeps (+, -)", lambda: having("keeps(-, +)")),
        ("congruence(+ | 0-) and loop", lambda: having("congruence(-0|+)") & having("loop")),
        ("monotone(+ < 0 < -)", lambda: having("monotone(- < 0 < +)")),
        ("closed-pair", lambda: having("keeps(-, 0)") | having("keeps(-, +)") | having("keeps(0, +)")),
        ("congruence", lambda: having("congruence(-0|+)") | having("congruence(-+|0)") | having("congruence(0+|-)")),
        ("congruence (loop)", lambda: having("congruence") | having("loop")),
        ("central & !central (-)", lambda: having("central") - having("central(-)")),
        ("central (0-99)", lambda: having("central") | {*range(100)}),
        ("congruence (0 | 99)", lambda: having("congruence") | {0, 99}),
        ("central (loop)", lambda: having("central") | having("loop")),
        ("automorphic", lambda: {*np.flatnonzero(classes.automorphisms() >= 2).tolist()}),
        ("self-dual", lambda: having("self_dual")),
        # signs instead of words
        ("commutative & sheffer", lambda: having("commutative") & having("sheffer")),
        ("commutative&&sheffer", lambda: having("commutative") & having("sheffer")),
        ("loop|band&!monoid", lambda: having("loop") | (having("band") - having("monoid"))),
        ("loop || band && not monoid", lambda: having("loop") | (having("band") - having("monoid"))),
        ("(loop \u2228 band) \u2227 \u00acmonoid", lambda: (having("loop") | having("band")) - having("monoid")),
        ("!!loop", lambda: having("loop")),
        ("!(loop|band)", lambda: ALL - having("loop") - having("band")),
        ("congruence(0+|-)|loop", lambda: having("congruence(0+|-)") | having("loop")),
        ("congruence (0+ | -)&keeps(-)", lambda: having("congruence(0+|-)") & having("keeps(-)")),
        ("v>=7&loop|image=1", lambda: having("constant") | (having("loop") & {*parse_operations("v>=7")})),
        ("class of min|5 - 9&!7", lambda: {*parse_operations("class of min"), 5, 6, 8, 9}),
        # not before and, and before or
        ("loop or band and not monoid", lambda: having("loop") | (having("band") - having("monoid"))),
        ("(loop or band) and not monoid", lambda: (having("loop") | having("band")) - having("monoid")),
        ("not loop and band", lambda: having("band") - having("loop")),
        ("not (loop or band)", lambda: ALL - having("loop") - having("band")),
        ("not not loop", lambda: having("loop")),
        ("loop, band", lambda: having("loop") | having("band")),
        ("loop band", lambda: having("loop") | having("band")),
        ("(loop, band) and (v=0 v=1)", lambda: (having("loop") | having("band")) & {*parse_operations("v=0-1")}),
        ("commutative and v>=7", lambda: having("commutative") & {*parse_operations("v>=7")}),
        ("band and 5-9000", lambda: having("band") & {*range(5, 9001)}),
        ("image=2 and arguments<2", lambda: {n for n in ALL if two_values_of_one_argument(n)}),
        ("automorphisms >= 3", lambda: {*np.flatnonzero(classes.automorphisms() >= 3).tolist()}),
        ("distributive over sum", lambda: {*np.flatnonzero(identities.distributes_over(INDEX_OF["sum"])).tolist()}),
    ],
)
def test_meaning(text: str, expected: Callable[[], set[int]]) -> None:
    read = read_text(text)
    assert read.wrong == ()
    assert {*read.indices} == expected()
    assert len({*read.indices}) == len(read.indices)


def two_values_of_one_argument(index: int) -> bool:
    f = ternary.ALL_TRITS[index].reshape(3, 3)
    depends = int((f != f[:1]).any()) + int((f != f[:, :1]).any())
    return depends < 2 and len(np.unique(f)) == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dual of min", ["max"]),
        ("converse of implication", ["converse_implication"]),
        ("dual of (min, nand)", ["max", "nor"]),
        ("converse of dual of left", ["right"]),
        ("dual of min, nand", ["max", "nand"]),
        ("DUAL  OF MIN", ["max"]),
        ("converse of PC0", ["min"]),
    ],
)
def test_duals_and_converses_keep_the_order(text: str, names: list[str]) -> None:
    assert parse_operations(text) == tuple(INDEX_OF[name] for name in names)


def test_classes_of_operations() -> None:
    size = classes.classes("isomorphism").size[INDEX_OF["min"]]
    found = parse_operations("class of min")
    assert len(found) == size == 6
    assert {INDEX_OF["min"], INDEX_OF["max"]} <= {*found}
    assert {*found} < {*parse_operations("isotopy class of min")}
    assert {*parse_operations("class of (min or consensus)")} == {*found, *parse_operations("class of consensus")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13", (13,)),
        ("min, v=8", (INDEX_OF["min"], 6561, 13122)),
        ("and or", (INDEX_OF["min"], INDEX_OF["max"])),
        ("min and max", (INDEX_OF["min"], INDEX_OF["min"], INDEX_OF["max"])),
        ("13, 13", (13, 13)),
        ("PC0", (15633,)),
        ("hept:123", (1 * 729 + 2 * 27 + 3,)),
        ("123", (123,)),
        ("hept:pc0 ZRP", (15633, 19569)),
        ("MAX", (INDEX_OF["max"],)),
        ("hept:MAX", (19 * 729 + 10 * 27 + 25,)),
    ],
)
def test_texts_without_a_property_mean_what_they_meant(text: str, expected: tuple[int, ...]) -> None:
    assert not is_query(text)
    assert parse_operations(text) == expected


@pytest.mark.parametrize(
    ("text", "part", "position", "why"),
    [
        ("commutatve", "commutatve", 0, "commutative"),
        ("loop and comutative", "comutative", 9, "commutative"),
        ("loop and", "and", 5, "must follow"),
        ("and loop", "and", 0, "nothing is before it"),
        ("loop or or band", "or", 8, "nothing is before it"),
        ("not, loop", "not", 0, "must follow"),
        ("(loop", "(", 0, "not closed"),
        ("loop)", ")", 4, "closes nothing"),
        ("() and loop", "(", 0, "is empty"),
        ("class of", "class of", 0, "must follow"),
        ("dual of (loop", "(", 8, "not closed"),
        ("monotone(0 < 1)", "monotone(0 < 1)", 0, "monotone(- < 0 < +)"),
        ("keeps(", "keeps(", 0, "keeps(-)"),
        ("image=7", "image=7", 0, "numbers from 1 to 3"),
        ("image=>2 loop", "image=>2", 0, "image>=1"),
        ("loop and 19683", "19683", 9, "between 0 and 19682"),
        ("distributive over all", "distributive over", 0, "at most 9 operations in all, these over 19,683"),
        ("distributive over (0-4) and distributive over (5-9)", "distributive over", 28, "these over 10"),
        ("loop and hept:OOO", "hept:OOO", 9, "3 digits"),
        ("loop, 1,0,1,0,1,0,1,0,1", "1", 6, "truth table"),
        ("loop and functionally complete", "functionally", 9, "; the nearest is sheffer"),
        ("functionally-complete", "functionally-complete", 0, "; the nearest is sheffer"),
        ("latin, loop", "latin", 0, "; the nearest is quasigroup"),
        ("non-commutative", "non-commutative", 0, "; the nearest is not commutative"),
        ("not", "not", 0, "this stands before properties"),
        ("sheffer &", "&", 8, "must follow '&'"),
        ("loop &| band", "|", 6, "nothing is before it"),
        ("!, loop", "!", 0, "must follow '!'"),
        ("dual of not loop", "not", 8, "put 'not' and what follows in parentheses"),
        ("loop & v!=8", "v!=8", 7, "a level is written v=8"),
        ("image!=2", "image!=2", 0, "write image=3"),
        ("keeps(-, -)", "keeps(-, -)", 0, "keeps(-, 0)"),
        ("keeps(0, -", "keeps(0, -", 0, "keeps(-, 0)"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, part: str, position: int, why: str) -> None:
    wrong = read_text(text).wrong
    assert (wrong[0].text, wrong[0].position) == (part, position)
    assert why in wrong[0].why
    with pytest.raises(OperationsError):
        parse_operations(text)


def test_other_alternatives_are_read_if_one_is_wrong() -> None:
    read = read_text("loop, band and bnad, dual of min")
    assert {*read.indices} == having("loop") | {INDEX_OF["max"]}
    assert [part.text for part in read.wrong] == ["bnad"]


def test_a_sign_makes_no_query() -> None:
    for text in ("min & max", "min|max", "!min", "5&&7", "hept:MAX & 13"):
        assert not is_query(text)
        (wrong,) = read_text(text).wrong
        assert wrong.text in ("&", "&&", "|", "!")
        assert "properties, and the text has none that can be read" in wrong.why


@pytest.mark.parametrize(
    ("text", "indices", "wrong"),
    [
        ("sheffr and comutative", (), ["sheffr", "and", "comutative"]),
        ("sheffr OR min", (INDEX_OF["min"],), ["sheffr", "OR"]),
        ("and, or, foo", (), ["and", "or", "foo"]),
        ("not sheffr", (), ["not", "sheffr"]),
        ("sheffr&!comutative", (), ["sheffr", "&", "!", "comutative"]),
        ("min and max", (INDEX_OF["min"], INDEX_OF["min"], INDEX_OF["max"]), []),
    ],
)
def test_a_connective_names_no_operation_where_a_part_is_wrong(
    text: str, indices: tuple[int, ...], wrong: list[str]
) -> None:
    read = read_text(text)
    assert read.indices == indices
    assert [part.text for part in read.wrong] == wrong
    assert [text[part.position :].startswith(part.text) for part in read.wrong] == [True] * len(wrong)


def test_a_connective_that_is_refused_says_how_to_name_its_operation() -> None:
    with pytest.raises(OperationsError, match=r"'and' at character 8: this could .* the operation min; write min for"):
        parse_operations("sheffr and comutative")


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("commutative sheffer", True),
        ("loop, band semilattice", True),
        ("(loop band) and monoid", True),
        ("class of min max", True),
        ("loop, band; monoid", False),
        ("(loop, band) and not (monoid)", False),
        ("commutative and sheffer", False),
        ("min max", False),
    ],
)
def test_whether_a_space_alone_adds_an_alternative(text: str, spaced: bool) -> None:
    assert read_text(text).spaced == spaced


def test_a_query_that_nothing_satisfies_is_said_to_be_empty() -> None:
    with pytest.raises(OperationsError, match="No operation satisfies this query"):
        parse_operations("loop and sheffer")


def test_length_depth_and_words_are_bounded() -> None:
    assert "at most" in read_text("loop " * (MAX_WORDS + 1)).wrong[0].why
    assert "inside each other" in read_text("(" * (MAX_DEPTH + 1) + "loop" + ")" * (MAX_DEPTH + 1)).wrong[0].why
    assert "inside each other" in read_text("not " * (MAX_DEPTH + 1) + "loop").wrong[0].why
    assert len(read_text("(" * MAX_DEPTH + "loop" + ")" * MAX_DEPTH).indices) == 3
    long = "13 " * (MAX_CHARACTERS // 3) + " loop"
    assert "characters" in read_text(long).wrong[0].why


def test_the_texts_of_a_list_share_the_bounds() -> None:
    assert parse_operations(["loop", "dual of min", 5])[-2:] == (INDEX_OF["max"], 5)
    refused = {
        "have at most 500 words in all, these have 502": ["loop " * (MAX_WORDS // 2 + 1)] * 2,
        "distribute over at most 9 operations in all, these over 10": ["0, distributive over (0-4)"] * 2,
        "has at most 20,000 characters, this has 20,0": ["webb" + "," * 5_000] * 4 + ["loop"],
    }
    for why, items in refused.items():
        with pytest.raises(OperationsError, match=f"At place {len(items)} of the list: Could not read .*{why}"):
            parse_operations(items)
    names = ["implication"] * (MAX_CHARACTERS // 10)  # names are read after that, too
    assert len(parse_operations(names)) == len(names)


def test_a_query_in_a_list_that_nothing_satisfies_is_said_to_be_empty() -> None:
    with pytest.raises(
        OperationsError, match="At place 2 of the list: No operation satisfies this query: loop and sheffer"
    ):
        parse_operations([5, "loop and sheffer"])
