"""Pictures of the radius plot for a paper: as on the screen, with a title, from a menu that works by keyboard."""

import io
import json

import numpy as np
import pytest
from app_fixtures import OPENING, OpenExplorer, digest, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from export_menu import SHARE, WORDS, differing, export, size_of, words_of
from PIL import Image
from playwright.sync_api import Locator, expect

from tvae.page.ui import texts
from tvae.reports.plots.palette import TRIT_COLOURS

pytestmark = pytest.mark.browser


def plot(opened: Explorer) -> Locator:
    return opened.page.locator("#plot")


def svg_of(opened: Explorer) -> str:
    return export(plot(opened), "svg").path().read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("query", "scale"),
    [
        ("?scale=linear", "linear"),
        ("?encoder=A&scale=log&operations=min,max,13", "log"),
        ("?scale=levels&operations=v=5", "levels"),
        ("?checkpoint=isometric&encoder=A", "linear"),
    ],
)
def test_an_svg_is_the_picture_on_the_screen(explorer: OpenExplorer, query: str, scale: str) -> None:
    opened = explorer(query)
    if "isometric" in query:
        opened.answered("isometric")
    opened.wait(f".scale === '{scale}'")
    if "operations" in query:
        opened.wait(".selected.length > 0")
    differ, inked = differing(opened.page, "#plot", svg_of(opened))
    assert inked > 0.005
    assert differ <= min(SHARE, inked / 3)


def test_each_picture_has_a_title_and_its_own_name(explorer: OpenExplorer) -> None:
    opened = explorer("?encoder=A&measure=norm")
    opened.wait(".measure === 'norm'")
    sha256 = evaluated_here(OPENING).checkpoint.sha256
    svg = svg_of(opened)
    assert words_of(svg)[:2] == [OPENING, f"sha256 {sha256[:12]}, Euclidean norm, encoder A"]
    assert OPENING not in opened.page.locator("#plot .scatter-plot").inner_text()
    width, height = size_of(svg)
    for kind, scale in (("png2", 2), ("png3", 3)):
        file = export(plot(opened), kind)
        name = f"{OPENING}-norm-a-{digest(OPENING)}.png"
        assert file.suggested_filename == name
        expect(plot(opened).locator(".export-status")).to_have_text(
            texts.table("SAVE_STATUS")["saved"].format(name=name)
        )
        picture = Image.open(io.BytesIO(file.path().read_bytes())).convert("RGB")
        assert picture.size == (scale * width, scale * height)
        paper = picture.getpixel((2, 2))
        title = picture.crop((0, 0, picture.width, 30 * scale))
        assert max(count for count, colour in title.getcolors(1 << 24) or [] if colour != paper) > 50


def test_each_file_of_a_filtered_plot_says_so(explorer: OpenExplorer) -> None:
    opened = explorer("?colour=first&filter=valuation:2,3")
    opened.wait(f".colour === 'first' && {opened.handle}.hue(1) === ''")
    filtered = "1,944 of 19,683 operations shown: valuation 2, 3"
    svg = svg_of(opened)
    assert words_of(svg)[2] == filtered
    spoken = plot(opened).get_by_role("application").get_attribute("aria-label")
    for words in (svg, spoken):
        assert f"Colours show first digit. {filtered}." in (words or "")
    differ, inked = differing(opened.page, "#plot", svg)
    assert differ <= min(SHARE, inked / 3)
    figure = json.loads(export(plot(opened), "json").path().read_text())
    assert figure["layout"]["title"]["text"].endswith(f"<br>Colours show first digit. {filtered}.")
    marker = figure["data"][0]["marker"]
    assert [sum(one == share for one in marker["opacity"]) for share in (1, 0.1)] == [1_944, 17_739]
    assert set(marker["color"]) == set(TRIT_COLOURS.values())


def test_a_png_is_the_screen_enlarged(explorer: OpenExplorer) -> None:
    opened = explorer("?operations=min,max")
    opened.wait(".selected.length === 2")
    picture = Image.open(io.BytesIO(export(plot(opened), "png2").path().read_bytes())).convert("L")
    opened.page.keyboard.press("Escape")
    opened.page.mouse.move(2, 2)
    screen = Image.open(io.BytesIO(opened.page.locator("#plot canvas").first.screenshot())).convert("L")
    top = picture.height - 2 * screen.height
    small = picture.crop((0, top, picture.width, picture.height)).resize((screen.width // 8, screen.height // 8))
    far = np.abs(np.asarray(small, int) - np.asarray(screen.resize(small.size), int))
    assert np.mean(far > 40) < 0.05  # the tools lie over the canvas


def test_the_menu_works_by_keyboard(explorer: OpenExplorer) -> None:
    opened = explorer()
    button = plot(opened).get_by_role("button", name=texts.EXPORT_BUTTON, exact=True)
    entries = plot(opened).get_by_role("group", name=WORDS["formats"]).get_by_role("button")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    opened.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(entries.first).to_be_focused()
    opened.page.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Tab")
    expect(entries.nth(1)).to_be_focused()
    opened.page.keyboard.press("Escape")
    expect(entries).to_have_count(0)
    expect(button).to_be_focused()
    opened.page.keyboard.press("Enter")
    expect(entries.first).to_be_focused()
    opened.page.keyboard.press("Shift+Tab")
    opened.page.keyboard.press("Shift+Tab")
    expect(entries).to_have_count(0)  # it closes when the focus leaves it
    button.click()
    expect(entries.first).to_be_focused()
    opened.page.locator("#plot .scatter-plot").click(position={"x": 70, "y": 60})
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 320), (False, 375)])
def test_the_menu_is_whole_and_accessible_on_every_screen(explorer: OpenExplorer, dark: bool, width: int) -> None:
    opened = explorer(dark=dark, width=width)
    plot(opened).get_by_role("button", name=texts.EXPORT_BUTTON, exact=True).click()
    menu = plot(opened).get_by_role("group", name=WORDS["formats"])
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(opened.page, "#plot").response["violations"]
    assert [rule["id"] for rule in found if rule["id"] != "color-contrast"] == []
