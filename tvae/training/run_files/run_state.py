"""The state file of a run on operations: everything needed to continue it bit for bit."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tvae.errors import TrainingError
from tvae.training.loop import Run, begin_phase, resume, start
from tvae.training.objectives import homeostasis
from tvae.training.recipes import table
from tvae.training.recipes.overrides import own_curvature, own_width, with_network
from tvae.training.recipes.recipe import Recipe, with_objective_weights
from tvae.training.run_files.state import open_state, restore, state_of, write_state
from tvae.training.threads import THREADS

FORMAT: Final = "tvae training state 2"


def save_state(path: Path, run: Run) -> Path:
    """Write the state of `run` for `load_state`; raises StorageError."""
    return write_state(
        path,
        {
            "format": FORMAT,
            "recipe": run.recipe.name,
            "emphasis": run.recipe.emphasis,
            "width": own_width(run.recipe),
            "curvature": own_curvature(run.recipe),
            "phases": [(phase.steps, phase.learning_rate, phase.optimiser) for phase in run.recipe.phases],
            "fingerprint": _fingerprint(run.recipe),
            **state_of(run),
            "control": asdict(run.control) if run.control else None,
            "events": [asdict(event) for event in run.events],
            "history": run.history,
        },
    )


def load_state(path: Path) -> Run:
    """The run of a state file, ready for `loop.resume`.

    Raises CheckpointFileError if the file cannot be read, TrainingError if it is not a state file, if it was damaged or
    edited, or if its recipe has changed since it was written.
    """
    refusal = (
        f"{path.name} is not the state of a stopped training run, or is damaged. Give the file that the interrupted "
        "command named, or train again."
    )
    with open_state(path, FORMAT, refusal) as state:
        next(resume(_run_of(path, state), stop=lambda: True), None)  # a step in trial, which the state must allow
    with open_state(path, FORMAT, refusal) as state:
        return _run_of(path, state)


def _run_of(path: Path, state: Mapping[str, Any]) -> Run:
    """The run of a state. Raises TrainingError, or another exception if a value is not what was written."""
    recipe = with_objective_weights(table.recipe(state["recipe"]), dict(state["emphasis"]))
    recipe = with_network(recipe, width=state.get("width"), curvature=state.get("curvature"))  # older files lack them
    phases = zip(recipe.phases, state["phases"], strict=True)
    recipe = replace(
        recipe, phases=tuple(replace(p, steps=s, learning_rate=lr, optimiser=o) for p, (s, lr, o) in phases)
    )
    if _fingerprint(recipe) != state["fingerprint"]:
        raise TrainingError(f"The recipe {recipe.name!r} has changed since {path.name} was written. Train it again.")
    threads = state.get("threads", THREADS)  # older files lack it
    run = start(recipe, seed=state["seed"], device=state["device"], threads=threads)
    if state["optimiser"] is not None:
        begin_phase(run, recipe.phases[recipe.phase_at(state["step"])[0]])
    restore(run, state)
    run.events = [_event(event) for event in state["events"]]
    run.control = _control(state["control"]) if state["control"] else None
    return run


def _control(values: Mapping[str, Any]) -> homeostasis.State:
    """The controller's state; older files have a third value, of a loss controller that never acted."""
    pairs = {name: tuple(values[name][:2]) for name in ("frozen", "changed", "freed_before")}
    control = homeostasis.State(**{**values, **pairs, "recent": tuple(tuple(row[:2]) for row in values["recent"])})
    numbers = (control.coverage_freeze, control.coverage_free, control.frozen_hierarchy_b, control.best_q or 0.0)
    if not (
        all(map(math.isfinite, (*numbers, *(value for a, b in control.recent for value in (a, b)))))
        and [type(value) for value in (*control.frozen, *control.freed_before)] == [bool] * 4
        and [type(value) for value in (*control.changed, control.checks)] == [int] * 3
    ):
        raise ValueError("no controller has these values")
    return control


def _event(values: Mapping[str, Any]) -> homeostasis.Event:
    event = homeostasis.Event(**values)
    if [type(value) for value in asdict(event).values()] != [int, str, str, str]:
        raise ValueError("no controller has made this decision")
    return event


def _fingerprint(recipe: Recipe) -> str:
    """sha256 of everything in a recipe that affects the weights; its descriptions may change.

    State files fix the spelling: a renamed field keeps its old name here, and a removed one its old value. The fields
    of near pairs, which came later, are left out of recipes without them.
    """
    fields = asdict(replace(recipe, summary="", notes=""))
    if not recipe.near_pairs:
        for row in (
            fields,
            *fields["phases"],
            *(phase[f"weights_{side}"] for phase in fields["phases"] for side in "ab"),
        ):
            for name in [name for name in row if name.startswith("near_")]:
                del row[name]
    named = {"even" if name == "level_balanced_share" else name: value for name, value in fields.items()}
    if recipe.controller:
        settings = list(fields["controller"].items())
        settings.insert([name for name, _ in settings].index("loss") + 1, ("gradient", 0.01))
        named["controller"] = dict(settings)
    return sha256(json.dumps(named).encode()).hexdigest()
