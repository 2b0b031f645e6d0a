"""A run belongs to the visit: a reload finds it, leaving asks, a copy of the tab shares it, the form is kept."""

import contextlib
import json
from pathlib import Path

import pytest
from app_fixtures import BUNDLED, OpenExplorer
from explorer import N
from playwright.sync_api import Dialog, Error as PlaywrightError, Page, expect
from train_tab import LIVE, Training

from tvae.checkpoints.checkpoint_file import digest
from tvae.page.server.session_files import GRACE
from tvae.page.ui import texts
from tvae.page.ui.charts.axes import LEFT

pytestmark = pytest.mark.browser
LONG = 20_000
ENDS = "Leaving this page ends the run; reloading it does not"
WORDS = "figure => figure.querySelector('desc').textContent"


@pytest.fixture
def training(explorer: OpenExplorer) -> Training:
    training = Training(explorer().page)
    training.choose("v5_5")
    expect(training.page.get_by_label("Steps", exact=True)).to_have_value("1500")
    return training


def learned(training: Training, before: str) -> str:
    """The description of the loss, once it has values and is not the one from `before`."""
    training.page.wait_for_function(
        f"""before => {{
            const words = ({WORDS})([...document.querySelectorAll('#train-curves figure')].at(-1));
            return words.startsWith('Weighted sum') && words !== before;
        }}""",
        arg=before,
    )
    return str(training.curves.last.evaluate(WORDS))


