"""The training loop: it learns, repeats itself bit for bit, and says when it fails."""

from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tvae.errors import RecipeError, TrainingError
from tvae.operations import ternary
from tvae.training import loop, step
from tvae.training.kfac.optimiser import Kfac
from tvae.training.loop import Progress, Run, resume, start
from tvae.training.objectives import homeostasis
from tvae.training.objectives.objective import SHARED, batch_of, data_of
from tvae.training.recipes.recipe import (
    OPTIMISERS,
    PEAKS,
    Phase,
    Rates,
    Recipe,
    Weights,
    with_overrides,
)
from tvae.training.recipes.table import RECIPES, recipe


def shortened(name: str, steps: int, **changes: Any) -> Recipe:
    """A recipe with a batch of 256 and so many steps a phase."""
    plan = recipe(name)
    phases = tuple(replace(phase, steps=steps, **changes) for phase in plan.phases)
    return replace(plan, phases=phases, batch_size=256)


SHORT = shortened("homeostatic_rich", 100)


pytestmark = pytest.mark.usefixtures("one_thread")


def trained(plan: Recipe, seed: int = 0) -> tuple[Run, list[Progress]]:
    run = start(plan, seed=seed)
    return run, list(resume(run))


@pytest.fixture(scope="module")
def short_run() -> tuple[Run, list[Progress]]:
    return trained(SHORT)


def test_progress_counts_and_ends_with_metrics(short_run: tuple[Run, list[Progress]]) -> None:
    _, reports = short_run
    assert [progress.step for progress in reports] == [50, 100]
    assert [progress.metrics is None for progress in reports] == [True, False]
    assert 0 < reports[0].seconds < reports[1].seconds


@pytest.mark.parametrize("plan", RECIPES, ids=lambda plan: plan.name)
def test_the_loss_is_the_weighted_sum_of_its_parts(plan: Recipe) -> None:
    plan = shortened(plan.name, 2)
    for number, progress in enumerate(loop.resume(loop.start(plan), stop=lambda: True)):
        phase = plan.phases[number]
        weights = {f"{k}_a": v for k, v in vars(phase.weights_a).items() if v}
        weights |= {f"{k}_b": v for k, v in vars(phase.weights_b).items() if v}
        assert progress.parts.keys() == weights.keys()
        total = sum(weight * progress.parts[name] for name, weight in weights.items())
        assert progress.loss == pytest.approx(total, rel=1e-5)


def test_a_short_run_learns() -> None:
    _, (first, *_, final) = trained(shortened("homeostatic_rich", 300))
    assert final.loss < 0.7 * first.loss
    assert final.parts["reconstruction_a"] < 0.85 * first.parts["reconstruction_a"]
    assert final.parts["pull_a"] < 0.2 * first.parts["pull_a"]
    assert final.parts["pull_b"] < 0.3 * first.parts["pull_b"]
    assert final.metrics is not None
    for encoder in (final.metrics.a, final.metrics.b):
        assert encoder.hierarchy is not None
        assert encoder.hierarchy < -0.82


def test_the_same_seed_gives_the_same_bits_and_another_does_not(short_run: tuple[Run, list[Progress]]) -> None:
    first, reports = short_run
    torch.manual_seed(123)  # the caller's state must not matter
    again, later = trained(SHORT)
    weights = first.model.state_dict()
    assert all(torch.equal(weights[name], tensor) for name, tensor in again.model.state_dict().items())
    assert later[-1].loss == reports[-1].loss
    assert next(resume(start(SHORT, seed=1))).loss != reports[0].loss


def test_the_callers_random_state_does_not_change() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    trained(shortened("homeostatic_rich", 2))
    assert torch.equal(torch.rand(3), expected)


def test_a_batch_is_half_even_over_the_levels_and_reaches_every_operation() -> None:
    data = data_of(replace(SHORT, batch_size=20_000), torch.device("cpu"))
    batch = batch_of(data, 20_000, 1, torch.Generator().manual_seed(0))
    drawn = ternary.index_of(batch.trits.numpy().astype(int))
    even = np.bincount(ternary.VALUATIONS[drawn[10_000:]], minlength=10)
    assert even.tolist() == [1_000] * 10
    assert set(drawn[10_000:][ternary.VALUATIONS[drawn[10_000:]] >= 4]) == set(range(0, ternary.N, 81))
    free = np.bincount(ternary.VALUATIONS[drawn[:10_000]], minlength=10) / 10_000
    assert free[0] == pytest.approx(2 / 3, abs=0.02)
    assert torch.equal(batch.classes, batch.trits.long() + 1)
    assert torch.equal(batch.chosen, torch.from_numpy(drawn))


def test_the_even_share_of_a_batch_is_the_recipes() -> None:
    plan = recipe("tree")
    data = data_of(plan, torch.device("cpu"))
    assert len(data.first) == plan.level_balanced_share * plan.batch_size == 64
    assert len(batch_of(data, plan.batch_size, 1, torch.Generator().manual_seed(0)).chosen) == plan.batch_size
    assert data.tree is not None
    assert data_of(recipe("ball"), torch.device("cpu")).tree is None


