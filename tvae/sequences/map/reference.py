"""The latent means of the sequences that a model was trained on, as its file records them under "map".

A model that was trained on windows has the mean over the windows of each sequence. Another has that of the first 100
tokens, which are all that it has seen. A file that someone sends may record anything, so what is read is checked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tvae.sequences.checkpoint_file import SequenceCheckpoint
from tvae.sequences.encoding import EncodedSequence, encode_sequences
from tvae.sequences.fasta import LENGTH, MAX_NAME, Record, all_tokens
from tvae.sequences.map.columns import MAX_COLUMNS, MAX_VALUE, Columns, chosen
from tvae.sequences.model import LATENT, SequenceVAE
from tvae.sequences.windows import cut

KEY: Final = "map"  # in the metadata of a file
MAX_SEQUENCES: Final = 2_000  # in a file; about 0.2 kB each
DECIMALS: Final = 5
FARTHEST: Final = 1e6  # of an entry of a latent mean

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Reference:
    """S training sequences."""

    ids: tuple[str, ...]
    columns: Columns
    means: Doubles  # (S, 16)
    given: int  # number of training sequences, of which S are recorded


def reads_windows(metadata: Mapping[str, Any]) -> bool:
    """Whether a model was trained on windows of whole sequences, as the metadata of its file say."""
    plan = metadata.get("plan")
    return isinstance(plan, dict) and plan.get("window") is not None


def mean_of(one: EncodedSequence, windows: bool) -> NDArray[np.float32]:
    """The latent mean (16,) of a sequence on the map."""
    return one.mean_mu if windows else one.mu


def made(
    model: SequenceVAE, records: Sequence[Record], columns: Columns, *, windows: bool, missing: bool
) -> dict[str, Any]:
    """What a file records of its training sequences, as JSON values: of more than `MAX_SEQUENCES`, an even share.

    Those of which no window has a token are left out.
    """
    tokens = all_tokens(records, model.config.alphabet, missing)
    places = np.unique((cut(tokens, LENGTH) if windows else cut(tokens)).record)
    if len(places) > MAX_SEQUENCES:
        places = places[np.linspace(0, len(places) - 1, MAX_SEQUENCES).round().astype(np.int64)]
    kept = places.tolist()
    found = encode_sequences(model, [records[place] for place in kept], missing=missing) if kept else []
    return {
        "sequences": len(records),
        "ids": [one.id for one in found],
        "columns": {name: list(values) for name, values in chosen(columns, kept).items()},
        "means": [mean_of(one, windows).astype(np.float64).round(DECIMALS).tolist() for one in found],
    }


def recorded(checkpoint: SequenceCheckpoint) -> tuple[Reference | None, list[str]]:
    """The training sequences that a file records, or None, and sentences on what is not used."""
    found = checkpoint.metadata.get(KEY)
    if found is None:
        return None, []
    if problem := _problem(found):
        return None, [f"The training sequences that the file records are not used: {problem}."]
    columns = {name: tuple(values) for name, values in found["columns"].items()}
    reference = Reference(tuple(found["ids"]), columns, np.array(found["means"], np.float64), found["sequences"])
    shown = len(reference.ids)
    more = f"The map has {shown:,} of the {reference.given:,} training sequences."
    return reference, [more] if reference.given > shown else []


def _problem(found: Any) -> str:
    """What is wrong with a recorded map; empty if nothing is."""
    if not isinstance(found, dict) or not all(isinstance(found.get(name), list) for name in ("ids", "means")):
        return "they have no names and latent means"
    ids, means, columns, given = found["ids"], found["means"], found.get("columns"), found.get("sequences")
    if not 1 <= len(ids) == len(means) <= MAX_SEQUENCES:
        return f"{len(ids):,} names and {len(means):,} latent means, not 1 to {MAX_SEQUENCES:,} of each"
    if not _are_texts(ids, MAX_NAME) or not all(ids):
        return f"a name is not a text of 1 to {MAX_NAME} characters"
    if not all(isinstance(mean, list) and len(mean) == LATENT and all(map(_is_near, mean)) for mean in means):
        return f"a latent mean is not {LATENT} numbers"
    if not isinstance(columns, dict) or len(columns) > MAX_COLUMNS or not _are_texts([*columns], MAX_VALUE):
        return f"the columns are not a table of at most {MAX_COLUMNS} columns"
    if not all(
        isinstance(one, list) and len(one) == len(ids) and _are_texts(one, MAX_VALUE) for one in columns.values()
    ):
        return "a column does not have a text for each name"
    if not isinstance(given, int) or isinstance(given, bool) or given < len(ids):
        return "their number is not known"
    return ""


def _are_texts(values: Sequence[Any], most: int) -> bool:
    return all(isinstance(value, str) and len(value) <= most for value in values)


def _is_near(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= FARTHEST
