"""The document of /algebra: strict JSON, equal to what was found, and a sentence that follows the numbers."""

import json
from dataclasses import replace
from typing import Any

import pytest
from documentation import cells, section

from tvae.analysis import evaluation, neighbours
from tvae.analysis.algebra import association
from tvae.analysis.algebra.association import Algebra, Row
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.models import embedding
from tvae.operations.atlas.properties import CHAINS, flags
from tvae.reports import algebra as algebra_reports

KEYS = ("property", "encoder", "share", "base", "hamming", "adic", "p", "p_corrected")


@pytest.fixture(scope="module")
def found() -> Algebra:
    """No share is above a control, and no p-value is small."""
    rows = [Row(asked, encoder, 0.0, 0.01, 0.5, 1.0) for asked in association.asked() for encoder in "AB"]
    rows[3] = replace(rows[3], p=0.02, p_corrected=0.25)
    return Algebra(tuple(rows), 99, 7)


def changed(found: Algebra, place: int, **values: Any) -> Algebra:
    rows = list(found.rows)
    rows[place] = replace(rows[place], **values)
    return replace(found, rows=tuple(rows))


def test_the_document_is_what_was_found(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    document = algebra_reports.algebra(rich, found)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["checkpoint"], document["sha256"]) == (rich.location.name, rich.checkpoint.sha256)
    assert (document["k"], document["permutations"], document["seed"], document["alpha"]) == (10, 99, 7, 0.01)
    assert document["measure"] == "hyperbolic"
    assert len(document["rows"]) == 26
    for row, wanted in zip(document["rows"], found.rows, strict=True):
        asked = wanted.asked
        assert [row[key] for key in KEYS] == [
            *(asked.question.name, wanted.encoder, wanted.share, asked.base, asked.hamming, asked.adic),
            *(wanted.p, wanted.p_corrected),
        ]
    undecidable = {row["property"] for row in document["rows"] if not row["decidable"]}
    assert undecidable == {"idempotent", "closed_value"}


def test_no_where_digits_explain_everything(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    document = algebra_reports.algebra(rich, found)
    assert document["answer"] == "no"
    assert document["sentence"] == (
        "No: operations with a property are no nearer to each other than the distances of their digits explain. The "
        "smallest corrected p-value is 0.25 (associative, encoder B)."
    )


def test_no_where_a_distance_of_digits_does_better(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    document = algebra_reports.algebra(rich, changed(found, 0, share=0.3, p=0.001, p_corrected=0.01))
    assert document["answer"] == "no"
    assert document["sentence"].startswith("No. Some properties have a larger share than relabelled copies")
    assert "(commutative, encoder A: 30.0% against 33.3% (Hamming) and 20.0% (3-adic))" in document["sentence"]


def test_yes_only_above_both_controls(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    document = algebra_reports.algebra(rich, changed(found, 1, share=0.4, p=0.001, p_corrected=0.002))
    assert document["answer"] == "yes"
    assert document["sentence"].startswith("Yes, more than the distances of digits explain (commutative, encoder B: ")
    assert "30.0%" not in document["sentence"]


def test_the_tables(rich: EvaluatedCheckpoint, found: Algebra) -> None:
    document = algebra_reports.algebra(rich, found)
    lines = algebra_reports.summary(document).splitlines()
    assert len(lines) == 4 + 26 + 2
    assert lines[4].split() == ["commutative", "A", "0.0%", "3.7%", "33.3%", "20.0%", "1.0%", "0.5000", "1.0000"]
    assert lines[-1] == f"Does the geometry know algebra? {document['sentence']}"
    last = algebra_reports.markdown([document, document]).splitlines()[-1]
    assert last.endswith("| 0.250 | `associative`, B | 0.0% | 1.0% | 0 of 26 | no |")


def test_the_docs_on_the_order_of_the_trits() -> None:
    """In v5_5, trits are numbers: monotone in their order is nearer than its copies, in another order it is not."""
    embedded = embedding.embed(loading.load("v5_5"))
    nearest = [neighbours.graph(side, association.K) for side in (embedded.a, embedded.b)]
    p, _ = association.p_values(association.hits(nearest, [flags(name) for name in CHAINS], 199, 0))
    assert (p[:, 0] <= 0.01).all()
    assert (p[:, 1:] > 0.5).all()
    assert CHAINS[0] == "monotone(- < 0 < +)"
    assert "in `v5_5`," in section("docs/algebra.md", "The test")


def test_the_docs_name_the_section_of_the_page() -> None:
    assert f'"{algebra_reports.QUESTION}"' in " ".join(section("docs/algebra.md", "The answer").split())


def test_the_docs_have_the_numbers_of_each_bundled_checkpoint() -> None:
    """Measured again; another processor may round the last digit otherwise, or turn a relabelling in thousands."""
    documents = []
    for entry in (entry for entry in ENTRIES if entry.source == "bundled"):
        location = loading.locate(entry.name)
        checkpoint = loading.open_located(location)
        embedded = embedding.embed(loading.load(entry.name))
        evaluated = evaluation.with_metrics(location, checkpoint, embedded, "cpu")
        documents.append(algebra_reports.algebra(evaluated, association.examine(embedded)))
    wanted = [line for line in algebra_reports.markdown(documents).splitlines() if line]
    page = section("docs/algebra.md", "The answer")
    given = [line for line in page.splitlines() if line.startswith("|")]
    for one, other in zip(given, wanted, strict=True):
        for this, that in zip(cells(one), cells(other), strict=True):
            try:
                numbers = [float(cell.strip("%")) / (100 if "%" in cell else 1) for cell in (this, that)]
            except ValueError:
                assert this == that
            else:
                assert numbers[0] == pytest.approx(numbers[1], abs=0.0021)
    answers = {document["answer"] for document in documents}
    assert ("**No bundled checkpoint knows algebra.**" in page) == (answers == {"no"})
    significant = [
        f"`{document['checkpoint']}` {row['encoder']}"
        for document in documents
        for row in document["rows"]
        if row["p_corrected"] <= document["alpha"]
    ]
    assert f"({', '.join(dict.fromkeys(significant))})" in " ".join(page.split())
