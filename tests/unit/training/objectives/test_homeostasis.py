"""The controller as a state machine: every rule of the specification, driven by made-up observations."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from tvae.training.objectives.homeostasis import (
    Event,
    Observation,
    Settings,
    State,
    observe,
    start,
)

RULES = Settings()


def drive(
    state: State, observations: list[dict[str, float]], settings: Settings = RULES, first: int = 1
) -> tuple[State, list[Event]]:
    """Observe one after the other; what an observation leaves out is at its best and does not change."""
    events: list[Event] = []
    for number, values in enumerate(observations, first):
        usual = {"coverage": 1.0, "hierarchy_a": -0.8, "hierarchy_b": -0.1 - number / 100, "q": 2.0}
        state, more = observe(settings, state, Observation(number, **(usual | values)))  # type: ignore[arg-type]
        events += more
    return state, events


def did(events: list[Event]) -> list[tuple[int, str, str]]:
    return [(event.step, event.part, event.action) for event in events]


def test_it_begins_with_encoder_a_frozen() -> None:
    assert start(RULES).frozen == (True, False)


def test_nothing_changes_during_the_warm_up() -> None:
    state, events = drive(start(RULES), [{"coverage": 0.1, "hierarchy_b": -0.1}] * 5)
    assert events == []
    assert state.frozen == (True, False)


def test_a_stalled_encoder_a_is_freed_at_full_coverage() -> None:
    state, events = drive(start(RULES), [{}] * 6)
    assert did(events) == [(6, "encoder_a", "free")]
    assert not state.frozen[0]


def test_an_encoder_a_that_gains_or_covers_less_stays_frozen() -> None:
    gaining = [{"hierarchy_a": -0.5 - 0.001 * k} for k in range(20)]
    assert drive(start(RULES), gaining)[1] == []
    assert drive(start(RULES), [{"coverage": 0.9999}] * 20)[1] == []


def test_a_free_encoder_a_is_frozen_below_the_coverage_threshold_only() -> None:
    free = replace(start(RULES), frozen=(False, False))
    assert did(drive(free, [{"coverage": 0.995}] * 10)[1]) == []
    assert did(drive(free, [{"coverage": 0.9949}] * 10)[1]) == [(6, "encoder_a", "freeze")]


def test_encoder_b_is_frozen_when_it_stalls_and_freed_when_it_loses() -> None:
    still = [{"coverage": 0.999, "hierarchy_b": -0.80}] * 6
    state, events = drive(start(RULES), still)
    assert did(events) == [(6, "encoder_b", "freeze")]
    lost = [{"coverage": 0.999, "hierarchy_b": value} for value in (-0.795, -0.791, -0.7901, -0.7899)]
    state, events = drive(state, lost, first=7)
    assert did(events) == [(10, "encoder_b", "free")]
    assert not state.frozen[1]


def test_changes_of_one_part_are_at_least_three_checks_apart() -> None:
    swings = [{"coverage": 1.0 if k % 2 else 0.5} for k in range(40)]
    _, events = drive(start(RULES), swings)
    steps = [event.step for event in events if event.part == "encoder_a"]
    assert len(steps) > 5
    assert min(b - a for a, b in pairwise(steps)) >= 3


def cycle(state: State, q: float, first: int) -> tuple[State, list[Event]]:
    """Free A, then freeze it again at this Q: one cycle of 8 checks."""
    return drive(state, [{"q": q}] * 7 + [{"q": q, "coverage": 0.5}], first=first)


def test_a_better_q_relaxes_a_much_worse_one_tightens_and_both_are_bounded() -> None:
    state, events = cycle(start(RULES), 2.0, 1)
    assert did(events) == [(6, "encoder_a", "free")]  # the eighth check comes too soon after the sixth
    state, events = drive(state, [{"q": 2.01, "coverage": 0.5}], first=9)
    assert did(events) == [(9, "encoder_a", "freeze"), (9, "thresholds", "relax")]
    assert (state.coverage_freeze, state.coverage_free, state.best_q) == (0.99, 0.995, 2.01)
    freed = replace(state, frozen=(False, True), freed_before=(True, False), changed=(0, 0, 0))
    after, events = drive(freed, [{"q": 1.95, "coverage": 0.5}], first=20)
    assert did(events)[1:] == [(20, "thresholds", "tighten")]
    assert (after.coverage_freeze, after.coverage_free, after.best_q) == (0.995, 1.0, 2.01)
    after, events = drive(freed, [{"q": 1.97, "coverage": 0.5}], first=20)  # worse, but by less than 0.05
    assert [event.part for event in events] == ["encoder_a"]
    low = replace(freed, coverage_freeze=0.952, coverage_free=0.957)
    after, _ = drive(low, [{"q": 2.5, "coverage": 0.5}], first=20)
    assert (after.coverage_freeze, after.coverage_free) == (0.95, 0.952)
    high = replace(freed, coverage_freeze=0.998, coverage_free=1.0)
    after, _ = drive(high, [{"q": 0.0, "coverage": 0.5}], first=20)
    assert (after.coverage_freeze, after.coverage_free) == (1.0, 1.0)


def test_it_is_pure() -> None:
    state = start(RULES)
    seen = Observation(1, 1.0, -0.8, -0.8, 2.0)
    assert observe(RULES, state, seen) == observe(RULES, state, seen)
    assert state == start(RULES)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_seen_the_thresholds_stay_in_bounds(seed: int) -> None:
    draw = random.Random(seed)
    state = start(RULES)
    for step in range(300):
        seen = Observation(step, draw.uniform(0.9, 1.0), -draw.random(), -draw.random(), draw.uniform(0, 2.2))
        state, events = observe(RULES, state, seen)
        assert 0.95 <= state.coverage_freeze <= state.coverage_free <= 1.0
        assert len({event.part for event in events}) == len(events)
