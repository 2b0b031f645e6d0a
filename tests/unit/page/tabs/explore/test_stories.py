"""The stories: links to views that need no network, with two sentences whose numbers are those of the catalogue."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest
from app_fixtures import evaluated_here

from tvae.checkpoints.catalogue.catalogue import BY_NAME, published
from tvae.operations.parsing import parse_operations
from tvae.page.tabs.explore.stories import SECTIONS, VIEWS, stories
from tvae.page.ui import texts

STORIES = texts.tables("STORIES")


def test_each_story_is_a_link_to_its_view() -> None:
    links = re.findall(r'<a class="story" href="\?([^"]+)" data-story="(\w+)">', stories())
    assert {story: dict(parse_qsl(unescape(query))) for query, story in links} == VIEWS
    assert 3 <= len(links) <= 5
    assert list(VIEWS) == list(STORIES)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_has_a_title_and_two_sentences(story: str) -> None:
    says = STORIES[story]["says"]
    assert len(re.findall(r"[.!?](?= [A-Z]|$)", says)) == 2, says


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_is_one_of_the_page_and_downloads_nothing(view: dict[str, str]) -> None:
    assert view.keys() <= {"checkpoint", "operations", "tab", "section", "centre"}
    assert BY_NAME[view.get("checkpoint", "rich_tree")].source == "bundled"
    assert view.get("tab", "explore") in texts.table("TABS")
    assert view.get("section", "") in SECTIONS
    assert parse_operations(view.get("operations", "min"))


def test_the_numbers_are_those_of_the_catalogue_and_the_file() -> None:
    says = STORIES["claim"]["says"]
    name = VIEWS["claim"]["checkpoint"]
    other = published(name)
    assert other is not None
    assert name in says
    assert f"{other.claimed.hierarchy_b:+}" in says
    assert f"\u2212{-(other.stored.hierarchy_b or 0)}" in says
    (index,) = parse_operations("min")
    assert f"{index:,}" in STORIES["dot"]["says"]
    metrics = evaluated_here("max_hierarchy").metrics
    assert VIEWS["order"]["checkpoint"] in STORIES["order"]["says"]
    for side in (metrics.a, metrics.b):
        assert side.overlaps == 0
        assert side.richness is not None
        assert side.richness < 1e-4
