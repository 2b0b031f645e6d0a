"""The card of the shown operation: all of it against brute force, and its buttons against the grammar of queries."""

import itertools
import re
import subprocess
import sys
from html import unescape
from urllib.parse import parse_qs

import pytest
from paths import ROOT

from tvae.operations import ternary
from tvae.operations.atlas import codes, properties
from tvae.operations.named import NAMED
from tvae.operations.parsing import parse_operations
from tvae.page.tabs.ball.disk.disk import ARROWS
from tvae.page.tabs.explore.sections.atlas import card
from tvae.page.ui import texts

MIN, MAX, WEBB = 15_633, 19_569, 223
S3 = tuple(itertools.permutations(range(3)))
SOME = (0, 1, 13, MIN, MAX, WEBB, 9_841, 12_345, 19_682)
NOTHING_COMPUTED = """
import gradio as gr
from tvae.operations.atlas import classes, clones, identities, properties
from tvae.page.tabs.explore import handlers, layout
first = handlers.first_view()
with gr.Blocks():
    parts = layout.layout(first)
assert "classes_title" in parts["truth"].js_on_load
cached = [classes.classes, classes.automorphisms, clones.memberships, identities.tables]
cached += [properties.flags, properties.numbers]
print([one.__name__ for one in cached if one.cache_info().currsize])
"""


