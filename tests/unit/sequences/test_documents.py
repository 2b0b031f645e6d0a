"""The document of /encode_sequence: strict JSON that is what the functions beneath it find."""

import json
from pathlib import Path

import pytest
from sequence_layouts import LAYOUTS, bytes_of

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import SequenceError
from tvae.sequences import documents
from tvae.sequences.checkpoint_file import SequenceCheckpoint, build, parse
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.fasta import read_fasta

TEXT = ">one a gene\nATGAAATTTGGG\n>two\n" + "ATG" * 120
RECORDS = read_fasta(TEXT)


@pytest.fixture(scope="module")
def opened() -> tuple[CheckpointLocation, SequenceCheckpoint]:
    return CheckpointLocation("a.pt", Path("a.pt"), "file", None, None), parse(Path("a.pt"), bytes_of(LAYOUTS[0]))


def test_the_document(opened: tuple[CheckpointLocation, SequenceCheckpoint]) -> None:
    document = documents.encoding(*opened, RECORDS)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["checkpoint"], document["alphabet"]) == ("a.pt", "codons")
    assert document["sha256"] == opened[1].sha256
    found = encode_sequences(build(opened[1]), TEXT)
    for row, one in zip(document["sequences"], found, strict=True):
        assert row["mu"] == pytest.approx(one.mu.tolist(), abs=1e-6)
        assert len(row["mu"]) == 16
        for name in ("id", "length", "used", "reconstruction", "token_accuracy", "token_accuracy_100", "note"):
            assert row[name] == getattr(one, name)
    total = document["total"]
    assert (total["sequences"], total["tokens"]) == (2, 104)
    assert total["right"] == sum(one.right for one in found)
    assert total["token_accuracy"] == total["right"] / 104
    assert total["token_accuracy_100"] == sum(one.right_100 for one in found) / 200
    assert total["exact"] == sum(one.right == one.used for one in found) == 0


def test_the_table(opened: tuple[CheckpointLocation, SequenceCheckpoint]) -> None:
    document = documents.encoding(*opened, RECORDS)
    lines = documents.table(document).splitlines()
    assert len(lines) == 2 + 2 + 1
    assert lines[2].split()[:3] == ["one", "4", "4"]
    assert lines[3].split()[:3] == ["two", "120", "100"]
    assert f"{document['total']['right']:,} of 104 codons right" in lines[-1]


def test_the_limit_is_named(opened: tuple[CheckpointLocation, SequenceCheckpoint]) -> None:
    many = read_fasta(">a\nATG\n" * 1_001)
    with pytest.raises(SequenceError, match="1,001 sequences were sent; at most 1,000 are encoded at once"):
        documents.encoding(*opened, many)
    assert documents.encoding(*opened, many, limit=None)["total"]["sequences"] == 1_001
