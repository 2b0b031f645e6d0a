"""Encode sequences with a codon or amino-acid model: latent means, reconstructions and token accuracy.

The posterior mean is decoded, never a sample, in chunks of a fixed size, so the result for a sequence does not depend
on the others in the same call. The model reads the first 100 tokens; a shorter sequence is padded with index 0.
`token_accuracy` excludes padding; `token_accuracy_100` is over all 100 positions, padding included, as published: on
short sequences it mostly measures the padding.
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
    Alphabet,
    Record,
    Tokens,
    all_tokens,
    padded,
    read_fasta,
    read_file,
    text_of,
)
from tvae.sequences.model import SequenceVAE
from tvae.sequences.stops import inner_stops, sequence_note

CHUNK: Final = 64  # sequences at a time


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

    @property
    def token_accuracy(self) -> float:
        """Share of correct tokens, padding excluded."""
        return self.right / self.used

    @property
    def token_accuracy_100(self) -> float:
        """Share of correct tokens of all 100 positions, padding included."""
        return self.right_100 / LENGTH


def encode_sequences(
    model: SequenceVAE, fasta: str | Path | Sequence[Record], code: int = STANDARD
) -> list[EncodedSequence]:
    """Encode and reconstruct the sequences of a FASTA text, of a file (a Path), or of records, in input order.

    `code` is NCBI's number of the genetic code, which determines what `note` calls a stop codon, and nothing else.
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
    found = all_tokens(records, alphabet)
    inputs = np.stack([padded(tokens) for tokens in found])  # (S, 100)
    mu, decoded = reconstruct(model, inputs)
    rows = zip(records, found, inputs, mu, decoded, strict=True)
    return [_encoded(*row, alphabet, code) for row in rows]


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
    mu: NDArray[np.float32],
    decoded: Tokens,
    alphabet: Alphabet,
    code: int,
) -> EncodedSequence:
    used = min(len(tokens), LENGTH)
    same = given == decoded  # (100,)
    stops = inner_stops(tokens, alphabet, code)
    notes = (sequence_note(stops, tokens, alphabet, code), _length_note(len(tokens), alphabet))
    return EncodedSequence(
        record.id,
        len(tokens),
        used,
        mu,
        text_of(decoded[:used], alphabet),
        len(stops),
        int(same[:used].sum()),
        int(same.sum()),
        " ".join(filter(None, notes)),
    )


def _length_note(length: int, alphabet: Alphabet) -> str:
    if length > LENGTH:
        return f"The first {LENGTH} of {length:,} {alphabet} were used; the model reads no more."
    if length < LENGTH:
        return (
            f"Padded from {length} to {LENGTH} {alphabet} with index 0; the share of correct ones excludes the padding."
        )
    return ""
