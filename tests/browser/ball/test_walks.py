"""The arrows of the disk: only asked for, in step with the selection, in words, in links and in every view."""

import re

import pytest
from app_fixtures import OpenExplorer
from ball_tab import MIN, Ball, OpenBall
from playwright.sync_api import expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser

WORDS = texts.table("DISK")
# What the upper layer has drawn.
INK = """() => {
    const over = document.querySelectorAll('#ball-disk canvas')[1];
    const {data} = over.getContext('2d').getImageData(0, 0, over.width, over.height);
    return data.reduce((count, alpha, k) => count + (k % 4 === 3 && alpha > 0), 0);
}"""


def choose(opened: Ball, words: str) -> None:
    opened.page.locator("#ball-arrows input").click()
    opened.page.get_by_role("option", name=re.compile(rf"^\W*{re.escape(words)}$")).click()


def test_arrows_are_drawn_when_asked_for_and_follow_the_selection(ball: OpenBall) -> None:
    opened = ball("?operations=min&ball_encoder=B")
    opened.wait(f".selected.join() === '{MIN}'")
    opened.wait(".key.endsWith(' B')")
    assert opened.get("arrows") == []
    label = opened.plot.get_attribute("aria-label") or ""
    before = opened.page.evaluate(INK)
    choose(opened, WORDS["rule_triple"])
    opened.wait(".arrows.length === 5")
    walk = [str(MIN), *(str(step["to"]) for step in opened.get("arrows"))]
    status = opened.page.locator("#ball-disk .disk-status")
    expect(status).to_contain_text(re.compile(r"( \(\u2212 [\d,]+\))? → ".join(walk)))
    steps = opened.get("arrows")
    assert steps[0] == {"from": MIN, "to": 3 * MIN - 2 * 19_683, "wraps": 2}
    assert steps[-1]["to"] == 0
    assert opened.page.evaluate(INK) > before + 500
    assert "\u2212 39,366" not in label
    expect(opened.plot).to_have_attribute("aria-label", re.compile(rf"{MIN} → 7533 \(\u2212 39,366\) → "))
    expect(opened.page).to_have_url(re.compile("arrows=triple"))
    choose(opened, WORDS["rule_next"])
    opened.wait(".arrows.length === 27")
    opened.page.keyboard.down("Control")
    opened.page.mouse.click(*opened.screen(MIN + 1))
    opened.page.keyboard.up("Control")
    opened.wait(".selected.length === 2")
    assert len(opened.get("arrows")) == 2
    choose(opened, WORDS["rule_none"])
    opened.wait(".arrows.length === 0")
    expect(opened.page).not_to_have_url(re.compile("arrows="))


def test_without_a_selection_it_says_what_to_do(ball: OpenBall) -> None:
    opened = ball("?arrows=next")
    status = opened.page.locator("#ball-disk .disk-status")
    choose(opened, WORDS["rule_next"])
    expect(status).to_have_text(WORDS["arrows_none"])
    opened.page.mouse.click(*opened.screen(0))
    opened.wait(".arrows.length === 27")
    expect(status).not_to_have_text(WORDS["arrows_none"])


def test_dots_that_touch_have_no_arrows_and_it_says_so_until_they_lie_apart(ball: OpenBall) -> None:
    opened = ball("?operations=min&arrows=triple")  # in encoder A, all multiples of 3 are near the origin
    status = opened.page.locator("#ball-disk .disk-status")
    expect(status).to_contain_text(f"{WORDS['arrows_short']} {WORDS['arrows_apart']}")
    label = opened.plot.get_attribute("aria-label") or ""
    assert WORDS["arrows_short"] in label
    opened.page.get_by_label(texts.table("BALL_VIEWS")["2d"], exact=True).check()
    expect(status).to_contain_text(f"{WORDS['arrows_short']} {WORDS['arrows_zoom']}")
    opened.page.locator("#ball-disk [data-do=in]").click()
    expect(status).to_contain_text(f"{WORDS['arrows_short']} {WORDS['arrows_zoom']}")  # not enough yet
    before = opened.page.evaluate(INK)
    opened.plot.focus()
    for _ in range(30):
        opened.page.keyboard.press("+")
    expect(status).not_to_contain_text(WORDS["arrows_zoom"])
    expect(status).to_contain_text(f"{MIN} → 7533")
    assert opened.page.evaluate(INK) > before
    opened.page.keyboard.press("Home")
    expect(status).to_contain_text(f"{WORDS['arrows_short']} {WORDS['arrows_zoom']}")


def test_operation_0_has_no_arrow(ball: OpenBall) -> None:
    opened = ball("?operations=0&arrows=triple&ball_encoder=B")
    expect(opened.page.locator("#ball-disk .disk-status")).to_have_text(WORDS["arrows_still"])


@pytest.mark.parametrize("view", ["digits", "2d", "3d"])
def test_a_link_restores_the_arrows_in_every_view(explorer: OpenExplorer, view: str) -> None:
    opened = Ball(explorer(f"?tab=ball&ball_encoder=B&operations=min&arrows=triple&ball_view={view}").page)
    opened.wait(f".view === '{view}'")
    opened.wait(".arrows.length === 5")
    with_arrows = opened.page.evaluate(INK)
    expect(opened.page.locator("#ball-arrows input")).to_have_value(WORDS["rule_triple"])
    choose(opened, WORDS["rule_none"])
    opened.wait(".arrows.length === 0")
    assert opened.page.evaluate(INK) < with_arrows
