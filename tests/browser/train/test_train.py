"""The Train tab in the browser: watching, exploring, downloading and stopping a run; two runs at once; leaving."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from app_fixtures import BUNDLED, OPENING, OpenExplorer, Site
from axe_playwright_python.sync_playwright import Axe
from explorer import LOOKS, N, put_on
from playwright.sync_api import expect
from train_tab import LIVE, Training

from tvae.checkpoints import loading
from tvae.checkpoints.checkpoint_file import digest
from tvae.page.ui import texts
from tvae.training.recipes.table import recipe
from tvae.training.train_to_file import train_to_file

pytestmark = pytest.mark.browser


@pytest.fixture
def training(explorer: OpenExplorer) -> Training:
    training = Training(explorer().page)
    training.choose(BUNDLED)
    return training


def workers(site: Site) -> int:
    """Number of training processes of the app."""
    found = subprocess.run(
        ["pgrep", "-P", str(site.process.pid), "-f", "tvae.training.jobs.worker"],
        capture_output=True,
        text=True,
        check=False,
    )
    return len(found.stdout.split())


def test_a_run_is_watched_explored_and_downloaded(training: Training, tmp_path: Path) -> None:
    page = training.page
    training.run(steps=40, seed=7)
    expect(training.start).to_be_disabled()
    expect(training.status).to_contain_text("of 40, all at once.")
    page.wait_for_function(f"{LIVE}?.count === {N}")
    expect(training.status).to_contain_text("Done after 40 steps.")
    expect(page.locator("#train-curves figcaption")).to_have_text(
        ["Coverage", "Hierarchy", "Level overlaps", "Richness", "Loss"]
    )
    expect(training.start).to_be_enabled()
    row = train_to_file(BUNDLED, seed=7, epochs=40 * 1024 / 19683, output=tmp_path / "own.safetensors", show=False)
    assert row["steps"] == 40
    measured = row["metrics"]["a"]["overlaps"], row["metrics"]["b"]["overlaps"]
    expect(training.status).to_contain_text(f"level overlaps A {measured[0]}, B {measured[1]}")
    expect(training.summary).to_contain_text(texts.OTHER_BYTES)
    for button, suffix in (("Download .safetensors", ".safetensors"), ("Download .pt", ".pt")):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        path = tmp_path / f"got{suffix}"
        download.value.save_as(path)
        assert download.value.suggested_filename == f"{BUNDLED}-seed7-{training.sha256()[:8]}{suffix}"
        assert loading.open_located(loading.locate_any(path)).metadata["seed"] == 7
    assert digest((tmp_path / "got.safetensors").read_bytes()) == training.sha256()
    training.explore.click()
    badge = page.locator("#badge")
    expect(badge.locator(".badge")).to_have_text("yours")
    expect(badge).to_contain_text("Recorded in the file: recipe homeostatic_rich, seed 7, 40 steps.")
    expect(badge).to_contain_text(
        "opened or trained on this server, kept while the page it came from is open and for 10 more minutes, "
        f"sha256 {digest((tmp_path / 'got.safetensors').read_bytes())[:16]}"
    )
    training.opened.wait(f".verdict === 'overlaps {measured[1]} of 9'")
    training.opened.type("v=8")
    training.opened.chosen(6_561, 13_122)
    training.opened.choose(f"{BUNDLED} - ")
    training.opened.loaded(BUNDLED)
    training.opened.choose("trained here: homeostatic_rich, seed 7, changed")
    expect(badge.locator(".badge")).to_have_text("yours")


def test_a_stopped_run_keeps_its_weights(training: Training) -> None:
    training.choose("v5_5")
    expect(training.page.get_by_label("Steps", exact=True)).to_have_value("1500")
    expect(training.page.locator("#train-about")).to_contain_text(recipe("v5_5").summary[5:])
    training.fill("Steps", "20000")
    training.start.click()
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    training.stop.click()
    expect(training.status).to_contain_text("Stopped on request.")
    training.explore.click()
    expect(training.page.locator("#measure label")).to_have_text(["length of \u03bc (Euclidean)"])
    expect(training.page.locator("#badge .badge")).to_have_text("yours")


def test_only_the_loss_weights_of_the_recipe_are_adjustable(training: Training) -> None:
    page = training.page
    page.get_by_text(texts.TRAIN_WEIGHTS).click()
    order = page.get_by_label("range slider for Order")
    expect(order).to_be_enabled()
    training.choose("v5_5")
    expect(order).to_be_disabled()
    expect(page.get_by_label("range slider for Reconstruction")).to_be_enabled()


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Seed", "-1", "Found the seed -1; on the page, a seed is a whole number from 0 to 9,007,199,254,740,991"),
        ("Seed", "", 'The field "Seed" is empty. Give a whole number from 0 to 9,007,199,254,740,991, such as 0.'),
        ("Seed", "9007199254740993", "on the page, a seed is a whole number from 0 to 9,007,199,254,740,991"),
        ("Steps", "2.5", 'The field "Steps" is 2.5. Give a whole number from 1 to 20,000, such as 2,500.'),
        ("Steps", "", 'The field "Steps" is empty. Give a whole number from 1 to 20,000, such as 2,500.'),
        ("Steps", "0", "Found 0 steps; a run here has 1 to 20,000"),
        ("Steps", "1000000", "Found 1,000,000 steps; a run here has 1 to 20,000"),
        (
            "Learning rate (peak)",
            "",
            'The field "Learning rate (peak)" is empty. Give a positive number, such as 0.005',
        ),
        ("Learning rate (peak)", "-3", "Found the learning rate -3; give a positive number"),
    ],
)
def test_an_invalid_setting_is_a_sentence(training: Training, label: str, value: str, sentence: str) -> None:
    training.fill(label, value)
    training.start.click()
    expect(training.status.locator("[role=alert]")).to_contain_text(sentence)
    expect(training.start).to_be_enabled()


def test_two_visitors_do_not_mix_and_the_main_tab_responds(site: Site, explorer: OpenExplorer) -> None:
    one, two, third = Training(explorer().page), Training(explorer().page), explorer()
    one.run(steps=20_000, seed=1)
    two.run(steps=30, seed=2)
    expect(two.status).to_contain_text("Done after 30 steps.")
    third.type("v=8")
    third.chosen(6_561, 13_122)
    expect(one.status).to_contain_text("of 20,000, all at once.")
    one.start.click(force=True)  # disabled, so without effect
    one.stop.click()
    expect(one.status).to_contain_text("Stopped on request.")
    assert one.sha256() != two.sha256()
    two.explore.click()
    expect(two.page.locator("#badge")).to_contain_text("seed 2, 30 steps")
    one.explore.click()
    expect(one.page.locator("#badge")).to_contain_text("seed 1")
    with one.page.expect_response("**/queue/join*"):
        one.page.get_by_label("Checkpoint", exact=True).click()
        one.page.get_by_role("option", name=f"{BUNDLED} - ").first.click()
    one.page.get_by_label("Checkpoint", exact=True).click()
    expect(one.page.get_by_role("option", name="trained here")).to_have_count(1)


def test_a_run_ends_when_its_visitor_leaves(site: Site, explorer: OpenExplorer) -> None:
    training = Training(explorer().page)
    training.run(steps=20_000)
    training.page.wait_for_function(f"{LIVE}?.count === {N}")
    assert workers(site) >= 1
    training.page.close()
    deadline = time.monotonic() + 150  # of which the run waits 60 s for the page to come back
    while workers(site):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_checkpoint_of_an_ended_session_is_a_sentence(explorer: OpenExplorer) -> None:
    opened = explorer("?checkpoint=mine/gone")
    expect(opened.alert).to_contain_text("deleted because its session ended")
    opened.loaded(OPENING)


def test_no_axe_violation(training: Training) -> None:
    page = training.page
    training.run(steps=40)
    expect(training.status).to_contain_text("Done after 40 steps.")
    page.locator("#train-about summary").click()
    page.get_by_role("button", name=texts.PUBLISH_TITLE).click()
    page.get_by_role("button", name=texts.PUBLISH).click()
    expect(page.locator("#uploaded [role=alert]")).to_be_visible()
    ours = ("about", "limits", "status", "summary", "files", "curves", "plot")
    for look in LOOKS:
        put_on(page, look)
        for part in (*(f"#train-{name}" for name in ours), "#uploaded", "#account"):
            found: list[dict[str, Any]] = Axe().run(page, context=part).response["violations"]
            assert [f"{look}, {rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]] == []
