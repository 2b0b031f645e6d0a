"""The document of /genetic_code: strict JSON, equal to what was found, and a sentence that follows the numbers."""

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from arro3.io import read_parquet
from documentation import cells, section

from tvae.analysis import evaluation, genetic_code
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.genetic_code import Association, CodeAssociation
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.errors import InputError
from tvae.models import embedding
from tvae.operations import codons, ternary
from tvae.reports import genetic_code as genetic_reports
from tvae.reports.tables import serialize


@pytest.fixture(scope="module")
def found(rich: EvaluatedCheckpoint) -> CodeAssociation:
    return genetic_code.examine(rich.embedding, permutations=200)


def test_the_document_is_what_was_found(rich: EvaluatedCheckpoint, found: CodeAssociation) -> None:
    document = genetic_reports.genetic_code(rich, found, distances=True)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["checkpoint"], document["sha256"]) == (rich.location.name, rich.checkpoint.sha256)
    assert Association(**document["a"]) == found.a.association
    assert Association(**document["b"]) == found.b.association
    assert Association(**document["controls"]["adic"]) == found.adic
    assert Association(**document["controls"]["hamming"]) == found.hamming
    assert (document["permutations"], document["seed"], document["stops"]) == (200, 0, False)
    assert document["measure"] == "hyperbolic"
    assert document["answer"] in ("yes", "no")
    assert document["sentence"].startswith(document["answer"].capitalize())
    np.testing.assert_allclose(document["distances_a"], found.a.distances, atol=1e-6)
    np.testing.assert_allclose(document["distances_b"], found.b.distances, atol=1e-6)
    assert "distances_a" not in genetic_reports.genetic_code(rich, found)


def test_the_codons_of_the_document(rich: EvaluatedCheckpoint, found: CodeAssociation) -> None:
    rows = genetic_reports.genetic_code(rich, found)["codons"]
    assert [row["codon"] for row in rows] == list(codons.CODONS)
    for index, row in enumerate(rows):
        assert row["index"] == index
        assert row["amino_acid"] == codons.TABLE[index]
        assert ternary.index_of(row["trits"]) == row["operation"] == codons.OPERATIONS[index]
        assert row["valuation"] == ternary.VALUATIONS[row["operation"]]
        assert row["radius_b"] == rich.embedding.b.radius[row["operation"]]
        alone = row["amino_acid"] in "MW"
        assert (row["synonyms_a"] is None) == alone
        assert row["others_a"] == found.a.others[index]


def test_the_families_of_the_document(rich: EvaluatedCheckpoint, found: CodeAssociation) -> None:
    families = {row["amino_acid"]: row for row in genetic_reports.genetic_code(rich, found)["families"]}
    assert "".join(families) == codons.AMINO_ACIDS
    assert families["M"] == {
        "amino_acid": "M", "name": "methionine", "codons": ["ATG"], "within_a": None, "within_b": None
    }  # fmt: skip
    one, two, three = (codons.CODONS.index(codon) for codon in families["I"]["codons"])
    near = found.b.distances
    assert families["I"]["within_b"] == pytest.approx((near[one, two] + near[one, three] + near[two, three]) / 3)


def test_the_terminal_has_the_same_numbers(rich: EvaluatedCheckpoint, found: CodeAssociation) -> None:
    document = genetic_reports.genetic_code(rich, found)
    lines = genetic_reports.summary(document).splitlines()
    assert "stop codons left out" in lines[1]
    assert lines[1].endswith("; genetic code 1, standard")
    assert lines[4].split() == [
        "encoder", "A", f"{found.a.association.within:.4f}", f"{found.a.association.between:.4f}",
        f"{found.a.association.ratio:.3f}", f"{found.a.association.nearer:.1%}",
        f"{found.a.association.p_chance:.4f}", f"{found.a.association.p_mapping:.4f}",
    ]  # fmt: skip
    assert sum(line.split()[0] in codons.CODONS for line in lines if line) == 64
    assert lines[-1] == f"Does the geometry know the genetic code? {document['sentence']}"


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_the_codons_as_a_file(rich: EvaluatedCheckpoint, found: CodeAssociation, kind: str) -> None:
    data = serialize(genetic_reports.table_of(rich, found), kind)
    if kind == "csv":
        lines = data.decode().splitlines()
        assert len(lines) == 65
        assert lines[1].split(",")[2:8] == ["TTT", "0", "F", "0", "'---------", "9"]
    elif kind == "json":
        assert len(json.loads(data)["codons"]) == 64
    else:
        read = read_parquet(io.BytesIO(data)).read_all()
        radii = [cell.as_py() for cell in read.column("radius_a")]
        assert radii == found.a.radius.tolist()
        assert [cell.as_py() for cell in read.column("synonyms_a")].count(None) == 2


