"""Back, Forward, reload and links within the page: the page follows its address, and the address the page."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from app_fixtures import ABSENT, BUNDLED, OPENING, OpenExplorer, evaluated_here
from explorer import Explorer
from playwright.sync_api import Locator, Page, Route, expect

from tvae.operations import ternary
from tvae.page.ui import texts
from tvae.page.ui.links import selection_link

pytestmark = pytest.mark.browser

MIN, MAX = 15_633, 19_569
OTHER = "tree"
SPREAD = tuple(range(1, ternary.N, 2))  # too many for a text in a link
LONG = f"?{urlencode({'selected': selection_link.packed(SPREAD)})}"
GO = """async (steps) => {
    for (const by of steps) {
        const arrived = new Promise((done) => addEventListener('popstate', done, {once: true}));
        history.go(by);
        await arrived;
    }
}"""
STORY = """(query) => document.body.prepend(Object.assign(
    document.createElement('a'), {className: 'story', href: query, textContent: 'a story'}))"""


@pytest.fixture
def opened(explorer: OpenExplorer) -> Explorer:
    return explorer()


def view_of(page: Page) -> dict[str, str]:
    query = urlsplit(page.url).query
    return {name: values[0] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}


def go(opened: Explorer, *steps: int) -> None:
    """Go through the browser's history, without waiting for what the page shows."""
    opened.page.evaluate(GO, list(steps))


def entries(opened: Explorer) -> int:
    count: int = opened.page.evaluate("history.length")
    return count


def at(opened: Explorer, checkpoint: str, *indices: int) -> None:
    """Expect a checkpoint and the selected operations everywhere, and in the address."""
    opened.answered(checkpoint)
    opened.loaded(checkpoint)
    expect(opened.page.locator("#badge")).to_contain_text(evaluated_here(checkpoint).checkpoint.sha256[:16])
    if indices:
        opened.chosen(*indices)
        opened.current(indices[0])
    else:
        opened.nothing_chosen()
    named = {"checkpoint": checkpoint} if checkpoint != OPENING else {}
    view = view_of(opened.page)
    assert {name: view[name] for name in view.keys() & {"checkpoint"}} == named


