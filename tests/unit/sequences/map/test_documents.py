"""The document of /sequence_map: the training sequences that a file records, and what a stranger's file may record."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documentation import section
from sequence_layouts import LAYOUTS, bytes_of

import tvae
from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import SequenceError
from tvae.sequences import loading
from tvae.sequences.checkpoint_file import SequenceCheckpoint, build, parse
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.fasta import Record, read_fasta, read_file
from tvae.sequences.map import reference
from tvae.sequences.map.columns import of_table
from tvae.sequences.map.documents import map_sequences, sequence_map
from tvae.sequences.trees.newick import read_tree

LOCATION = CheckpointLocation("a.pt", Path("a.pt"), "file", None, None)
TEXT = ">one kind=x\nATGAAATTTGGG\n>two kind=y\n" + "ATGAAC" * 120
DOCS = "docs/sequences.md"


@pytest.fixture(scope="module")
def opened() -> SequenceCheckpoint:
    return parse(Path("a.pt"), bytes_of(LAYOUTS[0]))


@pytest.fixture(scope="module")
def bundled() -> SequenceCheckpoint:
    return loading.open_located(loading.locate(loading.DEFAULT))


def genes(bundled: SequenceCheckpoint, held: bool) -> list[Record]:
    names = bundled.metadata["plan"]["hold_out"]
    return [record for record in read_file(loading.FASTA) if (record.id in names) == held]


def test_the_bundled_file_records_its_training_sequences(bundled: SequenceCheckpoint) -> None:
    records = genes(bundled, held=False)
    columns = of_table(loading.SPECIES, records)
    made = reference.made(build(bundled), records, columns, windows=True, missing=True)
    found = bundled.metadata[reference.KEY]
    assert {**found, "means": None} == {**made, "means": None}
    np.testing.assert_allclose(found["means"], made["means"], atol=1e-4)
    assert (found["sequences"], len(found["ids"])) == (44, 44)


def test_the_clades_are_those_of_the_tree() -> None:
    tree, records = read_tree(loading.TREE), read_file(loading.FASTA)
    (clades,) = of_table(loading.SPECIES, records).values()
    clade_of = dict(zip((record.id for record in records), clades, strict=True))
    for clade in set(clades):
        members = [name for name, of in clade_of.items() if of == clade]
        assert any(set(tree.below(members[0], other)) == set(members) for other in members), clade
    assert len(set(clades)) == 5


def test_held_out_species_lie_among_their_relatives(bundled: SequenceCheckpoint) -> None:
    document = sequence_map(loading.locate(loading.DEFAULT), bundled, genes(bundled, held=True))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    points = document["points"]
    own = {point["id"]: point for point in points if not point["training"]}
    assert len(points) == 55
    assert len(own) == 11
    first = {name: own[name]["nearest"][0]["id"] for name in ("Human", "Rat", "AsianElep", "Sloth", "Wombat")}
    relatives = {"Human": "Chimpanzee", "Rat": "Mouse", "AsianElep": "AfricanEl"}
    assert first == relatives | {"Sloth": "NineBande", "Wombat": "Bandicoot"}
    for point in points:
        assert all(points[near["point"]]["id"] == near["id"] for near in point["nearest"])
        assert all(points[near["point"]]["training"] for near in point["nearest"])
    assert (document["mean"], document["notes"]) == ("mean_mu", [])
    shares = [f"{share:.1%}" for share in document["shares"]]
    said = " ".join(section(DOCS, "The map").split())
    assert f"{shares[0]} and {shares[1]} of the variance" in said


def test_a_training_sequence_lies_on_its_point(bundled: SequenceCheckpoint) -> None:
    (horse,) = (record for record in genes(bundled, held=False) if record.id == "Horse")
    *training, own = sequence_map(loading.locate(loading.DEFAULT), bundled, [horse])["points"]
    (point,) = (point for point in training if point["id"] == "Horse")
    assert own["nearest"][0]["id"] == "Horse"
    assert own["nearest"][0]["distance"] < 1e-3
    assert (own["x"], own["y"]) == pytest.approx((point["x"], point["y"]), abs=1e-3)
    assert (point["columns"], own["columns"]) == ({"clade": "Laurasiatheria"}, {"clade": ""})


def test_without_training_sequences_the_given_ones_are_alone(opened: SequenceCheckpoint) -> None:
    document = sequence_map(LOCATION, opened, read_fasta(TEXT))
    assert [point["training"] for point in document["points"]] == [False, False]
    assert [point["nearest"][0]["id"] for point in document["points"]] == ["two", "one"]
    assert [point["columns"] for point in document["points"]] == [{"kind": "x"}, {"kind": "y"}]
    assert document["notes"][-1].startswith("The file does not record its training sequences")
    one, two = (found.mu.astype(float) for found in encode_sequences(build(opened), TEXT))  # not over the windows
    assert document["mean"] == "mu"
    assert document["points"][0]["nearest"][0]["distance"] == pytest.approx(np.linalg.norm(one - two), abs=1e-5)
    with pytest.raises(SequenceError, match=r"a.pt does not record its training sequences, so its map is empty"):
        sequence_map(LOCATION, opened, [])


def test_the_limit_is_named(opened: SequenceCheckpoint) -> None:
    with pytest.raises(SequenceError, match="1,001 sequences were sent; at most 1,000 are put on the map at once"):
        sequence_map(LOCATION, opened, read_fasta(">a\nATG\n" * 1_001))


def test_in_python(tmp_path: Path) -> None:
    path = tmp_path / "a.fasta"
    path.write_text(TEXT.replace("ATGAAC", "ATG"))
    alone = map_sequences("codons_brca1")
    assert len(alone["points"]) == 44
    assert tvae.map_sequences("codons_brca1", path)["points"][:44] == [
        {**point, "columns": {**point["columns"], "kind": ""}} for point in alone["points"]
    ]


class TestRecorded:
    """A file that a stranger sends may record anything."""

    @pytest.fixture
    def found(self, bundled: SequenceCheckpoint) -> dict[str, Any]:
        return copy.deepcopy(bundled.metadata[reference.KEY])

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"ids": 5}, "they have no names and latent means"),
            ({"ids": []}, "0 names and 44 latent means, not 1 to 2,000 of each"),
            ({"ids": ["x"] * 2_001, "means": [[0.0] * 16] * 2_001}, "2,001 names and 2,001 latent means"),
            ({"ids": [""] * 44}, "a name is not a text of 1 to 80 characters"),
            ({"ids": ["x" * 81] * 44}, "a name is not a text of 1 to 80 characters"),
            ({"ids": [None] * 44}, "a name is not a text of 1 to 80 characters"),
            ({"means": [[0.0] * 15] * 44}, "a latent mean is not 16 numbers"),
            ({"means": [[True] * 16] * 44}, "a latent mean is not 16 numbers"),
            ({"means": [[1e7] * 16] * 44}, "a latent mean is not 16 numbers"),
            ({"means": [["1"] * 16] * 44}, "a latent mean is not 16 numbers"),
            ({"columns": {f"k{k}": [""] * 44 for k in range(9)}}, "the columns are not a table of at most 8 columns"),
            ({"columns": None}, "the columns are not a table"),
            ({"columns": {"k": ["x"]}}, "a column does not have a text for each name"),
            ({"columns": {"k": [5] * 44}}, "a column does not have a text for each name"),
            ({"sequences": 3}, "their number is not known"),
            ({"sequences": "many"}, "their number is not known"),
        ],
    )
    def test_what_does_not_fit_is_not_used(
        self, change: dict[str, Any], sentence: str, found: dict[str, Any], bundled: SequenceCheckpoint
    ) -> None:
        checkpoint = replace(bundled, metadata={**bundled.metadata, reference.KEY: found | change})
        training, (note,) = reference.recorded(checkpoint)
        assert training is None
        assert f"The training sequences that the file records are not used: {sentence}" in note

    def test_of_many_an_even_share_is_recorded(
        self, opened: SequenceCheckpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reference, "MAX_SEQUENCES", 3)
        records = read_fasta("".join(f">s{k} n={k}\nATGAAA\n" for k in range(9)) + ">gaps n=9\n---ATG\n")
        columns = {"n": tuple(map(str, range(10)))}
        made = reference.made(build(opened), records, columns, windows=False, missing=True)
        assert (made["ids"], made["columns"], made["sequences"]) == (["s0", "s4", "gaps"], {"n": ["0", "4", "9"]}, 10)
        checkpoint = replace(opened, metadata={reference.KEY: made})
        assert reference.recorded(checkpoint)[1] == ["The map has 3 of the 10 training sequences."]

    def test_a_sequence_without_a_token_in_its_windows_is_left_out(self, opened: SequenceCheckpoint) -> None:
        records = read_fasta(">late\n" + "---" * 100 + "ATG\n>whole\nATGAAA\n")
        made = reference.made(build(opened), records, {"k": ("a", "")}, windows=True, missing=True)
        assert (made["ids"], made["columns"], made["sequences"]) == (["whole"], {}, 2)
