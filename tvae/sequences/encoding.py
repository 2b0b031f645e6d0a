"""Encode sequences with a codon or amino-acid model: latent means, reconstructions and token accuracy.

The posterior mean is decoded, never a sample, in chunks of a fixed size, so the result for a sequence does not depend
on the others in the same call. The model reads 100 tokens at once: the numbers of a sequence are those of its first
100, and `windows` has all its windows of 100, of which the last is followed by fewer than 100 tokens that are not read.
A shorter sequence is padded with index 0. `token_accuracy` excludes padding; `token_accuracy_100` is over all 100
positions, padding included, as published: on short sequences it mostly measures the padding. A token with a gap or an
ambiguous letter, if these are accepted, is read as padding is, and is in neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from tvae.errors import EmbeddingError, SequenceError
from tvae.operations.genetic_codes import STANDARD, code_number
from tvae.sequences.fasta import (
    LENGTH,
    MISSING,
    Alphabet,
    Record,
    Tokens,
    all_tokens,
    read_fasta,
    read_file,
    text_of,
)
from tvae.sequences.model import SequenceVAE
from tvae.sequences.stops import inner_stops, sequence_note
from tvae.sequences.windows import cut

CHUNK: Final = 64  # sequences at a time


@dataclass(frozen=True)
class EncodedWindow:
    """One window of a sequence."""

    start: int  # 0-based place of its first token
    used: int  # tokens of the sequence in it, at most 100
    missing: int  # of these, tokens with a gap or an ambiguous letter
    mu: NDArray[np.float32]  # (16,) latent mean
    right: int  # correct tokens, 0..used - missing

    @property
    def token_accuracy(self) -> float | None:
        """Share of correct tokens, without padding and missing ones; None if all are missing."""
        known = self.used - self.missing
        return self.right / known if known else None


@dataclass(frozen=True)
class EncodedSequence:
    """One sequence; tokens are codons or amino acids."""

    id: str
    length: int  # number of tokens of the whole sequence
    used: int  # tokens that the model reads, at most 100
    mu: NDArray[np.float32]  # (16,) latent mean
    reconstruction: str  # of the first `used` tokens, as letters
    stops: int  # number of stops before the last token of the whole sequence
    right: int  # correct tokens, 0..used
    right_100: int  # correct of all 100 positions, padding included
    note: str  # on a stop before the end, and whether the sequence was cut or padded; may be empty
    missing: int  # tokens with a gap or an ambiguous letter, of the `used` ones
    windows: tuple[EncodedWindow, ...]  # all that have a token, at least one
    mean_mu: NDArray[np.float32]  # (16,) mean of the windows' latent means

    @property
    def known(self) -> int:
        """Tokens of the first 100 that count."""
        return self.used - self.missing

    @property
    def token_accuracy(self) -> float | None:
        """Share of correct tokens, without padding and missing ones; None if all are missing."""
        return self.right / self.known if self.known else None

    @property
    def token_accuracy_100(self) -> float | None:
        """Share of correct tokens of the 100 positions, with padding and without missing ones; None if all are."""
        return self.right_100 / (LENGTH - self.missing) if self.missing < LENGTH else None


def encode_sequences(
    model: SequenceVAE, fasta: str | Path | Sequence[Record], code: int = STANDARD, *, missing: bool = False
) -> list[EncodedSequence]:
    """Encode and reconstruct the sequences of a FASTA text, of a file (a Path), or of records, in input order.

    `code` is NCBI's number of the genetic code, which determines what `note` calls a stop codon, and nothing else. With
    `missing`, gaps and ambiguous letters are accepted, as in the alignments that a model was trained on.
    Raises SequenceError for an invalid sequence, InputError for an unknown code, EmbeddingError for weights that
    overflow.
    """
    code = code_number(code)
    if isinstance(fasta, str):
        records: Sequence[Record] = read_fasta(fasta)
    else:
        records = read_file(fasta) if isinstance(fasta, Path) else fasta
    if not records:
        raise SequenceError("There are no sequences to encode. Give at least one record.")
    alphabet = model.config.alphabet
    found = all_tokens(records, alphabet, missing)
    first, windows = cut(found, every=True), cut(found, LENGTH)
    later = windows.chosen(np.flatnonzero(windows.start > 0))
    mu, decoded = reconstruct(model, np.concatenate([first.inputs, later.inputs]))
    right = (np.concatenate([first.inputs, later.inputs]) == decoded) & np.concatenate([first.known, later.known])
    parts: list[list[EncodedWindow]] = [[] for _ in records]
    rows = zip([*first.record, *later.record], [*first.start, *later.start], mu, right.sum(1), strict=True)
    for number, start, mean, correct in rows:
        part = found[number][start : start + LENGTH]
        parts[number].append(EncodedWindow(int(start), len(part), int((part == MISSING).sum()), mean, int(correct)))
    each = zip(records, found, first.inputs, decoded[: len(records)], parts, strict=True)
    return [_encoded(*one, alphabet, code) for one in each]


def reconstruct(model: SequenceVAE, inputs: Tokens) -> tuple[NDArray[np.float32], Tokens]:
    """Padded tokens (S, 100) -> latent means (S, 16) and the most likely tokens (S, 100).

    The model's training mode is restored. Raises EmbeddingError if a value is not finite.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    means, best = [], []
    try:
        with torch.inference_mode():
            for start in range(0, len(inputs), CHUNK):
                part = inputs[start : start + CHUNK]
                whole = np.zeros((CHUNK, LENGTH), np.int64)
                whole[: len(part)] = part
                mu, logits = model(torch.from_numpy(whole).to(device))
                if not (mu.isfinite().all() and logits.isfinite().all()):
                    raise EmbeddingError(
                        "A latent mean or a logit is not finite. The weights overflow; use another checkpoint or train "
                        "again."
                    )
                means.append(mu[: len(part)].cpu().numpy())
                best.append(logits[: len(part)].argmax(-1).cpu().numpy())
    finally:
        model.train(training)
    return np.concatenate(means), np.concatenate(best)


