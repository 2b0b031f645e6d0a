"""The browser of classes: each class once, under the size that it has, by a query that the text box understands."""

import re
from html import unescape
from typing import Any

import pytest

from tvae.operations.atlas import classes as atlas, properties
from tvae.operations.named import NAMED
from tvae.operations.parsing import parse_operations
from tvae.page.tabs.explore.sections.atlas import classes
from tvae.page.ui import texts

KINDS = [one.name for one in atlas.KINDS]


def listed(html: str) -> list[tuple[str, str, int]]:
    """The words, the query and the size of each class on a page."""
    found = re.findall(r'data-text="([^"]*)"[^>]*>([^<]*)<small> (\d+)</small>', html)
    return [(unescape(words), unescape(query), int(size)) for query, words, size in found]


def page(kind: str, show: str, number: Any = 0, having: str = "any") -> str:
    return str(classes.classes({"kind": kind, "show": show, "property": having, "page": number})["html"])


def choices(html: str, field: str) -> dict[str, int]:
    """The values of a field with the number of their classes."""
    (options,) = re.findall(rf'<select data-key="{field}">(.*?)</select>', html)
    found = re.findall(r'value="(\w+)"(?: selected="")?>.*?\(([\d,]+)\)<', options)
    return {value: int(count.replace(",", "")) for value, count in found}


def smallest_of(kind: str, words: str) -> int:
    """The smallest operation of a class in the list, which says its names instead if it has any."""
    return int(atlas.classes(kind).representative[parse_operations(words.split(", ")[0])[0]])


@pytest.mark.parametrize("kind", KINDS)
def test_the_pages_of_all_sizes_have_every_class_once(kind: str) -> None:
    sizes = choices(page(kind, "named"), "show")
    assert sizes.pop("named") == len(listed(page(kind, "named")))
    found = atlas.classes(kind)
    assert (
        sizes["all"]
        == sum(count for show, count in sizes.items() if show != "all")
        == choices(page(kind, "named"), "kind")[kind]
        == found.kind.count
    )
    seen: list[int] = []
    for show, count in sizes.items():
        pages = [listed(page(kind, show, number)) for number in range(-(-count // classes.A_PAGE))]
        assert all(len(one) == classes.A_PAGE for one in pages[:-1])
        rows = [row for one in pages for row in one]
        assert len(rows) == count
        smallest = [smallest_of(kind, words) for words, _, _ in rows]
        assert [size for _, _, size in rows] == found.size[smallest].tolist()
        assert show == "all" or {size for _, _, size in rows} == {int(show)}
        seen += smallest
    assert sorted(seen) == sorted([*found.representatives.tolist()] * 2)


@pytest.mark.parametrize("kind", KINDS)
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
    for words, query, size in listed(page(kind, "all"))[:9]:
        assert len(parse_operations(query)) == size
        assert min(parse_operations(query)) == smallest_of(kind, words)


@pytest.mark.parametrize("kind", KINDS)
def test_properties_are_those_that_the_operations_of_a_class_share(kind: str) -> None:
    offered = choices(page(kind, "all"), "property")
    found = atlas.classes(kind)
    assert offered.pop("any") == found.kind.count
    for known in properties.PROPERTIES:
        has = set(parse_operations(known.name))
        with_one = {int(found.representative[index]) for index in has}
        whole = sum(int(found.size[one]) for one in with_one) == len(has)
        assert whole == (known.name in offered)
        if whole:
            assert offered[known.name] == len(with_one)
            html = page(kind, "all", having=known.name)
            assert texts.CLASSES_SHOWN.format(first=1, last=min(60, len(with_one)), count=len(with_one)) in html
            assert {smallest_of(kind, words) for words, _, _ in listed(html)} <= with_one


def test_which_classes_are_sheffer() -> None:
    sizes = choices(page("isomorphism", "all", having="sheffer"), "show")
    assert sizes == {"named": 1, "all": 629, "6": 629}  # 3,774 operations, none with an automorphism
    assert "sheffer" not in choices(page("isotopy", "all"), "property")
    assert listed(page("isomorphism", "named", having="sheffer")) == [("webb", "class of webb", 6)]


def test_no_class_with_a_property_may_have_a_name() -> None:
    html = page("isomorphism", "named", having="affine")
    assert listed(html) or texts.CLASSES_SHOWN.format(first=0, last=0, count=0) in html


def test_a_page_says_where_it_is_and_leads_to_those_around_it() -> None:
    first, middle, last = (page("isomorphism", "6", number) for number in (0, 1, 53))
    assert texts.CLASSES_SHOWN.format(first=1, last=60, count=3_237) in first
    assert texts.CLASSES_SHOWN.format(first=3_181, last=3_237, count=3_237) in last
    turns = [re.findall(r'data-page="(\d+)" data-key="(\w+)"', one) for one in (first, middle, last)]
    assert turns == [[("1", "after")], [("0", "before"), ("2", "after")], [("52", "before")]]
    assert re.findall(r'value="(\w+)" selected=""', middle) == ["isomorphism", "any", "6"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "size"}, "it must be isomorphism, opposite, isotopy or isotopy_opposite"),
        ({"property": "self_dual"}, "it must be any, commutative, "),
        ({"show": "4"}, "show named, all, or one of the sizes 1, 2, 3, 6"),
        ({"property": "sheffer", "show": "3"}, "show named, all, or one of the sizes 6"),
        ({"show": 6}, "it must be text"),
        ({"page": 54}, "it must be a whole number from 0 to 53"),
        ({"page": -1}, "it must be a whole number from 0 to 53"),
    ],
)
def test_a_wrong_request_is_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    assert (
        sentence in classes.classes({"kind": "isomorphism", "show": "6", "property": "any", "page": 0} | wrong)["error"]
    )
