"""Searching by properties in the browser: the text box selects what a query finds, and says when it finds nothing."""

import pytest
from app_fixtures import OpenExplorer
from playwright.sync_api import expect

from tvae.operations.named import INDEX_OF
from tvae.operations.parsing import parse_operations
from tvae.page.ui import texts

pytestmark = pytest.mark.browser

QUERY = "commutative and idempotent and associative"


def test_a_query_selects_what_it_finds_and_is_a_link(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.type(QUERY)
    opened.chosen(*parse_operations("semilattice"))
    expect(opened.results).to_contain_text("9 selected")
    opened.page.wait_for_url("**operations=commutative+and+idempotent+and+associative*")
    again = explorer(f"?operations={QUERY.replace(' ', '%20')}")
    again.chosen(*parse_operations("semilattice"))
    expect(again.text).to_have_value(QUERY)


def test_connectives_duals_and_codes(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.type("(loop or band) and not monoid, dual of min, hept:MAX")
    opened.chosen(*parse_operations("(loop or band) and not monoid, dual of min, hept:MAX"))
    opened.type("(loop | band) & !monoid")
    opened.chosen(*parse_operations("(loop or band) and not monoid"))
    opened.page.wait_for_url("**operations=*%26*")
    opened.type("and or")  # without a property, these are names
    opened.chosen(INDEX_OF["min"], INDEX_OF["max"])


def test_what_is_wrong_with_a_query_is_said(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.type("sheffer and not onto")
    expect(opened.page.locator("#problem")).to_have_text(texts.NO_OPERATION)  # no alert
    opened.nothing_chosen()
    opened.type("loop and comutative, semilattice")
    expect(opened.problem.locator(".typed mark")).to_have_text(["comutative"])
    expect(opened.problem.locator("li")).to_contain_text("the nearest is commutative")
    opened.chosen(*parse_operations("semilattice"))
    opened.type("semilattice")
    expect(opened.problem).to_be_hidden()
    opened.type("sheffr and comutative")
    expect(opened.problem.locator(".typed mark")).to_have_text(["sheffr", "and", "comutative"])
    opened.nothing_chosen()


def test_a_space_is_said_to_select_either(explorer: OpenExplorer) -> None:
    opened = explorer()
    opened.type("loop semilattice")
    expect(opened.page.locator("#problem")).to_have_text(texts.SPACED_QUERY)
    opened.chosen(*parse_operations("loop, semilattice"))
    opened.type("loop, semilattice")
    expect(opened.page.locator("#problem")).to_be_hidden()