def _encoded(
    record: Record,
    tokens: Tokens,
    given: Tokens,
    decoded: Tokens,
    parts: list[EncodedWindow],
    alphabet: Alphabet,
    code: int,
) -> EncodedSequence:
    first = parts[0]
    counted = np.arange(LENGTH) >= first.used
    counted[: first.used] = tokens[: first.used] != MISSING  # (100,) padding counts, a missing token does not
    stops = inner_stops(tokens, alphabet, code)
    read = [part for part in parts if part.missing < part.used]
    if not read:
        raise SequenceError(
            f"{record.named} has gaps or ambiguous letters in all {LENGTH * len(parts):,} {alphabet} that are read. "
            "Leave it out.",
            record.id,
        )
    notes = (
        sequence_note(stops, tokens, alphabet, code),
        _length_note(len(tokens), alphabet),
        _missing_note(first, alphabet),
    )
    return EncodedSequence(
        record.id,
        len(tokens),
        first.used,
        first.mu,
        text_of(decoded[: first.used], alphabet),
        len(stops),
        first.right,
        int(((given == decoded) & counted).sum()),
        " ".join(filter(None, notes)),
        first.missing,
        tuple(read),
        np.stack([part.mu for part in read]).astype(np.float64).mean(0).astype(np.float32),
    )


def _missing_note(first: EncodedWindow, alphabet: Alphabet) -> str:
    if not first.missing:
        return ""
    return f"{first.missing} of the {first.used} {alphabet} have a gap or an ambiguous letter and are not counted."


def _length_note(length: int, alphabet: Alphabet) -> str:
    if length > LENGTH:
        return f"The first {LENGTH} of {length:,} {alphabet} were used; the model reads no more at once."
    if length < LENGTH:
        return (
            f"Padded from {length} to {LENGTH} {alphabet} with index 0; the share of correct ones excludes the padding."
        )
    return ""
