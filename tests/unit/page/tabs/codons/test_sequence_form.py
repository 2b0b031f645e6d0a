"""The section for a visitor's own sequences: what it shows, what it refuses, and the file."""

import base64
import json

import pytest

from tvae.page.server import compute
from tvae.page.server.session_files import SessionFiles
from tvae.page.tabs.codons import sequence_form
from tvae.page.ui import texts
from tvae.page.uploads import receive
from tvae.sequences import documents, loading
from tvae.sequences.fasta import (
    LENGTH,
    TOKENS,
    read_fasta,
    tokens,
)

MODEL = loading.DEFAULT
GENES = ">a<b> gene\nATGAAATTT\n>long\n" + "AUGGCU" * 60 + "\n"


def test_sequences_are_encoded_as_by_the_endpoint() -> None:
    located = loading.locate(MODEL)
    document = documents.encoding(located, loading.open_located(located), read_fasta(GENES))
    found = sequence_form.encode({"model": MODEL, "fasta": GENES})
    assert found["html"] == sequence_form.results(document)
    assert "a&lt;b&gt;" in found["html"]
    assert [f"<td>{row['used']}</td>" in found["html"] for row in document["sequences"]] == [True, True]
    assert f"{document['total']['right']:,} of 103 codons" in found["said"]
    assert "Padded from" in found["html"]
    assert "first 100 of 120" in found["html"]


def test_a_stop_before_the_end_is_named() -> None:
    found = sequence_form.encode({"model": MODEL, "fasta": ">a\nATGTGAGCTTAA\n"})["html"]
    assert "A stop comes before the end in 1 of 1 sequences" in found
    assert "Codon 2 of 4 is the stop TGA of genetic code 1." in found
    assert "A stop comes" not in sequence_form.encode({"model": MODEL, "fasta": GENES})["html"]


def test_a_long_list_is_cut_and_says_so() -> None:
    found = sequence_form.encode({"model": MODEL, "fasta": ">a\nATG\n" * 130})["html"]
    assert found.count('<th scope="row">') == sequence_form.SHOWN
    assert texts.SEQUENCES_MORE.format(shown=100, sequences=130) in found


@pytest.mark.parametrize(
    ("model", "fasta", "sentence"),
    [
        ("codons_chloroplast", ">one\nATG", "no longer bundled"),
        (MODEL, "", "There is no sequence"),
        (MODEL, ">one\nATGAAA\n>two\nATGJJJ\n", "Sequence 2 ('two') has 'J' at position 4: not a base"),
        (MODEL, ">one\nATGAA", "Its last codon is not complete"),
        ("nope", ">one\nATG", "nope"),
        ("tree", ">one\nATG", "holds a Ternary VAE"),
    ],
)
def test_what_is_refused(model: str, fasta: str, sentence: str) -> None:
    asked = {"model": model, "fasta": fasta}
    assert sentence in sequence_form.encode(asked)["error"]
    assert sentence in sequence_form.export(asked | {"kind": "csv"})["error"]


def test_the_file_has_everything() -> None:
    answer = sequence_form.export({"model": MODEL, "fasta": GENES, "kind": "json"})
    found = json.loads(base64.b64decode(answer["base64"]))
    assert answer["name"] == f"{MODEL}-sequences-{found['sha256'][:8]}.json"
    assert [row["id"] for row in found["sequences"]] == ["a<b>", "long"]
    assert len(found["sequences"][0]["mu"].split()) == 16
    assert len(found["sequences"][1]["reconstruction"]) == 3 * LENGTH


def test_each_alphabet_has_an_example_that_its_models_read() -> None:
    for alphabet in TOKENS:
        (record,) = read_fasta(sequence_form._example(alphabet))
        assert len(tokens(record, alphabet)) >= LENGTH
    aligned = sequence_form._example("codons", True)
    (record,) = read_fasta(aligned)
    assert len(tokens(record, "codons", missing=True)) == 1_003
    found = sequence_form.encode({"model": MODEL, "fasta": aligned})
    assert "3 of the 100 codons have a gap or an ambiguous letter and are not counted." in found["html"]
    assert "of 97 codons are reconstructed" in found["said"]


def test_a_sequence_whose_first_codons_are_missing_has_no_share() -> None:
    found = sequence_form.encode({"model": MODEL, "fasta": f">a\n{'---' * 100}{'ATG' * 100}\n"})
    assert "<td>-</td>" in found["html"]
    assert "(-)" in found["said"]


def test_a_visitors_own_model_is_listed_and_encodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "SESSION_FILES", SessionFiles(grace=60))
    data = (loading.DIRECTORY / f"{MODEL}.safetensors").read_bytes()
    kept = receive.store_upload("<b>mine.safetensors", data, "alice")
    with sequence_form.gr.Blocks():
        form = sequence_form.form(kept.name)
        gone = sequence_form.form("mine/gone")
    assert f'<option value="{kept.name}" selected="">your file: &lt;b&gt;mine.safetensors</option>' in str(form.value)
    assert f'<option value="{MODEL}" selected="">' in str(gone.value)
    assert kept.name in str(form.js_on_load)
    mine, bundled = (sequence_form.encode({"model": name, "fasta": GENES}) for name in (kept.name, MODEL))
    assert mine["said"] == bundled["said"]


def test_the_form_is_sent_within_a_request() -> None:
    with sequence_form.gr.Blocks():
        form = sequence_form.form()
    assert "KNOWN" not in str(form.js_on_load)
    for name in loading.BY_NAME:
        assert f'<option value="{name}"' in str(form.value)


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [("codon_vae_hiv.pt", "codon_vae_hiv.pt"), ("", MODEL), ("<nope>", MODEL), ("codons_chloroplast", MODEL)],
)
def test_a_link_chooses_the_model(asked: str, chosen: str) -> None:
    with sequence_form.gr.Blocks():
        form = str(sequence_form.form(asked).value)
    assert form.count(' selected=""') == 1
    assert ("no longer bundled" in form) == (asked == "codons_chloroplast")
    assert f'<option value="{chosen}" selected="">' in form
    assert "nope" not in form
