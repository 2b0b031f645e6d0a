"""State files: a stopped run continues bit for bit, stored states still resume, and wrong files are refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from paths import DATA

from tvae.errors import TrainingError, TvaeError
from tvae.training.loop import Run, resume, start
from tvae.training.objectives.homeostasis import Settings
from tvae.training.recipes import table
from tvae.training.recipes.overrides import with_network
from tvae.training.recipes.recipe import Rates, Recipe, with_objective_weights, with_overrides
from tvae.training.recipes.table import RECIPES, recipe
from tvae.training.run_files import run_state
from tvae.training.run_files.run_state import load_state, save_state
from tvae.training.train_to_file import train_to_file

pytestmark = pytest.mark.usefixtures("one_thread")
STEPS = 120


def shortened(name: str, steps: int) -> Recipe:
    plan = recipe(name)
    phases = tuple(replace(phase, steps=steps // len(plan.phases)) for phase in plan.phases)
    pairs = min(plan.near_pairs, 32)
    return replace(
        plan,
        phases=phases,
        batch_size=128,
        near_pairs=pairs,
        controller=Settings(every=20, warmup=0) if plan.controller else None,
    )


@pytest.fixture(autouse=True)
def short_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state is compared with the recipe of its name; here that is the shortened one."""
    monkeypatch.setattr(table, "recipe", lambda name: shortened(name, STEPS))


def finish(run: Run, at: int) -> Run:
    for _ in resume(run, stop=lambda: run.step >= at):
        pass
    return run


@pytest.mark.parametrize(("name", "at"), [("v5_11", 60), ("v5_11_homeostasis", 98), ("tree", 36), ("advanced", 47)])
def test_stopped_and_continued_is_the_same_as_straight_through(name: str, at: int, tmp_path: Path) -> None:
    straight = finish(start(shortened(name, STEPS), seed=3), STEPS)
    stopped = finish(start(shortened(name, STEPS), seed=3), at)
    assert stopped.step == at
    continued = load_state(save_state(tmp_path / "state.pt", stopped))
    torch.manual_seed(99)  # must not matter
    continued = finish(continued, STEPS)
    other = continued.model.state_dict()
    assert all(torch.equal(tensor, other[key]) for key, tensor in straight.model.state_dict().items())
    assert (continued.events, continued.history) == (straight.events, straight.history)
    assert continued.control == straight.control


def test_the_optimiser_is_kept_and_not_that_of_the_recipe(tmp_path: Path) -> None:
    plan = with_overrides(shortened("v5_11_homeostasis", STEPS), optimiser="kfac")
    straight = finish(start(plan, seed=3), STEPS)
    stopped = finish(start(plan, seed=3), 75)
    continued = finish(load_state(save_state(tmp_path / "state.pt", stopped)), STEPS)
    assert continued.recipe == plan
    other = continued.model.state_dict()
    assert all(torch.equal(tensor, other[key]) for key, tensor in straight.model.state_dict().items())


def test_width_weights_and_curvature_are_kept(tmp_path: Path) -> None:
    plan = with_network(with_objective_weights(shortened("v5_11", STEPS), {"order": 2.0}), width=32, curvature=0.5)
    straight = finish(start(plan, seed=3), 90)
    continued = finish(load_state(save_state(tmp_path / "state.pt", finish(start(plan, seed=3), 70))), 90)
    assert continued.recipe == plan
    other = continued.model.state_dict()
    assert all(torch.equal(tensor, other[key]) for key, tensor in straight.model.state_dict().items())


# A run of v5_11_homeostasis by the code of c1fa05a: 141 steps, seed 3, one thread, stopped after step 137 in the phase
# with the controller. Encoder A is frozen there, so the optimiser has no state for it and the file is small.
STORED = DATA / "v5_11_homeostasis_stopped.state.pt"


