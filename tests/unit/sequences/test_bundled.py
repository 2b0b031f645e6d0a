"""The model in tvae/bundled/sequences, its sequences and its tree, measured again."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from Bio import SeqIO
from documentation import cells, section, text_of

from tvae.checkpoints.checkpoint_file import digest
from tvae.sequences import loading
from tvae.sequences.checkpoint_file import build, read
from tvae.sequences.fasta import MISSING, all_tokens, read_file
from tvae.sequences.loading import DIRECTORY, FASTA, TREE
from tvae.sequences.stops import inner_stops
from tvae.sequences.training import baselines
from tvae.sequences.training.data import Accuracy, Data, plan_of, prepared
from tvae.sequences.training.loop import measure
from tvae.sequences.trees.newick import read_tree

pytestmark = pytest.mark.usefixtures("one_thread")
MANIFEST: dict[str, Any] = json.loads((DIRECTORY / "manifest.json").read_text())
ROW = MANIFEST["codons"]
DOCS = "docs/sequences.md"


@pytest.fixture(scope="module")
def data() -> Data:
    return prepared(read_file(FASTA), plan_of(ROW["plan"]), ROW["seed"])


def found(name: str, data: Data) -> Accuracy:
    model = build(read(DIRECTORY / ROW["file"]))
    measures: dict[str, Callable[[], Accuracy]] = {
        "trained": lambda: measure(model, data.train),
        "held_out": lambda: measure(model, data.held),
        "guess": lambda: baselines.most_frequent(data),
        "nearest": lambda: baselines.nearest_sequence(data),
        "nearest_in_tree": lambda: baselines.nearest_in_tree(data, read_tree(TREE)),
    }
    return measures[name]()


def test_the_files_are_those_in_the_manifest() -> None:
    file = (DIRECTORY / ROW["file"]).read_bytes()
    assert digest(file) == ROW["sha256"]
    assert digest(FASTA.read_bytes()) == ROW["fasta_sha256"]
    assert len(file) == ROW["bytes"] < 5_000_000
    assert ROW["file"] == f"{loading.DEFAULT}.safetensors"
    assert ROW["duration_s"] < 60


def test_the_sequences_are_aligned_genes_of_the_species_in_the_tree() -> None:
    """Read by Biopython."""
    genes = list(SeqIO.parse(FASTA, "fasta"))
    assert len(genes) == ROW["sequences"] == 55
    assert {len(gene.seq) for gene in genes} == {3_009}
    assert {gene.id for gene in genes} == set(read_tree(TREE).leaves) - {"Chook"}
    tokens = all_tokens(read_file(FASTA), "codons", missing=True)
    assert not any(len(inner_stops(one, "codons", 1)) for one in tokens)  # so they are in frame
    missing = sum(int((one == MISSING).sum()) for one in tokens)
    assert f"{missing:,} of the {55 * 1_003:,} codons" in " ".join(section(DOCS, "Gaps").split())


@pytest.mark.parametrize("name", ROW["metrics"])
def test_the_accuracies_are_measured_again(name: str, data: Data) -> None:
    assert data.digest == ROW["sequences_sha256"]
    again, written = found(name, data), ROW["metrics"][name]
    assert (again.sequences, again.tokens) == (written["sequences"], written["tokens"])
    assert again.share == pytest.approx(written["share"], abs=0.003)


def test_it_knows_more_than_the_most_frequent_codons_as_its_note_says() -> None:
    share = {name: row["share"] for name, row in ROW["metrics"].items()}
    assert share["guess"] < share["held_out"]
    note = loading.BY_NAME[loading.DEFAULT].note
    assert "better than the most frequent codon of each place does. If one of the 44 is a near relative" in note
    names = ROW["plan"]["hold_out"]
    assert f"from {55 - len(names)} mammals" in note
    assert f"reconstructs {len(names)} other mammals" in note
    assert loading.EXAMPLE in names


def test_the_docs_list_the_models() -> None:
    text = section("docs/genetic-code.md", "Models of sequences")
    for entry in loading.ENTRIES:
        place = "bundled, trained here" if entry.source == "bundled" else "Hub"
        assert f"| `{entry.name}` | {entry.alphabet} | {place} |" in text
    assert f"the file has {ROW['bytes'] / 1e6:.1f} MB" in " ".join(text_of(DOCS).split())
    assert ",".join(ROW["plan"]["hold_out"]) in text_of(DOCS)


def test_the_source_and_the_licence_are_named() -> None:
    source = (DIRECTORY / "SOURCE.md").read_text()
    assert all(
        words in source for words in ("cogent3", "Redistribution and use", "Gavin Huttley", FASTA.name, TREE.name)
    )
    assert ",".join(ROW["plan"]["hold_out"]) in source


def test_the_nearest_sequence_is_better_for_the_species_in_the_docs(data: Data) -> None:
    model = build(read(DIRECTORY / ROW["file"]))
    better: dict[bool, list[str]] = {True: [], False: []}
    for name in ROW["plan"]["hold_out"]:
        one = replace(data, held=data.held.chosen(np.array([data.names[i] == name for i in data.held.record])))
        ours, nearest = measure(model, one.held).right, baselines.nearest_sequence(one).right
        better[nearest > ours].append(f"`{name}`")
    text = " ".join(section(DOCS, "What the model knows").split())
    nearer, others = (f"{', '.join(names[:-1])} and {names[-1]}" for names in (better[True], better[False]))
    assert f"The nearest sequence is the better guess for {nearer}" in text
    assert f"the model is better for the other {len(better[False])}, {others}" in text


def test_the_docs_have_its_numbers() -> None:
    text = section(DOCS, "What the model knows")
    rows = {cells(line)[0]: cells(line)[1:] for line in text.splitlines() if line.startswith("|")}
    measured = ROW["metrics"]
    first = rows["11 species, gaps masked"]
    assert first[0] == f"{measured['held_out']['tokens']:,}"
    low, high = (float(share) for share in first[1].replace("%", "").split(" to "))
    assert low <= 100 * measured["held_out"]["share"] <= high
    assert low / 100 > measured["guess"]["share"]
    for cell, name in zip(first[2:], ("guess", "nearest", "nearest_in_tree"), strict=True):
        assert cell == f"{measured[name]['share']:.1%}"


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("11 species, gaps masked", {}),
        ("11 species, sites with a gap left out", {"missing": "drop"}),
        ("a clade of 12, gaps masked", {"hold_out": read_tree(TREE).below("Aardvark", "Dugong")}),
    ],
)
def test_the_baselines_in_the_docs_are_measured_again(line: str, changes: dict[str, Any]) -> None:
    plan = plan_of(ROW["plan"] | changes)
    split = prepared(read_file(FASTA), plan, 0)
    text = section(DOCS, "What the model knows")
    (row,) = (cells(one) for one in text.splitlines() if one.startswith(f"| {line} "))
    tree = read_tree(TREE)
    shares = [
        baselines.most_frequent(split).share,
        baselines.nearest_sequence(split).share,
        baselines.nearest_in_tree(split, tree).share,
    ]
    assert row[1] == f"{int(split.held.known.sum()):,}"
    assert row[3:] == [f"{share:.1%}" for share in shares if share is not None]
