"""Checks and measures the program on a CUDA device: `python benchmarks/gpu.py [RECIPE] [--seeds 0 1 2]`.

It checks that embedding, metrics and training agree with those of the CPU within the tolerances below, that the
training loop does not wait for the device, and that steps captured as a CUDA graph do what single steps do. Then it
measures an evaluation, steps a second, and the time to the goal of the recipe. Without a CUDA device the first three
checks run on the CPU, which then agrees with itself, and nothing is captured. The exit status is 1 if a check fails.

K-FAC counts its steps in Python, so only steps of AdamW can be captured. The losses that are compared are those of
`rich_tree` with AdamW: its objective draws nothing at random but the batch, and CPU and GPU draw different numbers.
"""

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor
from training import reach

from tvae import load
from tvae.analysis.metrics.metrics import evaluate
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.models.embedding import Embedding, embed
from tvae.models.ternary_vae import TernaryVAE
from tvae.training import loop
from tvae.training.objectives.objective import Batch, batch_of, data_of, loss_terms
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe, with_overrides
from tvae.training.step import Learner, StepResult, StepSettings, step_of, take_step

EMBEDDING = 1e-4  # largest difference of a mean, a point or a logit
METRICS = 1e-5  # of hierarchy, richness, tree fidelity and triplets; the operations reconstructed are the same
LOSS = 1e-3  # relative difference of the loss after 100 steps on the same batches
RATE = 1e-3  # learning rate of the steps that are compared or timed
WARM_UP = 3  # steps before a capture, in which libraries reserve memory and choose their kernels
STEPS = 100
COMPARED = with_overrides(table.recipe("rich_tree"), optimiser="adamw")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", nargs="?", default="rich_tree", choices=table.names())
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    parser.add_argument("--steps", type=int, default=500, help="steps that are timed")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cuda = torch.cuda.is_available()
    device = "cuda" if cuda else "cpu"
    recipe = table.recipe(options.recipe)
    print(f"{torch.cuda.get_device_name() if cuda else 'no CUDA device'}, torch {torch.__version__}, {recipe.name}")
    checks: dict[str, tuple[Callable[[], float], float]] = {
        "embedding of the bundled checkpoints": (partial(embedding_difference, device), EMBEDDING),
        "metrics of the bundled checkpoints": (partial(metrics_difference, device), METRICS),
        f"loss after {STEPS} steps on the same batches": (partial(training_difference, device), LOSS),
    }
    if cuda:
        checks[f"loss after {STEPS} captured steps"] = (capture_difference, LOSS)
    passed = [check(name, *row) for name, row in checks.items()]
    if cuda:
        passed.append(waits_for_nothing(recipe))
    measure(recipe, options.seeds, options.steps)
    return 0 if all(passed) else 1