def as_stored(name: str) -> Recipe:
    """v5_11_homeostasis as it was then: AdamW, no near pairs, a slower encoder B, and an earlier controller."""
    plan = recipe(name)
    base, projection = (replace(phase, optimiser="adamw", near_from=0.0) for phase in plan.phases)
    far = [
        replace(weights, geodesic=0.03, near_geodesic=0.0) for weights in (projection.weights_a, projection.weights_b)
    ]
    phases = (
        replace(base, learning_rate=5e-3),
        replace(
            projection,
            learning_rate=1e-2,
            weights_a=far[0],
            weights_b=far[1],
            rates=Rates(encoder_a=0.3, encoder_b=0.1, decoder=0.3),
        ),
    )
    return replace(plan, phases=phases, near_pairs=0, controller=Settings(every=100, gain=1e-7))


FINGERPRINTS = {
    "rich_tree": "fd5cd74b936722b20978d21cae7a927ecb0335ac1c68d3870de18a364eb0e79a",
    "homeostatic_rich": "2743e6b8b0e802c010710ab8d5a682eaecb0399f7740e3218fb34e96ff53c986",
    "max_hierarchy": "eca9c446a28eb517deac21dc69ebb2d95d6e77c1b4c694dc64cb1b74a8bb526d",
    "ball": "8ff1e15505bcbd14c1aa15111b6373047cb82f4bc715c170d3f37693636d3ace",
    "tree": "0a6d2a74da5cc590a7c45b569f93cfa8dab1752c941848ccf074b312815525d9",
    "isometric": "1d972a0e1e91807ec75b7fe61cd61d24c60732bd6fab7dc0893bb481441ef935",
    "advanced": "978aae9bf5b948500bd04c4515f0ad4db54510089652c78ae839d5e6cb809e4d",
    "v5_11_structural": "3a854f705d0a13fc17123d76e780b8417a84345467443bbc47a57269123603b7",
    "v5_11_homeostasis": "1516ceb2dcfa88b8b842163390ff4a339515a15ec305077d37c591c459a00a4c",
    "v5_11_progressive": "3b64efb995011fdf0796c82d2dfad70278fda0d32f1e326aab88d755ae79fc67",
    "v5_11": "cb0bf6421e5bdd54a893182ae5b1bb347d1b025cfd3be821f09ce21e7f99d89c",
    "v5_11_overnight": "05d18ab0585493b1d48bc059c7587907d729fb90bb3864e0b6142ce26187db2a",
    "v5_5": "d24a9f4bba15b9952cbe34ee724b69784ad0b880bc9fd7429a46ddf47a637575",
}


def test_the_fingerprints_in_state_files_are_still_those_of_the_recipes() -> None:
    """A change here refuses every state file of that recipe: right if its training changed, wrong after a renaming."""
    assert {row.name: run_state._fingerprint(row) for row in RECIPES} == FINGERPRINTS


def test_a_stored_state_is_restored_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "recipe", as_stored)
    run, state = load_state(STORED), torch.load(STORED, weights_only=True)
    assert (run.recipe.name, run.recipe.steps, run.seed, run.step) == ("v5_11_homeostasis", 141, 3, 137)
    for name, tensor in run.model.state_dict().items():
        assert torch.equal(tensor, state["model"][name]), name
    assert run.optimiser is not None
    torch.testing.assert_close(run.optimiser.state_dict(), state["optimiser"], rtol=0, atol=0)
    assert torch.equal(run.random.get_state(), state["random"])
    assert run.control is not None
    assert (run.control.checks, run.control.frozen, len(run.control.recent)) == (1, (True, False), 1)
    assert run.history == state["history"]
    assert run.events == []


