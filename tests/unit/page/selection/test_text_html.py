"""What is said below the text box: wrong parts marked and explained, and the size of a long text."""

import re

import pytest

from tvae.operations.parsing import FORMS, MAX_WRONG, read_text
from tvae.operations.query import is_query
from tvae.page.selection import selection, text_html
from tvae.page.ui import texts


def said(text: str) -> str:
    return str(selection.read(text)[1])


def typed(text: str) -> str:
    found = re.search(r'<p class="typed">(.*?)</p>', said(text), re.DOTALL)
    assert found
    return found[1]


def test_the_text_is_repeated_with_its_wrong_parts_marked() -> None:
    assert typed("min, foo 13; 1,000") == "min, <mark>foo</mark> 13; <mark>1,000</mark>"
    assert typed("v >= 12, 5") == "<mark>v &gt;= 12</mark>, 5"
    assert typed("\u22121, 5") == "<mark>\u22121</mark>, 5"  # as it was typed


def test_each_reason_is_given_once_with_its_parts_and_what_is_accepted() -> None:
    html = said("foo, 20000, boo, 13")
    reasons = re.findall(r"<li>(.*?)</li>", html)
    assert reasons == [
        "<mark>foo</mark>, <mark>boo</mark>: this is not an index, range, truth table, level, code, property or name.",
        "<mark>20000</mark>: an index is between 0 and 19682.",
    ]
    assert f"{FORMS}." in html.replace("&gt;", ">")
    assert texts.SOME_READ.format(count=1) in html
    assert texts.NONE_READ in said("foo")


def test_long_stretches_and_long_parts_are_shortened() -> None:
    ranges = ", ".join(f"{k}-{k + 2}" for k in range(0, 4_000, 10))
    shown = typed(f"{ranges}, foo, {ranges}, {'y' * 500}, {ranges}")
    assert len(shown) < 400
    assert shown.startswith("\u2026")
    assert shown.endswith("\u2026")
    assert f"3990-3992, <mark>foo</mark>, {ranges[:20]}" in shown
    assert f"<mark>{'y' * 37}...</mark>" in shown


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [(10, ""), (11, "MORE_WRONG"), (99, "MORE_WRONG"), (100, "MORE_UNREAD"), (400, "MORE_UNREAD")],
)
def test_many_wrong_parts_are_counted(wrong: int, sentence: str) -> None:
    html = said("7 " + "x " * wrong + "9")
    assert typed("7 " + "x " * wrong + "9").count("<mark>") == min(wrong, text_html.MARKED)
    for name in ("MORE_WRONG", "MORE_UNREAD"):
        words = getattr(texts, name).format(count=min(wrong, MAX_WRONG) - text_html.MARKED)
        said_more = f"<p>{words}</p>" in html
        assert said_more == (name == sentence)


def test_what_is_typed_never_becomes_markup_or_an_invalid_answer() -> None:
    html = said('<b onclick="x"> \ud800 5')
    assert "<b " not in html
    assert "&lt;b" in html
    assert html.encode()


def test_a_long_text_is_counted_and_a_short_one_needs_no_word() -> None:
    assert said("min, 13") == said("v >= 0") == said("") == ""
    text = ", ".join(map(str, range(0, 4_000, 2)))
    assert texts.LONG_TEXT.format(count=2_000) in said(text)


def test_a_query_without_an_operation_is_said_to_have_none() -> None:
    assert texts.NO_OPERATION in said("sheffer and not onto")
    assert said("sheffer and onto") == said(" , ") == ""
    html = said("sheffer and not onot")
    assert typed("sheffer and not onot") == "sheffer and not <mark>onot</mark>"
    assert "the nearest are onto" in html
    assert texts.NO_OPERATION not in html


def test_a_query_with_a_space_alone_is_said_to_select_either() -> None:
    note = texts.SPACED_QUERY.replace('"', "&#34;")
    assert note in said("commutative sheffer")
    assert note in said("commutative sheffer" + " " * text_html.LONG)
    assert said("commutative, sheffer") == said("commutative & sheffer") == said("min max") == ""
    assert note not in said("loop sheffr")  # the wrong part comes first


def test_a_connective_of_misspelt_properties_selects_nothing() -> None:
    assert selection.read("sheffr and comutative")[0] == ()
    assert typed("sheffr and comutative") == "<mark>sheffr</mark> <mark>and</mark> <mark>comutative</mark>"
    assert texts.NONE_READ in said("sheffr and comutative")


def test_too_many_operations_are_refused_in_one_sentence() -> None:
    indices, html = selection.read("all, 13")
    assert indices == ()
    assert "there are only 19,683" in html


def test_an_example_is_a_query_and_every_example_and_the_hint_can_be_read() -> None:
    examples = texts.row("EXAMPLES")
    assert any(is_query(example) for example in examples)
    assert any(is_query(part) for part in texts.OPERATIONS_HINT.split(", "))
    for text in (*examples, texts.OPERATIONS_HINT):
        assert read_text(text).wrong == ()
        assert read_text(text).indices
