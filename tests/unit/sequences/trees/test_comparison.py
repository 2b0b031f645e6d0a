"""The table of docs/sequences.md, measured again on the bundled files, and the sentence."""

import json
from typing import Any

import pytest
from documentation import section

from tvae.analysis.genetic_code import codon_distances
from tvae.checkpoints.catalogue.catalogue import DEFAULT as TERNARY
from tvae.errors import InputError, SequenceError
from tvae.models.embedding import embed
from tvae.sequences.fasta import read_fasta, read_file
from tvae.sequences.loading import DEFAULT, FASTA, TREE, locate, open_located
from tvae.sequences.trees import comparison
from tvae.sequences.trees.newick import read, read_tree

pytestmark = pytest.mark.usefixtures("one_thread")
LOCATION = locate(DEFAULT)
DOCS = " ".join(section("docs/sequences.md", "What the latent space knows of the tree").split())


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    import tvae

    embedding = embed(tvae.load(TERNARY))
    ternary = {"A": codon_distances(embedding.a), "B": codon_distances(embedding.b)}
    opened = open_located(LOCATION)
    return comparison.comparison(LOCATION, opened, read_file(FASTA), read_tree(TREE), ternary, TERNARY)


def test_the_table_of_the_docs_is_measured_again(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    written = [
        line.strip("| ").split(" | ")
        for line in section("docs/sequences.md", "What the latent space knows of the tree").splitlines()
        if line.startswith("| ")
    ]
    again = [line.strip("| ").split(" | ") for line in comparison.markdown(document).splitlines()]
    assert [row[0] for row in written] == [row[0] for row in again]
    assert written[0] == again[0]
    for one, other in zip(written[2:], again[2:], strict=True):
        for i, digits in ((1, 0.004), (2, 0.01), (3, 0.004), (4, 0.01)):
            assert float(one[i]) == pytest.approx(float(other[i]), abs=digits)
    assert document["sentence"] in DOCS


def test_the_document_says_what_was_done(document: dict[str, Any]) -> None:
    assert (document["model"], document["checkpoint"], document["alphabet"]) == (DEFAULT, TERNARY, "codons")
    assert (document["permutations"], document["seed"], document["branches"]) == (9_999, 0, "1 each")
    assert document["without_sequence"] == ["Chook"]
    assert [(one["set"], one["n"]) for one in document["sets"]] == [("all", 55), ("held out", 11)]
    table = comparison.table(document).splitlines()
    assert table[-1] == document["sentence"]
    assert "all, n 55" in table[2]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [(0.5, 0.001), (0.3, 0.001)],
            "The latent means of m follow the tree (r 0.50, p 0.0010), and more closely than",
        ),
        ([(0.3, 0.001), (0.5, 0.001)], "(r 0.30, p 0.0010), but less closely than the b1 (r 0.50)."),
        ([(0.3, 0.02), (0.5, 0.001)], "The latent means of m do not follow the tree (p 0.0200)."),
        ([(None, None), (0.5, 0.001)], "do not follow the tree (p -)."),
        ([(0.3, 0.001), (None, None)], "follow the tree (r 0.30, p 0.0010)."),
    ],
)
def test_the_sentence(rows: list[tuple[float | None, float | None]], sentence: str) -> None:
    named = [{"distance": f"b{i}", "r": r, "p": p} for i, (r, p) in enumerate(rows)]
    assert sentence in comparison._sentence("m", named)


def test_what_is_refused() -> None:
    opened, tree = open_located(LOCATION), read("(((a,b),c),(d,e));")

    def compared(text: str, **settings: Any) -> dict[str, Any]:
        return comparison.comparison(LOCATION, opened, read_fasta(text), tree, **settings)

    four = ">a\nATGAAA\n>b\nATGAAG\n>c\nATGCCC\n>d\nCTGCCC\n"
    found = compared(four, permutations=9)
    assert found["without_sequence"] == ["e"]
    assert [one["set"] for one in found["sets"]] == ["all"]
    assert found["checkpoint"] is None
    with pytest.raises(SequenceError, match="'z' is not a leaf of the tree"):
        compared(four.replace(">d", ">z"))
    with pytest.raises(SequenceError, match="have 1 to 2 tokens; only aligned ones"):
        compared(four.replace("CTGCCC", "CTG"))
    with pytest.raises(SequenceError, match="2 sequences are compared with the tree"):
        compared(">a\nATG\n>b\nCTG\n")
    with pytest.raises(InputError, match="permutations is 0"):
        compared(four, permutations=0)
