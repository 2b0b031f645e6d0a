"""The file that a run writes, and its row in the manifest."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tvae.checkpoints.atomic_files import storage, write_atomically
from tvae.checkpoints.versions import versions
from tvae.errors import InputError, StorageError
from tvae.training.run_files.state import ResumableRun


def check_writable(output: Path) -> None:
    """Fail before training if the checkpoint `output` cannot be written; raises StorageError."""
    if output.suffix not in (".safetensors", ".pt"):
        raise StorageError(f"{str(output)!r} is not a file name for a checkpoint. End it in .safetensors or .pt.")
    with storage(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=output.parent).close()


def read_manifest(path: Path) -> dict[str, Any]:
    """The table {recipe: row} at `path`; empty if there is no such file.

    Raises InputError if the file is something else, and StorageError if it cannot be read.
    """
    with storage(path):
        data = path.read_bytes() if path.exists() else b"{}"
    try:
        rows = json.loads(data)
    except ValueError:  # not JSON, or not a text
        rows = None
    if not isinstance(rows, dict):
        raise InputError(f"{path.name} is not a manifest, which is a JSON object of rows by recipe. Name another file.")
    return rows


def write_manifest(path: Path, row: dict[str, Any]) -> None:
    """Put a row into the table at `path`, which may be new; the other rows stay. Raises as `read_manifest` does."""
    rows = read_manifest(path) | {row["recipe"]: row}
    write_atomically(path, (json.dumps(dict(sorted(rows.items())), indent=2) + "\n").encode())


def provenance(run: ResumableRun) -> dict[str, Any]:
    """How a file was made, for its row in the manifest: training time in s, and what decides its bytes.

    Besides recipe and seed, these are the number of threads, the instructions of the CPU that torch uses, and the
    versions.
    """
    return {
        "duration_s": round(run.seconds, 1),
        "threads": run.threads,
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "versions": versions(),
    }


def made_with(row: Mapping[str, Any]) -> str:
    """What decided the bytes of a file, as a line for a terminal; rows of older manifests lack the CPU capability."""
    threads = f"{row['threads']} thread{'' if row['threads'] == 1 else 's'}"
    cpu = f", CPU capability {row['cpu_capability']}" if "cpu_capability" in row else ""
    return f"made with {threads}{cpu}, torch {row['versions']['torch']}"
