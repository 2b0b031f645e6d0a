"""The map of sequences as the script of the Codons tab gets it, and as files."""

import base64
import csv
import io
import json

import pytest

from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.tabs.codons.map import sequence_map
from tvae.page.uploads import receive
from tvae.reports.plots.sequence_map import groups_of
from tvae.sequences import loading
from tvae.sequences.map.documents import map_sequences

MODEL = loading.DEFAULT
ASKED = {"model": MODEL, "fasta": ">mine clade=other\nATGAAATTT\n"}


def test_the_map_is_that_of_the_endpoint_with_its_colours() -> None:
    document = map_sequences(MODEL, ASKED["fasta"])
    found = sequence_map.sequence_map(ASKED)
    (column,) = found["columns"]
    groups = groups_of(document, "clade")
    assert column == {"name": "clade", "labels": groups.labels, "colours": groups.colours, "of": groups.of}
    assert column["labels"][-1] == "others"
    assert {**found, "columns": None} == {**document, "columns": None}


def test_errors_are_sentences() -> None:
    assert "has 4 bases" in sequence_map.sequence_map(ASKED | {"fasta": ">a\nATGA"})["error"]
    assert "No checkpoint is called 'x'" in sequence_map.sequence_map(ASKED | {"model": "x"})["error"]
    assert "cannot be coloured by 'x'" in sequence_map.map_figure(ASKED | {"column": "x"})["error"]


def test_the_figure_has_the_column() -> None:
    names = [
        trace["name"] for trace in json.loads(sequence_map.map_figure(ASKED | {"column": "clade"})["text"])["data"]
    ]
    assert names[0] == "Laurasiatheria"
    plain = json.loads(sequence_map.map_figure(ASKED | {"column": ""})["text"])["data"]
    assert [trace["name"] for trace in plain] == ["training sequences", "your sequences"]


def test_the_table_has_every_point() -> None:
    file = sequence_map.export_map(ASKED | {"kind": "csv"})
    rows = [*csv.DictReader(io.StringIO(base64.b64decode(file["base64"]).decode("utf-8-sig")))]
    points = map_sequences(MODEL, ASKED["fasta"])["points"]
    assert [row["id"] for row in rows] == [point["id"] for point in points]
    assert rows[-1]["nearest"].split() == [near["id"] for near in points[-1]["nearest"]]
    assert rows[-1]["column_clade"] == "other"
    assert file["name"].startswith("codons_brca1-map-")


def test_the_key_of_a_visitors_own_model_is_neither_drawn_nor_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(grace=60))
    data = (loading.DIRECTORY / f"{MODEL}.safetensors").read_bytes()
    kept = receive.store_upload("mine.safetensors", data, "alice")
    asked = ASKED | {"model": kept.name}
    assert kept.name.startswith("mine/")
    assert sequence_map.sequence_map(asked)["checkpoint"] == "mine"
    answers = [
        sequence_map.sequence_map(asked),
        sequence_map.map_figure(asked | {"column": "clade"}),
        *(
            base64.b64decode(sequence_map.export_map(asked | {"kind": kind})["base64"]).decode()
            for kind in ("csv", "json")
        ),
    ]
    assert kept.name.removeprefix("mine/") not in json.dumps(answers)
