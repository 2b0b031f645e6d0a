"""Trees in Newick format: as Biopython reads them, and what is refused."""

import io
from pathlib import Path

import numpy as np
import pytest
from Bio import Phylo

from tvae.errors import SequenceError
from tvae.sequences.loading import DIRECTORY
from tvae.sequences.trees import newick
from tvae.sequences.trees.newick import read, read_tree

MURPHY = DIRECTORY / "murphy.tree"
LENGTHS = "((a:1,b:2.5)x:0.5,(c:1e-2,(d:3,e:0):1)y:2);"


@pytest.mark.parametrize("text", [LENGTHS, MURPHY.read_text()])
def test_paths_are_those_of_biopython(text: str) -> None:
    tree = read(text)
    theirs = Phylo.read(io.StringIO(text), "newick")
    names = [leaf.name for leaf in theirs.get_terminals()]
    assert list(tree.leaves) == names
    assert tree.measured == (text == LENGTHS)
    if not tree.measured:
        for clade in theirs.find_clades():
            clade.branch_length = 1.0
    chosen = names[::5] if len(names) > 10 else names
    exact = [[theirs.distance(one, other) for other in chosen] for one in chosen]
    assert tree.paths(chosen) == pytest.approx(np.array(exact))
    for one in chosen:
        below = [leaf.name for leaf in theirs.common_ancestor(one, chosen[1]).get_terminals()]
        assert list(tree.below(one, chosen[1])) == below


def test_names_in_quotes_comments_and_white_space() -> None:
    tree = read(" ( 'it''s one' [a comment] : 1 ,\n\tb_2[&&NHX:S=x]:2 ) root ;\n")
    assert list(tree.leaves) == ["it's one", "b_2"]
    assert tree.paths(["b_2", "it's one"]).tolist() == [[0, 3], [3, 0]]


def test_a_deep_and_a_wide_tree_are_read() -> None:
    deep = read("(" * 5_000 + "a" + "".join(f",b{i})" for i in range(5_000)) + ";")
    assert deep.paths(["a", "b4999"])[0, 1] == 5_001
    assert len(deep.below("a", "b9")) == 11
    assert len(read(f"({','.join(f'a{i}' for i in range(9_000))});").leaves) == 9_000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "does not end"),
        ("((a,b)", "does not end"),
        ("(a,b)", "does not end"),
        ("(a,b));", r"'\)' at character 6, where it cannot be"),
        ("a,b;", "',' at character 2"),
        ("(a,b;", "';' at character 5"),
        ("(a b,c);", "'b' at character 4"),
        ("(a(b,c),d);", r"'\(' at character 3"),
        ("(a:1:2,b);", "':2' at character 5"),
        ("(a:x,b);", "The length of a branch is 'x', at character 3"),
        ("(a:-1,b:1);", "'-1', at character 3 of the tree; give a number that is not negative"),
        ("(a:nan,b:1);", "'nan'"),
        ("(a:1,b);", "Some branches of the tree have a length"),
        ("(a,);", "A leaf of the tree has no name"),
        ("(a,a);", "Two leaves of the tree are called 'a'"),
        ("a;", "has one leaf"),
        ("(a,b);(c,d);", "goes on after the tree, at character 7"),
        ("(a,b[unclosed);", "at character"),
        ("(" * 30_000, "more than 20,000 nodes"),
    ],
)
def test_what_is_no_tree_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(SequenceError, match=sentence):
        read(text)


def test_files_and_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = read_tree(MURPHY)
    assert len(tree.leaves) == 56
    with pytest.raises(SequenceError, match="'Humann' is not a leaf of the tree"):
        tree.paths(["Humann"])
    with pytest.raises(SequenceError, match="is not a file"):
        read_tree(tmp_path / "none.tree")
    (tmp_path / "a.tree").write_bytes(b"(\xff,b);")
    with pytest.raises(SequenceError, match=r"a\.tree is not a text in UTF-8"):
        read_tree(tmp_path / "a.tree")
    monkeypatch.setattr(newick, "MAX_FILE", 10)
    with pytest.raises(SequenceError, match="has 579 bytes; a tree may have 10"):
        read_tree(MURPHY)
    with pytest.raises(SequenceError, match="1,001 sequences were given"):
        tree.paths(["Human"] * 1_001)
