"""The data set of all operations: its columns against their definitions, its card, and how its folder is written."""

import ast
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from arro3.io import read_parquet
from dataset_fixtures import RANKED, K
from huggingface_hub import DatasetCard, DatasetCardData
from paths import ROOT

from tvae.analysis import neighbours
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.errors import InputError, StorageError
from tvae.operations import ternary
from tvae.operations.atlas import classes, properties
from tvae.operations.atlas.codes import index_of_code
from tvae.operations.named import INDEX_OF, names_of
from tvae.operations.parsing import parse_operations
from tvae.reports.atlas import operations as atlas
from tvae.reports.publishing import dataset
from tvae.reports.publishing.dataset_card import CARD, DATA, atlas_options, dataset_card
from tvae.reports.publishing.features import features

pytestmark = pytest.mark.usefixtures("quick_neighbours")

Columns = dict[str, list[Any]]
MIN = INDEX_OF["min"]


def columns_of(directory: Path) -> Columns:
    table = read_parquet(directory / DATA).read_all()
    return {name: table.column(name).to_pylist() for name in table.column_names}


@pytest.fixture(scope="module")
def columns(written: Path) -> Columns:
    return columns_of(written)


def test_rows_are_operations_with_their_codes_and_names(columns: Columns) -> None:
    assert columns["index"] == list(range(ternary.N))
    assert [index_of_code(code) for code in columns["code"]] == columns["index"]
    for n in (0, 13, 15_633, ternary.N - 1):
        assert parse_operations(columns["trits"][n]) == (n,)
    assert columns["valuation"] == ternary.VALUATIONS.tolist()
    named = {name: n for n, names in enumerate(columns["names"]) for name in names}
    assert named == INDEX_OF
    assert [n for n, name in enumerate(columns["name"]) if name] == sorted(set(INDEX_OF.values()))
    assert all(name is None or name in names for name, names in zip(columns["name"], columns["names"], strict=True))


def test_properties_are_those_of_the_atlas(columns: Columns) -> None:
    for one in properties.PROPERTIES:
        assert sum(columns[one.name]) == one.count
        assert [n for n, has in enumerate(columns[one.name]) if has] == list(parse_operations(one.name))
    for quantity in properties.QUANTITIES:
        assert (min(columns[quantity.name]), max(columns[quantity.name])) == (quantity.low, quantity.high)
    for kind in classes.KINDS:
        assert len(set(columns[f"{kind.name}_representative"])) == kind.count


def test_places_are_those_of_the_checkpoint(columns: Columns, rich: EvaluatedCheckpoint) -> None:
    for letter, side in (("a", rich.embedding.a), ("b", rich.embedding.b)):
        assert columns[f"radius_{letter}"] == side.radius.tolist()
        assert side.norm is not None
        assert columns[f"norm_{letter}"] == side.norm.tolist()
        for name, expected in (("point", side.point), ("mu", side.mu)):
            assert np.array_equal(np.array(columns[f"{name}_{letter}"], np.float32), expected)
        tangent = np.array(columns[f"tangent_{letter}"])
        assert np.linalg.norm(tangent, axis=1) == pytest.approx(side.radius, abs=1e-4)
        spread = tangent.var(0)
        assert (np.diff(spread) <= 1e-6 * spread[0]).all()
        assert np.abs(np.corrcoef(tangent.T) - np.eye(16)).max() < 0.01
        assert np.array_equal(tangent[:, :2], np.stack([columns[f"{axis}_{letter}"] for axis in "xy"], 1))
    assert columns["exact"] == rich.embedding.exact.tolist()
    right = [a == b for a, b in zip(columns["trits"], columns["reconstruction"], strict=True)]
    assert columns["exact"] == right


def test_neighbours_are_rows_with_their_distances(columns: Columns, rich: EvaluatedCheckpoint) -> None:
    for letter, side in (("a", rich.embedding.a), ("b", rich.embedding.b)):
        others, distances = neighbours.nearest(side, np.arange(RANKED), K)
        found = columns[f"neighbours_{letter}"]
        assert [one["ids"] for one in found[:RANKED]] == others.tolist()
        assert [one["distances"] for one in found[:RANKED]] == distances.tolist()
        assert {len(one["ids"]) for one in found} == {K}


def test_a_checkpoint_without_a_ball_has_no_points(euclidean: EvaluatedCheckpoint, tmp_path: Path) -> None:
    dataset.write(euclidean, tmp_path / "flat", 1)
    columns = columns_of(tmp_path / "flat")
    assert not {"norm_a", "norm_b", "point_a", "point_b"} & columns.keys()
    lengths = np.linalg.norm(np.array(columns["tangent_b"]), axis=1)
    assert lengths == pytest.approx(euclidean.embedding.b.radius, rel=1e-5)
    card = (tmp_path / "flat" / CARD).read_text()
    assert "hyperbolic" not in card
    assert "Euclidean distance of encoder A" in card


def test_the_card_describes_every_column_of_the_file(written: Path, columns: Columns) -> None:
    card = (written / CARD).read_text()
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+) \|$", card, re.MULTILINE)
    assert [name.replace("\\|", "|") for name, _, _ in rows] == list(columns)
    assert all(meaning for _, _, meaning in rows)
    front = yaml.safe_load(card.split("---\n")[1])
    read = DatasetCard(card).data  # as the Hub's client reads it
    assert isinstance(read, DatasetCardData)
    assert (read.pretty_name, read.size_categories, read.tags) == tuple(
        front[name] for name in ("pretty_name", "size_categories", "tags")
    )
    assert {f"--{name}" for name in ("text", "x", "y", "neighbors")} <= set(card.split())
    (files,) = front["configs"][0]["data_files"]
    assert (written / files["path"]).is_file()
    assert front["size_categories"] == ["10K<n<100K"]
    programs = re.findall(r"```python\n(.+?)```", card, re.DOTALL)
    assert [program.split()[1] for program in programs] == ["datasets", "pandas"]
    for program in programs:
        ast.parse(program)