@dataclass
class CapturedSteps:
    """Steps of AdamW that are taken as a CUDA graph, after the first few.

    A step of these small networks is a few hundred kernels of some microseconds each, so on a GPU the time goes into
    launching them. A graph launches all of them at once. What changes from step to step is a tensor on the device that
    is filled before the graph runs.
    """

    learner: Learner
    _number: Tensor = field(init=False)
    _near: Tensor = field(init=False)
    _rates: list[Tensor] = field(init=False)
    _stream: torch.cuda.Stream = field(init=False)
    _graph: torch.cuda.CUDAGraph | None = field(init=False, default=None)
    _result: StepResult | None = field(init=False, default=None)  # the tensors that the graph fills
    _warm: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Reserve the tensors that a step reads."""
        device = self.learner.random.device
        self._number = torch.zeros((), dtype=torch.int64, device=device)
        self._near = torch.zeros((), device=device)
        self._rates = [torch.zeros((), device=device) for _ in self.learner.optimiser.param_groups]
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def take(self, settings: StepSettings) -> StepResult:
        """Take a step, as `take_step`; the result changes with the next one."""
        self._number.fill_(settings.step)
        self._near.fill_(settings.near)
        for group, rate, value in zip(self.learner.optimiser.param_groups, self._rates, settings.rates, strict=True):
            rate.fill_(value)
            group["lr"] = rate
        if self._graph is None and self._warm < WARM_UP:
            self._warm += 1
            return self._warm_up()
        if self._graph is None:
            self._capture()
        assert self._graph is not None and self._result is not None  # noqa: PT018 (for the type checker)
        self._graph.replay()
        return self._result

    def _warm_up(self) -> StepResult:
        """A step on another stream than the default one, which a capture needs before it."""
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            result = step_of(self.learner, self._number, self._near, refresh=False)
        torch.cuda.current_stream().wait_stream(self._stream)
        return result

    def _capture(self) -> None:
        """Record a step, without taking it."""
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.learner.random)
        for group in self.learner.optimiser.param_groups:
            group["capturable"] = True
        with torch.cuda.graph(graph, stream=self._stream):
            self._result = step_of(self.learner, self._number, self._near, refresh=False)
        self._graph = graph


def check(name: str, difference: Callable[[], float], tolerance: float) -> bool:
    """Print and return whether a difference is within its tolerance."""
    found = difference()
    print(f"{name:50} {found:9.2e}  limit {tolerance:.0e}  {'yes' if found <= tolerance else 'NO'}", flush=True)
    return found <= tolerance


def bundled() -> Iterator[TernaryVAE]:
    """The models of the bundled checkpoints."""
    for path in sorted(BUNDLED_DIRECTORY.glob("*.safetensors")):
        yield load(path)


def both(model: TernaryVAE, device: str) -> tuple[Embedding, Embedding]:
    """The embedding on the CPU and on the device."""
    here = embed(model.cpu())
    return here, embed(model.to(device))


def embedding_difference(device: str) -> float:
    """The largest difference of any mean, point or logit of any bundled checkpoint."""
    largest = 0.0
    for model in bundled():
        here, there = both(model, device)
        pairs = [(here.logits, there.logits), *((x, y) for side in "ab" for x, y in _arrays(here, there, side))]
        largest = max(largest, *(float(np.abs(x - y).max()) for x, y in pairs))
    return largest


def _arrays(here: Embedding, there: Embedding, side: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    x, y = getattr(here, side), getattr(there, side)
    yield x.mu, y.mu
    if x.point is not None and y.point is not None:
        yield x.point, y.point


def metrics_difference(device: str) -> float:
    """The largest difference of the metrics of any bundled checkpoint; infinite if another operation is decoded."""
    largest = 0.0
    for model in bundled():
        here, there = (evaluate(one) for one in both(model, device))
        if here.at_mu.failing != there.at_mu.failing:
            return math.inf
        for side in "ab":
            x, y = getattr(here, side), getattr(there, side)
            names = ("hierarchy", "richness", "tree_fidelity", "triplet_agreement")
            values = [(getattr(x, name), getattr(y, name)) for name in names]
            largest = max(largest, *(abs(one - other) for one, other in values if one is not None))
    return largest


def training_difference(device: str) -> float:
    """The relative difference of the loss after steps on the same batches, on the CPU and on the device."""
    losses = []
    here = data_of(COMPARED, torch.device("cpu"))
    for place in ("cpu", device):
        model, optimiser, phase, data, batch_size, unused = learner_of(COMPARED, place)
        random = torch.Generator().manual_seed(0)
        for group in optimiser.param_groups:
            group["lr"] = RATE
        for step in range(1, STEPS + 1):
            batch = Batch(*(part.to(place) for part in batch_of(here, batch_size, step, random)))
            terms = loss_terms(model, phase, data, batch, unused)
            loss = torch.stack([weight * part for weight, part in terms.values()]).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        losses.append(loss.item())
    return abs(losses[1] / losses[0] - 1)


def learner_of(recipe: Recipe, device: str) -> Learner:
    """A new run of the recipe's first phase."""
    run = loop.start(recipe, device=device)
    loop.begin_phase(run, recipe.phases[0])
    assert run.optimiser is not None
    data = data_of(recipe, run.device)
    return Learner(run.model, run.optimiser, recipe.phases[0], data, recipe.batch_size, run.random)


