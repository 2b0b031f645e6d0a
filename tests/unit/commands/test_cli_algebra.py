"""The command `algebra`: the API's document with --json, tables without, one sentence when wrong."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run

from tvae.analysis import evaluation
from tvae.analysis.algebra import association
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.reports import algebra as algebra_reports

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def opened(rich: EvaluatedCheckpoint, monkeypatch: pytest.MonkeyPatch) -> EvaluatedCheckpoint:
    """The golden file, measured once for all commands."""
    monkeypatch.setattr(evaluation, "measure", lambda location, *_, **__: replace(rich, location=location))
    return rich


def test_it_prints_the_document_or_a_table(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    wanted = algebra_reports.algebra(opened, association.examine(opened.embedding, 9, 4))
    assert run("algebra", rich_file, "--permutations", "9", "--seed", "4", "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(wanted))
    assert run("algebra", rich_file, "--permutations", "9", "--seed", "4") == 0
    assert capsys.readouterr().out.strip() == algebra_reports.summary(wanted)


def test_without_a_checkpoint_it_prints_the_tables_of_the_docs(
    opened: EvaluatedCheckpoint, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    few = association.examine(opened.embedding, 9)
    monkeypatch.setattr(association, "examine", lambda *_: few)
    bundled = [entry.name for entry in ENTRIES if entry.source == "bundled"]
    assert run("algebra") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 13 + 1 + 2 + len(bundled)
    assert [line.split("`")[1] for line in lines[-len(bundled) :]] == bundled
    assert run("algebra", "--json") == 0
    assert [row["checkpoint"] for row in json.loads(capsys.readouterr().out)] == bundled


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("RICH", "--permutations", "0"), "permutations is 0; it must be a whole number from 1 to 5,000"),
        (("RICH", "--permutations", "x"), "Argument --permutations: invalid int value"),
        (("RICH", "--seed=-1"), "The seed is -1"),
        (("nope",), "No checkpoint is called 'nope'"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_2(
    arguments: tuple[str, ...], sentence: str, rich_file: Path, capsys: Captured
) -> None:
    assert run("algebra", *(str(rich_file) if word == "RICH" else word for word in arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
