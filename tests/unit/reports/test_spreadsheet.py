"""CSV files in a spreadsheet (LibreOffice) and in pandas: no text becomes a formula, and every text comes back."""

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas
import pytest
from arro3.io import read_parquet
from documentation import text_of

from tvae.operations import ternary
from tvae.reports.tables import Table, serialize

TEXTS = (
    "=1+1",
    "+1+1",
    "-1-1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "a\r=1+1",
    "a\n=1+1",
    '=HYPERLINK("http://127.0.0.1/?"&A1;"open")',
    "=cmd|' /C calc'!A0",
    "=nothing",
    "-",
    ternary.trit_string([-1, 0, 1] * 3),
    ternary.trit_string([1, 0, -1] * 3),
    "plain",
    '\u03b1, "β"',
)
NUMBERS = (-1.5, 0.0, 2.0, -3e-7, 1e300)
ROWS = [
    {"text": text, "number": NUMBERS[i % len(NUMBERS)], "whole": -i, "ints": [-i, i]} for i, text in enumerate(TEXTS)
]
TABLE = Table(
    "things", {"=name": "+about.pt"}, {"text": "text", "number": "float", "whole": "int", "ints": "ints"}, ROWS
)
# Fields separated by commas in UTF-8, from the first line on, numbers in English, formulas evaluated.
READ = "CSV:44,34,76,1,,1033,false,true,false,false,false,0,true"
NAMES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def opened(folder: Path, *names: str) -> list[list[list[tuple[str, Any]]]]:
    """Each CSV as LibreOffice reads it: its rows of cells, as (formula, number, error or text, what is in the cell)."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is not installed. On Debian: apt-get install libreoffice-calc-nogui"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", f"--infilter={READ}", "--convert-to", "fods", "--outdir", str(folder)]
    subprocess.run([*command, *(str(folder / name) for name in names)], check=True, capture_output=True, timeout=120)
    return [_rows((folder / name).with_suffix(".fods")) for name in names]


def _rows(path: Path) -> list[list[tuple[str, Any]]]:
    rows = ElementTree.parse(path).getroot().iterfind(".//table:table-row", NAMES)
    return [[_cell(cell) for cell in row.iterfind("table:table-cell", NAMES)] for row in rows]


def _cell(cell: ElementTree.Element) -> tuple[str, Any]:
    shown = "\n".join("".join(part.itertext()) for part in cell.iterfind("text:p", NAMES))
    if (formula := cell.get(f"{{{NAMES['table']}}}formula")) is not None:
        return "formula", formula
    if any(name.endswith("}value-type") and value == "error" for name, value in cell.items()):
        return "error", shown
    if (value := cell.get(f"{{{NAMES['office']}}}value")) is not None:
        return "number", float(value)
    return "text", shown


def test_a_spreadsheet_reads_no_text_as_a_formula(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(serialize(TABLE, "csv"))
    with (tmp_path / "plain.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([text] for text in TEXTS)
    table, plain = opened(tmp_path, "table.csv", "plain.csv")
    assert "formula" in {kind for row in plain for kind, _ in row}  # so the program does evaluate formulas
    header, *rows = table
    assert [kind for kind, _ in header] == ["text"] * 5
    assert len(rows) == len(ROWS)
    for cells, row in zip(rows, ROWS, strict=True):
        assert [kind for kind, _ in cells] == ["text", "text", "number", "number", "text"]
        assert [value for kind, value in cells if kind == "number"] == [row["number"], row["whole"]]


def test_pandas_reads_the_texts_back_by_the_line_in_the_docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "codons.csv").write_bytes(serialize(TABLE, "csv"))
    monkeypatch.chdir(tmp_path)
    (line,) = re.findall(r"^table = (pandas\.read_csv.+)$", text_of("docs/api.md"), re.MULTILINE)
    read = eval(line, {"pandas": pandas})
    assert tuple(read["text"]) == TEXTS
    assert set(read["'=name"]) == {"+about.pt"}
    assert read["number"].tolist() == [row["number"] for row in ROWS]
    assert read["whole"].tolist() == [row["whole"] for row in ROWS]
    assert read["ints"].tolist() == [" ".join(map(str, row["ints"])) for row in ROWS]


def test_the_other_formats_have_the_texts_themselves() -> None:
    assert [row["text"] for row in json.loads(serialize(TABLE, "json"))["things"]] == list(TEXTS)
    read = read_parquet(io.BytesIO(serialize(TABLE, "parquet"))).read_all()
    assert [cell.as_py() for cell in read.column("text")] == list(TEXTS)
    assert read.schema.names[0] == "=name"