def test_a_stored_state_continues_to_where_the_whole_run_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the machine that wrote the file the two are equal bit for bit; processors differ by up to 0.003."""
    monkeypatch.setattr(table, "recipe", as_stored)
    stored = load_state(STORED)
    straight, continued = finish(start(stored.recipe, seed=stored.seed), 140), finish(stored, 140)
    torch.testing.assert_close(continued.model.state_dict(), straight.model.state_dict(), rtol=0, atol=0.01)


def test_a_run_can_stop_before_its_first_step_counts(tmp_path: Path) -> None:
    run = start(shortened("v5_11", STEPS), seed=1)
    assert load_state(save_state(tmp_path / "state.pt", run)).step == 0


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04 no archive"])
def test_a_file_that_is_not_a_state_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.pt"
    path.write_bytes(data)
    with pytest.raises(TrainingError, match=r"bad.pt is not the state of a stopped training run"):
        load_state(path)


EDITS: dict[str, dict[str, Any]] = {
    "step": {"step": -1},
    "half a step": {"step": 1.5},
    "step as text": {"step": "12"},
    "seconds": {"seconds": float("nan")},
    "seed": {"seed": True},
    "history": {"history": [{"step": b"1"}]},
    "rows": {"history": "none"},
    "no device": {"device": "tpu:0"},
    "another model": {"model": {}},
    "random state": {"random": torch.zeros(3, dtype=torch.uint8)},
    "events": {"events": [{"step": "1", "part": "encoder_a", "action": "free", "reason": ""}]},
    "unknown event": {"events": [{"when": 1}]},
    "recipe": {"recipe": 5},
    "phases": {"phases": []},
    "emphasis": {"emphasis": {"order": "much"}},
    "width": {"width": 10**9},
    "width of words": {"width": "wide"},
    "curvature": {"curvature": -1.0},
    "fingerprint": {"fingerprint": None},
    "optimiser": {"optimiser": {"state": {}, "param_groups": []}},
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_state_is_refused_before_the_run_continues(name: str, tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", finish(start(shortened("v5_11", STEPS)), 12))
    state = torch.load(path, weights_only=True)
    torch.save(state | EDITS[name], path)
    with pytest.raises(TvaeError) as caught:
        load_state(path)
    assert "\n" not in str(caught.value)


MOMENTS = [
    *(("ball", field) for field in ("exp_avg", "exp_avg_sq", "step")),
    *(("v5_11", field) for field in ("a", "s", "inverse_a", "inverse_s", "refreshes", "steps")),
]


@pytest.mark.parametrize(("name", "field"), MOMENTS)
def test_an_edited_optimiser_is_refused_before_the_run_continues(name: str, field: str, tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", finish(start(shortened(name, STEPS)), 12))
    state = torch.load(path, weights_only=True)
    number = isinstance(state["optimiser"]["state"][0][field], int) or field == "step"
    state["optimiser"]["state"][0][field] = "twelve" if number else torch.zeros(2, 2)
    torch.save(state, path)
    with pytest.raises(TrainingError, match=r"state.pt is not the state of a stopped training run, or is damaged"):
        load_state(path)
    state["optimiser"]["state"][0].pop(field)
    torch.save(state, path)
    with pytest.raises(TrainingError, match="or is damaged"):
        load_state(path)


UNUSABLE = {
    "one number for all": lambda tensor: tensor.flatten()[:1].expand(tensor.numel()).view(tensor.shape),
    "another order in memory": lambda tensor: tensor.T.contiguous().T,
    "not finite": lambda tensor: tensor * float("nan"),
    "sparse": lambda tensor: tensor.to_sparse(),
}


@pytest.mark.parametrize("change", UNUSABLE)
@pytest.mark.parametrize(("name", "field"), [("ball", "exp_avg_sq"), ("v5_11", "a"), ("v5_11", "momentum")])
def test_tensors_that_no_step_can_use_are_refused(name: str, field: str, change: str, tmp_path: Path) -> None:
    """The fused step of AdamW would read and write outside of them."""
    path = save_state(tmp_path / "state.pt", finish(start(shortened(name, STEPS)), 12))
    state = torch.load(path, weights_only=True)
    state["optimiser"]["state"][0][field] = UNUSABLE[change](state["optimiser"]["state"][0][field])
    torch.save(state, path)
    if (name, change) == ("v5_11", "another order in memory") or (field, change) == ("a", "one number for all"):
        load_state(path)  # right values in any order, and a matrix that is only read
        return
    with pytest.raises(TrainingError, match="or is damaged"):
        load_state(path)


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", finish(start(shortened("ball", STEPS)), 12))
    state = torch.load(path, weights_only=True)
    next(iter(state["model"].values())).fill_(float("inf"))
    torch.save(state, path)
    with pytest.raises(TrainingError, match="or is damaged"):
        load_state(path)


@pytest.mark.parametrize("setting", ["weight_decay", "betas", "eps", "maximize"])
def test_settings_of_the_optimiser_are_those_of_the_recipe(setting: str, tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", finish(start(shortened("v5_11", STEPS)), 12))
    state = torch.load(path, weights_only=True)
    state["optimiser"]["param_groups"][0][setting] = {"betas": (0.5, 0.5), "maximize": True}.get(setting, 0.5)
    torch.save(state, path)
    with pytest.raises(TrainingError, match="or is damaged"):
        load_state(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("checks", "3"), ("frozen", (1, 0)), ("changed", (0.5, 1)), ("coverage_free", float("inf")), ("best_q", "high")],
)
def test_an_edited_controller_is_refused_before_the_run_continues(field: str, value: Any, tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", finish(start(shortened("v5_11_homeostasis", STEPS)), 98))
    state = torch.load(path, weights_only=True)
    assert state["control"][field] is not None or field == "best_q"
    state["control"][field] = value
    torch.save(state, path)
    with pytest.raises(TrainingError, match="or is damaged"):
        load_state(path)


def test_a_truncated_state_is_refused_at_every_length(tmp_path: Path) -> None:
    path = save_state(tmp_path / "state.pt", start(shortened("v5_11", STEPS)))
    data = path.read_bytes()
    for size in (1, 100, len(data) // 3, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(TrainingError, match="or is damaged"):
            load_state(path)


def test_loading_a_state_does_not_change_it(tmp_path: Path) -> None:
    """A step is tried with it, which must not be seen."""
    stopped = finish(start(shortened("v5_11", STEPS)), 12)
    loaded = load_state(save_state(tmp_path / "state.pt", stopped))
    assert loaded.step == stopped.step == 12
    assert stopped.optimiser is not None
    assert loaded.optimiser is not None
    kept, found = stopped.optimiser.state_dict()["state"], loaded.optimiser.state_dict()["state"]
    torch.testing.assert_close(found, kept, rtol=0, atol=0)
    assert torch.equal(loaded.random.get_state(), stopped.random.get_state())


def test_a_checkpoint_and_a_missing_file_are_not_states(tmp_path: Path) -> None:
    torch.save({"format": "something else"}, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match="not the state"):
        load_state(tmp_path / "other.pt")
    with pytest.raises(TvaeError, match="no such file"):
        load_state(tmp_path / "none.pt")


def test_the_state_of_a_recipe_that_has_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_state(tmp_path / "state.pt", start(shortened("v5_11", STEPS)))
    monkeypatch.setattr(table, "recipe", lambda name: replace(shortened(name, STEPS), weight_decay=0.5))
    with pytest.raises(TrainingError, match="'v5_11' has changed since"):
        load_state(path)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("v5_5", {}, "the state of 'v5_11', not of 'v5_5'"),
        ("v5_11", {"seed": 4}, "--seed"),
        ("v5_11", {"epochs": 2.0, "learning_rate": 0.1}, "--epochs, --lr"),
        ("v5_11", {"optimiser": "adamw"}, "--optimiser"),
    ],
)
def test_a_state_decides_everything(name: str, options: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    state = save_state(tmp_path / "state.pt", start(shortened("v5_11", STEPS)))
    with pytest.raises(TrainingError, match=sentence):
        train_to_file(name, output=tmp_path / "model.pt", state=state, show=False, **options)
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


def test_a_run_stops_after_the_current_step() -> None:
    run = start(shortened("v5_11", STEPS))
    (progress,) = resume(run, stop=lambda: True)
    assert progress.step == run.step == 1
    assert progress.metrics is None