def test_columns_of_the_atlas_are_those_of_its_answers_under_the_same_names(columns: Columns) -> None:
    row = atlas.search("min", "all")["operations"][0]
    there = {**row, "trits": ternary.trit_string(row["trits"]), "names": names_of(MIN)}
    assert {name: columns[name][MIN] for name in list(columns)[: len(there)]} == there


def test_the_card_says_what_is_null_and_how_trits_are_written(written: Path, columns: Columns) -> None:
    card = (written / CARD).read_text()
    assert [name for name, values in columns.items() if None in values] == ["name"]
    assert "missing values: only `name` can be null" in card
    assert f"null for the {columns['name'].count(None):,} without one |" in card
    assert f"for min {columns['trits'][MIN]}, without an apostrophe in front |" in card


def test_the_licence_is_ours_for_our_own_checkpoints_only(rich: EvaluatedCheckpoint) -> None:
    columns = features(rich.embedding, K)
    bundled = replace(rich, location=replace(rich.location, origin="bundled"))
    ours, others = (dataset_card(one, columns) for one in (bundled, rich))
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert yaml.safe_load(ours.split("---\n")[1])["license"] == "apache-2.0"
    assert "- licence: Apache-2.0, as tvae and the checkpoints in it\n" in ours
    assert "license" not in yaml.safe_load(others.split("---\n")[1])
    assert "- licence: none is named here, because the checkpoint is not part of tvae; before you publish" in others


def test_the_options_of_embedding_atlas_name_columns(written: Path, columns: Columns) -> None:
    (command,) = re.findall(r"```bash\n(.+?)\n```", (written / CARD).read_text(), re.DOTALL)
    program, file, *words = command.split()
    assert (program, file) == ("embedding-atlas", DATA)
    options = dict(zip(words[::2], words[1::2], strict=True))
    assert options == atlas_options("a")
    assert set(options.values()) <= columns.keys()
    assert list(columns[options["--neighbors"]][0]) == ["ids", "distances"]  # the form that it documents


def test_the_card_names_the_repository_and_no_place_on_this_machine(rich: EvaluatedCheckpoint, written: Path) -> None:
    text = dataset_card(rich, features(rich.embedding, K), "alice/operations")
    assert 'load_dataset("alice/operations", split="train")' in text
    assert f'read_parquet("hf://datasets/alice/operations/{DATA}")' in text
    assert str(rich.location.path.parent) not in text
    assert str(rich.location.path.parent) not in (written / CARD).read_text()
    assert f"`{rich.location.path.name}`, sha256 `{rich.checkpoint.sha256}`" in text


def test_the_name_of_a_file_is_no_markdown(rich: EvaluatedCheckpoint) -> None:
    path = rich.location.path.with_name("a\n# `b|<c>\x1b\udcff.safetensors")
    odd = replace(rich, location=replace(rich.location, entry=None, path=path))
    text = dataset_card(odd, features(rich.embedding, K))
    assert "encoded by a_ _b_c_.safetensors" in text
    assert "- checkpoint: `a_ _b_c_.safetensors`" in text
    assert text.encode()  # which half of a surrogate pair would prevent


def test_a_new_and_an_empty_folder_are_written(rich: EvaluatedCheckpoint, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for directory in (empty, tmp_path / "above" / "new"):
        files = dataset.write(rich, directory, 1)
        assert files == (directory / CARD, directory / DATA)
        assert {path.name for path in directory.iterdir()} == {CARD, DATA}
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "above"}
    assert {path.name for path in (tmp_path / "above").iterdir()} == {"new"}


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(StorageError, match=r"link cannot be used: Too many levels of symbolic links\. Choose another"):
        dataset.check(link)


def test_a_folder_with_files_is_refused_and_left_as_it_is(rich: EvaluatedCheckpoint, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"is not empty: it has one entry, 'notes.txt'\. Name a new folder"):
        dataset.write(rich, tmp_path)
    with pytest.raises(InputError, match=r"notes.txt is a file\. Name a new folder, or an empty one"):
        dataset.write(rich, tmp_path / "notes.txt")
    with pytest.raises(StorageError, match=r"sub cannot be used: a part of the path is a file\. Choose another place"):
        dataset.check(tmp_path / "notes.txt" / "sub")
    (tmp_path / ".hidden").touch()
    with pytest.raises(InputError, match=r"it has 2 entries, such as '\.hidden'"):
        dataset.check(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", ".hidden"}
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("count", [0, 101, -1, 2.5, True, "3"])
def test_another_number_of_neighbours_is_refused(count: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"k is .*; it must be a whole number from 1 to 100, for example 10"):
        dataset.check(tmp_path, count)


def test_a_failure_leaves_nothing(rich: EvaluatedCheckpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"operations cannot be used: the disk is full"):
        dataset.write(rich, tmp_path / "operations", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_fills_up_meanwhile_is_not_replaced(
    rich: EvaluatedCheckpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "operations"
    target.mkdir()

    def slow(*_: object) -> bytes:
        (target / "notes.txt").write_text("mine")
        return b""

    monkeypatch.setattr(dataset, "parquet", slow)
    with pytest.raises(StorageError, match="operations cannot be used: Directory not empty"):
        dataset.write(rich, target, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["operations"]
    assert (target / "notes.txt").read_text() == "mine"
