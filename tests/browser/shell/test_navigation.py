"""Back and Forward: the page follows its address, and no late answer undoes it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from app_fixtures import ABSENT, BUNDLED, OPENING, OpenExplorer
from explorer import Explorer
from navigated import MAX, MIN, OTHER, STORY, at, entries, go, tab, view_of
from playwright.sync_api import Route, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser


class TestHistory:
    def test_back_and_forward_go_through_checkpoint_and_selection(self, opened: Explorer) -> None:
        first = entries(opened)
        opened.type("min, 13")
        opened.chosen(MIN, 13)
        opened.choose(f"{OTHER} - ")
        at(opened, OTHER, MIN, 13)
        opened.type("5-9")
        opened.chosen(5, 6, 7, 8, 9)
        assert entries(opened) == first + 3
        for _ in range(2):
            opened.page.go_back()
            at(opened, OTHER, MIN, 13)
            expect(opened.text).to_have_value("min, 13")
            opened.page.go_back()
            at(opened, OPENING, MIN, 13)
            opened.page.go_back()
            at(opened, OPENING)
            expect(opened.text).to_have_value("")
            opened.page.go_forward()
            at(opened, OPENING, MIN, 13)
            go(opened, 1, 1)
            at(opened, OTHER, 5, 6, 7, 8, 9)
        assert entries(opened) == first + 3

    def test_fast_steps_end_in_the_state_of_the_last_address(self, opened: Explorer) -> None:
        opened.choose(f"{OTHER} - ")
        at(opened, OTHER)
        opened.type("13")
        opened.chosen(13)
        opened.page.get_by_role("tab", name="Coverage").click()
        tab(opened, "Coverage")
        opened.page.get_by_role("tab", name="Explore").click()
        opened.choose(f"{BUNDLED} - ")
        at(opened, BUNDLED, 13)
        for steps, checkpoint, indices in (
            ((-1, -1, -1, -1, -1), OPENING, ()),
            ((1, 1, 1, 1, 1), BUNDLED, (13,)),
            ((-4, 4, -4), OTHER, ()),
            ((-1, 1, 1, 1), OTHER, (13,)),
            ((2, -4, 1, 3), BUNDLED, (13,)),
            ((-5, 1, -1), OPENING, ()),
        ):
            go(opened, *steps)
            at(opened, checkpoint, *indices)
        go(opened, 1, 1, 1)
        tab(opened, "Coverage")
        go(opened, -1)
        tab(opened, "Explore")
        at(opened, OTHER, 13)

    def test_the_title_names_the_entry(self, opened: Explorer) -> None:
        expect(opened.page).to_have_title(f"Explore: {OPENING} - {texts.TITLE}")
        opened.page.get_by_role("tab", name="Learn").click()
        expect(opened.page).to_have_title(f"Learn: {OPENING} - {texts.TITLE}")
        opened.choose(f"{OTHER} - ")
        expect(opened.page).to_have_title(f"Learn: {OTHER} - {texts.TITLE}")
        opened.page.go_back()
        expect(opened.page).to_have_title(f"Learn: {OPENING} - {texts.TITLE}")

    def test_an_action_makes_one_entry_or_none(self, opened: Explorer) -> None:
        count = entries(opened)

        def made(by: int) -> None:
            nonlocal count
            assert entries(opened) == count + by
            count += by

        opened.text.press_sequentially("min, 13")  # not entered yet
        expect(opened.text).to_have_value("min, 13")
        made(0)
        opened.text.press("Enter")
        opened.chosen(MIN, 13)
        made(1)
        opened.page.locator("#encoder").get_by_label("A", exact=True).check()
        opened.wait(".encoder === 'A'")
        opened.page.get_by_label("norm", exact=True).check()
        expect(opened.page).to_have_url(re.compile("encoder=A&measure=norm"))
        made(0)
        opened.page.locator("#more-numbers summary").click()
        opened.rows.nth(1).locator("button[data-show]").click()
        opened.current(13)
        made(0)
        opened.trits.first.click()
        opened.chosen(MIN, 14)
        made(1)
        x, y = opened.get("screen(0)")
        opened.page.mouse.move(x - 12, y - 12)
        opened.page.mouse.down()
        for right, down in ((12, -12), (12, 12), (-12, 12)):
            opened.page.mouse.move(x + right, y + down, steps=5)
        opened.page.mouse.up()
        opened.wait(".selected.includes(0)")
        expect(opened.page).to_have_url(re.compile("operations=0"))
        made(1)
        opened.choose(f"{ABSENT} - ")
        expect(opened.alert).to_contain_text(f"The page still shows {OPENING}.")
        opened.loaded(OPENING)
        made(0)
        opened.page.locator("#examples button").first.click()
        expect(opened.text).to_have_value(texts.row("EXAMPLES")[0])
        expect(opened.page).not_to_have_url(re.compile("operations=15633"))
        made(1)

    def test_other_parameters_come_back_with_the_entry(self, opened: Explorer) -> None:
        opened.type("13")
        opened.chosen(13)
        opened.page.locator("#encoder").get_by_label("A", exact=True).check()
        expect(opened.page).to_have_url(re.compile("encoder=A"))
        opened.type("min")
        opened.chosen(MIN)
        opened.page.locator("#encoder").get_by_label("B", exact=True).check()
        opened.page.get_by_label("norm", exact=True).check()
        expect(opened.page).to_have_url(re.compile(r"operations=min&measure=norm$"))
        opened.page.go_back()
        at(opened, OPENING, 13)
        opened.wait(".encoder === 'A'")
        opened.wait(".measure === 'radius'")
        expect(opened.page.locator("#encoder").get_by_label("A", exact=True)).to_be_checked()
        assert view_of(opened.page) == {"operations": "13", "encoder": "A"}
        opened.page.go_forward()
        at(opened, OPENING, MIN)
        opened.wait(".encoder === 'B'")
        opened.wait(".measure === 'norm'")

    def test_a_checkpoint_that_cannot_be_opened_again_is_a_sentence(self, explorer: OpenExplorer) -> None:
        opened = explorer("?checkpoint=mine/gone&operations=13")
        expect(opened.alert).to_contain_text(f"The page shows {OPENING}.")
        opened.page.evaluate(STORY, f"?checkpoint={OTHER}&operations=min")
        opened.page.get_by_role("link", name="a story").click()
        at(opened, OTHER, MIN)
        expect(opened.alert).to_be_hidden()
        opened.page.evaluate("history.replaceState(null, '', '?checkpoint=mine/gone&operations=5')")
        opened.type("13")
        opened.chosen(13)
        opened.page.go_back()
        expect(opened.alert).to_contain_text(f"The page shows {OTHER}.")
        at(opened, OTHER, 5)
        expect(opened.page).to_have_url(
            re.compile(rf"\?operations=5&checkpoint={OTHER}$|checkpoint={OTHER}&operations=5$")
        )


class TestLateAnswers:
    """The answer to a pick arrives after the visitor went on."""

    def held_until(self, opened: Explorer, index: int, leave: Callable[[], None]) -> None:
        """Click a point, `leave`, let the server answer the click, and wait until the page asks for its address."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            if held or '"ids"' not in (route.request.post_data or ""):
                route.continue_()
            else:
                held.append(route)

        opened.page.route("**/queue/join*", hold)
        with opened.page.expect_request(lambda request: '"ids"' in (request.post_data or "")):
            opened.click_point(index)
        leave()
        wanted = f'{urlsplit(opened.page.url).query}"'
        with opened.page.expect_request(lambda request: wanted in (request.post_data or "")):
            held[0].continue_()

    def test_a_pick_does_not_undo_back(self, opened: Explorer) -> None:
        opened.type("min")
        opened.chosen(MIN)
        opened.type("max")
        opened.chosen(MAX)

        def back() -> None:
            opened.page.go_back()
            at(opened, OPENING, MIN)

        self.held_until(opened, 0, back)
        at(opened, OPENING, MIN)
        expect(opened.text).to_have_value("min")
        assert view_of(opened.page) == {"operations": "min"}
        opened.page.go_forward()
        at(opened, OPENING, MAX)

    def test_a_pick_does_not_undo_back_to_another_tab(self, opened: Explorer) -> None:
        opened.type("min")
        opened.chosen(MIN)
        opened.page.get_by_role("tab", name="Coverage").click()
        tab(opened, "Coverage")
        opened.page.get_by_role("tab", name="Explore").click()
        tab(opened, "Explore")

        def back() -> None:  # to an entry with the same checkpoint and selection, which Python need not show
            opened.page.go_back()
            tab(opened, "Coverage")

        self.held_until(opened, 0, back)
        opened.page.go_forward()
        at(opened, OPENING, MIN)
        expect(opened.text).to_have_value("min")
