"""The export menu of a plot, and how far a saved picture is from the screen."""

import re
from xml.etree import ElementTree

from playwright.sync_api import Download, Locator, Page

from tvae.page.ui import texts

SVG = "{http://www.w3.org/2000/svg}"
WORDS = texts.table("EXPORT_MENU")
DIFFERENT = 32  # of 255: a pixel differs if one of its colours does by more
SHARE = 0.02  # of the pixels may differ

_COMPARE = """async ([svg, selector, limit]) => {
    const [base, over] = document.querySelectorAll(selector + ' canvas'), {width, height} = base;
    const image = new Image(), q = devicePixelRatio, top = Number(svg.match(/translate\\(0 (\\d+)\\)/)[1]);
    image.src = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
    await image.decode();
    const drawn = (...layers) => {
        const g = Object.assign(document.createElement('canvas'), {width, height}).getContext('2d');
        for (const [layer, ...at] of layers) g.drawImage(layer, ...at);
        return g.getImageData(0, 0, width, height).data;
    };
    const screen = drawn([base, 0, 0], [over, 0, 0]);
    const file = drawn([image, 0, -top * q, image.width * q, image.height * q]);
    let differ = 0, inked = 0;
    for (let k = 0; k < screen.length; k += 4) {
        if ([0, 1, 2].some((c) => Math.abs(screen[k + c] - file[k + c]) > limit)) differ++;
        if ([0, 1, 2].some((c) => Math.abs(screen[k + c] - screen[c]) > limit)) inked++;
    }
    return [differ, inked].map((count) => (4 * count) / screen.length);
}"""


def export(plot: Locator, kind: str) -> Download:
    """The file of a kind, as the script calls it, from the menu of the plot."""
    button = plot.get_by_role("button", name=texts.EXPORT_BUTTON, exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    with plot.page.expect_download() as download:
        plot.get_by_role("group", name=WORDS["formats"]).get_by_role(
            "button", name=WORDS[f"as_{kind}"], exact=True
        ).click()
    return download.value


def export_figure(figure: Locator, kind: str) -> Download:
    """The same of a chart, whose button is there while the chart is hovered or has the focus."""
    button = figure.locator("[data-export-menu]")
    if button.get_attribute("aria-expanded") == "false":
        button.press("Enter")
    with figure.page.expect_download() as download:
        figure.get_by_role("button", name=WORDS[f"as_{kind}"], exact=True).press("Enter")
    return download.value


def differing(page: Page, selector: str, svg: str) -> tuple[float, float]:
    """The shares of pixels that differ between an SVG and the canvases on the screen, and that are not background."""
    differ, inked = page.evaluate(_COMPARE, [svg, selector, DIFFERENT])
    return differ, inked


def words_of(svg: str | bytes) -> list[str]:
    """The words of an SVG."""
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of an SVG."""
    found = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    assert found is not None
    return float(found[1]), float(found[2])
