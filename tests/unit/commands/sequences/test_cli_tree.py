"""sequence-tree: the document with --json, a table without, one sentence when wrong."""

import json
from pathlib import Path

import pytest
from command_line import run

from tvae.sequences.loading import DEFAULT, FASTA, TREE

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """The first six species of the alignment."""
    (path := tmp_path / "few.fasta").write_text(">" + ">".join(FASTA.read_text().split(">")[1:7]))
    return path


def test_it_prints_the_document_or_a_table(few: Path, capsys: Captured) -> None:
    command = ("sequence-tree", DEFAULT, few, TREE, "--permutations", "19", "--seed", "3")
    assert run(*command, "--checkpoint", "tree", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["permutations"], document["seed"], document["checkpoint"]) == (19, 3, "tree")
    assert [one["n"] for one in document["sets"]] == [6]
    assert len(document["without_sequence"]) == 50
    assert run(*command) == 0
    printed = capsys.readouterr().out
    assert "all, n 6" in printed
    assert "leaves without a sequence: Chook" in printed
    assert run(*command, "--markdown") == 0
    assert capsys.readouterr().out.startswith("| distance | r, all (6) | p, all (6) |")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nope", "FEW", "TREE"), "No checkpoint is called 'nope'"),
        ((DEFAULT, "none.fasta", "TREE"), "'none.fasta' is not a file"),
        ((DEFAULT, "FEW", "none.tree"), "'none.tree' is not a file. Give the path of a tree"),
        ((DEFAULT, "FEW", "FEW"), "The tree has 'TGTGG"),
        ((DEFAULT, "FEW", "TREE", "--permutations", "0"), "permutations is 0"),
        ((DEFAULT, "FEW", "TREE", "--code", "7"), "The genetic code is 7"),
        ((DEFAULT, "FEW", "TREE", "--checkpoint", "nope"), "No checkpoint is called 'nope'"),
    ],
)
def test_what_is_wrong_is_one_sentence(words: tuple[str, ...], sentence: str, few: Path, capsys: Captured) -> None:
    given = [{"FEW": few, "TREE": TREE}.get(word, word) for word in words]
    assert run("sequence-tree", *given) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
