"""Properties and quantities of operations: from a short menu, as colours, as filters, and as columns of the table."""

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from app_fixtures import OpenExplorer
from axe_playwright_python.sync_playwright import Axe
from explorer import LOOKS, Explorer, N, put_on
from playwright.sync_api import Locator, expect

from tvae.operations.atlas import properties
from tvae.page.ui import texts
from tvae.reports.columns import column_of
from tvae.reports.plots.palette import PROPERTY_COLOURS

pytestmark = pytest.mark.browser

WORDS, GROUPS = texts.table("COLUMNS"), texts.table("COLUMN_GROUPS")
MIN, MAX, LEFT = 15_633, 19_569, 19_305
CLONE = "keeps(-, 0)"
DISK = "document.querySelector('#ball-disk .disk')?.tvae"


def bar(opened: Explorer, root: str = "#plot") -> Locator:
    return opened.page.locator(f"{root} .columns-bar")


def choose(opened: Explorer, group: str, key: str = "", root: str = "#plot") -> None:
    bar(opened, root).get_by_label(WORDS["by"]).select_option(label=GROUPS[group])
    if key:
        bar(opened, root).get_by_label(WORDS["which"]).select_option(label=key)


def button(opened: Explorer, name: str, root: str = "#plot") -> Locator:
    return bar(opened, root).get_by_role("button", name=name, exact=True)


def parameters(opened: Explorer) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(opened.page.url).query).items()}


def left(opened: Explorer) -> int:
    count: int = opened.page.evaluate(
        f"Array.from({{length: {N}}}, (_, i) => {opened.handle}.hue(i) !== '').filter(Boolean).length"
    )
    return count


def cells(opened: Explorer) -> list[list[str]]:
    found: list[list[str]] = opened.page.evaluate(
        """() => [...document.querySelectorAll('#results tbody tr')].map((row) =>
            [...row.querySelectorAll('.column-listed')].map((cell) => cell.textContent))"""
    )
    return found


def test_a_group_has_a_menu_of_its_own(explorer: OpenExplorer) -> None:
    opened = explorer()
    which = bar(opened).get_by_label(WORDS["which"])
    expect(which).to_be_hidden()
    expect(button(opened, WORDS["list"])).to_be_hidden()
    choose(opened, "property")
    opened.wait(".colour === 'commutative'")
    expect(which.locator("option")).to_have_text([one.name for one in (*properties.IDENTITIES, *properties.DERIVED)])
    choose(opened, "clone")
    expect(which.locator("option")).to_have_text([one.name for one in properties.CLONES])
    choose(opened, "quantity", "values taken")
    opened.wait(".colour === 'image'")
    column = column_of("image")
    hues = opened.page.evaluate(f"[0, {MIN}].map((i) => {opened.handle}.hue(i))")
    assert hues == [column.colours[1], column.colours[3]]
    expect(bar(opened).locator(".columns-legend button:visible")).to_have_text(["1", "2", "3"])
    expect(bar(opened)).to_contain_text("values taken: values that the operation takes.")
    bar(opened).get_by_label(WORDS["by"]).select_option("first")
    expect(which).to_be_hidden()


def test_a_property_colours_explains_itself_and_filters_in_all_tabs(explorer: OpenExplorer) -> None:
    opened = explorer()
    choose(opened, "property", "sheffer")
    opened.wait(".colour === 'sheffer'")
    assert opened.page.evaluate(f"[{MIN}, 3].map((i) => {opened.handle}.hue(i))")[0] == PROPERTY_COLOURS[0]
    expect(bar(opened)).to_contain_text(WORDS["about"].format(meaning=column_of("sheffer").meaning))
    button(opened, "yes").click()
    expect(bar(opened)).to_contain_text("3,774 of 19,683 operations shown: sheffer yes")
    assert left(opened) == 3_774
    assert parameters(opened) == {"colour": "sheffer", "filter": "sheffer:1"}
    opened.page.get_by_role("tab", name="Ball").click()
    opened.page.wait_for_function(f"{DISK}?.count === {N} && {DISK}.colour === 'sheffer'")
    assert opened.page.evaluate(f"{DISK}.hue({MIN})") == ""
    expect(bar(opened, "#ball-disk").get_by_label(WORDS["which"])).to_have_value("sheffer")
    choose(opened, "clone", CLONE, "#ball-disk")
    opened.page.wait_for_function(f"{DISK}.colour === '{CLONE}'")
    opened.page.get_by_role("tab", name="Explore").click()
    expect(bar(opened).get_by_label(WORDS["which"])).to_have_value(CLONE)


