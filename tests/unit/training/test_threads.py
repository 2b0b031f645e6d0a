"""Training runs with the number of threads that it was given, and leaves the caller's as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tvae.errors import TrainingError
from tvae.training.loop import Run, resume, start
from tvae.training.recipes.recipe import with_overrides
from tvae.training.recipes.table import recipe
from tvae.training.run_files.run_state import load_state, save_state
from tvae.training.threads import in_threads, torch_threads
from tvae.training.train_to_file import train_to_file

SHORT = with_overrides(recipe("v5_11"), steps=60)


@pytest.fixture(autouse=True)
def of_the_caller() -> Iterator[int]:
    """Three threads, which no other test uses."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield 3
    assert torch.get_num_threads() == 3
    torch.set_num_threads(before)


def threads_during(run: Run, of_the_caller: int) -> set[int]:
    """The numbers of threads with which the steps of a run are made."""
    seen: set[int] = set()

    def stop() -> bool:
        seen.add(torch.get_num_threads())
        return False

    for _ in resume(run, stop=stop):
        assert torch.get_num_threads() == of_the_caller
    return seen


def test_a_run_uses_one_thread_unless_it_is_told_otherwise(of_the_caller: int) -> None:
    assert threads_during(start(SHORT), of_the_caller) == {1}
    assert threads_during(start(SHORT, threads=2), of_the_caller) == {2}


def test_a_generator_that_fails_or_is_abandoned_leaves_the_callers_number() -> None:
    def failing() -> Iterator[int]:
        yield torch.get_num_threads()
        raise LookupError

    steps = in_threads(2, failing())
    assert next(steps) == 2
    with pytest.raises(LookupError):
        next(steps)
    abandoned = in_threads(2, failing())
    assert next(abandoned) == 2
    with pytest.raises(LookupError), torch_threads(2):
        raise LookupError


def test_the_row_has_what_decides_the_bytes_and_the_file_has_not(tmp_path: Path) -> None:
    rows = [
        train_to_file("v5_11", epochs=0.5, threads=threads, output=tmp_path / f"{threads}.pt", show=False)
        for threads in (None, 2)
    ]
    assert [row["threads"] for row in rows] == [1, 2]
    assert {row["cpu_capability"] for row in rows} == {torch.backends.cpu.get_cpu_capability()}
    recorded = [set(torch.load(tmp_path / row["file"], weights_only=True)) for row in rows]
    assert recorded[0] == recorded[1]
    assert not recorded[0] & {"threads", "cpu_capability", "versions"}


def test_a_state_keeps_the_number_of_threads(tmp_path: Path, of_the_caller: int) -> None:
    run = start(SHORT, threads=2)
    next(resume(run, stop=lambda: True))
    path = save_state(tmp_path / "a.state.pt", run)
    continued = load_state(path)
    assert threads_during(continued, of_the_caller) == {2}
    with pytest.raises(TrainingError, match=r"decides what --threads would change"):
        train_to_file("v5_11", output=tmp_path / "a.pt", state=path, threads=1, show=False)


@pytest.mark.parametrize("threads", [0, -1, 65, 1.5, True, "2"])
def test_an_impossible_number_is_refused(threads: int, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=rf"Found {threads} threads; give a whole number from 1 to 64"):
        start(SHORT, threads=threads)
    path = save_state(tmp_path / "a.state.pt", start(SHORT))
    torch.save(torch.load(path, weights_only=True) | {"threads": threads}, path)
    with pytest.raises(TrainingError, match=rf"Found {threads} threads"):
        load_state(path)


def test_a_state_from_before_threads_were_kept_continues_with_one(tmp_path: Path) -> None:
    path = save_state(tmp_path / "a.state.pt", start(SHORT))
    state = torch.load(path, weights_only=True)
    del state["threads"]
    torch.save(state, path)
    assert load_state(path).threads == 1
