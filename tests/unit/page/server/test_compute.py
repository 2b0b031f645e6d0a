"""Shared computations run once for concurrent callers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from app_fixtures import BUNDLED, EUCLIDEAN, HOMEOSTASIS, REPOSITORY, evaluated_here, published
from hub_server import LocalHub

from tvae.analysis import robustness
from tvae.analysis.robustness import Robustness
from tvae.analysis.single_flight import Cache
from tvae.analysis.tree_measures import tree_measures
from tvae.analysis.tree_measures.tree_measures import TreeMeasures
from tvae.checkpoints.catalogue.catalogue import DEFAULT
from tvae.errors import CheckpointError, InputError
from tvae.page.api import explorer
from tvae.page.server import compute


def test_fifty_concurrent_callers_share_one_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []
    start = Barrier(50)
    rich = evaluated_here(BUNDLED)  # whose decoder bears some noise, so that another seed gives another coverage
    evaluate = robustness.evaluate

    def counted_evaluate(model: Any, embedding: Any, seed: int) -> Robustness:
        seeds.append(seed)
        return evaluate(model, embedding, seed)

    def call(place: int) -> tuple[float, ...]:
        start.wait(30)
        if place % 2:
            return compute.robustness_of(DEFAULT)[1].noise.coverage
        return tuple(explorer.robustness(DEFAULT)["noise"]["coverage"])

    monkeypatch.setattr(robustness, "evaluate", counted_evaluate)
    monkeypatch.setattr(compute, "ROBUSTNESS_CACHE", Cache(64))
    monkeypatch.setattr(compute, "load_evaluated", lambda _: rich)
    assert not compute.has_robustness(rich)
    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(call, range(50)))
    assert (seeds, len(answers)) == ([0], 1)
    assert compute.has_robustness(rich)
    other = compute.robustness_of(DEFAULT, 1)[1]
    assert (seeds, other.seed) == ([0, 1], 1)
    assert other.noise.coverage not in answers


def test_one_call_downloads_at_most_one_file(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its place among the calls that occupy a core."""
    hub.add(REPOSITORY, published())
    monkeypatch.setattr(compute, "LEADERBOARD_CACHE", Cache(64))
    names = (HOMEOSTASIS, "tree", EUCLIDEAN)
    with pytest.raises(InputError, match=f"not on this server yet: {HOMEOSTASIS}, {EUCLIDEAN}. One call downloads"):
        compute.leaderboard_rows(names)
    assert hub.requests == []
    for name in (HOMEOSTASIS, EUCLIDEAN):
        (row,) = compute.leaderboard_rows([name])
        assert (row["checkpoint"], bool(row["sha256"])) == (name, True)
    before = len(hub.requests)
    assert [row["checkpoint"] for row in compute.leaderboard_rows(names)] == [*names]
    assert len(hub.requests) == before
    with pytest.raises(CheckpointError, match="holds another model"):
        compute.leaderboard_rows(["codon_vae_all.pt"])


def test_an_invalid_seed_fails_before_anything_is_computed() -> None:
    with pytest.raises(InputError, match="The seed is 'x'"):
        compute.robustness_of("unknown checkpoint", "x")  # type: ignore[arg-type]


def test_tree_measures_are_computed_on_demand_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []
    measure = tree_measures.measure

    def counted_measure(side: Any) -> TreeMeasures:
        computed.append(1)
        return measure(side)

    monkeypatch.setattr(tree_measures, "measure", counted_measure)
    monkeypatch.setattr(compute, "TREE_MEASURES_CACHE", Cache(64))
    evaluated = compute.default_checkpoint()
    explorer.coverage(DEFAULT)
    assert computed == []
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: explorer.metrics(DEFAULT)["a"]["map_27"], range(8)))
    assert (computed, len(set(answers))) == ([1, 1], 1)
    monkeypatch.undo()
    assert compute.tree_measures_of(DEFAULT)[1] == tree_measures.evaluate(evaluated.embedding)
    assert compute.encoder_tree_measures(evaluated, "B") == compute.tree_measures_of(DEFAULT)[1].b