def test_a_link_has_a_clone_as_colour_filter_and_column(explorer: OpenExplorer) -> None:
    name = quote(CLONE)
    opened = explorer(f"?colour={name}&filter={name}:1&columns={name};image&operations={MIN},{MAX},0")
    opened.chosen(MIN, MAX, 0)
    opened.wait(f".colour === '{CLONE}'")
    expect(bar(opened)).to_contain_text(f"3,888 of 19,683 operations shown: {CLONE} yes")
    expect(opened.results.locator("thead .column-listed")).to_have_count(2)
    expect(opened.results.locator("tbody .column-listed").last).to_have_text("1")
    assert cells(opened) == [["yes", "3"], ["yes", "3"], ["yes", "1"]]
    asked = explorer(f"?columns=hue;{name}")
    expect(bar(asked)).to_contain_text("cannot be read and is ignored: hue.")
    assert left(asked) == N
    near = explorer("?filter=comutative:1&columns=sheffr")
    expect(bar(near)).to_contain_text("The nearest: commutative, sheffer.")


def test_columns_are_added_follow_the_selection_and_are_removed(explorer: OpenExplorer) -> None:
    opened = explorer(f"?operations={MIN},3")
    opened.chosen(MIN, 3)
    choose(opened, "property", "commutative")
    button(opened, WORDS["list"]).click()
    expect(button(opened, WORDS["unlist"])).to_be_visible()
    choose(opened, "property", "semilattice")
    button(opened, WORDS["list"]).click()
    expect(opened.results.locator("tbody .column-listed").last).to_have_text("no")
    assert cells(opened) == [["yes", "yes"], ["no", "no"]]
    assert parameters(opened)["columns"] == "commutative;semilattice"
    opened.type("min, left, max")
    opened.chosen(MIN, LEFT, MAX)
    expect(opened.results.locator("tbody .column-listed")).to_have_text(["yes", "yes", "no", "no", "yes", "yes"])
    opened.results.get_by_role("button", name="Remove commutative from the table").click()
    expect(opened.results.locator("tbody .column-listed")).to_have_text(["yes", "no", "yes"])
    assert parameters(opened)["columns"] == "semilattice"
    expect(opened.results.locator(".scroll")).to_be_focused()
    button(opened, WORDS["unlist"]).click()
    expect(opened.results.locator(".column-listed")).to_have_count(0)
    assert "columns" not in parameters(opened)


def test_in_other_tabs_the_button_names_the_table_of_explore(explorer: OpenExplorer) -> None:
    opened = explorer(f"?operations={MIN},3&colour=sheffer&tab=ball")
    there = button(opened, WORDS["list_there"], "#ball-disk")
    there.click()
    expect(button(opened, WORDS["unlist_there"], "#ball-disk")).to_be_visible()
    opened.page.get_by_role("tab", name="Compare").click()
    expect(button(opened, WORDS["unlist_there"], "#compare-colour")).to_be_visible()
    opened.page.get_by_role("tab", name="Explore").click()
    expect(button(opened, WORDS["unlist"])).to_be_visible()
    expect(opened.results.locator("tbody .column-listed")).to_have_text(["no", "no"])


def test_a_saved_table_has_the_columns(explorer: OpenExplorer, tmp_path: Path) -> None:
    opened = explorer(f"?operations={MIN},3&columns=commutative;automorphisms")
    opened.chosen(MIN, 3)
    expect(opened.results.locator("tbody .column-listed")).to_have_text(["yes", "1", "no", "1"])
    with opened.page.expect_download() as saved:
        opened.results.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text())))
    assert [(row["commutative"], row["automorphisms"]) for row in rows] == [("True", "1"), ("False", "1")]


@pytest.mark.parametrize("width", [320, 1440])
def test_the_menus_and_the_columns_fit_without_axe_violations(explorer: OpenExplorer, width: int) -> None:
    opened = explorer(f"?colour=monotone(- < 0 < %2B)&columns=sheffer;{quote(CLONE)}&operations={MIN},3", width=width)
    opened.wait(".colour === 'monotone(- < 0 < +)'")
    expect(opened.results.locator("tbody .column-listed").last).to_have_text("yes")
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    for look in LOOKS:
        put_on(opened.page, look)
        for context in ("#plot .columns-bar", "#results"):
            found = Axe().run(opened.page, context=context).response["violations"]
            assert [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] == []