def facts(index: int) -> dict[str, str]:
    """The names and values of the card's lists, as HTML."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", card.html_of(index)))


def shown(html: str) -> list[int]:
    """The operations of buttons, in order."""
    return [int(index) for index in re.findall(r'data-index="(\d+)"', html)]


def table(index: int) -> list[list[int]]:
    return [[int(ternary.ALL_TRITS[index][3 * a + b]) for b in range(3)] for a in range(3)]


def index_of(rows: list[list[int]]) -> int:
    return int(ternary.index_of([trit for row in rows for trit in row]))


@pytest.mark.parametrize("index", SOME)
def test_relatives_are_those_of_brute_force(index: int) -> None:
    words, f, found = texts.table("CARD_FACTS"), table(index), facts(index)
    related = {
        "converse": index_of([[f[b][a] for b in range(3)] for a in range(3)]),
        "dual": index_of([[-f[2 - a][2 - b] for b in range(3)] for a in range(3)]),
        "next": 0 if index == 19_682 else index + 1,
        "triple": 3 * index % 19_683,
    }
    for key, other in related.items():
        assert shown(found[words[key]]) == ([] if other == index else [other]), key
        assert (texts.CARD_ITSELF in found[words[key]]) == (other == index)
    assert f"<code>{codes.code_of(index)}</code>" in found[words["code"]]
    others = set(parse_operations(f"class of {index}")) - {index}
    assert sorted(shown(found[words["conjugates"]])) == sorted(others)


def test_a_conjugate_says_which_values_it_swaps() -> None:
    html = facts(MIN)[texts.table("CARD_FACTS")["conjugates"]]
    assert dict(re.findall(r'data-index="(\d+)"[^>]*>[^<]*<small> ([^<]*)</small>', html)) == {
        "18063": "0 \u2194 +",
        "15663": "\u2212 \u2194 0",
        "17139": "\u2212 \u2192 0 \u2192 + \u2192 \u2212",
        "19539": "\u2212 \u2192 + \u2192 0 \u2192 \u2212",
        "19569": "\u2212 \u2194 +",
    }
    html = facts(parse_operations("any")[0])[texts.table("CARD_FACTS")["conjugates"]]
    assert html.count("<button") == 2  # two relabellings make each
    assert html.count("; ") == 2


def test_the_names_of_an_operation_are_there_with_rule_and_source() -> None:
    words = texts.table("CARD_FACTS")
    for one in NAMED:
        found = {name: unescape(value) for name, value in facts(one.index).items()}
        assert found[words["names"]] == ", ".join((one.name, *one.aliases))
        assert found[words["rule"]] == f"{one.meaning} <small>({one.source})</small>"
    assert words["names"] not in facts(13)


@pytest.mark.parametrize("index", SOME)
def test_every_button_selects_as_many_operations_as_it_says(index: int) -> None:
    html = card.html_of(index)
    buttons = re.findall(r'data-text="([^"]*)"(?: title="([^"]*)")?>([^<]*)<', html)
    assert len(buttons) > len(properties.QUANTITIES) + 16
    for text, title, words in buttons:
        selected = parse_operations(unescape(text))
        said = title or words
        count = int(re.sub(r"\D", "", said))
        assert len(selected) == count, text


@pytest.mark.parametrize("index", SOME)
def test_a_property_is_marked_if_its_query_finds_the_operation(index: int) -> None:
    html = unescape(card.html_of(index))
    rows = re.findall(r'<tr><th scope="row"><button [^>]*data-text="(.*?)" .*?</button></th><td>(.*?)</td>', html)
    assert len(rows) == 16 + len(properties.QUANTITIES)
    for text, value in rows:
        has = index in parse_operations(text)
        yes = f'<span class="good">{texts.CARD_YES}</span>'
        assert value == (text.partition("=")[2] or (yes if has else texts.CARD_NO))
        assert has or "=" not in text
    (clones,) = re.findall(r'<ul class="card-clones">(.*?)</ul>', html) or [""]
    named = re.findall(r'data-text="(.*?)" title', clones)
    assert named == [one.name for one in properties.CLONES if index in parse_operations(one.name)]
    assert (texts.CARD_SHEFFER.format(total=18) in html) == (index in parse_operations("sheffer")) == (not named)
    assert (texts.CARD_CLONES.format(count=len(named), total=18) in html) == bool(named)


def brute_class(index: int, separately: bool, swapped: bool) -> set[int]:
    """The operations that relabelling makes of one by its table: the arguments and the value separately, or alike."""
    f, found = table(index), set[int]()
    triples = itertools.product(S3, repeat=3) if separately else ((r, r, r) for r in S3)
    for first, second, value in triples:
        g = [[0] * 3 for _ in range(3)]
        for a, b in itertools.product(range(3), repeat=2):
            g[first[a]][second[b]] = value[f[a][b] + 1] - 1
        found.add(index_of(g))
        if swapped:
            found.add(index_of([list(column) for column in zip(*g, strict=True)]))
    return found


@pytest.mark.parametrize("index", SOME)
def test_classes_are_those_of_brute_force(index: int) -> None:
    html = card.html_of(index)
    rows = re.findall(
        r'<tr><th scope="row">([^<]*) <small>[^<]*</small></th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', html
    )
    by_name = {name: cells for name, *cells in rows}
    for kind, count in (("isomorphism", 3330), ("opposite", 1734), ("isotopy", 139), ("isotopy_opposite", 84)):
        members, smallest, classes = by_name[texts.table("CLASS_KINDS")[kind]]
        expected = brute_class(index, separately="isotopy" in kind, swapped="opposite" in kind)
        (query,) = re.findall(r'data-text="([^"]*)"', members)
        assert set(parse_operations(unescape(query))) == expected
        assert shown(smallest) == [min(expected)]
        assert classes == f"{count:,}"


def test_the_links_lead_to_the_arrows_of_the_ball() -> None:
    links = re.findall(r'<a class="story" href="\?([^"]*)" data-view="([^"]*)">', card.html_of(13))
    assert [unescape(href) for href, _ in links] == [unescape(view) for _, view in links]
    views = [parse_qs(unescape(view)) for _, view in links]
    assert views == [{"operations": ["13"], "tab": ["ball"], "arrows": [walk]} for walk in ARROWS[1:]]


def test_a_wrong_operation_is_a_sentence() -> None:
    for operation in (-1, 19_683, "min", None):
        assert "it must be a whole number from 0 to 19,682" in card.card({"operation": operation})["error"]
    assert "lacks the field operation" in card.card({})["error"]
    assert card.card({"operation": 13}) == {"html": card.html_of(13)}


def test_the_first_page_computes_nothing_of_it() -> None:
    ran = subprocess.run([sys.executable, "-c", NOTHING_COMPUTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