def with_numbers(found: CodeAssociation, a: dict[str, float], b: dict[str, float]) -> CodeAssociation:
    sides = (
        replace(side, association=replace(side.association, **numbers))
        for side, numbers in ((found.a, a), (found.b, b))
    )
    return CodeAssociation(*sides, found.adic, found.hamming, True, False, 200, 0, 1)


GOOD = {"within": 0.5, "between": 2.0, "nearer": 0.99, "p_chance": 0.005, "p_mapping": 0.005}


@pytest.mark.parametrize(
    ("a", "b", "start", "parts"),
    [
        (GOOD, GOOD, "Yes, encoder A and encoder B more than the mapping", ("encoder A in 99.0%", "another seed")),
        (GOOD, {**GOOD, "p_mapping": 0.5}, "Yes, encoder A more than the mapping", ("0.50% (A) do as well",)),
        ({**GOOD, "p_mapping": 0.5}, {**GOOD, "p_mapping": 0.02}, "No. Synonymous codons are closer than others (0.500 "
         "against 2.000 in encoder A and", ("trits alone explains this", "50.00% (A) and 2.00% (B) do as well")),
        ({**GOOD, "nearer": 0.8}, {**GOOD, "nearer": 0.7}, "No. Synonymous",
         ("in 83.5% of comparisons for the better control, encoder A in",)),
        ({**GOOD, "p_chance": 0.3}, {**GOOD, "p_chance": 0.6}, "No: synonymous codons are no closer", ("0.3 and 0.6",)),
        ({**GOOD, "p_chance": 0.3}, {**GOOD, "nearer": 0.6}, "No. Synonymous codons are closer than others (0.500 "
         "against 2.000 in encoder B)", ("encoder B in 60.0%",)),
    ],
)  # fmt: skip
def test_the_sentence_follows_the_numbers(
    found: CodeAssociation,
    rich: EvaluatedCheckpoint,
    a: dict[str, float],
    b: dict[str, float],
    start: str,
    parts: tuple[str, ...],
) -> None:
    changed = with_numbers(found, a, b)
    sentence = genetic_reports.sentence(changed)
    assert sentence.startswith(start)
    assert all(part in sentence for part in parts)
    assert sentence.endswith(".")
    assert genetic_reports.genetic_code(rich, changed)["answer"] == sentence[:3].strip(".,: ").lower()


@pytest.mark.parametrize("distances", ["yes", 1, None])
def test_distances_is_true_or_false(rich: EvaluatedCheckpoint, found: CodeAssociation, distances: Any) -> None:
    with pytest.raises(InputError, match=r"distances is .* it must be true or false"):
        genetic_reports.genetic_code(rich, found, distances)


def numbers(cell: str) -> list[float]:
    return [float(part.strip("% ")) / (100 if "%" in part else 1) for part in cell.split(",")]


def test_the_docs_have_the_numbers_of_each_bundled_checkpoint() -> None:
    """Measured again; another processor may round the last digit otherwise, or turn a permutation in thousands."""
    documents = []
    for entry in (entry for entry in ENTRIES if entry.source == "bundled"):
        location = loading.locate(entry.name)
        checkpoint = loading.open_located(location)
        embedded = embedding.embed(loading.load(entry.name))
        evaluated = evaluation.with_metrics(location, checkpoint, embedded, "cpu")
        documents.append(genetic_reports.genetic_code(evaluated, genetic_code.examine(embedded)))
    wanted = genetic_reports.markdown(documents).splitlines()
    page = section("docs/genetic-code.md", "The answer")
    given = [line for line in page.splitlines() if line.startswith("|")]
    assert given[:2] == wanted[:2]
    for one, other in zip(given[2:], wanted[2:], strict=True):
        (name, *left, answer), (same, *right, found) = cells(one), cells(other)
        assert (name, answer) == (same, found)
        for this, that in zip(left, right, strict=True):
            assert numbers(this) == pytest.approx(numbers(that), abs=0.0015)
    answers = {document["answer"] for document in documents}
    assert ("**No bundled checkpoint knows the genetic code.**" in page) == (answers == {"no"})
    p_values = [document[side]["p_mapping"] for document in documents for side in "ab"]
    assert len(p_values) == 2 * len(documents)
    assert min(p_values) > 0.01
    better = [
        f"`{document['checkpoint']}` {side.upper()}"
        for document in documents
        for side in "ab"
        if document[side]["nearer"] > max(row["nearer"] for row in document["controls"].values())
    ]
    assert f"({', '.join(better)})" in " ".join(page.split())
