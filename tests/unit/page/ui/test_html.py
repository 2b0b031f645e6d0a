"""Elements and tables: what is Markup is HTML, and whatever else is put into them is text."""

import pytest
from markupsafe import Markup

from tvae.page.ui.html import (
    alert,
    cell,
    details,
    export_buttons,
    facts,
    joined,
    markup,
    metric_tile,
    prose,
    quiet,
    row,
    scrolling,
    table,
    tag,
    trit_row,
    truth_table,
)

HOSTILE = "<img src=x onerror='alert(1)'>\"&"


def test_an_element_has_its_attributes_and_leaves_out_none() -> None:
    made = tag("label", "Name", for_="name", class_="quiet", aria_label=None, data_index=3)
    assert made == '<label for="name" class="quiet" data-index="3">Name</label>'
    assert tag("input", type="file") == '<input type="file"/>'
    assert isinstance(made, Markup)


def test_markup_stays_and_text_is_escaped() -> None:
    assert tag("p", tag("b", "a"), " < ", 1) == "<p><b>a</b> &lt; 1</p>"
    assert joined([tag("b", "a"), "&"]) == "<b>a</b>&amp;"
    assert markup("<b>{}</b>").format("<i>") == "<b>&lt;i&gt;</b>"


def test_a_table_has_scopes_a_caption_and_a_body_for_each_block() -> None:
    made = table(["v", cell()], [row(1, head="a", data_row=0)], [row(2, cell(3, class_="better"))], caption="shares")
    assert made == (
        '<table class="numbers"><caption>shares</caption><thead><tr><th scope="col">v</th><td></td></tr></thead>'
        '<tbody><tr data-row="0"><th scope="row">a</th><td>1</td></tr></tbody>'
        '<tbody><tr><td>2</td><td class="better">3</td></tr></tbody></table>'
    )


def test_a_truth_table_has_its_nine_cells_in_order() -> None:
    made = truth_table(list("abcdefghi"), "f", kind="op")
    assert [made.index(f"<td>{letter}</td>") for letter in "abcdefghi"] == sorted(
        made.index(f"<td>{letter}</td>") for letter in "abcdefghi"
    )
    assert made.count('<th scope="row">') == made.count('<th scope="col">') == 3


@pytest.mark.parametrize(
    "made",
    [
        tag("p", HOSTILE, title=HOSTILE),
        table([HOSTILE], [row(HOSTILE, head=HOSTILE, data_row=HOSTILE)], kind=HOSTILE, caption=HOSTILE),
        alert(HOSTILE),
        quiet(HOSTILE),
        details(HOSTILE, HOSTILE),
        facts([(HOSTILE, HOSTILE)]),
        scrolling(HOSTILE, Markup("")),
        export_buttons("a", HOSTILE, HOSTILE),
        metric_tile(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 0.5),
        prose(f"{HOSTILE}\n\n- {HOSTILE}\n- `{HOSTILE}`"),
        joined([HOSTILE, tag("i", HOSTILE)]),
    ],
)
def test_text_from_outside_is_never_html(made: Markup) -> None:
    assert "<img" not in made
    assert "onerror='" not in made
    assert '">"' not in made


def test_prose_is_paragraphs_lists_and_code() -> None:
    assert prose("One `x`.\n\nTwo:\n- a\n- b") == "<p>One <code>x</code>.</p><p>Two:</p><ul><li>a</li><li>b</li></ul>"


def test_a_wrong_trit_is_followed_by_the_right_one() -> None:
    made = trit_row([1, 0], [1, -1])
    assert made.count('class="trit plus"') == 1
    assert '<span class="trit zero wrong">0</span><sup class="should"' in made
