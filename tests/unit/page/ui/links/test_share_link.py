"""The parameters of the page's address: those in the documentation, and the data that the browser gets for each."""

import re
from collections import defaultdict

import gradio as gr
from documentation import section

from tvae.page import build
from tvae.page.tabs.ball import layout as ball
from tvae.page.tabs.codons import layout as codons
from tvae.page.tabs.codons.map import sequence_map
from tvae.page.tabs.compare import layout as compare
from tvae.page.ui.links import navigation
from tvae.page.ui.links.share_link import LONGEST, MODEL, UrlParameter, fields_of, some_of
from tvae.page.ui.scripts.modules import MODULES

OF_COLUMNS = ("colour", "filter", "columns")  # the plots' own script reads and writes these, no field of Gradio

OF_FORM = (MODEL, sequence_map.COLOUR, sequence_map.SELECTED)  # likewise the script of the form for sequences


def linked() -> list[tuple[str, str]]:
    """(parameter, tab) of every field, in the order of the tabs."""
    with gr.Blocks():
        parts = defaultdict[str, gr.Textbox](gr.Textbox)
        tabs = {
            "all": navigation.steps(parts),
            "Explore": build._linked(parts),
            "Ball": ball.linked(parts),
            "Compare": compare.linked(parts),
            "Codons": [*codons.linked(parts), *(UrlParameter(name, parts[name], "") for name in OF_FORM)],
        }
    fields = [(field.name, tab) for tab, here in tabs.items() for field in here]
    return [(name, tab) for names, tab in fields for name in ([names] if isinstance(names, str) else names)]


def test_the_documented_parameters_are_those_of_the_code() -> None:
    text = section("docs/api.md", "Links to the page")
    documented = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| .+ \|$", text, re.MULTILINE)
    of_columns = [name for name, _ in documented if name in OF_COLUMNS]
    assert of_columns == list(OF_COLUMNS)
    assert [(name, tab) for name, tab in documented if name not in OF_COLUMNS] == linked()


def test_a_step_of_the_history_is_a_parameter() -> None:
    (steps,) = re.findall(r"^const STEPS = \[(.+)\];$", MODULES["ui/links/address.js"].decode(), re.MULTILINE)
    documented = re.findall(r"^\| `(\w+)` \|", section("docs/api.md", "Links to the page"), re.MULTILINE)
    assert set(re.findall(r"'(\w+)'", steps)) <= set(documented)


def test_the_browser_knows_the_choices_of_a_field() -> None:
    with gr.Blocks():
        radio, text = gr.Radio([("first", "a"), ("second", "b")]), gr.Textbox()
    fields = [
        UrlParameter("which", radio, "a"),
        UrlParameter("tab", text, "x", ("x", "y")),
        UrlParameter("t", text, ""),
    ]
    assert fields_of(fields) == {"fields": [["which", "a", ["a", "b"]], ["tab", "x", ["x", "y"]], ["t", "", None]]}


def test_a_list_in_the_address_has_known_values_in_their_order() -> None:
    known, usual = ("a", "b", "c"), ("b",)
    assert some_of({}, "x", known, usual) == ["b"]
    assert some_of({"x": ""}, "x", known, usual) == []
    assert some_of({"x": "c,nothing,a,c"}, "x", known, usual) == ["a", "c"]


def test_the_longest_value_is_the_same_in_the_browser() -> None:
    (longest,) = re.findall(r"^export const LONGEST = (\d+);", MODULES["ui/links/address.js"].decode(), re.MULTILINE)
    assert int(longest) == LONGEST
