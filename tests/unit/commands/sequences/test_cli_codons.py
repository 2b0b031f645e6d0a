"""The commands on codons and sequences: the API's documents with --json, tables without, one sentence when wrong."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from sequence_layouts import LAYOUTS, bytes_of

from tvae.analysis import evaluation, genetic_code
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.catalogue.catalogue import ENTRIES
from tvae.reports import genetic_code as genetic_reports
from tvae.sequences import documents, loading
from tvae.sequences.checkpoint_file import read
from tvae.sequences.fasta import read_fasta

Captured = pytest.CaptureFixture[str]
GENES = ">a\nATGAAATTT\n>b\naugaaauuuggg\n>c\nATGCCC\n"


@pytest.fixture
def opened(rich: EvaluatedCheckpoint, monkeypatch: pytest.MonkeyPatch) -> EvaluatedCheckpoint:
    """The golden file, measured once for all commands."""
    monkeypatch.setattr(evaluation, "measure", lambda location, *_, **__: replace(rich, location=location))
    return rich


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    (path := tmp_path / "genes.fasta").write_text(GENES)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (path := tmp_path / "model.pt").write_bytes(bytes_of(LAYOUTS[0]))
    return path


def test_codons_prints_the_document_or_a_table(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    settings = ("--permutations", "60", "--seed", "4", "--stops")
    wanted = genetic_reports.genetic_code(opened, genetic_code.examine(opened.embedding, True, 60, 4))
    assert run("codons", rich_file, *settings, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(wanted))
    assert run("codons", rich_file, *settings) == 0
    assert capsys.readouterr().out.strip() == genetic_reports.summary(wanted)


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_codons_writes_a_table(
    opened: EvaluatedCheckpoint, rich_file: Path, tmp_path: Path, suffix: str, capsys: Captured
) -> None:
    target = tmp_path / f"codons.{suffix}"
    assert run("codons", rich_file, "--permutations", "10", "--table", target) == 0
    assert target.stat().st_size > 3_000
    assert "Does the geometry know" in capsys.readouterr().out


def test_codons_of_all_bundled_checkpoints_is_the_table_of_readme(
    opened: EvaluatedCheckpoint, capsys: Captured
) -> None:
    assert run("codons", "--permutations", "10") == 0
    lines = capsys.readouterr().out.splitlines()
    bundled = [entry.name for entry in ENTRIES if entry.source == "bundled"]
    assert len(lines) == 2 + len(bundled) + 2
    assert lines[2].startswith("| `rich_tree` | ")
    assert run("codons", "--permutations", "10", "--json") == 0
    assert [row["checkpoint"] for row in json.loads(capsys.readouterr().out)] == bundled


def test_codons_of_another_code(opened: EvaluatedCheckpoint, rich_file: Path, capsys: Captured) -> None:
    settings = ("--permutations", "60", "--code", "2")
    wanted = genetic_reports.genetic_code(opened, genetic_code.examine(opened.embedding, False, 60, code=2))
    assert run("codons", rich_file, *settings, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(wanted))
    assert run("codons", rich_file, *settings) == 0
    assert "seed 0; genetic code 2, vertebrate mitochondrial\n" in capsys.readouterr().out


def test_a_code_is_recorded_in_the_checkpoint_and_the_standard_one_is_not(
    fasta: Path, tmp_path: Path, capsys: Captured
) -> None:
    fasta.write_text(">a\nATGTGAAAATAA\n>b\nATGAAA\n")
    common = ("train", "codons", "--fasta", fasta, "--epochs", "2", "--held-out", "0")
    files = {code: tmp_path / f"{code}.safetensors" for code in ("none", "1", "4")}
    for code, output in files.items():
        assert run(*common, "--output", output, *([] if code == "none" else ["--code", code])) == 0
        assert ("note: A stop comes before the end in 1 of 2" in capsys.readouterr().out) == (code != "4")
    assert files["none"].read_bytes() == files["1"].read_bytes()
    assert "code" not in read(files["1"]).metadata["plan"]
    assert read(files["4"]).metadata["plan"]["code"] == 4
    assert run("sequences", files["4"], fasta) == 0
    assert "note: The model was trained on sequences of genetic code 4; these are read by code 1." in (
        capsys.readouterr().out
    )
    assert run("sequences", files["4"], fasta, "--code", "4") == 0
    assert "note:" not in capsys.readouterr().out


def test_sequences_prints_the_document_or_a_table(model: Path, fasta: Path, capsys: Captured) -> None:
    location = loading.locate_any(model)
    wanted = documents.encoding(location, loading.open_located(location), read_fasta(GENES))
    assert run("sequences", model, fasta, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(wanted))
    assert run("sequences", model, fasta) == 0
    assert capsys.readouterr().out.strip() == documents.table(wanted)


def test_train_codons(fasta: Path, tmp_path: Path, capsys: Captured) -> None:
    output, manifest = tmp_path / "own.safetensors", tmp_path / "manifest.json"
    arguments: tuple[Any, ...] = ("train", "codons", "--fasta", fasta, "--epochs", "3", "--seed", "5", "--lr", "0.01",
                                  "--held-out", "0", "--output", output, "--manifest", manifest)  # fmt: skip
    assert run(*arguments, "--json") == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["seed"], row["steps"], row["different"]) == (5, 3, 3)
    assert row["plan"]["learning_rate"] == 0.01
    assert read(output).sha256 == row["sha256"]
    assert json.loads(manifest.read_text()) == {"codons": row}
    assert run(*arguments) == 0
    assert capsys.readouterr().out.startswith("codons  seed 5, 3 steps")
    assert run("sequences", output, fasta) == 0


WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "no permutation": (("codons", "RICH", "--permutations", "0"), "permutations is 0; it must be a whole number"),
    "permutations in words": (("codons", "RICH", "--permutations", "x"), "argument --permutations: invalid int value"),
    "a negative seed": (("codons", "RICH", "--seed=-1"), "The seed is -1"),
    "another format": (("codons", "RICH", "--table", "a.xls"), "The format is 'xls'; it must be one of csv, json"),
    "another code": (("codons", "RICH", "--code", "7"), "The genetic code is 7; NCBI's codes are 1 to 6, 9 to 16"),
    "another code of sequences": (("sequences", "MODEL", "FASTA", "--code", "0"), "The genetic code is 0"),
    "another code of training": (("train", "codons", "--fasta", "FASTA", "--code", "17"), "The genetic code is 17"),
    "a code of proteins": (("train", "amino-acids", "--fasta", "FASTA", "--code", "2"), "--code is for codons, not"),
    "a code of operations": (("train", "v5_11", "--code", "2"), "--code is for codons, not for 'v5_11'"),
    "a table of all": (("codons", "--table", "a.csv"), "--table is for one checkpoint"),
    "codons of a codon model": (("codons", "MODEL"), "found a codon or amino-acid encoder; expected the weights of a"),
    "sequences of a ternary": (("sequences", "homeostatic_rich", "FASTA"), "holds a Ternary VAE, which encodes opera"),
    "sequences of a ternary file": (("sequences", "RICH", "FASTA"), "found a Ternary VAE; expected the weights of"),
    "an unknown model": (("sequences", "nope", "FASTA"), "No checkpoint is called 'nope'. Choose one of these"),
    "no file": (("sequences", "MODEL", "none.fasta"), "'none.fasta' is not a file"),
    "a gap": (("sequences", "MODEL", "GAP"), "Sequence 1 ('x') has '-' at position 4: a gap"),
    "no sequences": (("train", "codons"), "Give a FASTA file: python -m tvae train codons --fasta FILE"),
    "sequences for operations": (("train", "v5_11", "--fasta", "FASTA"), "--fasta and --held-out are for codons and"),
    "an optimiser": (("train", "codons", "--fasta", "FASTA", "--optimiser", "kfac"), "sequences are trained with"),
    "windows of operations": (("train", "v5_11", "--window", "9"), "--window: for codons and amino-acids only"),
    "a long window": (("train", "codons", "--fasta", "FASTA", "--window", "101"), "Found the window 101"),
    "a stride alone": (("train", "codons", "--fasta", "FASTA", "--stride", "9"), "Give --window as well"),
    "two kinds of held-out": (
        ("train", "codons", "--fasta", "FASTA", "--held-out", "0.1", "--hold-out", "a"),
        "--held-out is a fraction; --hold-out and --hold-out-clade name sequences",
    ),
    "no names": (("train", "codons", "--fasta", "FASTA", "--hold-out", ","), "--hold-out has no names"),
    "an unknown name": (("train", "codons", "--fasta", "FASTA", "--hold-out", "z"), "No sequence is called 'z'"),
    "half a clade": (("train", "codons", "--fasta", "FASTA", "--hold-out-clade", "a"), "has 1 names; give two"),
    "a clade without a tree": (("train", "codons", "--fasta", "FASTA", "--hold-out-clade", "a,b"), "--tree FILE"),
    "an odd tree": (("train", "codons", "--fasta", "FASTA", "--tree", "FASTA"), "The tree has 'ATGAAATTT' at"),
    "a retired model": (("sequences", "codons_chloroplast", "FASTA"), "is no longer bundled"),
    "no epochs": (("train", "codons", "--fasta", "FASTA", "--epochs", "0"), "Found 0.0 epochs"),
    "all held out": (("train", "codons", "--fasta", "FASTA", "--held-out", "1"), "Found 1.0 as the share to hold out"),
    "too few": (("train", "codons", "--fasta", "FASTA", "--held-out", "0.9"), "0 held out; at least 2"),
    "a seed below 0": (("train", "codons", "--fasta", "FASTA", "--seed=-3"), "Found the seed -3"),
    "no manifest": (("train", "codons", "--fasta", "FASTA", "--manifest", "GAP"), "gap.fasta is not a manifest"),
    "proteins": (("train", "amino-acids", "--fasta", "GAP"), "'-' at position 4: a gap"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence_and_status_2(
    name: str, opened: EvaluatedCheckpoint, rich_file: Path, model: Path, fasta: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: Captured,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gap.fasta").write_text(">x\nATG-AA")
    words = {"RICH": rich_file, "MODEL": model, "FASTA": fasta, "GAP": tmp_path / "gap.fasta"}
    arguments, sentence = WRONG[name]
    sentence = sentence.replace("0 held out", "3 held out") if name == "too few" else sentence
    assert run(*(words.get(word, word) for word in arguments)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert sentence.lower() in output.err.lower()
    assert output.err.count("\n") == 1
    assert not list(tmp_path.glob("*.safetensors"))


def test_help_names_the_commands(capsys: Captured) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    assert all(word in text for word in ("codons", "sequences"))
    assert run("train", "--help") == 0
    assert "--fasta FILE" in capsys.readouterr().out
