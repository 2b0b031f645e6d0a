"""The command on operations themselves: the API's document with --json, a table without, one sentence when wrong."""

import json
from pathlib import Path

import pytest
from command_line import run

from tvae.reports.atlas import operations as atlas
from tvae.reports.tables import serialize

Captured = pytest.CaptureFixture[str]
QUERY = "commutative and idempotent and not semilattice"
COLUMNS = "keeps(-, 0), image, isotopy_size"


def test_it_prints_the_document_or_a_table(capsys: Captured) -> None:
    wanted = atlas.search(QUERY, COLUMNS)
    assert run("operations", QUERY, "--columns", COLUMNS, "--json") == 0
    assert json.loads(capsys.readouterr().out) == wanted
    assert run("operations", QUERY, "--columns", COLUMNS) == 0
    output = capsys.readouterr()
    assert output.out.rstrip("\n") == atlas.search_table(wanted)
    assert output.err == ""


def test_a_truth_table_may_begin_with_a_minus(capsys: Captured) -> None:
    assert run("operations", "-0+-0+-0+, dual of min", "--json") == 0
    found = json.loads(capsys.readouterr().out)["operations"]
    assert [row["name"] for row in found] == ["right", "max"]


def test_a_query_that_nothing_satisfies_is_no_error(capsys: Captured) -> None:
    assert run("operations", "sheffer and not onto") == 0
    assert capsys.readouterr().out == "0 operations\n"


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_it_writes_a_table(tmp_path: Path, suffix: str, capsys: Captured) -> None:
    target = tmp_path / f"found.{suffix}"
    assert run("operations", QUERY, "--columns", COLUMNS, "--table", target) == 0
    wanted = atlas.search(QUERY, COLUMNS)
    assert target.read_bytes() == serialize(atlas.table_of(wanted, COLUMNS), suffix)
    assert capsys.readouterr().out == f"{len(wanted['operations'])} operations written to {target}\n"
    assert run("operations", QUERY, "--columns", COLUMNS, "--table", target, "--json") == 0
    assert json.loads(capsys.readouterr().out) == wanted


def test_a_table_may_have_every_operation_and_every_column(tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / "all.csv"
    assert run("operations", "all", "--columns", "all", "--table", target) == 0
    lines = target.read_text().splitlines()
    assert len(lines) == 19_684
    assert lines[0].startswith("index,trits,code,name,valuation,commutative,associative,")
    assert capsys.readouterr().out == f"19,683 operations written to {target}\n"


def test_the_help_lists_every_column_and_breaks_none(capsys: Captured) -> None:
    assert run("operations", "--help") == 0
    _, listed = capsys.readouterr().out.split("columns:\n")
    lines = listed.rstrip().splitlines()
    assert atlas.columns_of("".join(lines)) == atlas.COLUMNS
    assert all(line.startswith("  ") and line.endswith(",") for line in lines[:-1])
    assert len(lines) <= 12


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["comutative and band"], "the nearest is commutative"),
        (["band and"], "'and' at character 6: a property or an operation must follow 'and'"),
        (
            ["band", "--columns", "imge"],
            "'imge'; the nearest is image. Name it, or one that `python -m tvae operations --help` lists.",
        ),
        (["band", "--table", "found.xls"], "The format is 'xls'; it must be one of csv, json, parquet"),
        ([], "The following arguments are required: QUERY. See "),
        (["band", "loop"], "Unknown arguments: loop. The command is "),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], sentence: str, capsys: Captured) -> None:
    assert run("operations", *arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert sentence in output.err
    assert len(output.err.splitlines()) == 1