def test_near_pairs_share_their_leading_digits() -> None:
    plan = recipe("rich_tree")
    data, random = data_of(plan, torch.device("cpu")), torch.Generator().manual_seed(0)
    batch = batch_of(data, plan.batch_size, 1, random)
    pairs = plan.near_pairs
    first, second = batch.chosen[:pairs], batch.chosen[pairs : 2 * pairs]
    for one, other, digits in zip(first, second, cycle(SHARED), strict=False):
        assert data.trits[one][:digits].tolist() == data.trits[other][:digits].tolist()
    assert (first != second).sum() > pairs / 2  # two thirds of the siblings, and nearly all others


def test_near_terms_rise_when_the_phase_says() -> None:
    phase = replace(recipe("rich_tree").phases[0], steps=100, near_from=0.3, near_rise=0.2)
    assert [loop._near(phase, step) for step in (1, 30, 40, 50, 100)] == pytest.approx([0, 0, 0.5, 1, 1])


def test_pairs_are_at_every_distance_in_the_batch() -> None:
    data = data_of(SHORT, torch.device("cpu"))
    random = torch.Generator().manual_seed(0)
    partners = [batch_of(data, 256, step, random).partners for step in range(1, 256)]
    assert {int(rows[0]) for rows in partners} == set(range(1, 256))  # every other row is the partner of the first once
    assert all(sorted(rows.tolist()) == list(range(256)) for rows in partners)


def test_the_learning_rate_rises_and_falls_once() -> None:
    (phase,) = SHORT.phases
    rates = [loop.learning_rate(phase, step) for step in range(1, phase.steps + 1)]
    peak = rates.index(max(rates))
    assert max(rates) == pytest.approx(phase.learning_rate)
    assert peak + 1 == phase.warmup * phase.steps
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("rate", [float("nan"), 1e30])
def test_a_run_that_is_no_longer_finite_stops_with_a_sentence(rate: float) -> None:
    with pytest.raises(TrainingError, match=r"'homeostatic_rich' is no longer finite at step 50 of 100 .*Lower the"):
        trained(shortened("homeostatic_rich", 100, learning_rate=rate))


@pytest.mark.parametrize(
    ("seed", "steps", "found"), [(-1, 10, "the seed -1"), (2**63, 10, f"the seed {2**63}"), (0, 0, "0 steps")]
)
def test_an_impossible_seed_and_no_steps_are_refused(seed: int, steps: int, found: str) -> None:
    with pytest.raises(TrainingError, match=f"Found {found};"):
        start(shortened("homeostatic_rich", steps), seed=seed)


@pytest.mark.parametrize("device", ["gpu", "mps", "meta", "cuda:99"])
def test_an_impossible_device_is_refused(device: str) -> None:
    with pytest.raises(TrainingError, match=f"device .*{device!r}.*Use cpu"):
        start(SHORT, device=device)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError(), RuntimeError("can't allocate memory: 1")])
def test_short_memory_is_a_sentence(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(step, "loss_terms", fail)
    with pytest.raises(TrainingError, match="Memory ran out at step 0 of 100 on cpu"):
        trained(SHORT)


def test_other_errors_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "loss_terms", lambda *_: {})
    with pytest.raises(RuntimeError, match="stack"):
        trained(SHORT)


class _Seen(TorchDispatchMode):
    """Notes every operation that brings a number to the host, with the step it belongs to."""

    def __init__(self, run: loop.Run) -> None:
        super().__init__()
        self.run = run
        self.steps: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func._schema.name in ("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select"):
            self.steps.append(self.run.step)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("plan", RECIPES, ids=lambda plan: plan.name)
def test_only_reporting_steps_wait_for_the_device(plan: Recipe, optimiser: str) -> None:
    run = loop.start(with_overrides(shortened(plan.name, 4), optimiser=optimiser))
    steps = run.recipe.steps
    with _Seen(run) as seen:
        next(loop.resume(run, stop=lambda: run.step == steps - 1))
    assert run.step == steps - 1
    assert set(seen.steps) == {steps - 1}  # that is after the step, in the report


def test_k_fac_learns_in_fewer_steps() -> None:
    plan = shortened("homeostatic_rich", 150)
    (_, (*_, adamw)), (run, (*_, kfac)) = (trained(with_overrides(plan, optimiser=kind)) for kind in OPTIMISERS)
    assert isinstance(run.optimiser, Kfac)
    assert kfac.parts["reconstruction_a"] < 0.5 * adamw.parts["reconstruction_a"]
    assert kfac.parts["pull_a"] < adamw.parts["pull_a"]


