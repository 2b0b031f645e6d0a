"""The homeostasis controller: freezes and unfreezes encoders depending on metrics. A pure state machine.

    state, events = observe(settings, state, observation)

Nothing here touches a network: `tvae.training.loop` measures, and freezes the encoders that the new state names. The
best hierarchy is the lowest, -0.8320502954, so a *gain* is a fall and a *loss* is a rise.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

Value = TypeVar("Value")
ENCODERS = ("encoder_a", "encoder_b")


@dataclass(frozen=True)
class Settings:
    """The thresholds of the published controller, with checks in place of epochs."""

    every: int = 100  # steps between two checks
    warmup: int = 5  # checks before the first change
    rest: int = 3  # least number of checks between two changes of one encoder
    window: int = 5  # checks over which a gain or a stall is judged
    coverage_freeze: float = 0.995  # A is frozen below it; start value of the annealing
    coverage_free: float = 1.0  # A may be unfrozen at or above it; start value of the annealing
    stall: float = 0.001  # A has stalled when its hierarchy gains less over the window (our choice; not published)
    gain: float = 0.001  # B is frozen when its hierarchy gains less over the window
    loss: float = 0.01  # B is unfrozen when its hierarchy has lost more since it was frozen
    relax: float = 0.005  # by how much one cycle moves the coverage thresholds
    floor: float = 0.95  # least value of the thresholds
    worse: float = 0.05  # a Q this much below the best raises them again, up to 1


@dataclass(frozen=True)
class Observation:
    """Measurements of one check."""

    step: int
    coverage: float
    hierarchy_a: float
    hierarchy_b: float
    q: float  # of the better encoder


@dataclass(frozen=True)
class Event:
    """One decision of the controller."""

    step: int
    part: str  # one of ENCODERS, or "thresholds"
    action: Literal["freeze", "free", "relax", "tighten"]
    reason: str


@dataclass(frozen=True)
class State:
    """State of the controller; plain values, so that it can be stored."""

    frozen: tuple[bool, bool]  # of ENCODERS
    coverage_freeze: float
    coverage_free: float
    checks: int = 0
    changed: tuple[int, int] = (-1_000, -1_000)  # check of each encoder's last change
    freed_before: tuple[bool, bool] = (False, False)  # unfrozen after having been frozen: half a cycle
    frozen_hierarchy_b: float = 0.0  # when B was last frozen
    best_q: float | None = None
    recent: tuple[tuple[float, float], ...] = ()  # hierarchy of A and B; the last window + 1 checks


def start(settings: Settings) -> State:
    """The state before the first check: A frozen, B not."""
    return State((True, False), settings.coverage_freeze, settings.coverage_free)


def observe(settings: Settings, state: State, seen: Observation) -> tuple[State, tuple[Event, ...]]:
    """The state after one check, and its decisions; each encoder changes at most once."""
    recent = (*state.recent, (seen.hierarchy_a, seen.hierarchy_b))[-settings.window - 1 :]
    state = replace(state, checks=state.checks + 1, recent=recent)
    if state.checks <= settings.warmup:
        return state, ()
    events: list[Event] = []
    for number, reason in enumerate((_encoder_a(settings, state, seen), _encoder_b(settings, state, seen))):
        if reason and state.checks - state.changed[number] >= settings.rest:
            state, more = _changed(settings, state, seen, number, reason)
            events += more
    return state, tuple(events)


def _encoder_a(settings: Settings, state: State, seen: Observation) -> str:
    """The reason to freeze or unfreeze encoder A now, or ""."""
    if not state.frozen[0]:
        low = seen.coverage < state.coverage_freeze
        return f"coverage {seen.coverage:.5f} < {state.coverage_freeze:.3f}" if low else ""
    gain = _gain(settings, state, 0)
    if seen.coverage < state.coverage_free or gain is None or gain >= settings.stall:
        return ""
    return f"coverage {seen.coverage:.5f} and A gained {gain:.5f} in {settings.window} checks"


def _encoder_b(settings: Settings, state: State, seen: Observation) -> str:
    """The reason to freeze or unfreeze encoder B now, or ""."""
    if state.frozen[1]:
        lost = seen.hierarchy_b - state.frozen_hierarchy_b
        return f"B lost {lost:.5f} since it was frozen" if lost > settings.loss else ""
    gain = _gain(settings, state, 1)
    return "" if gain is None or gain >= settings.gain else f"B gained {gain:.5f} in {settings.window} checks"


def _gain(settings: Settings, state: State, encoder: int) -> float | None:
    """Gain in hierarchy of encoder 0 (A) or 1 (B) over the window; None until the window is full."""
    if len(state.recent) <= settings.window:
        return None
    return state.recent[0][encoder] - state.recent[-1][encoder]


def _changed(
    settings: Settings, state: State, seen: Observation, number: int, reason: str
) -> tuple[State, list[Event]]:
    """Freeze or unfreeze one encoder; the end of a cycle (unfrozen, then frozen again) also moves the thresholds."""
    freezes = not state.frozen[number]
    events = [Event(seen.step, ENCODERS[number], "freeze" if freezes else "free", reason)]
    cycle = freezes and state.freed_before[number]
    state = replace(
        state,
        frozen=_with(state.frozen, number, freezes),
        changed=_with(state.changed, number, state.checks),
        freed_before=_with(state.freed_before, number, not freezes),
        frozen_hierarchy_b=seen.hierarchy_b if freezes and number == 1 else state.frozen_hierarchy_b,
    )
    if not cycle:
        return (state if state.best_q is not None else replace(state, best_q=seen.q)), events
    best = seen.q if state.best_q is None else state.best_q
    if seen.q > best:
        events.append(Event(seen.step, "thresholds", "relax", f"Q {seen.q:.4f} > {best:.4f}"))
        return replace(_moved(settings, state, -settings.relax), best_q=seen.q), events
    if seen.q < best - settings.worse:
        events.append(Event(seen.step, "thresholds", "tighten", f"Q {seen.q:.4f} < {best:.4f} - {settings.worse}"))
        state = _moved(settings, state, settings.relax)
    return state, events


def _moved(settings: Settings, state: State, by: float) -> State:
    """Move both coverage thresholds, within [floor, 1]."""
    low, high = (
        round(min(1.0, max(settings.floor, value + by)), 6) for value in (state.coverage_freeze, state.coverage_free)
    )
    return replace(state, coverage_freeze=low, coverage_free=high)


def _with(values: tuple[Value, Value], place: int, value: Value) -> tuple[Value, Value]:
    """The pair with one value replaced."""
    return (value, values[1]) if place == 0 else (values[0], value)
