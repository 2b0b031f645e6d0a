"""The button that saves a figure: what it is called, and what its JSON says."""

import html
import json
import re

from tvae.page.ui.charts.line_chart import Chart, Line, chart
from tvae.page.ui.charts.save_buttons import save_buttons
from tvae.page.ui.scripts import modules as scripts


def test_one_button_which_has_the_json_where_there_is_a_figure() -> None:
    plain = save_buttons('<a "figure">')
    assert plain.count("<button") == plain.count("data-export-menu") == 1
    assert "data-figure" not in plain
    assert "<a" not in plain.replace("<span", "").replace("<button", "")
    assert re.findall('aria-label="([^"]+)"', save_buttons("Q")) == ["Export Q"]
    whole = save_buttons("Q", {"data": ['"', "<"], "layout": {}})
    (figure,) = re.findall('data-figure="([^"]+)"', whole)
    assert json.loads(html.unescape(figure)) == {"data": ['"', "<"], "layout": {}}


def test_a_chart_is_a_plotly_figure_with_its_gaps() -> None:
    drawn = chart(Chart("q", "Q over time", "Q", (1.0, 2.0, 3.0), (Line("A", (1.0, None, 2.5)),)))
    figure = json.loads(html.unescape(re.findall('data-figure="([^"]+)"', drawn)[0]))
    assert figure["data"] == [{"type": "scatter", "name": "A", "x": [1.0, None, 3.0], "y": [1.0, None, 2.5]}]
    assert figure["layout"]["title"]["text"] == "Q over time"
    assert figure["layout"]["xaxis"]["title"]["text"] == "step"


def test_the_page_loads_the_script_that_saves_figures() -> None:
    assert f'<link rel="tvae-later" href="./{scripts.BASE}/ui/charts/save_figure.js">' in scripts.links()
    assert b"export const start" in scripts.MODULES["ui/charts/save_figure.js"]
