"""A page that was started with `--runs`: its runs are among all checkpoints, in the dropdown, and have links."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from app_fixtures import OpenExplorer, Site, running_app
from explorer import Explorer
from hub_server import LocalHub
from playwright.sync_api import expect
from sweep_runs import run_row, sweep_of

from tvae.page.ui import texts

pytestmark = pytest.mark.browser
ROWS = [run_row("tree", 3, q=0.125), run_row("ball", 4)]
TREE, BALL = (f"{row['recipe']} seed {row['seed']} {row['id'][:6]}" for row in ROWS)


@pytest.fixture(scope="module")
def site_of_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    runs: Path = sweep_of(tmp_path_factory.mktemp("sweep") / "runs", *ROWS)
    with running_app(LocalHub(), tmp_path_factory.mktemp("home"), "--runs", str(runs), HF_HUB_OFFLINE="1") as running:
        yield running


def test_a_run_is_among_all_checkpoints_and_opens_on_explore(site_of_runs: Site, explorer: OpenExplorer) -> None:
    page = explorer(url=site_of_runs.url).page
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#compare-board-lead")).to_contain_text(texts.BOARD_RUNS)
    rows = page.locator("#compare-board-table tbody tr")
    expect(rows.last).to_contain_text(texts.table("BOARD_SOURCES")["run"])
    assert {row.get_attribute("data-row") for row in rows.all()[-2:]} == {TREE, BALL}
    page.locator("#compare-board-encoder").get_by_text("B", exact=True).click()
    expect(page.locator(f'tr[data-row="{TREE}"]')).to_contain_text("0.1250")  # of the sweep
    page.locator(f'tr[data-row="{TREE}"] .open').click()
    Explorer(page).loaded(TREE)
    expect(page.locator("#badge .badge")).to_have_text("good")
    expect(page).to_have_url(re.compile(f"checkpoint={re.sub(' ', '(%20|[+])', TREE)}"))


def test_a_run_is_chosen_in_the_dropdown(site_of_runs: Site, explorer: OpenExplorer) -> None:
    opened = explorer(url=site_of_runs.url)
    opened.dropdown.click()
    opened.page.get_by_role("option", name=f"{BALL} - experimental, sweep").click()
    opened.loaded(BALL)
    expect(opened.page.locator("#badge .badge")).to_have_text("experimental")  # as in the list


def test_a_link_opens_a_run_and_one_of_no_run_is_refused(site_of_runs: Site, explorer: OpenExplorer) -> None:
    explorer(f"?checkpoint={quote(TREE)}", url=site_of_runs.url).loaded(TREE)
    refused = explorer(f"?checkpoint={quote('tree seed 9 000000')}", url=site_of_runs.url)
    expect(refused.alert).to_contain_text("tree seed 9 000000")
