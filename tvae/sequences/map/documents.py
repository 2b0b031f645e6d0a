"""The JSON document of /sequence_map: training sequences and the caller's own as points. Numbers have 6 decimals."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tvae.checkpoints.loading import CheckpointLocation
from tvae.errors import SequenceError
from tvae.models.embedding import DECIMALS
from tvae.sequences import loading
from tvae.sequences.checkpoint_file import SequenceCheckpoint, build
from tvae.sequences.documents import MAX_SEQUENCES, accepts_missing
from tvae.sequences.encoding import encode_sequences
from tvae.sequences.fasta import Record, read_fasta, read_file
from tvae.sequences.map.columns import Columns, of_titles
from tvae.sequences.map.projection import project
from tvae.sequences.map.reference import Reference, mean_of, reads_windows, recorded
from tvae.sequences.model import LATENT

Document = dict[str, Any]

NO_TRAINING = (
    "The file does not record its training sequences, so the map has the given ones alone, with principal components "
    "of their own. Files that python -m tvae train writes record them."
)


def map_sequences(name_or_path: str | Path, fasta: str | Path = "") -> Document:
    """The map of a model by name or path, with the sequences of a FASTA text, or of a file (a Path), on top.

    Raises what `load_sequences` and `encode_sequences` raise.
    """
    location = loading.locate_any(name_or_path)
    records = read_file(fasta) if isinstance(fasta, Path) else records_of(fasta)
    return sequence_map(location, loading.open_located(location), records)


def records_of(fasta: object) -> tuple[Record, ...]:
    """The records of a FASTA text, which may be empty."""
    return () if isinstance(fasta, str) and not fasta.strip() else read_fasta(fasta)


def sequence_map(location: CheckpointLocation, checkpoint: SequenceCheckpoint, records: Sequence[Record]) -> Document:
    """The document; `records` may be empty if the file records its training sequences.

    Raises SequenceError for too many sequences or none, and what `encode_sequences` raises.
    """
    if len(records) > MAX_SEQUENCES:
        raise SequenceError(
            f"{len(records):,} sequences were sent; at most {MAX_SEQUENCES:,} are put on the map at once. Send fewer."
        )
    training, notes = recorded(checkpoint)
    if training is None:
        if not records:
            raise SequenceError(
                f"{location.name} does not record its training sequences, so its map is empty without sequences. Give "
                "some in FASTA format."
            )
        notes = [*notes, NO_TRAINING]
        training = Reference((), {}, np.empty((0, LATENT)), 0)
    windows = reads_windows(checkpoint.metadata)
    found = encode_sequences(build(checkpoint), records, missing=accepts_missing(checkpoint)) if records else []
    own = np.array([mean_of(one, windows) for one in found], np.float64).reshape(-1, LATENT)
    places = project(training.means, own)
    ids = [*training.ids, *(one.id for one in found)]
    columns = _joined(training, of_titles(records), len(found))
    return {
        "checkpoint": location.name,
        "sha256": checkpoint.sha256,
        "alphabet": checkpoint.config.alphabet,
        "notes": [*checkpoint.notes, *notes],
        "mean": "mean_mu" if windows else "mu",
        "shares": [round(share, DECIMALS) for share in places.shares],
        "points": [
            {
                "id": ids[point],
                "training": point < len(training.ids),
                "x": round(float(x), DECIMALS),
                "y": round(float(y), DECIMALS),
                "columns": {name: values[point] for name, values in columns.items()},
                "nearest": [
                    {"id": ids[other], "point": other, "distance": round(distance, DECIMALS)}
                    for other, distance in zip(places.nearest[point], places.distances[point], strict=True)
                ],
            }
            for point, (x, y) in enumerate(places.places)
        ],
    }


def _joined(training: Reference, own: Columns, count: int) -> Columns:
    """The columns of all points; those of the training sequences come first."""
    none = ("",) * len(training.ids), ("",) * count
    names = dict.fromkeys([*training.columns, *own])
    return {name: training.columns.get(name, none[0]) + own.get(name, none[1]) for name in names}
