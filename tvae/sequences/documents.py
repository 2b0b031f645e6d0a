"""The JSON document of /encode_sequence, and a table of it for a terminal. Vectors are rounded to 6 decimals."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import SequenceError
from tvae.models.embedding import DECIMALS
from tvae.operations.genetic_codes import CODES, STANDARD, code_number
from tvae.sequences.checkpoint_file import SequenceCheckpoint, build
from tvae.sequences.encoding import EncodedSequence, encode_sequences
from tvae.sequences.fasta import LENGTH, Record
from tvae.sequences.stops import notes
from tvae.sequences.training.data import recorded_plan

Document = dict[str, Any]

MAX_SEQUENCES: Final = 1_000  # in one answer; about 0.6 kB each


def encoding(
    location: CheckpointLocation,
    checkpoint: SequenceCheckpoint,
    records: Sequence[Record],
    code: int = STANDARD,
    limit: int | None = MAX_SEQUENCES,
) -> Document:
    """Latent mean, reconstruction and token accuracy of each sequence, totals, and notes on the whole.

    `code` is NCBI's number of the genetic code; it only determines the notes. Raises SequenceError for more than
    `limit` sequences, and what `encode_sequences` raises.
    """
    code = code_number(code)
    if limit is not None and len(records) > limit:
        raise SequenceError(
            f"{len(records):,} sequences were sent; at most {limit:,} are encoded at once. Send fewer, or use "
            "python -m tvae sequences, which has no such limit."
        )
    found = encode_sequences(build(checkpoint), records, code, missing=accepts_missing(checkpoint))
    alphabet = checkpoint.config.alphabet
    return {
        "checkpoint": location.name,
        "sha256": checkpoint.sha256,
        "alphabet": alphabet,
        "code": code if alphabet == "codons" else None,
        "notes": [
            *checkpoint.notes,
            *_note_on_training(checkpoint, code),
            *notes(records, [one.stops for one in found], alphabet, code),
        ],
        "sequences": [_row(one) for one in found],
        "total": _total(found),
    }


def recorded_code(checkpoint: SequenceCheckpoint) -> int:
    """The genetic code of the sequences that a model was trained on, as its file records it; 1 if it does not."""
    plan = checkpoint.metadata.get("plan")
    code = plan.get("code") if isinstance(plan, dict) else None
    return code if isinstance(code, int) and code in CODES else STANDARD


def accepts_missing(checkpoint: SequenceCheckpoint) -> bool:
    """Whether a model was trained on sequences with gaps and ambiguous letters, and so reads them, as its file says."""
    return recorded_plan(checkpoint.metadata).missing == "mask"


def _note_on_training(checkpoint: SequenceCheckpoint, code: int) -> list[str]:
    """A note if the model was trained on sequences of another genetic code than `code`."""
    trained = recorded_code(checkpoint)
    if trained in (STANDARD, code):  # the standard code is not recorded, so a file without a record may have any
        return []
    return [f"The model was trained on sequences of genetic code {trained}; these are read by code {code}."]


def _row(one: EncodedSequence) -> Document:
    return {
        "id": one.id,
        "length": one.length,
        "used": one.used,
        "mu": _rounded(one.mu),
        "reconstruction": one.reconstruction,
        "token_accuracy": one.token_accuracy,
        "token_accuracy_100": one.token_accuracy_100,
        "note": one.note,
        "missing": one.missing,
        "windows": [
            {
                "start": part.start + 1,
                "used": part.used,
                "missing": part.missing,
                "token_accuracy": part.token_accuracy,
                "mu": _rounded(part.mu),
            }
            for part in one.windows
        ],
        "mean_mu": _rounded(one.mean_mu),
    }


def _rounded(mu: NDArray[np.float32]) -> list[float]:
    found: list[float] = mu.astype(np.float64).round(DECIMALS).tolist()
    return found


def _total(found: Sequence[EncodedSequence]) -> Document:
    tokens, right = sum(one.known for one in found), sum(one.right for one in found)
    places = sum(LENGTH - one.missing for one in found)
    return {
        "sequences": len(found),
        "exact": sum(one.right == one.known for one in found if one.known),
        "tokens": tokens,
        "right": right,
        "token_accuracy": right / tokens if tokens else None,
        "token_accuracy_100": sum(one.right_100 for one in found) / places if places else None,
    }


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def table(document: Document) -> str:
    """The document as a table for a terminal."""
    total = document["total"]
    width = max(len(row["id"]) for row in document["sequences"])
    lines = [
        f"{document['checkpoint']}  sha256 {document['sha256']}",
        f"{'sequence':{width}}  {document['alphabet']:>11}   used  accuracy  of all {LENGTH}",
    ]
    lines += [
        f"{row['id']:{width}}  {row['length']:>11,}  {row['used']:>5}  {_percent(row['token_accuracy']):>8}  "
        f"{_percent(row['token_accuracy_100']):>10}"
        for row in document["sequences"]
    ]
    lines.append(
        f"{total['right']:,} of {total['tokens']:,} {document['alphabet']} right "
        f"({_percent(total['token_accuracy'])}), {total['exact']:,} of {total['sequences']:,} sequences exact; "
        f"{_percent(total['token_accuracy_100'])} of all places, padding included"
    )
    lines += [f"note: {note}" for note in document["notes"]]
    return "\n".join(lines)
