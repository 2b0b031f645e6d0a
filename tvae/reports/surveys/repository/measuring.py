"""Measure the bytes of one file, or say why they are no checkpoint of ours.

The result depends on the bytes, on the radius that the catalogue knows, and on the code, so it can be kept by the hash
of the file. What depends on the repository, such as claims, is not in it.
"""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tvae.analysis import evaluation
from tvae.analysis.comparison.claims import measured_numbers, recorded_numbers
from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.architecture import describe
from tvae.checkpoints.formats import safetensors_file
from tvae.checkpoints.loading import CheckpointLocation
from tvae.checkpoints.terminal import printable
from tvae.errors import CheckpointError, CheckpointFileError
from tvae.reports import leaderboard
from tvae.reports.publishing.model_card import radius_png
from tvae.reports.surveys.repository.rows import MEASURES, NORMS, Document

_NOT_NEAR: Final = BothEncoders(TreeMeasures(), TreeMeasures(), 0)


def measure(name: str, data: bytes, max_radius: float | None, near: bool) -> Document:
    """What a file is and measures, as JSON values; `error` says why it is none of ours.

    `near` adds the tree measures, which take most of the time, and with them the status.
    """
    found: Document = {
        "sha256": checkpoint_file.digest(data),
        "object_id": hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest(),
        "max_radius": max_radius,
        "near": near,
    }
    try:
        return found | _measured(evaluated(name, data, max_radius), data, near)
    except CheckpointFileError as error:  # its message has the file's name, which another file with these bytes lacks
        return found | {"error": printable(f"Found {error.found}; expected {error.expected}. {error.action}")}
    except CheckpointError as error:
        return found | {"error": printable(error)}


def evaluated(name: str, data: bytes, max_radius: float | None) -> EvaluatedCheckpoint:
    """The checkpoint in these bytes. Raises CheckpointError."""
    path = Path(name)
    location = CheckpointLocation(name, path, "file", None, None)
    return evaluation.measure(location, checkpoint_file.parse(path, data, max_radius))


def _measured(found: EvaluatedCheckpoint, data: bytes, near: bool) -> Document:
    measures = tree_measures.evaluate(found.embedding) if near else _NOT_NEAR
    row = leaderboard.measured_row(found, measures)
    measured = leaderboard.measures(row)
    norms = asdict(measured_numbers(found.metrics))
    stored = asdict(recorded_numbers(found.checkpoint.stored))
    return {
        "error": None,
        "format": "safetensors" if safetensors_file.begins(data) else "torch",
        "architecture": describe(found.checkpoint.config),
        "status": row["status"] if near else None,  # the rule asks for the near measures
        "measures": {name: norms[name] if name in NORMS else measured[name] for name in MEASURES},
        "stored": {name: value for name, value in stored.items() if value is not None},
    }


def picture(name: str, data: bytes, max_radius: float | None) -> bytes:
    """The radius plot of both encoders as a PNG. Raises CheckpointError."""
    return radius_png(evaluated(name, data, max_radius).embedding)