def leave(page: Page) -> list[str]:
    """Kinds of dialogs that the browser shows when the visitor closes the tab; each is dismissed."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    with contextlib.suppress(PlaywrightError):  # the page is closed
        while not asked:
            page.wait_for_timeout(50)
        page.remove_listener("dialog", stay)
    return asked


def test_a_reload_finds_the_run_and_then_its_result(training: Training, tmp_path: Path) -> None:
    training.run(steps=LONG, seed=3)
    expect(training.status).to_contain_text("of 20,000")
    expect(training.status).to_contain_text(ENDS)
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    losses = learned(training, "")

    training = training.reloaded()
    expect(training.start).to_be_disabled()
    expect(training.stop).to_be_enabled()
    expect(training.status).to_contain_text("of 20,000")
    assert (training.field("Steps"), training.field("Seed")) == (str(LONG), "3")
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    learned(training, losses)
    covered = training.curves.first
    assert (covered.locator("path.line").first.get_attribute("d") or "").startswith(f"M{LEFT} ")  # from step 0 on
    assert "20,000" in (covered.locator("svg").text_content() or "")  # the axis of the whole run
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")
    expect(training.start).to_be_enabled()
    sha256, drawn = training.sha256(), covered.evaluate(WORDS)

    training = training.reloaded()
    expect(training.status).to_contain_text("Stopped on request.")
    expect(training.summary).to_contain_text(f"{texts.STILL_HERE} trained here: v5_5, seed 3, changed")
    assert training.sha256() == sha256
    assert training.curves.first.evaluate(WORDS) == drawn
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    with training.page.expect_download() as download:
        training.page.get_by_role("button", name="Download .safetensors").click()
    download.value.save_as(tmp_path / "got.safetensors")
    assert digest((tmp_path / "got.safetensors").read_bytes()) == sha256
    training.explore.click()
    expect(training.page.locator("#badge .badge")).to_have_text("yours")


def test_many_quick_reloads_leave_one_run(training: Training) -> None:
    training.run(steps=LONG)
    expect(training.stop).to_be_enabled()
    for _ in range(4):
        training.page.reload(wait_until="domcontentloaded")
    training.page.wait_for_load_state()
    training = Training(training.page)
    expect(training.stop).to_be_enabled()
    expect(training.status).to_contain_text("of 20,000")
    expect(training.status).not_to_contain_text(texts.SHARED.strip())
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")


def test_leaving_asks_only_while_a_run_goes_on(training: Training) -> None:
    page = training.page
    training.run(steps=LONG)
    expect(training.status).to_contain_text("of 20,000")
    assert leave(page) == ["beforeunload"]
    expect(training.stop).to_be_enabled()  # the page has stayed
    page.get_by_role("tab", name="Explore").click()
    assert leave(page) == ["beforeunload"]  # in any tab
    page.get_by_role("tab", name="Train").click()
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")
    assert leave(page) == []
    assert page.is_closed()


def test_leaving_asks_after_a_reload_in_another_tab_too(training: Training) -> None:
    page = training.page
    training.run(steps=LONG)
    expect(training.status).to_contain_text("of 20,000")
    page.add_init_script("document.addEventListener('tvae-leaving', event => { window.asks = event.detail; })")
    page.goto(page.url.partition("?")[0])  # opens on Explore
    page.wait_for_function("window.asks === true")
    page.mouse.click(5, 5)  # browsers ask only whoever has used the page
    assert leave(page) == ["beforeunload"]
    training = Training(page)
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")
    assert leave(page) == []


def test_a_page_without_a_run_is_left_without_a_question(training: Training) -> None:
    training.fill("Steps", "2.5")
    training.start.click()
    expect(training.status.locator("[role=alert]")).to_be_visible()
    assert leave(training.page) == []


def test_a_copy_of_the_tab_shows_the_same_run(training: Training) -> None:
    page = training.page
    training.run(steps=LONG)
    expect(training.status).to_contain_text("of 20,000")
    with page.expect_popup() as opened:  # a window that a page opens begins with a copy of its storage
        page.evaluate("open(location.href)")
    copy = Training(opened.value)
    for one in (training, copy):
        expect(one.status).to_contain_text(texts.SHARED.strip())
        expect(one.stop).to_be_enabled()
        expect(one.start).to_be_disabled()
    copy.page.close()
    expect(training.status).to_contain_text(ENDS)
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")


def test_another_visitor_and_a_forged_key_find_nothing(training: Training, explorer: OpenExplorer) -> None:
    training.run(steps=LONG)
    expect(training.status).to_contain_text("of 20,000")
    page = explorer().page
    other = Training(page)
    expect(other.status).to_contain_text(texts.NO_CURVES)
    key = training.page.evaluate("sessionStorage.getItem('visit')")
    for forged in ("0", key[:-1], key.swapcase(), json.dumps({"visit": key})):
        page.evaluate("key => sessionStorage.setItem('visit', key)", forged)
        other = other.reloaded()
        expect(other.status).to_contain_text(texts.DELETED.strip().format(minutes=GRACE / 60))
        expect(other.start).to_be_enabled()
        page.wait_for_function("sessionStorage.getItem('visit') === null")
    expect(training.stop).to_be_enabled()
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")


def test_the_form_keeps_its_values(training: Training) -> None:
    page = training.page
    training.choose(BUNDLED)
    training.fill("Steps", "40")
    training.fill("Seed", "11")
    training.fill("Learning rate (peak)", "0.004")
    page.get_by_text(texts.TRAIN_WEIGHTS).click()
    order = page.get_by_label("number input for Order")
    order.fill("2.5")
    order.press("Tab")

    def kept() -> None:
        assert [training.field(label) for label in ("Steps", "Seed", "Learning rate (peak)")] == ["40", "11", "0.004"]
        assert training.field("Recipe").startswith(BUNDLED)
        expect(page.get_by_label("number input for Order")).to_have_value("2.5")

    kept()
    page.get_by_role("tab", name="Learn").click()
    page.get_by_role("tab", name="Train").click()
    kept()
    page.wait_for_function("sessionStorage.getItem('train')?.includes('2.5')")
    training = training.reloaded()
    kept()
    training.fill("Seed", "")
    page.get_by_role("button", name=texts.TRAIN_RESET).click()
    expect(page.get_by_label("Steps", exact=True)).to_have_value("2500")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("0")
    expect(page.get_by_label("number input for Order")).to_have_value("1")
    page.wait_for_function("JSON.parse(sessionStorage.getItem('train'))?.seed === 0")
    training = training.reloaded()
    assert [training.field(label) for label in ("Steps", "Seed", "Learning rate (peak)")] == ["2500", "0", "0.005"]


@pytest.mark.parametrize("width", [375, 1440])
def test_the_curves_have_axes_from_the_start_and_nothing_of_them_is_cut(explorer: OpenExplorer, width: int) -> None:
    page = explorer("?tab=train", width=width).page
    training = Training(page)
    training.choose("isometric")
    expect(page.get_by_label("Steps", exact=True)).to_have_value("2500")
    training.run(steps=60)
    waiting = page.locator("#train-curves svg", has_text=texts.CURVES_WAIT)
    expect(waiting.first).to_be_visible()  # loss has no value at step 0
    expect(training.status).to_contain_text("Done after 60 steps.")
    expect(training.status).to_contain_text("average distortion A 0.")
    expect(page.locator("#train-curves figcaption")).to_have_text(
        ["Coverage", "Hierarchy", "Level overlaps", "Richness", "Average distortion", "Loss"]
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll('#train-curves svg')].flatMap(svg => [...svg.querySelectorAll('text')]
            .filter(text => { const {x, width} = text.getBBox(); return x < 0 || x + width > 320; })
            .map(text => text.textContent))"""
    )
    assert cut == []
    for figure in training.curves.all():
        labels = figure.locator("text.end").all_text_contents()
        assert len(labels) >= 2
        assert len(set(labels)) == len(labels)
