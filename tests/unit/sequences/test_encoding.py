"""Sequences through a model: deterministic, independent of each other, and counted as the definition says."""

from pathlib import Path

import numpy as np
import pytest
import torch
from Bio.Seq import Seq
from sequence_layouts import LAYOUTS, bytes_of

from tvae.errors import EmbeddingError, SequenceError
from tvae.operations import codons
from tvae.sequences import fasta as sequences
from tvae.sequences.checkpoint_file import build, parse
from tvae.sequences.encoding import CHUNK, encode_sequences, reconstruct
from tvae.sequences.fasta import (
    LENGTH,
    padded,
    read_fasta,
    tokens,
)
from tvae.sequences.model import SequenceVAE

HIV, CODONS, ACIDS = LAYOUTS


@pytest.fixture(scope="module")
def model() -> SequenceVAE:
    return build(parse(Path("a.pt"), bytes_of(HIV)))


def fasta(lengths: list[int], letters: str = "ACGT", step: int = 3) -> str:
    rng = np.random.default_rng(0)
    rows = ("".join(rng.choice(list(letters), size=step * length)) for length in lengths)
    return "".join(f">s{number}\n{row}\n" for number, row in enumerate(rows))


def test_numbers_by_hand(model: SequenceVAE) -> None:
    text = fasta([1, 30, 100, 101, 250])
    found = encode_sequences(model, text)
    for one, record in zip(found, read_fasta(text), strict=True):
        given = tokens(record, "codons")
        row = padded(given)
        with torch.no_grad():
            mu, logits = model(torch.from_numpy(row)[None])
        best = logits[0].argmax(-1).numpy()
        used = min(len(given), 100)
        assert (one.id, one.length, one.used) == (record.id, len(given), used)
        np.testing.assert_allclose(one.mu, mu[0].numpy(), atol=1e-6)
        assert one.reconstruction == codons.codon_text(best[:used])
        assert len(one.reconstruction) == 3 * used
        assert one.right == sum(a == b for a, b in zip(best[:used], given[:used], strict=True))
        assert one.right_100 == sum(a == b for a, b in zip(best, row, strict=True))
        assert one.token_accuracy == one.right / used
        assert one.token_accuracy_100 == one.right_100 / 100


def test_the_note_says_what_happened_to_the_length(model: SequenceVAE) -> None:
    short, whole, long = encode_sequences(model, fasta([99, 100, 1_234], "ACG"))
    assert short.note == "Padded from 99 to 100 codons with index 0; the share of correct ones excludes the padding."
    assert whole.note == ""
    assert long.note == "The first 100 of 1,234 codons were used; the model reads no more at once."


def test_padding_is_not_counted() -> None:
    """A model that answers index 0 everywhere: all of the padding is right, and of the sequence what is TTT."""

    class Zero(SequenceVAE):
        def decode(self, latent: torch.Tensor) -> torch.Tensor:
            logits = torch.zeros(len(latent), LENGTH, 64)
            logits[:, :, 0] = 1
            return logits

    zero = Zero(build(parse(Path("a.pt"), bytes_of(HIV))).config)
    (one,) = encode_sequences(zero, ">a\nTTTATGGGG")
    assert (one.right, one.used, one.right_100) == (1, 3, 98)
    assert one.token_accuracy == pytest.approx(1 / 3)
    assert one.token_accuracy_100 == 0.98


def test_a_sequence_does_not_depend_on_its_neighbours(model: SequenceVAE) -> None:
    text = fasta([50] * (CHUNK + 3))
    together = encode_sequences(model, text)
    for place in (0, 5, CHUNK, CHUNK + 2):
        (alone,) = encode_sequences(model, [read_fasta(text)[place]])
        assert (alone.mu == together[place].mu).all()
        assert alone.reconstruction == together[place].reconstruction
    again = encode_sequences(model, text)
    assert all((one.mu == other.mu).all() for one, other in zip(together, again, strict=True))


