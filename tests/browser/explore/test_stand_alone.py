"""The stand-alone HTML of a plot: opened from a disk without any network, it shows the picture and names its dots."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app_fixtures import OPENING, OpenExplorer, digest, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from ball_tab import MIN, OpenBall
from export_menu import WORDS, export
from playwright.sync_api import Browser, Download, Page, expect

from tvae.operations import ternary

pytestmark = pytest.mark.browser
OpenFile = Callable[[Download], Page]
INKED = """([canvas]) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let inked = 0;
    for (let k = 3; k < data.length; k += 4) inked += data[k] > 0;
    return inked;
}"""


@pytest.fixture
def from_disk(chromium: Browser, tmp_path: Path) -> Iterator[OpenFile]:
    """Open a saved file without network. It may ask for nothing but itself, and log no error."""
    asked: list[str] = []
    problems: list[str] = []
    files: list[str] = []
    context = chromium.new_context(offline=True)

    def open_file(file: Download) -> Page:
        path = tmp_path / file.suggested_filename
        file.save_as(path)
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: message.type == "error" and problems.append(message.text))
        opened.on("pageerror", lambda error: problems.append(str(error)))
        files.append(path.as_uri())
        opened.goto(files[-1])
        assert 200_000 < path.stat().st_size < 1_000_000
        return opened

    yield open_file
    context.close()
    assert asked != []
    assert set(asked) <= {"data:,", *files}
    assert problems == []


def check(opened: Page, facts: str, alone: bool) -> None:
    """Whether the file says these facts about `min` when it is typed, and names a dot when one is pointed at.

    `alone`: no other dot is within a pixel of it.
    """
    expect(opened.locator("#tip")).to_be_hidden()
    opened.locator("#find").fill(str(MIN))
    tip = opened.locator("#tip")
    expect(tip).to_contain_text(facts)
    expect(opened.locator("#status")).to_contain_text(facts)
    box = opened.locator("#mark").bounding_box()
    assert box is not None
    opened.locator("#find").fill("")
    expect(tip).to_be_hidden()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tip).to_contain_text(f"operation {MIN}" if alone else "operation ")
    opened.mouse.move(1, 1)
    expect(tip).to_be_hidden()
    assert opened.evaluate(INKED, [opened.locator("#dots").element_handle()]) > 300
    found = Axe().run(opened).response["violations"]
    assert [rule["id"] for rule in found] == []


def test_the_radius_plot_works_from_a_disk(explorer: OpenExplorer, from_disk: OpenFile) -> None:
    opened = explorer("?operations=min")
    opened.chosen(MIN)
    file = export(opened.page.locator("#plot"), "html")
    assert file.suggested_filename == f"{OPENING}-radius-b-{digest(OPENING)}.html"
    evaluated = evaluated_here(OPENING)
    page = from_disk(file)
    expect(page.locator("h1")).to_have_text(OPENING)
    expect(page.locator("h1 + p")).to_have_text(
        f"sha256 {evaluated.checkpoint.sha256[:12]}, hyperbolic radius, encoder B"
    )
    check(
        page,
        f"valuation {ternary.VALUATIONS[MIN]}, hyperbolic radius {evaluated.embedding.b.radius[MIN]:.4f}",
        alone=True,
    )
    expect(page.locator("#picture svg").last).to_contain_text("min")
    page.locator("#find").fill("19683")
    expect(page.locator("#status")).to_have_text(WORDS["html_none"].format(n=19683))


@pytest.mark.parametrize(
    ("query", "view", "what"),
    [
        ("", "digits", "hyperbolic distance from the origin as a disk"),
        ("?ball_view=2d", "2d", "two measured directions from the origin"),
        ("?ball_view=3d", "3d", "three measured directions from the origin"),
    ],
)
def test_the_ball_works_from_a_disk(ball: OpenBall, from_disk: OpenFile, query: str, view: str, what: str) -> None:
    opened = ball(f"{query}{'&' if query else '?'}operations=min")
    opened.wait(f".view === '{view}'")
    opened.wait(".selected.length === 1")
    page = from_disk(export(opened.page.locator("#ball-disk"), "html"))
    evaluated = evaluated_here(OPENING)
    expect(page.locator("h1 + p")).to_have_text(f"sha256 {evaluated.checkpoint.sha256[:12]}, {what}, encoder A")
    check(page, f"distance from the origin {opened.get(f'radii[{MIN}]'):.4f}", alone=False)


def test_dots_that_are_filtered_out_are_not_named(explorer: OpenExplorer, from_disk: OpenFile) -> None:
    opened = explorer("?filter=valuation:2,3")
    opened.wait(".hue(1) === ''")
    page = from_disk(export(opened.page.locator("#plot"), "html"))
    expect(page.locator("h1 + p + p")).to_have_text("1,944 of 19,683 operations shown: valuation 2, 3")
    for index, shown in ((9, True), (1, False)):
        page.locator("#find").fill(str(index))
        expect(page.locator("#tip")).to_be_visible(visible=shown)
    expect(page.locator("#status")).to_have_text(WORDS["html_none"].format(n=1))


def test_it_fits_a_phone(explorer: OpenExplorer, from_disk: OpenFile) -> None:
    opened = explorer("?operations=min")
    opened.chosen(MIN)
    page = from_disk(export(opened.page.locator("#plot"), "html"))
    page.set_viewport_size({"width": 320, "height": 640})
    check(page, f"valuation {ternary.VALUATIONS[MIN]}", alone=False)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
