"""The directory of a sweep: whole runs or none, and one sweep a run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sweep_runs import run_row

from tvae.checkpoints import atomic_files
from tvae.errors import StorageError
from tvae.training.sweeps import results as module
from tvae.training.sweeps.executor import Outcome
from tvae.training.sweeps.results import Results
from tvae.training.sweeps.row_file import MAX_ROW, MODEL, ROW

FINISHED = run_row("rich_tree")
FAILED = run_row("rich_tree", error="out of luck")
RUN = FINISHED["id"]


def outcome(error: str | None = None) -> Outcome:
    return Outcome(FAILED, None) if error else Outcome(FINISHED, b"a model")


def files(directory: Path) -> list[str]:
    """Everything in the directory but locks."""
    found = (path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(".locks/"))


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "runs")


def kept(results: Results, what: Outcome) -> None:
    assert results.claim(RUN)
    results.keep(what)


def test_a_finished_run_is_two_files(results: Results) -> None:
    assert results.finished(RUN) is None
    kept(results, outcome())
    assert files(results.directory) == [f"{RUN}/{MODEL}", f"{RUN}/{ROW}"]
    assert (results.directory / RUN / MODEL).read_bytes() == b"a model"
    assert json.loads((results.directory / RUN / ROW).read_bytes()) == FINISHED
    assert results.finished(RUN) == FINISHED


def test_a_run_that_learned_little_is_finished(results: Results) -> None:
    """After 60 steps of `rich_tree`, a worst distortion of 6e34 was measured: points at the centre are that near."""
    row = run_row("rich_tree")
    row["metrics"]["a"]["worst_distortion"] = 5.7e34
    kept(results, Outcome(row, b"a model"))
    assert results.finished(RUN) == row


def test_a_failed_run_has_its_reason_and_gives_way_to_a_finished_one(results: Results) -> None:
    kept(results, outcome("out of luck"))
    assert files(results.directory) == [f"{RUN}/{ROW}"]
    assert results.finished(RUN) is None
    assert results.row(RUN) == FAILED
    kept(results, outcome())
    assert files(results.directory) == [f"{RUN}/{MODEL}", f"{RUN}/{ROW}"]
    assert results.finished(RUN)


def changed(change: dict[str, Any]) -> bytes:
    return json.dumps(FINISHED | change).encode()


OTHER = {
    "empty": b"",
    "half": b"{",
    "no text": b"\xff",
    "a list": b"[1]",
    "another id": changed({"id": "another"}),
    "deep": b"[" * 90_000,
    "large": b" " * MAX_ROW + changed({}),
    "nothing else": json.dumps({"id": RUN, "error": None}).encode(),
    "an error that is no text": changed({"error": 1}),
    "no settings": changed({"settings": None}),
    "no metrics": changed({"metrics": None}),
    "no encoder": changed({"metrics": FINISHED["metrics"] | {"a": None}}),
    "a text as Q": changed({"metrics": FINISHED["metrics"] | {"b": {"q": "high"}}}),
    "no number as Q": changed({"metrics": FINISHED["metrics"] | {"b": {"q": float("nan")}}}),
    "too large a number": changed({"seconds": 1.7e308}),
    "hundreds of digits": changed({"seconds": 10**400}),
    "thousands of digits": changed({}).replace(b'"seed": 0', b'"seed": ' + b"9" * 5_000),
    "no digest": changed({"sha256": "x"}),
}


@pytest.mark.parametrize("name", OTHER)
def test_a_row_of_another_form_is_a_run_that_is_not_finished(results: Results, name: str) -> None:
    kept(results, outcome())
    (results.directory / RUN / ROW).write_bytes(OTHER[name])
    assert results.finished(RUN) is None
    kept(results, outcome())
    assert results.finished(RUN)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def link(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [fifo, link, Path.mkdir])
@pytest.mark.parametrize("name", [ROW, MODEL])
def test_what_is_no_file_is_not_opened(results: Results, name: str, make: Callable[[Path], None]) -> None:
    kept(results, outcome())
    (results.directory / RUN / name).unlink()
    make(results.directory / RUN / name)
    assert results.finished(RUN) is None
    kept(results, outcome())
    assert files(results.directory) == [f"{RUN}/{MODEL}", f"{RUN}/{ROW}"]


def elsewhere(path: Path) -> None:
    path.parent.with_name("elsewhere").mkdir()
    path.symlink_to(path.parent.with_name("elsewhere"))


@pytest.mark.parametrize("make", [fifo, link, Path.touch, elsewhere, lambda path: path.symlink_to("nowhere")])
def test_what_is_in_the_place_of_a_run_gives_way_to_it(results: Results, make: Callable[[Path], None]) -> None:
    make(results.directory / RUN)
    assert results.finished(RUN) is None
    kept(results, outcome())
    assert results.finished(RUN) == FINISHED
    assert list((results.directory / ".parts").iterdir()) == []
    (results.directory / ".parts" / f"{RUN}-old").symlink_to("nowhere")
    assert results.claim(RUN)
    assert list((results.directory / ".parts").iterdir()) == []


def test_a_run_without_its_model_is_not_finished(results: Results) -> None:
    kept(results, outcome())
    (results.directory / RUN / MODEL).unlink()
    assert results.finished(RUN) is None


@pytest.mark.parametrize("name", [MODEL, ROW])
def test_a_full_disk_leaves_no_part_of_a_run(results: Results, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(results, outcome("out of luck"))

    def full(path: Path, data: bytes) -> Path:
        if path.name == name:
            raise StorageError("the disk is full")
        return atomic_files.write_atomically(path, data)

    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(StorageError):
        kept(results, outcome())
    assert files(results.directory) == [f"{RUN}/{ROW}"]
    assert results.row(RUN) == FAILED
    assert results.claim(RUN)  # it was given back


def test_a_directory_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="a part of the path is a file"):
        Results(tmp_path / "file")


def test_only_one_sweep_has_a_run(results: Results) -> None:
    other = Results(results.directory)
    assert results.claim(RUN)
    assert not other.claim(RUN)
    results.release(RUN)
    assert other.claim(RUN)
    assert not results.claim(RUN)
    other.release_all()
    assert results.claim(RUN)


def test_what_a_killed_sweep_was_writing_is_removed_and_its_run_is_free(results: Results) -> None:
    """A real process, killed while it holds the run and is writing it."""
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tvae.training.sweeps import results as module\n"
        "from tvae.training.sweeps.executor import Outcome\n"
        "module.Path.rename = lambda *_: os.kill(os.getpid(), 9)\n"
        f"results = module.Results(Path(sys.argv[1]))\n"
        f"assert results.claim({RUN!r})\n"
        f"results.keep(Outcome({{'id': {RUN!r}, 'error': None}}, b'a model'))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(results.directory)], timeout=600)
    assert ran.returncode == -9
    assert all(name.startswith(f".parts/{RUN}-") for name in files(results.directory))
    assert len(files(results.directory)) == 2
    assert results.finished(RUN) is None
    assert results.claim(RUN)
    assert files(results.directory) == []


def test_rows_are_readable_json(results: Results) -> None:
    row = FINISHED | {"cpu_capability": "AVX2", "metrics": FINISHED["metrics"] | {"a": {"q": None, "hierarchy": -0.5}}}
    kept(results, Outcome(row, b"a model"))
    assert results.row(RUN) == row