def test_k_fac_measures_the_curvature_at_the_first_and_every_tenth_step_of_a_phase() -> None:
    run = loop.start(with_overrides(shortened("v5_11", 25), optimiser="kfac"))
    seen: list[int] = []

    def look() -> bool:
        assert isinstance(run.optimiser, Kfac)
        seen.append(run.optimiser.state[run.model.encoder_B.fc_mu.weight]["refreshes"])
        return False

    list(loop.resume(run, stop=look))
    assert seen == 2 * (10 * [1] + 10 * [2] + 5 * [3])


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_only_unfrozen_parameters_move(optimiser: str) -> None:
    plan = with_overrides(shortened("v5_11", 3), optimiser=optimiser)
    run = loop.start(plan)
    for _ in loop.resume(run, stop=lambda: run.step == 3):
        pass
    before = {name: tensor.clone() for name, tensor in run.model.state_dict().items()}
    for _ in loop.resume(run):
        pass
    for name, tensor in run.model.state_dict().items():
        frozen = name.startswith(("encoder_A", "decoder_A", "encoder_B.fc_logvar"))
        assert torch.equal(before[name], tensor) == frozen, name


def test_a_thaw_begins_when_it_should_and_rises_linearly() -> None:
    weights = Weights(pull=1.0)
    phase = Phase("p", 100, weights, weights, learning_rate=1.0, warmup=0.1, rates=Rates(encoder_a=0.5), thaw=0.2)
    rates = [loop._rates(phase, step, None) for step in range(1, 101)]
    shares = [rate[0] / rate[1] for rate in rates[:99]]
    assert shares[:20] == [0.0] * 20
    assert shares[59] == pytest.approx(0.25)
    assert np.diff(shares[20:]) == pytest.approx(0.5 / 80)


def test_the_controller_decides_which_encoders_learn() -> None:
    phase = recipe("v5_11_homeostasis").phases[-1]
    state = homeostasis.start(homeostasis.Settings())
    assert [rate > 0 for rate in loop._rates(phase, 5, state)] == [False, True, True, True]
    free = replace(state, frozen=(False, True))
    assert [rate > 0 for rate in loop._rates(phase, 5, free)] == [True, False, True, True]


def test_the_controller_checks_at_its_steps_and_its_events_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def observe(
        _: homeostasis.Settings, state: homeostasis.State, seen: homeostasis.Observation
    ) -> tuple[homeostasis.State, tuple[homeostasis.Event, ...]]:
        asked.append(seen.step)
        return state, (homeostasis.Event(seen.step, "encoder_a", "free", "why"),)

    monkeypatch.setattr(homeostasis, "observe", observe)
    plan = shortened("v5_11_homeostasis", 20)
    plan = replace(plan, controller=homeostasis.Settings(every=10))
    run, _ = trained(plan)
    assert asked == [30, 40]  # the base, 20 steps, has no controller
    assert [event.step for event in run.events] == asked
    assert [row["step"] for row in run.history] == asked


@pytest.mark.parametrize(("epochs", "steps"), [(1, 77), (2.5, 192), (0.03, 2)])
def test_another_length_keeps_the_phases_in_proportion(epochs: float, steps: int) -> None:
    plan = with_overrides(shortened("v5_11", 50), epochs=epochs)
    assert plan.steps == steps
    assert abs(plan.phases[0].steps - plan.phases[1].steps) <= 1


def test_a_length_may_be_given_in_steps() -> None:
    assert with_overrides(recipe("v5_11"), steps=440).steps == 440
    with pytest.raises(RecipeError, match="Found 1 steps"):
        with_overrides(recipe("v5_11"), steps=1)


@pytest.mark.parametrize("epochs", [0, -1, float("nan"), float("inf"), 1e-9])
def test_an_impossible_length_is_refused(epochs: float) -> None:
    with pytest.raises(RecipeError, match=r"Found .* epochs for 'v5_11'; give 2 to 1,000,000,000 steps, 0\.053 to "):
        with_overrides(recipe("v5_11"), epochs=epochs)


def test_another_rate_keeps_the_phases_in_proportion() -> None:
    plan, other = recipe("v5_11"), with_overrides(recipe("v5_11"), learning_rate=1e-3)
    assert max(phase.learning_rate for phase in other.phases) == pytest.approx(1e-3)
    ratios = {round(a.learning_rate / b.learning_rate, 9) for a, b in zip(plan.phases, other.phases, strict=True)}
    assert len(ratios) == 1


def test_another_optimiser_has_its_own_rate() -> None:
    plan = recipe("homeostatic_rich")
    assert with_overrides(plan, optimiser="adamw") == plan
    for given, peak in ((None, PEAKS["kfac"]), (0.1, 0.1)):
        other = with_overrides(plan, optimiser="kfac", learning_rate=given)
        assert other.optimisers == ["kfac"]
        assert max(phase.learning_rate for phase in other.phases) == pytest.approx(peak)
    assert with_overrides(recipe("advanced"), optimiser="adamw").phases[0].learning_rate == PEAKS["adamw"]
    with pytest.raises(RecipeError, match=r"No optimiser is called 'sgd'\. Use adamw or kfac"):
        with_overrides(plan, optimiser="sgd")


@pytest.mark.parametrize("rate", [0, -1e-3, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(RecipeError, match="positive number"):
        with_overrides(recipe("v5_11"), learning_rate=rate)
