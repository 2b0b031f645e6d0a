"""The cache: one computation for each key, no cached failures, eviction of the least recently used. And the facts of a
status.
"""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from threading import Barrier, Event, Lock

import pytest
from archives import saved
from layouts import Layout, file_of, state_of

from tvae.analysis import evaluation
from tvae.analysis.evaluation import EvaluatedCheckpoint, EvaluationCache, status_facts
from tvae.analysis.metrics.metrics import Metrics
from tvae.analysis.tree_measures.tree_measures import BothEncoders, TreeMeasures
from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.catalogue.status import EncoderFacts, Facts
from tvae.checkpoints.checkpoint_file import Checkpoint, digest
from tvae.checkpoints.loading import CheckpointLocation, locate_any
from tvae.errors import CheckpointFileError, EmbeddingError
from tvae.models.embedding import Embedding
from tvae.reports.checkpoints import coverage

ASKING = 10
SECONDS = 30  # before a test that would hang fails
NO_TREES = BothEncoders(TreeMeasures(), TreeMeasures(), queries=1000)


class Counted:
    """Stands for the measurement: counts its calls, and waits for `gate`."""

    def __init__(self, evaluated: EvaluatedCheckpoint, gate: Event | None = None) -> None:
        self.evaluated, self.gate = evaluated, gate
        self.calls: list[str] = []
        self.lock = Lock()
        self.failures = 0

    def __call__(self, location: CheckpointLocation, checkpoint: Checkpoint) -> EvaluatedCheckpoint:
        with self.lock:
            self.calls.append(checkpoint.sha256)
        if self.gate is not None:
            assert self.gate.wait(SECONDS)
        if self.failures:
            self.failures -= 1
            raise EmbeddingError("The weights overflow.")
        return replace(self.evaluated, location=location, checkpoint=checkpoint)


@pytest.fixture
def evaluated(rich: EvaluatedCheckpoint) -> EvaluatedCheckpoint:
    return rich


@pytest.fixture
def files(tmp_path: Path) -> Callable[[int], CheckpointLocation]:
    """Different checkpoint files by number."""
    layout = Layout("any")

    def make(number: int) -> CheckpointLocation:
        path = tmp_path / f"{number}.pt"
        if not path.exists():
            path.write_bytes(saved(file_of(layout, state_of(layout, seed=number))))
        return locate_any(path)

    return make


def ask_at_once(
    cache: EvaluationCache, location: CheckpointLocation, gate: Event
) -> list[EvaluatedCheckpoint | BaseException]:
    """`ASKING` threads, all inside `get` before the gate opens."""
    barrier = Barrier(ASKING + 1)

    def ask() -> EvaluatedCheckpoint | BaseException:
        barrier.wait(SECONDS)
        try:
            return cache.get(location)
        except EmbeddingError as error:
            return error

    with ThreadPoolExecutor(ASKING) as pool:
        asked = [pool.submit(ask) for _ in range(ASKING)]
        barrier.wait(SECONDS)
        gate.set()
        return [answer.result(SECONDS) for answer in asked]


def test_ten_concurrent_callers_share_one_computation(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]
) -> None:
    gate = Event()
    compute = Counted(evaluated, gate)
    answers = ask_at_once(EvaluationCache(compute), files(0), gate)
    assert len(compute.calls) == 1
    assert all(answer is answers[0] for answer in answers)


def test_all_waiting_callers_get_the_error_and_the_next_call_tries_again(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]
) -> None:
    gate = Event()
    compute = Counted(evaluated, gate)
    compute.failures = ASKING
    cache = EvaluationCache(compute)
    answers = ask_at_once(cache, files(0), gate)
    assert all(isinstance(answer, EmbeddingError) for answer in answers)
    failed = len(compute.calls)
    compute.failures = 0
    assert isinstance(cache.get(files(0)), EvaluatedCheckpoint)
    assert len(compute.calls) == failed + 1


def test_the_least_recently_used_is_evicted_first(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]
) -> None:
    compute = Counted(evaluated)
    cache = EvaluationCache(compute, capacity=2)
    first, second = cache.get(files(0)), cache.get(files(1))
    assert cache.get(files(0)) is first
    cache.get(files(2))  # drops 1
    assert cache.get(files(0)) is first
    assert cache.get(files(1)) is not second
    assert len(compute.calls) == 4
    assert len(cache._cache) == 2


def test_a_file_that_changes_is_measured_again(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]
) -> None:
    compute = Counted(evaluated)
    cache = EvaluationCache(compute)
    location = files(0)
    before = location.path.read_bytes()
    cache.get(location)
    location.path.write_bytes(files(1).path.read_bytes())
    cache.get(location)
    location.path.write_bytes(before)
    cache.get(location)
    assert compute.calls == [digest(before), digest(files(1).path.read_bytes())]


