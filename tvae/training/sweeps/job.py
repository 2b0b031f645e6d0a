"""One run of a sweep: its settings, and the id that follows from them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import tvae.training
from tvae.checkpoints.versions import __version__, digest_of_sources
from tvae.training.recipes.overrides import effective_settings, overridden

SHORT: Final = 6  # digits of an id in the name of a run
ID_LENGTH: Final = 16  # hexadecimal digits: among 100,000 ids, two are equal with a probability of 3e-10

# The code that decides the result of a run, as folders and files of the package; and what in them has no part in it.
_SOURCES: Final = (
    "operations",
    "geometry",
    "models",
    "training",
    "analysis/metrics",
    "analysis/tree_measures",
    "analysis/evaluation.py",
    "checkpoints/checkpoint_file.py",
    "checkpoints/formats/safetensors_file.py",
)
_WITHOUT: Final = ("training/jobs", "training/sweeps", "training/run_files/tracking.py", "operations/atlas")


@dataclass(frozen=True)
class Job:
    """A run; values are JSON values, so that a job travels as text."""

    id: str
    recipe: str
    seed: int
    options: Mapping[str, Any]  # of `recipes.overrides.overridden`
    settings: Mapping[str, Any]  # what they amount to, see `effective_settings`


def job_of(recipe: str, seed: int, options: Mapping[str, Any]) -> Job:
    """The job with these options; its id is that of every other way to ask for the same run. Raises RecipeError."""
    settings = effective_settings(overridden(recipe, **options))
    return Job(id_of(recipe, seed, settings), recipe, seed, options, settings)


def run_name(recipe: str, seed: int, run: str) -> str:
    """The name of a run for people; `run` is its id."""
    return f"{recipe} seed {seed} {run[:SHORT]}"


def tracked_name(recipe: str, seed: int, run: str) -> str:
    """A run in an experiment tracker; `run` is its id."""
    return f"{recipe}-seed{seed}-{run[:SHORT]}"


def is_of_this_version(job: Job) -> bool:
    """Whether this program would give the job its id: false in a process with other sources."""
    return job_of(job.recipe, job.seed, job.options).id == job.id


def id_of(recipe: str, seed: int, settings: Mapping[str, Any]) -> str:
    """The id of the run with all these settings, see `effective_settings`."""
    said = {"recipe": recipe, "seed": seed, "settings": settings, "version": __version__, "sources": sources()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:ID_LENGTH]


@cache
def sources() -> str:
    """sha256 of the sources that decide the result of a run."""
    return digest_of_sources(Path(tvae.training.__file__).parents[1], _SOURCES, _WITHOUT)