def tab(opened: Explorer, name: str) -> None:
    expect(opened.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    expect(opened.page).to_have_title(re.compile(f"^{name}: "))


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


class TestTabs:
    def test_a_tab_follows_when_it_is_open_and_when_it_is_opened_later(self, opened: Explorer) -> None:
        opened.page.evaluate(STORY, "?ball_encoder=B&colour=first&centre=min&walk=5 to 9")
        opened.page.get_by_role("link", name="a story").click()
        opened.page.get_by_role("tab", name="Ball").click()
        ball = opened.page.locator("#ball")
        expect(ball.locator("#ball-encoder").get_by_label("B", exact=True)).to_be_checked()
        expect(ball.locator("#ball-walk")).to_contain_text("9")
        opened.page.wait_for_function(
            "index => document.querySelector('#ball-disk .disk').tvae.centre === index", arg=MIN
        )
        opened.page.evaluate(STORY, "?tab=ball&colour=exactness&operations=13")
        opened.page.get_by_role("link", name="a story").first.click()
        expect(ball.locator("#ball-encoder").get_by_label("A", exact=True)).to_be_checked()
        expect(ball.locator(".columns-bar select")).to_have_value("exactness")
        expect(ball.locator("#ball-centre textarea, #ball-centre input")).to_have_value("")
        opened.page.wait_for_function("document.querySelector('#ball-disk .disk').tvae.centre === -1")
        expect(ball.locator("#ball-near strong")).to_have_text("13")
        opened.page.go_back()
        tab(opened, "Ball")
        expect(ball.locator("#ball-encoder").get_by_label("B", exact=True)).to_be_checked()
        opened.page.wait_for_function(
            "index => document.querySelector('#ball-disk .disk').tvae.centre === index", arg=MIN
        )
        opened.page.go_back()
        tab(opened, "Explore")
        assert view_of(opened.page)["ball_encoder"] == "B"

    def test_back_goes_through_the_second_checkpoint(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Compare").click()
        heading = page.locator("#compare-heading-b h2")
        expect(heading).to_have_text(f"second {BUNDLED}")
        count = entries(opened)
        for place, name in enumerate((OTHER, "max_hierarchy"), 1):
            page.get_by_label("Second checkpoint").click()
            page.get_by_role("option", name=re.compile(rf"^\W*{name} - ")).click()
            expect(heading).to_have_text(f"second {name}")
            expect(page).to_have_url(re.compile(f"with={name}"))
            assert entries(opened) == count + place
        page.get_by_label("Second checkpoint").click()
        page.get_by_role("option", name=ABSENT).click()
        expect(page.locator("#compare-alert [role=alert]")).to_contain_text(ABSENT)
        assert entries(opened) == count + 2
        page.go_back()
        expect(heading).to_have_text(f"second {OTHER}")
        expect(page.locator("#compare-second input")).to_have_value(re.compile(f"^{OTHER} - "))
        page.go_back()
        expect(heading).to_have_text(f"second {BUNDLED}")
        assert "with" not in view_of(page)
        go(opened, 1, 1)
        expect(heading).to_have_text("second max_hierarchy")

    def test_swapping_makes_one_entry(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Compare").click()
        first, second = page.locator("#compare-heading-a h2"), page.locator("#compare-heading-b h2")
        expect(second).to_have_text(f"second {BUNDLED}")
        count = entries(opened)
        page.locator("#compare-swap").click()
        expect(second).to_have_text(f"second {OPENING}")
        expect(page).to_have_url(re.compile(f"with={OPENING}"))
        assert entries(opened) == count + 1
        page.go_back()
        expect(first).to_have_text(f"first {OPENING}")
        expect(second).to_have_text(f"second {BUNDLED}")

    def test_the_sequence_model_follows(self, opened: Explorer) -> None:
        page = opened.page
        page.get_by_role("tab", name="Codons").click()
        model = page.locator("#codons-sequences select")
        usual = model.input_value()
        other = model.locator("option").nth(1).get_attribute("value") or ""
        page.evaluate(STORY, f"?tab=codons&sequence_model={other}&codon_encoder=B&stops=true&operations=13")
        page.get_by_role("link", name="a story").click()
        expect(model).to_have_value(other)
        expect(page.locator("#codons-stops input")).to_be_checked()
        expect(page.locator("#codons-encoder").get_by_label("B", exact=True)).to_be_checked()
        page.go_back()
        expect(model).to_have_value(usual)
        expect(page.locator("#codons-stops input")).not_to_be_checked()


class TestStories:
    def test_a_click_sets_the_page_without_a_reload(self, opened: Explorer) -> None:
        page, count = opened.page, entries(opened)
        page.evaluate("window.here = true")
        page.evaluate(STORY, f"?checkpoint={OTHER}&operations=min, max&encoder=A&tab=coverage")
        page.get_by_role("link", name="a story").click()
        tab(opened, "Coverage")
        at(opened, OTHER, MIN, MAX)
        opened.wait(".encoder === 'A'")
        assert page.evaluate("window.here")
        assert entries(opened) == count + 1
        page.get_by_role("link", name="a story").click()
        assert entries(opened) == count + 1
        page.go_back()
        tab(opened, "Explore")
        at(opened, OPENING)
        opened.wait(".encoder === 'B'")

    def test_with_a_modifier_key_it_opens_another_page(self, opened: Explorer) -> None:
        page, address = opened.page, opened.page.url
        page.evaluate(STORY, "?operations=min")
        for options in ({"modifiers": ["ControlOrMeta"]}, {"button": "middle"}):
            with page.context.expect_page() as another:
                page.get_by_role("link", name="a story").click(**options)
            Explorer(another.value).chosen(MIN)
            another.value.close()
            assert page.url == address


class TestLargeSelections:
    def test_one_has_a_link_that_opens_it_elsewhere(self, opened: Explorer, explorer: OpenExplorer) -> None:
        opened.type(", ".join(map(str, SPREAD)))
        opened.wait(f".selected.length === {len(SPREAD)}")
        opened.page.get_by_role("button", name="Copy link").click()
        expect(opened.page.locator("#link")).to_have_text("Copied")
        copied = opened.page.evaluate("navigator.clipboard.readText()")
        assert view_of(opened.page).keys() == {"selected"}
        assert copied == opened.page.url
        again = explorer(f"?{urlsplit(copied).query}", width=1000)
        again.chosen(*SPREAD)
        again.current(1)
        assert again.page.url == copied
        again.page.reload()
        Explorer(again.page).chosen(*SPREAD)

    def test_back_returns_to_one(self, explorer: OpenExplorer) -> None:
        opened = explorer(LONG)
        opened.chosen(*SPREAD)
        opened.type("13")
        opened.chosen(13)
        opened.page.go_back()
        opened.chosen(*SPREAD)
        opened.page.go_forward()
        opened.chosen(13)

    @pytest.mark.parametrize("query", [LONG[:-4], "?selected=", "?selected=<b>v=8</b>", "?selected=" + "A" * 5_000])
    def test_a_link_that_was_cut_or_changed_is_a_sentence(self, explorer: OpenExplorer, query: str) -> None:
        opened = explorer(query)
        expect(opened.problem).to_have_text(texts.LINK_NOT_READ)
        opened.nothing_chosen()
        expect(opened.page).not_to_have_url(re.compile("selected"))
        opened.type("13")
        opened.chosen(13)
        expect(opened.problem).to_be_hidden()


def fill(field: Locator, value: str) -> None:
    """Fill a field that is shown only with a point to decode, until the value stays: Gradio sets those of a new tab."""
    stayed = 0
    while stayed < 3:
        stayed = stayed + 1 if field.input_value() == value else 0
        if not stayed:
            field.evaluate("(field, value) => { field.value = value; field.dispatchEvent(new Event('input')); }", value)
        field.page.wait_for_timeout(100)


def test_what_is_too_long_for_the_link_is_said_next_to_its_button(opened: Explorer) -> None:
    page, long = opened.page, "0" * 4_000
    page.get_by_role("tab", name="Ball").click()
    expect(page.locator("#ball-near tbody tr").first).to_be_visible()
    radius, angle = (page.locator(f"#ball-{name} :is(input, textarea)") for name in ("radius", "angle"))
    left_out = page.locator("#left-out")
    fill(radius, long)
    expect(page).to_have_url(re.compile(f"point_radius={long}"))
    expect(left_out).to_have_count(0)
    fill(angle, long)
    expect(left_out).to_have_text(
        texts.table("LINK")["left_out"].format(parts=texts.table("LINK_PARTS")["point_angle"])
    )
    assert view_of(page) == {"tab": "ball", "point_radius": long}
    page.reload()
    expect(radius).to_have_value(long)
    expect(angle).to_have_value("")
    fill(angle, long)
    expect(left_out).to_be_visible()
    fill(radius, "0.5")
    expect(left_out).to_have_text("")
    expect(left_out).to_be_hidden()
    assert view_of(page) == {"tab": "ball", "point_radius": "0.5", "point_angle": long}


def test_a_reload_restores_the_whole_view(opened: Explorer) -> None:
    page = opened.page
    opened.choose(f"{OTHER} - ")
    at(opened, OTHER)
    opened.type(", ".join(map(str, SPREAD)))
    opened.wait(f".selected.length === {len(SPREAD)}")
    page.locator("#encoder").get_by_label("A", exact=True).check()
    page.get_by_label("norm", exact=True).check()
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("Second checkpoint").click()
    page.get_by_role("option", name="max_hierarchy - ").first.click()
    expect(page.locator("#compare-heading-b h2")).to_have_text("second max_hierarchy")
    page.locator("#compare-encoder").get_by_label("B", exact=True).check()
    expect(page).to_have_url(re.compile("compare_encoder=B"))
    page.wait_for_function("document.querySelector('#compare-status p') === null")
    address = page.url
    page.reload()
    again = Explorer(page)
    tab(again, "Compare")
    expect(page.locator("#compare-heading-a h2")).to_have_text(f"first {OTHER}")
    expect(page.locator("#compare-heading-b h2")).to_have_text("second max_hierarchy")
    expect(page.locator("#compare-encoder").get_by_label("B", exact=True)).to_be_checked()
    again.wait(f".selected.length === {len(SPREAD)}")
    again.wait(".encoder === 'A'")
    again.wait(".measure === 'norm'")
    assert page.url == address