def ways_of(recipe: Recipe, device: str) -> dict[str, Callable[[StepSettings], StepResult]]:
    """The ways to take steps of the recipe's first phase on the device, each in a run of its own."""
    ways: dict[str, Callable[[StepSettings], StepResult]] = {"single": partial(take_step, learner_of(recipe, device))}
    if device == "cuda" and recipe.phases[0].optimiser == "adamw":
        ways["captured"] = CapturedSteps(learner_of(recipe, device)).take
    return ways


def steps(take_one: Callable[[StepSettings], StepResult], count: int, after: int = 0) -> StepResult:
    """Take steps at one rate, with the terms on near pairs at their full weight."""
    for step in range(after + 1, after + count + 1):
        result = take_one(StepSettings(step, step, [RATE] * 4, 1.0))
    return result


def capture_difference() -> float:
    """The relative difference of the loss after steps one by one, and after captured ones, with the same seed."""
    single, captured = (steps(take_one, STEPS).loss.item() for take_one in ways_of(COMPARED, "cuda").values())
    return abs(captured / single - 1)


@contextmanager
def waiting_is_an_error() -> Iterator[None]:
    """PyTorch raises where it would wait for the device."""
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def waits_for_nothing(recipe: Recipe) -> bool:
    """Print and return whether steps run without waiting for the device: the recipe's, and those compared."""
    ways = {f"{recipe.name}, {name}": way for name, way in ways_of(recipe, "cuda").items()}
    ways |= {f"AdamW, {name}": way for name, way in ways_of(COMPARED, "cuda").items()}
    found = {}
    for name, take_one in ways.items():
        steps(take_one, 10)  # a capture may wait
        try:
            with waiting_is_an_error():
                steps(take_one, 50, after=10)
            found[name] = "yes"
        except RuntimeError as error:
            found[name] = f"NO: {str(error).splitlines()[0]}"
    words = "; ".join(f"{name}: {answer}" for name, answer in found.items())
    print(f"no step waits for the device: {words}", flush=True)
    return set(found.values()) == {"yes"}


def measure(recipe: Recipe, seeds: list[int], count: int) -> None:
    """Print the time of an evaluation, of a step, and to the goal, on the CPU and on the device."""
    devices = ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
    model = load(BUNDLED_DIRECTORY / "homeostatic_rich.safetensors")
    for device in devices:
        model.to(device)
        works: dict[str, Callable[[], object]] = {
            "embedding": lambda: embed(model),
            "evaluation": lambda: evaluate(embed(model)),
        }
        for name, work in works.items():
            work()
            print(f"{device:5} {name:22} {1e3 * _seconds(work, 3):8.1f} ms", flush=True)
    for name in dict.fromkeys((recipe.name, "homeostatic_rich", "tree", "v5_11")):
        for device in devices:
            for way, take_one in ways_of(table.recipe(name), device).items():
                steps(take_one, 20)
                seconds = _seconds(partial(steps, take_one, count), 1)
                print(f"{device:5} {name:18} {way:9} {count / seconds:8.0f} steps a second", flush=True)
    goals = [reach(recipe, seed, devices[-1]) for seed in seeds]
    words = ", ".join(f"{row[0]} steps {row[1]:.1f} s" if row else "not reached" for row in goals)
    print(f"{devices[-1]:5} {recipe.name} to full coverage without overlaps, seeds {seeds}: {words}", flush=True)


def _seconds(work: Callable[[], object], times: int) -> float:
    """Median duration, until the device has finished."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


if __name__ == "__main__":
    sys.exit(main())
