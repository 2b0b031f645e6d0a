"""The written folder is a data set of the libraries `datasets` and pandas, as its card says."""

import re
from pathlib import Path

import pytest
from dataset_fixtures import K
from datasets import Dataset, load_dataset

from tvae.operations import ternary
from tvae.operations.atlas.codes import code_of
from tvae.operations.parsing import parse_operations
from tvae.reports.publishing.dataset_card import CARD


@pytest.fixture(scope="module")
def loaded(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    found = load_dataset(str(written), split="train", cache_dir=str(tmp_path_factory.mktemp("cache")))
    assert isinstance(found, Dataset)
    return found


def test_every_operation_is_a_row(loaded: Dataset) -> None:
    assert loaded.num_rows == ternary.N
    row = loaded[15_633]
    assert (row["index"], row["code"], row["name"]) == (15_633, "PC0", "min")
    assert row["names"] == ["min", "and", "kleene_and"]
    assert (row["commutative"], row["sheffer"]) == (True, False)
    assert len(row["point_a"]) == len(row["tangent_b"]) == 16
    assert {name: len(values) for name, values in row["neighbours_a"].items()} == {"ids": K, "distances": K}
    assert loaded[1]["name"] is None


def test_rows_are_filtered_by_properties(loaded: Dataset) -> None:
    found = loaded.filter(lambda has: has, input_columns="sheffer")
    assert tuple(found["index"]) == parse_operations("sheffer")


def test_the_programs_of_the_card_print_the_codes_of_a_query(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)
    programs = re.findall(r"```python\n(.+?)```", (written / CARD).read_text(), re.DOTALL)
    queries = ("commutative and idempotent", "commutative and monotone(- < 0 < +)")
    for program, query in zip(programs, queries, strict=True):
        exec(program.replace("path/to/this/folder", str(written)), {})
        printed = re.findall(r"'(\w{3})'", capsys.readouterr().out)
        assert printed == [code_of(n) for n in parse_operations(query)]
