"""Directories of sweeps without training: rows with the numbers of bundled checkpoints, and their files as models."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.reports import leaderboard

Row = dict[str, Any]
SETTINGS = {"steps": 60, "learning_rate": 0.3, "optimiser": "kfac", "weights": {}, "width": 64, "curvature": 1.0}
BUNDLED = {row["checkpoint"]: row for row in leaderboard.bundled()}


def run_row(recipe: str, seed: int = 0, error: str | None = None, q: float | None = None, **settings: Any) -> Row:
    """The row of a run: of a finished one with the measures of the bundled file of its recipe, and another Q of B."""
    known = BUNDLED[recipe]
    chosen = SETTINGS | settings
    run = hashlib.sha256(json.dumps([recipe, seed, chosen]).encode()).hexdigest()[:16]
    metrics = {name: known[name] for name in (*leaderboard.COVERAGE, "a", "b")}
    if q is not None:
        metrics["b"] = metrics["b"] | {"q": q}
    row = {"id": run, "recipe": recipe, "seed": seed, "settings": chosen, "seconds": 12.5, "error": error}
    return row | {"sha256": None if error else known["sha256"], "metrics": None if error else metrics}


def write_run(directory: Path, row: Row) -> Path:
    """Write a run as a sweep does; returns its directory."""
    place = directory / row["id"]
    place.mkdir(parents=True)
    (place / "row.json").write_text(json.dumps(row))
    if row["error"] is None:
        (place / "model.safetensors").write_bytes(BY_NAME[row["recipe"]].bundled_file.read_bytes())
    return place


def sweep_of(directory: Path, *rows: Row) -> Path:
    """A directory with these runs."""
    for row in rows:
        write_run(directory, row)
    return directory


def close(value: Any) -> Any:
    """What equals a JSON value up to the last digits of its floats, in which sums depend on the threads of BLAS."""
    if isinstance(value, dict):
        return {name: close(one) for name, one in value.items()}
    if isinstance(value, list):
        return [close(one) for one in value]
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
