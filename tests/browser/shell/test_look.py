"""The page's appearance in the browser: dark mode, phone, no WebGL, and accessibility (axe)."""

from typing import Any

import pytest
from app_fixtures import HOMEOSTASIS, RICH, OpenExplorer, Site
from axe_playwright_python.sync_playwright import Axe
from browser_fixtures import ARGUMENTS, OpenPage, system_chromium
from explorer import Explorer
from playwright.sync_api import Browser, expect

from tvae.page.ui import texts

pytestmark = pytest.mark.browser

PHONE = 375
# Rules that Gradio 6.31 violates in its own footer and controls. Our elements must not violate any.
GRADIOS_OWN = {"aria-prohibited-attr", "color-contrast", "image-redundant-alt", "label-title-only"}
OURS = ", ".join(
    f"#{part}"
    for part in (
        "upload-file",
        "upload-status",
        *(
            "lead",
            "badge",
            "alert",
            "numbers",
            "more-numbers",
            "tiles",
            "plot",
            "examples",
            "problem",
            "truth",
            "results",
            "stories",
        ),
        *("comparison", "limits", "coverage", "trained"),
    )
)
EVERYTHING = f"?checkpoint={HOMEOSTASIS}&operations=min,%20max,%200-5,%20v=8"


def violations(opened: Explorer) -> list[str]:
    """Violations that axe finds, without the known ones of Gradio's own elements."""
    expect(opened.page.locator("#top")).to_be_visible()
    found: list[dict[str, Any]] = Axe().run(opened.page).response["violations"]
    is_ours = "([selector, ours]) => Boolean(document.querySelector(selector)?.closest(ours))"
    return [
        f"{rule['id']} at {node['target'][0]}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if rule["id"] not in GRADIOS_OWN or opened.page.evaluate(is_ours, [node["target"][0], OURS])
    ]


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 1440), (False, PHONE)])
def test_no_axe_violation(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer(EVERYTHING, dark=dark, width=width)
    opened.loaded(HOMEOSTASIS)
    expect(opened.rows).to_have_count(10)
    opened.page.locator("#more-numbers summary").press("Enter")
    opened.page.get_by_text(texts.ABOUT_CHECKPOINT).click()
    opened.tile("coverage").locator("summary").press("Enter")
    opened.page.get_by_role("button", name="Open your own").click()
    opened.page.get_by_role("button", name=texts.UPLOAD_LIST).click()
    expect(opened.page.locator("#upload-status")).to_contain_text("Name a repository as owner/name")
    opened.page.get_by_text("Why they differ").click()
    opened.type("nonsense")
    expect(opened.problem).to_be_visible()
    opened.choose("codon_vae_all.pt")
    expect(opened.alert).to_be_visible()
    opened.text.fill("min, max, 0-5, v=8")
    opened.text.press("Enter")
    expect(opened.rows).to_have_count(10)
    assert opened.page.locator(".trit.wrong").count() > 0
    assert violations(opened) == []


def test_axe_finds_a_violation(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.page.evaluate(
        "document.querySelector('#badge').innerHTML = '<p style=\"color: #ccc; background: #fff\">pale</p><img>'"
    )
    assert {line.split()[0] for line in violations(opened)} == {"color-contrast", "image-alt"}


def test_dark_mode_covers_the_whole_page(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=min", dark=True)
    opened.chosen(15_633)
    script = """() => {
        const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
        const over = (element) => {
            for (; element; element = element.parentElement) {
                const [r, g, b, a = 1] = rgb(getComputedStyle(element).backgroundColor);
                if (a > 0.5) return Math.max(r, g, b);
            }
            return 255;
        };
        const parts = ['body', '.headline dd', '#truth dl', '#results table', '#comparison table', '#coverage p'];
        const ink = (element) => Math.min(...rgb(getComputedStyle(element).color).slice(0, 3));
        const corner = document.querySelector('.scatter canvas').getContext('2d').getImageData(2, 2, 1, 1).data;
        return [Math.max(...parts.map((part) => over(document.querySelector(part)))),
                Math.min(...parts.map((part) => ink(document.querySelector(part)))), Math.max(corner[0], corner[1])];
    }"""
    paper, ink, canvas = opened.page.evaluate(script)
    assert paper < 70
    assert ink > 170
    assert canvas < 70


def test_a_phone_does_not_scroll_sideways(explorer: OpenExplorer) -> None:
    opened = explorer(EVERYTHING, width=PHONE)
    expect(opened.rows).to_have_count(10)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE
    boxes = {}
    for part in ("#checkpoint", "#plot", "#numbers", "#operations", "#truth", "#stories", "#comparison", "#coverage"):
        box = opened.page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE, part
        boxes[part] = box["y"]
    assert list(boxes) == sorted(boxes, key=lambda part: boxes[part])
    columns = opened.page.locator(".headline > div").evaluate_all("numbers => numbers.map(one => one.offsetLeft)")
    assert len(set(columns)) == 2
    region = opened.page.get_by_role("region", name=texts.SELECTED_TABLE)  # the wide table scrolls inside its region
    assert region.evaluate("region => region.scrollWidth > region.clientWidth")
    region.focus()
    opened.page.keyboard.press("ArrowRight")
    opened.page.wait_for_function("document.querySelector('#results .scroll').scrollLeft > 0")


def test_the_plot_needs_no_webgl(site: Site, chromium: Browser) -> None:
    arguments = [*ARGUMENTS, "--disable-software-rasterizer", "--disable-3d-apis"]
    browser = chromium.browser_type.launch(executable_path=system_chromium(), args=arguments)
    try:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site.url}?checkpoint={RICH}&operations=13")
        assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
        opened = Explorer(page)
        opened.answered(RICH)
        opened.chosen(13)
        colours = page.evaluate(
            """() => {
                const canvas = document.querySelector('#plot canvas'), seen = new Set();
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 0; i < pixels.length; i += 4) seen.add(pixels.slice(i, i + 3).join());
                return seen.size;
            }"""
        )
        assert colours > 50
        opened.click_point(0)
        opened.chosen(0)
    finally:
        browser.close()


@pytest.mark.parametrize(("touch", "least"), [(True, 32), (False, 20)])
def test_fingers_have_more_room_than_a_pointer(page: OpenPage, site: Site, touch: bool, least: int) -> None:
    opened = page(site.url, viewport={"width": PHONE, "height": 800}, has_touch=touch, is_mobile=touch)
    for part in ("#examples .chip", "#encoder label:has(input)"):
        expect(opened.locator(part).first).to_be_visible()
        heights = opened.locator(part).evaluate_all("parts => parts.map((part) => part.offsetHeight)")
        assert all(height >= least for height in heights), (part, heights)
        assert touch == (min(heights) >= 32), (part, heights)
