"""The id of a run: the same for the same run, another for anything that may change it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tvae.training.recipes.table import recipe
from tvae.training.sweeps import job as jobs
from tvae.training.sweeps.job import ID_LENGTH, is_of_this_version, job_of


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    jobs.sources.cache_clear()
    yield
    jobs.sources.cache_clear()


def test_the_id_does_not_depend_on_how_the_run_is_asked_for() -> None:
    plan = recipe("v5_11")
    own: dict[str, Any] = {"steps": plan.steps, "learning_rate": 0.3, "optimiser": "kfac", "weights": {"order": 1.0}}
    job = job_of("v5_11", 0, {})
    assert job_of("v5_11", 0, own | {"width": 64, "curvature": 1.0}).id == job.id
    assert len(job.id) == ID_LENGTH
    assert set(job.id) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "options",
    [
        {"steps": 7},
        {"learning_rate": 0.2},
        {"optimiser": "adamw"},
        {"weights": {"order": 2.0}},
        {"weights": {"distances": 2.0}},
        {"width": 32},
        {"curvature": 0.5},
    ],
)
def test_every_setting_is_in_the_id(options: dict[str, Any]) -> None:
    assert job_of("v5_11", 0, options).id != job_of("v5_11", 0, {}).id


def test_seed_and_recipe_are_in_the_id() -> None:
    assert len({job_of(name, seed, {}).id for name in ("v5_11", "v5_5") for seed in (0, 1)}) == 4


def test_the_version_is_in_the_id(monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of("v5_11", 0, {})
    assert is_of_this_version(job)
    monkeypatch.setattr(jobs, "__version__", "0.0.0")
    assert not is_of_this_version(job)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a few files, in place of the one whose sources are hashed."""
    single = [name for name in jobs._SOURCES if name.endswith(".py")]
    for name in ("training/loop.py", "training/sweeps/sweep.py", *single):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before = 1")
    monkeypatch.setattr(jobs.tvae.training, "__file__", str(tmp_path / "training" / "__init__.py"))
    return tmp_path


def test_the_sources_that_train_are_in_the_id_and_those_of_sweeps_are_not(package: Path) -> None:
    job = job_of("v5_11", 0, {})
    (package / "training/sweeps/sweep.py").write_text("before = 2")
    jobs.sources.cache_clear()
    assert is_of_this_version(job)
    for name in ("training/loop.py", "checkpoints/checkpoint_file.py"):
        (package / name).write_text("before = 2")
        jobs.sources.cache_clear()
        assert not is_of_this_version(job)
        job = job_of("v5_11", 0, {})


def test_the_sources_that_count_exist() -> None:
    package = Path(jobs.tvae.training.__file__).parents[1]
    assert [name for name in (*jobs._SOURCES, *jobs._WITHOUT) if not (package / name).exists()] == []
