"""The page's section on linear regions: closed, counted when asked, and true about the checkpoint that is shown."""

import io
import json
import re
from html import unescape

import numpy as np
import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, OpenExplorer, evaluated_here
from axe_playwright_python.sync_playwright import Axe
from explorer import Explorer
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tvae.analysis.linear_regions import counting
from tvae.analysis.linear_regions.bounds import serra_upper
from tvae.analysis.linear_regions.counting import Regions
from tvae.checkpoints import checkpoint_file
from tvae.operations import ternary
from tvae.page.server import compute
from tvae.page.tabs.explore.sections import linear_regions
from tvae.page.ui import texts
from tvae.reports.plots.palette import REGION_COLOURS


def decoded(png: bytes) -> tuple[NDArray[np.uint8], list[str]]:
    """Palette indices (height, width) and colours of a PNG."""
    image = Image.open(io.BytesIO(png))
    colours = bytes(image.getpalette() or []).hex()
    return np.asarray(image), [f"#{colours[k : k + 6]}" for k in range(0, len(colours), 6)]


class TestPieces:
    def test_a_png_gives_its_pixels_back(self) -> None:
        pixels = np.random.default_rng(0).integers(0, len(REGION_COLOURS), (5, 7))
        found, colours = decoded(linear_regions.png(pixels, REGION_COLOURS))
        assert found.tolist() == pixels.tolist()
        assert colours == list(REGION_COLOURS)

    @pytest.mark.parametrize(
        ("bound", "words"),
        [
            (0, "0"),
            (999_999, "999,999"),
            (10**6, "1.0 \u00b7 10<sup>6</sup>"),
            (1_000_001, "1.1 \u00b7 10<sup>6</sup>"),
            (9_999_999, "1.0 \u00b7 10<sup>7</sup>"),
            (7_880 * 10**36, "7.9 \u00b7 10<sup>39</sup>"),
        ],
    )
    def test_an_upper_bound_is_rounded_up(self, bound: int, words: str) -> None:
        assert linear_regions.power(bound) == words
        if bound >= 10**6:
            digits, exponent = re.fullmatch(r"(\S+) \S 10<sup>(\d+)</sup>", words).groups()  # type: ignore[union-attr]
            assert bound <= round(float(digits) * 10) * 10 ** (int(exponent) - 1) <= 1.1 * bound

    def test_what_cannot_be_counted_is_a_sentence(self) -> None:
        assert 'role="alert"' in linear_regions.show("nonsense")
        assert "No checkpoint is called" in linear_regions.show("nonsense")

    def test_nothing_piecewise_linear(self) -> None:
        words = linear_regions.regions_table(Regions((), (("encoder A", "it is <smooth>"),), 5, 0))
        assert "Not counted: encoder A; it is &lt;smooth&gt;." in words

    def test_a_slice_says_in_words_what_it_shows(self) -> None:
        model = checkpoint_file.build(evaluated_here(BUNDLED).checkpoint)
        cut = counting.slice_regions(model, "decoder A", (15_633, 19_569, 13), pixels=20)
        drawn = linear_regions.picture(cut)
        assert f"the plane through min, max, 13 crosses at least {cut.count} linear regions" in drawn
        assert drawn.count("<circle ") == 3
        (figure,) = re.findall('data-figure="([^"]+)"', drawn)
        assert json.loads(unescape(figure)) == compute.regions_slice(cut)

    def test_it_is_counted_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[int] = []
        monkeypatch.setattr(compute, "load_evaluated", evaluated_here)
        monkeypatch.setattr(counting, "count", lambda *_: calls.append(1) or Regions((), (), 17, 5))  # type: ignore[func-returns-value]
        assert compute.regions_of(BUNDLED, 17, 5) == compute.regions_of(BUNDLED, 17, 5)
        assert calls == [1]


def count(opened: Explorer) -> None:
    """Open the section and ask."""
    opened.page.get_by_text("Linear regions").click()
    opened.page.get_by_role("button", name=texts.REGIONS_COUNT).click()
    expect(opened.page.locator("#regions table")).to_be_visible()


class TestSection:
    def test_closed_until_asked_and_then_true(self, explorer: OpenExplorer) -> None:
        opened = explorer(f"?checkpoint={BUNDLED}")
        opened.answered(BUNDLED)  # loading it empties the section
        expect(opened.page.get_by_text("Linear regions")).to_be_visible()
        expect(opened.page.get_by_role("button", name=texts.REGIONS_COUNT)).to_be_hidden()
        count(opened)
        counted = counting.count(checkpoint_file.build(evaluated_here(BUNDLED).checkpoint))
        rows = opened.page.locator("#regions tbody tr")
        expect(rows).to_have_count(len(counted.parts))
        for row, part in zip(rows.all(), counted.parts, strict=True):
            cells = row.locator("th, td").all_inner_texts()
            assert cells[0] == part.name
            assert cells[2:6] == [f"{n:,}" for n in (part.occupied, part.alone, part.largest, part.sampled)]
        assert linear_regions.power(serra_upper(9, (256, 128, 64))) in rows.first.inner_html()
        pictures = opened.page.get_by_role("img", name="the plane through min, max, consensus")
        expect(pictures).to_have_count(2)
        for picture in pictures.all():
            box = picture.bounding_box()
            assert box is not None
            assert box["width"] == pytest.approx(box["height"], abs=1)
        assert opened.page.locator("#regions .origin").inner_text().startswith(f"{BUNDLED}, sha256 ")

    def test_another_checkpoint_empties_it(self, explorer: OpenExplorer) -> None:
        opened = explorer()
        count(opened)
        opened.choose(EUCLIDEAN)
        opened.loaded(EUCLIDEAN)
        expect(opened.page.locator("#regions table")).to_have_count(0)
        opened.page.get_by_role("button", name=texts.REGIONS_COUNT).click()
        expect(opened.page.locator("#regions [data-checkpoint]")).to_have_attribute("data-checkpoint", EUCLIDEAN)
        expect(opened.page.locator("#regions tbody tr")).to_have_count(5)

    @pytest.mark.parametrize(("dark", "width"), [(False, 320), (True, 1440), (True, 320)])
    def test_it_fits_and_can_be_read(self, explorer: OpenExplorer, dark: bool, width: int) -> None:
        opened = explorer(dark=dark, width=width)
        count(opened)
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
        for part in ("#regions svg", "#regions figcaption", "#regions .scroll", "#regions-lead p"):
            box = opened.page.locator(part).first.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width, part
        found = Axe().run(opened.page, context="#regions").response
        assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found["violations"]] == []
        assert "svg-img-alt" in {rule["id"] for rule in found["passes"]}
        ink = "element => Math.min(...getComputedStyle(element).color.match(/[0-9.]+/g).slice(0, 3).map(Number))"
        for part in ("#regions td", "#regions figcaption", "#regions-lead p"):
            assert (opened.page.locator(part).first.evaluate(ink) > 170) == dark, part

    def test_every_operation_is_in_the_words(self) -> None:
        assert f"{ternary.N:,}" in linear_regions.show(BUNDLED)
