"""The page when it opens: its contents and its links, in a real browser with a real app and a Hub over HTTP."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from app_fixtures import EUCLIDEAN, OPENING, RICH, OpenExplorer, Site, digest, evaluated_here
from browser_fixtures import OpenPage
from explorer import Explorer
from playwright.sync_api import Route, expect

from tvae.analysis.comparison.rules import DIGITS
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.page.ui import texts
from tvae.page.ui.html import number

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(explorer: OpenExplorer) -> Explorer:
    return explorer()


def view_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


class TestOpening:
    def test_the_bundled_checkpoint_needs_no_hub(self, site: Site, explorer: OpenExplorer) -> None:
        requests_before = len(site.hub.requests)
        opened = explorer()
        opened.loaded(OPENING)
        badge = opened.page.locator("#badge")
        expect(badge).to_contain_text(BY_NAME[OPENING].status)
        expect(badge).to_contain_text("bundled with this program")
        expect(badge).to_contain_text(evaluated_here(OPENING).checkpoint.sha256[:16])
        assert opened.get("verdict") == "no overlaps: every level lies above the next"
        expect(opened.truth).to_contain_text(texts.NOTHING_SELECTED)
        opened.current(15_633)
        expect(opened.results).to_be_hidden()
        assert len(site.hub.requests) == requests_before

    def test_the_page_does_not_wait_for_a_script_that_arrives_late(self, site: Site, page: OpenPage) -> None:
        opened, held = page(site.url), list[Route]()
        opened.route("**/tabs/explore/ready.js", lambda route: held.append(route))
        opened.reload(wait_until="commit")
        explorer = Explorer(opened)
        explorer.loaded(OPENING)
        assert not opened.evaluate("performance.getEntriesByType('resource').filter((e) => e.name.includes('save_'))")
        for route in held:
            route.continue_()
        opened.get_by_role("tab", name="Learn").click()
        figure = opened.locator("#learn-body figure:has(.save)").first
        button = figure.locator("[data-export-menu]")
        expect(button).to_be_visible()
        button.click()
        entry = figure.get_by_role("button", name=texts.table("EXPORT_MENU")["as_svg"], exact=True)
        with opened.expect_download() as download:
            entry.click()
        assert download.value.suggested_filename.startswith(f"{OPENING}-")
        assert download.value.suggested_filename.endswith(f"-{digest(OPENING)}.svg")

    def test_tiles_show_the_metrics_and_open_their_explanations(self, opened: Explorer) -> None:
        metrics = evaluated_here(OPENING).metrics
        a, b = metrics.a, metrics.b
        expect(opened.tile("coverage")).to_contain_text("19,683 / 19,683")
        for name, side in (("A", a), ("B", b)):
            tile = opened.tile(f"hierarchy-Hierarchy {name}")
            expect(tile).to_contain_text(number(side.hierarchy, 10))
            expect(tile).to_contain_text("% of limit")
        expect(opened.tile("overlaps")).to_contain_text(f"{a.overlaps} / {b.overlaps}")
        expect(opened.tile("richness")).to_contain_text(number(a.richness, 5))
        expect(opened.tile("q")).to_contain_text(f"A {number(a.q, 4)}, B {number(b.q, 4)}")
        expect(opened.tile("tree")).to_contain_text(f"A {number(a.tree_fidelity, 4)}, B {number(b.tree_fidelity, 4)}")
        opened.page.locator("#more-numbers summary").press("Enter")
        tiles = opened.page.locator("#tiles .tile")
        expect(tiles).to_have_count(7)
        for tile in tiles.all():
            name = (tile.get_attribute("data-tile") or "").split("-")[0]
            sentence = tile.get_by_text(texts.table("TILE_EXPLANATIONS")[name])
            expect(sentence).to_be_hidden()
            tile.locator("summary").press("Enter")
            expect(sentence).to_be_visible()

    def test_claimed_stored_and_measured(self, explorer: OpenExplorer) -> None:
        table = explorer(f"?checkpoint={RICH}").page.locator("#comparison table")
        metrics = evaluated_here(RICH).metrics
        expect(table.locator("thead th")).to_have_text(["claimed", "stored in the file", "measured here"])
        expected = {
            "coverage": ["1", "1", number(metrics.at_mu.coverage, DIGITS["coverage"])],
            # The file does not state the encoder of its hierarchy.
            "hierarchy A": ["\u2013", "\u2013", number(metrics.a.hierarchy, DIGITS["hierarchy"])],
            "hierarchy, encoder not named": ["\u22120.8321", "\u22120.69442", "\u2013"],
            "richness A": ["0.00787", "0.006615", number(metrics.a.richness, 6)],
        }
        for label, cells in expected.items():
            row = table.locator("tr").filter(has=table.page.get_by_role("rowheader", name=label, exact=True))
            expect(row.locator("td")).to_have_text(cells)
        table.page.get_by_text("Why they differ").click()
        expect(table.page.get_by_text(texts.WHY_DIFFERENT)).to_be_visible()


class TestLinks:
    def test_the_url_follows_the_view_and_a_reload_restores_it(self, opened: Explorer) -> None:
        opened.choose(RICH)
        opened.loaded(RICH)
        opened.type("min, v=8, 13")
        indices = (15_633, 6_561, 13_122, 13)
        opened.chosen(*indices)
        opened.page.get_by_label("A", exact=True).check()
        opened.page.get_by_label("norm", exact=True).check()
        opened.wait(".measure === 'norm'")
        expect(opened.page).to_have_url(re.compile("measure=norm"))
        expected = {"checkpoint": RICH, "operations": "min, v=8, 13", "encoder": "A", "measure": "norm"}
        assert view_of(opened.page.url) == expected
        opened.page.reload()
        again = Explorer(opened.page)
        again.loaded(RICH)
        again.chosen(*indices)
        again.current(indices[0])
        again.wait(".encoder === 'A'")
        again.wait(".measure === 'norm'")
        expect(again.text).to_have_value("min, v=8, 13")
        expect(again.page.get_by_label("A", exact=True)).to_be_checked()
        expect(again.page.get_by_label("norm", exact=True)).to_be_checked()
        expect(again.page.locator("#badge")).to_contain_text(evaluated_here(RICH).checkpoint.sha256[:16])
        assert view_of(again.page.url) == expected

    def test_the_default_view_has_a_plain_url(self, site: Site, opened: Explorer) -> None:
        opened.type("13")
        opened.chosen(13)
        expect(opened.page).to_have_url(f"{site.url}?operations=13")
        opened.type("")
        expect(opened.page).to_have_url(site.url)
        expect(opened.truth).to_contain_text(texts.NOTHING_SELECTED)
        expect(opened.results).to_be_hidden()

    def test_copy_link_copies_the_whole_view(self, opened: Explorer) -> None:
        opened.type("[1,-1,0,1,-1,0,1,-1,0], 5-9")
        opened.choose(RICH)
        opened.loaded(RICH)
        expect(opened.page).to_have_url(re.compile("checkpoint="))
        opened.page.get_by_role("button", name="Copy link").click()
        expect(opened.page.locator("#link")).to_have_text("Copied")
        copied = opened.page.evaluate("navigator.clipboard.readText()")
        assert copied == opened.page.url
        assert view_of(copied) == {"checkpoint": RICH, "operations": "[1,-1,0,1,-1,0,1,-1,0], 5-9"}
        opened.type(", ".join(str(i) for i in range(0, 1_200, 2)))
        expect(opened.results).to_contain_text("600 selected")
        expect(opened.page.locator("#link")).to_have_text("Copy link")
        opened.page.get_by_role("button", name="Copy link").click()
        expect(opened.page.locator("#link")).to_have_text("Copied")
        copied = view_of(opened.page.evaluate("navigator.clipboard.readText()"))
        assert (copied["checkpoint"], copied.keys()) == (RICH, {"checkpoint", "selected"})

    def test_a_link_to_an_unknown_checkpoint_is_an_error(self, explorer: OpenExplorer) -> None:
        opened = explorer("?" + urlencode({"checkpoint": "../../etc/passwd", "operations": "13"}))
        expect(opened.alert).to_contain_text("'../../etc/passwd'")
        expect(opened.alert).to_contain_text(f"The page shows {OPENING}.")
        opened.loaded(OPENING)
        opened.chosen(13)

    def test_a_link_is_never_interpreted_as_markup(self, explorer: OpenExplorer) -> None:
        markup = "<img src=x onerror=\"document.title='owned'\">"
        opened = explorer("?" + urlencode({"checkpoint": markup, "operations": markup}))
        expect(opened.alert).to_contain_text("<img src=x")
        expect(opened.problem).to_contain_text("<img")
        assert opened.page.locator("img[src=x]").count() == 0
        assert opened.page.title() != "owned"

    def test_a_euclidean_checkpoint_ignores_the_norm_of_a_link(self, explorer: OpenExplorer) -> None:
        opened = explorer("?" + urlencode({"checkpoint": EUCLIDEAN, "measure": "norm"}))
        opened.loaded(EUCLIDEAN)
        expect(opened.page.get_by_label("length of \u03bc (Euclidean)")).to_be_checked()
        assert opened.get("measure") == "radius"
