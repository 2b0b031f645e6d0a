"""Checkpoints whose files say something else about themselves."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tvae.analysis.evaluation import EvaluatedCheckpoint
from tvae.checkpoints.metadata.metadata import parse


def with_metadata(evaluated: EvaluatedCheckpoint, metadata: Mapping[Any, Any]) -> EvaluatedCheckpoint:
    """The checkpoint as if its file had this metadata and no other; the settings of the network stay."""
    recorded = parse(Path("best.pt"), metadata)
    checkpoint = replace(evaluated.checkpoint, recorded=recorded, notes=recorded.notes)
    return replace(evaluated, checkpoint=checkpoint)