def test_the_radius_in_the_catalogue_is_part_of_the_key(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]
) -> None:
    """The same bytes under a name whose max_radius the catalogue knows are another checkpoint."""
    cache = EvaluationCache(Counted(evaluated))
    as_file = cache.get(files(0))
    as_entry = cache.get(replace(files(0), entry=BY_NAME["max_hierarchy/best.pt"]))
    assert (as_file.checkpoint.config.max_radius, as_file.checkpoint.max_radius_from) == (0.99, "assumed")
    assert (as_entry.checkpoint.config.max_radius, as_entry.checkpoint.max_radius_from) == (0.95, "catalogue")


def test_each_caller_gets_its_own_location(
    evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation], tmp_path: Path
) -> None:
    """The same bytes in two places are computed once."""
    compute = Counted(evaluated)
    cache = EvaluationCache(compute)
    copy = locate_any(shutil.copy(files(0).path, tmp_path / "copy.pt"))
    assert [cache.get(location).location for location in (files(0), copy)] == [files(0), copy]
    assert len(compute.calls) == 1


def test_a_broken_file_is_an_error_each_time(evaluated: EvaluatedCheckpoint, tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    path.write_bytes(b"not a checkpoint")
    compute = Counted(evaluated)
    cache = EvaluationCache(compute)
    for _ in range(2):
        with pytest.raises(CheckpointFileError):
            cache.get(locate_any(path))
    assert compute.calls == []


def test_other_keys_do_not_wait(evaluated: EvaluatedCheckpoint, files: Callable[[int], CheckpointLocation]) -> None:
    gate, location = Event(), files(0)
    slow = Counted(evaluated, gate)
    fast = Counted(evaluated)
    cache = EvaluationCache(lambda where, found: (slow if where == location else fast)(where, found))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, location)
        assert cache.get(files(1)).location == files(1)
        assert not waiting.done()
        gate.set()
        assert waiting.result(SECONDS).checkpoint.path == location.path


def test_the_real_measurement_is_immutable(rich: EvaluatedCheckpoint) -> None:
    with pytest.raises(FrozenInstanceError):
        rich.metrics = None  # type: ignore[misc]
    assert rich.metrics.a.tree_fidelity is not None


def test_the_facts_of_a_status(evaluated: EvaluatedCheckpoint, euclidean: EvaluatedCheckpoint) -> None:
    found = evaluated.metrics
    trees = BothEncoders(
        TreeMeasures(average_distortion=0.4, map_3=0.5, map_9=0.6, map_27=0.7),
        TreeMeasures(average_distortion=0.1, map_3=0.2, map_27=0.3),
        queries=1000,
    )
    a, b = found.a, found.b
    assert status_facts(found, trees) == Facts(
        found.at_mu.total - found.at_mu.reconstructed,
        EncoderFacts(a.overlaps, a.richness, a.q, a.tree_fidelity, 0.4, 0.5, 0.7),
        EncoderFacts(b.overlaps, b.richness, b.q, b.tree_fidelity, 0.1, 0.2, 0.3),
    )
    flat = euclidean.metrics
    assert flat.at_mu_b is not None
    most = 19_683 - min(flat.at_mu.reconstructed, flat.at_mu_b.reconstructed)
    assert status_facts(flat, NO_TREES) == Facts(most)


def test_the_input_that_loses_most_counts(evaluated: EvaluatedCheckpoint) -> None:
    worse = replace(evaluated.metrics.at_mu, reconstructed=19_000)
    better = replace(evaluated.metrics.at_mu, reconstructed=19_600)
    for inputs in (
        {"at_mu": worse, "at_ball": better},
        {"at_mu": better, "at_ball": worse},
        {"at_mu": better, "at_mu_b": worse},
    ):
        assert status_facts(replace(evaluated.metrics, **inputs), NO_TREES).lost == 683


def test_metrics_are_computed_when_they_are_first_needed_and_once(
    evaluated: EvaluatedCheckpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(embedding: Embedding, tree: bool) -> Metrics:
        calls.append(tree)
        return evaluated.metrics

    monkeypatch.setattr(evaluation, "evaluate", counted)
    found = evaluation.measure(evaluated.location, evaluated.checkpoint, "cpu")
    elsewhere = replace(found, location=replace(found.location, name="copy"))
    assert coverage(found)["reconstructed"] == evaluated.metrics.at_mu.reconstructed
    assert not calls
    assert found.metrics is elsewhere.metrics is found.metrics
    assert calls == [True]
