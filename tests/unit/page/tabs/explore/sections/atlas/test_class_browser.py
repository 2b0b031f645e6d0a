"""The browser of classes: each class once, under the size that it has, by a query that the text box understands."""

import re
from html import unescape
from typing import Any

import pytest

from tvae.operations.atlas import classes as atlas
from tvae.operations.named import NAMED
from tvae.operations.parsing import parse_operations
from tvae.operations.query import CLASS_QUERIES
from tvae.page.tabs.explore.sections.atlas import classes
from tvae.page.ui import texts


def listed(html: str) -> list[tuple[str, str, int]]:
    """The words, the query and the size of each class on a page."""
    found = re.findall(r'data-text="([^"]*)"[^>]*>([^<]*)<small> (\d+)</small>', html)
    return [(unescape(words), unescape(query), int(size)) for query, words, size in found]


def page(kind: str, show: str, number: Any = 0) -> str:
    return str(classes.classes({"kind": kind, "show": show, "page": number})["html"])


def choices(html: str, field: str) -> dict[str, int]:
    """The values of a field with the number of their classes."""
    (options,) = re.findall(rf'<select data-key="{field}">(.*?)</select>', html)
    found = re.findall(r'value="(\w+)"(?: selected="")?>.*?\(([\d,]+)\)<', options)
    return {value: int(count.replace(",", "")) for value, count in found}


@pytest.mark.parametrize("kind", CLASS_QUERIES)
def test_the_pages_of_all_sizes_have_every_class_once(kind: str) -> None:
    sizes = choices(page(kind, "named"), "show")
    assert sizes.pop("named") == len(listed(page(kind, "named")))
    found = atlas.classes(kind)
    assert sum(sizes.values()) == choices(page(kind, "named"), "kind")[kind] == found.kind.count
    seen: list[int] = []
    for show, count in sizes.items():
        pages = [listed(page(kind, show, number)) for number in range(-(-count // classes.A_PAGE))]
        assert all(len(one) == classes.A_PAGE for one in pages[:-1])
        rows = [row for one in pages for row in one]
        assert len(rows) == count
        assert {size for _, _, size in rows} == {int(show)}
        seen += [int(words) for words, _, _ in rows]
    assert sorted(seen) == found.representatives.tolist()


@pytest.mark.parametrize("kind", CLASS_QUERIES)
def test_a_query_selects_the_class_with_the_names_in_it(kind: str) -> None:
    rows = listed(page(kind, "named"))
    assert [words for words, _, _ in rows] == sorted(words for words, _, _ in rows)
    indices = {one.name: one.index for one in NAMED}
    named: list[str] = []
    for words, query, size in rows:
        selected = parse_operations(query)
        assert len(selected) == size
        assert {name for name, index in indices.items() if index in selected} == set(words.split(", "))
        named += words.split(", ")
    assert sorted(named) == sorted(indices)
    words, query, size = listed(page(kind, "3"))[0]
    assert len(parse_operations(query)) == size == 3
    assert min(parse_operations(query)) == int(words)


def test_a_page_says_where_it_is_and_leads_to_those_around_it() -> None:
    first, middle, last = (page("isomorphism", "6", number) for number in (0, 1, 53))
    assert texts.CLASSES_SHOWN.format(first=1, last=60, count=3_237) in first
    assert texts.CLASSES_SHOWN.format(first=3_181, last=3_237, count=3_237) in last
    turns = [re.findall(r'data-page="(\d+)" data-key="(\w+)"', one) for one in (first, middle, last)]
    assert turns == [[("1", "after")], [("0", "before"), ("2", "after")], [("52", "before")]]
    assert re.findall(r'value="(\w+)" selected=""', middle) == ["isomorphism", "6"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "opposite"}, "it must be isomorphism or isotopy"),
        ({"show": "4"}, "show named, or one of the sizes 1, 2, 3, 6"),
        ({"show": 6}, "it must be text"),
        ({"page": 54}, "it must be a whole number from 0 to 53"),
        ({"page": -1}, "it must be a whole number from 0 to 53"),
    ],
)
def test_a_wrong_request_is_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    assert sentence in classes.classes({"kind": "isomorphism", "show": "6", "page": 0} | wrong)["error"]
