"""The section of the map: its HTML, which the script fills, and the functions that the script calls."""

from typing import Any, Final

from markupsafe import Markup

from tvae.page.server import compute
from tvae.page.ui import texts
from tvae.page.ui.downloads import File, download, table_file, table_of_rows, without_key
from tvae.page.ui.html import export_buttons, tag
from tvae.page.ui.scatter.scatter import plot_area
from tvae.page.ui.scripts.sent import Sent, server_function, text_of
from tvae.reports.plots.palette import GROUP_COLOURS, SELECTED_COLOUR
from tvae.reports.plots.sequence_map import columns_of, figure, groups_of
from tvae.sequences.map import documents

COLOUR: Final = "sequence_colour"  # parameters of the page's address: the column, and names of selected sequences
SELECTED: Final = "sequence_selected"

Document = dict[str, Any]


def section() -> Markup:
    """The empty section, which is hidden until the script has a map."""
    colour = tag(
        "p",
        tag("label", texts.SEQUENCE_MAP_COLOUR, for_="sequence-colour"),
        tag("select", id="sequence-colour"),
        class_="map-colour",
    )
    return tag(
        "section",
        tag("h3", texts.SEQUENCE_MAP_TITLE),
        tag("p", class_="quiet map-lead"),
        tag("div", class_="map-notes"),
        colour,
        plot_area("sequence-plot", texts.table("SEQUENCE_MAP_TOOLS")),
        tag("p", class_="map-legend"),
        tag("div", class_="map-listed", role="status"),
        tag("div", class_="map-table"),
        tag("div", export_buttons("map", texts.SEQUENCE_MAP_EXPORT, "")),
        class_="sequence-map",
        hidden="",
    )


def data() -> dict[str, Any]:
    """Words, colours and parameters of the script."""
    return {
        "words": {**texts.table("SEQUENCE_MAP"), **texts.table("EXPORT_MENU"), **texts.table("SAVE_STATUS")},
        "own": SELECTED_COLOUR,
        "usual": GROUP_COLOURS[0],
        "colour": COLOUR,
        "selected": SELECTED,
    }


@server_function
def sequence_map(asked: Sent) -> Document:
    """The map with its colours: the document of /sequence_map and `columns`, or {error}. `asked`: model, fasta."""
    document = _document(asked)
    groups = {name: groups_of(document, name) for name in columns_of(document)}
    return {
        **document,
        "columns": [
            {"name": name, "labels": one.labels, "colours": one.colours, "of": one.of} for name, one in groups.items()
        ],
    }


@server_function
def map_figure(asked: Sent) -> dict[str, str]:
    """The map as a Plotly figure, {text}, or {error}. `asked`: model, fasta, column ("": one colour)."""
    return {"text": figure(_document(asked), text_of(asked, "column")).to_json()}


@download
def export_map(asked: Sent) -> File:
    """The points as a file. `asked`: {model, fasta, kind (csv, json, parquet)}."""
    document = _document(asked)
    about = {key: document[key] for key in ("checkpoint", "sha256", "alphabet", "mean")}
    rows = [
        {
            **{key: point[key] for key in ("id", "training", "x", "y")},
            **{f"column_{name}": value for name, value in point["columns"].items()},
            "nearest": [one["id"] for one in point["nearest"]],
            "distances": [one["distance"] for one in point["nearest"]],
        }
        for point in document["points"]
    ]
    return table_file(table_of_rows("map", about, rows), text_of(asked, "kind"), "map")


def _document(asked: Sent) -> Document:
    records = documents.records_of(asked["fasta"])
    location, opened = compute.load_sequence_model(asked["model"])
    document = documents.sequence_map(location, opened, records)
    return {**document, "checkpoint": without_key(document["checkpoint"])}  # it is drawn and saved