def test_text_file_and_records_are_the_same(model: SequenceVAE, tmp_path: Path) -> None:
    text = fasta([10, 20])
    (path := tmp_path / "a.fasta").write_text(text)
    ways = [encode_sequences(model, given) for given in (text, path, read_fasta(text))]
    assert [[one.reconstruction for one in way] for way in ways] == [[one.reconstruction for one in ways[0]]] * 3
    rna = encode_sequences(model, text.replace("T", "u"))
    assert (rna[0].mu == ways[0][0].mu).all()


def test_amino_acids() -> None:
    model = build(parse(Path("a.pt"), bytes_of(ACIDS)))
    protein = str(Seq("ATGAAATTTTGA").translate())
    (one,) = encode_sequences(model, f">p\n{protein.lower()}")
    assert (one.length, len(one.reconstruction)) == (4, 4)
    assert set(one.reconstruction) <= set(codons.AMINO_ACIDS)
    assert one.note.startswith("Padded from 4 to 100 amino acids")
    with pytest.raises(SequenceError, match="'1' at position 2"):
        encode_sequences(model, ">p\nM1")


def test_the_training_mode_is_restored(model: SequenceVAE) -> None:
    for training in (True, False):
        model.train(training)
        encode_sequences(model, ">a\nATG")
        assert model.training == training


def test_invalid_input_is_refused(model: SequenceVAE) -> None:
    with pytest.raises(SequenceError, match="There are no sequences to encode"):
        encode_sequences(model, [])
    with pytest.raises(SequenceError, match=r"Sequence 2 \('b'\) has 'N' at position 3"):
        encode_sequences(model, ">a\nATG\n>b\nATN")
    broken = build(parse(Path("a.pt"), bytes_of(HIV)))
    with torch.no_grad():
        broken.fc_mu.weight.fill_(3e38)
    with pytest.raises(EmbeddingError, match=r"not finite\. The weights overflow"):
        reconstruct(broken, np.zeros((1, sequences.LENGTH), np.int64))


def test_windows_and_their_mean(model: SequenceVAE) -> None:
    (one,) = encode_sequences(model, fasta([350], "ACG"))
    assert [(window.start, window.used, window.missing) for window in one.windows] == [
        (0, 100, 0),
        (100, 100, 0),
        (200, 100, 0),
    ]
    letters = fasta([350], "ACG").split("\n", 1)[1].replace("\n", "")
    parts = [f">{start}\n{letters[3 * start : 3 * (start + 100)]}\n" for start in (0, 100, 200)]
    alone = encode_sequences(model, "".join(parts))
    for window, part in zip(one.windows, alone, strict=True):
        assert np.array_equal(window.mu, part.mu)
        assert window.token_accuracy == part.token_accuracy
        assert np.array_equal(part.mean_mu, part.mu)
    assert np.array_equal(one.mu, one.windows[0].mu)
    assert one.mean_mu == pytest.approx(np.mean([part.mu for part in alone], axis=0), abs=1e-6)


def test_missing_tokens_are_read_as_padding_and_not_counted(model: SequenceVAE) -> None:
    hidden, shown = encode_sequences(model, ">a\n---ATGNNNAAA\n>b\nTTTATGTTTAAA\n", missing=True)
    assert np.array_equal(hidden.mu, shown.mu)  # TTT has the index of padding
    assert (hidden.used, hidden.missing, hidden.known) == (4, 2, 2)
    assert hidden.right == sum(hidden.reconstruction[i : i + 3] == want for i, want in ((3, "ATG"), (9, "AAA")))
    assert "2 of the 4 codons have a gap or an ambiguous letter and are not counted." in hidden.note
    assert hidden.token_accuracy_100 == hidden.right_100 / 98


def test_windows_without_any_token_are_in_no_mean(model: SequenceVAE) -> None:
    gaps, codons = "---" * 100, "ACG" * 100
    later, alone = encode_sequences(model, f">a\n{gaps}{codons}\n>b\n{codons}\n", missing=True)
    assert [window.start for window in later.windows] == [100]
    assert np.array_equal(later.mean_mu, alone.mu)
    assert (later.token_accuracy, later.token_accuracy_100) == (None, None)
    with pytest.raises(SequenceError, match="has gaps or ambiguous letters in all 100 codons that are read"):
        encode_sequences(model, f">a\n{gaps}ATG\n", missing=True)
