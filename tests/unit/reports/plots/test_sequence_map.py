"""The groups of the map of sequences, and its Plotly figure."""

import json
from typing import Any

import pytest

import tvae
import tvae.figures
from tvae.errors import InputError
from tvae.reports.plots.palette import GROUP_COLOURS, OTHERS_COLOUR
from tvae.reports.plots.sequence_map import columns_of, figure, groups_of


def document(values: list[str], own: int = 0) -> dict[str, Any]:
    """Points with these values in the column k; the last `own` ones are not training sequences."""
    points = [
        {"id": f"s{n}", "x": n, "y": -n, "training": n < len(values) - own, "columns": {"k": value}, "nearest": []}
        for n, value in enumerate(values)
    ]
    return {"checkpoint": "m", "shares": [0.5, 0.25], "points": points}


def test_the_most_frequent_values_have_colours_of_their_own() -> None:
    groups = groups_of(document(["b", "a", "b", "c", "c", "", "d"], own=1), "k")
    assert groups.labels == ("b", "c", "a", "others", "no value")
    assert groups.colours == (*GROUP_COLOURS[:3], OTHERS_COLOUR, OTHERS_COLOUR)
    assert groups.of == (0, 2, 0, 1, 1, 4, 3)


def test_there_are_as_many_groups_as_colours() -> None:
    groups = groups_of(document([f"v{n}" for n in range(20)] * 2), "k")
    assert len(groups.labels) == len(GROUP_COLOURS) + 1
    assert groups.labels[-1] == "others"


def test_a_column_of_different_values_is_no_colour() -> None:
    assert columns_of(document(["a", "b", "c"])) == []
    assert columns_of(document(["", "", ""])) == []
    assert columns_of(document(["a", "b", "b"], own=1)) == []
    assert columns_of(document(["a", "a"], own=2)) == ["k"]
    with pytest.raises(InputError, match=r"cannot be coloured by 'k'\. Columns with shared values: none"):
        groups_of(document(["a", "b"]), "k")


def test_the_figure() -> None:
    found = tvae.map_sequences("codons_brca1", ">mine\nATGAAATTT\n")
    drawn = json.loads(tvae.figures.sequence_map(found, "clade").to_json())
    clades = [trace["name"] for trace in drawn["data"][:-1]]
    assert clades == ["Laurasiatheria", "Euarchontoglires", "Afrotheria", "Marsupialia", "Xenarthra"]
    assert sum(len(trace["text"]) for trace in drawn["data"]) == 45
    own = drawn["data"][-1]
    assert (own["name"], own["text"]) == ("your sequences", ["mine"])
    assert own["customdata"][0].count(", ") == 4
    assert drawn["layout"]["xaxis"]["title"]["text"] == "principal component 1 (67.5% of the variance)"
    assert "codons_brca1: latent means of 45 sequences" in drawn["layout"]["title"]["text"]


def test_many_names_are_left_out() -> None:
    assert figure(document(["a"] * 60)).data[0].mode == "markers+text"
    assert figure(document(["a"] * 61)).data[0].mode == "markers"
