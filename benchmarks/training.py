"""Step time of each recipe against the bare step of its network, and the time to its goal: `benchmarks/training.py`.

The bare step is forward, cross-entropy and norms, backward and AdamW of the same network on one fixed batch, without
batch sampling, posterior samples, other loss terms or reports. Blocks of both run in turn, and CPU time is compared, so
that other programs matter little. The time of the training loop, in the recipe's last phase, includes all its work:
batches, every loss term, reports, metrics and checks.

K-FAC against AdamW: `python benchmarks/training.py homeostatic_rich advanced --reach 5`, or any recipe with
--optimiser. The bare step uses AdamW in both cases.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from tvae.analysis.metrics.metrics import evaluate
from tvae.geometry import poincare_ball
from tvae.models.embedding import embed
from tvae.training import loop as training
from tvae.training.objectives import losses
from tvae.training.objectives.objective import batch_of, data_of
from tvae.training.recipes import table
from tvae.training.recipes.recipe import OPTIMISERS, Recipe, with_overrides
from tvae.training.threads import THREADS


def bare(plan: Recipe, device: str) -> Callable[[int], None]:
    """A function that runs the given number of bare steps."""
    run = training.start(plan, device=device)
    data = data_of(plan, run.device)
    batch = batch_of(data, plan.batch_size, 1, run.random)
    optimiser = torch.optim.AdamW(run.model.parameters(), lr=1e-4, fused=True)

    def steps(count: int) -> None:
        for _ in range(count):
            out = run.model(batch.trits)
            decoded = [logits for logits in (out.logits, out.logits_b) if logits is not None]
            points = [point for point in (out.point_a, out.point_b) if point is not None]
            terms = [losses.reconstruction(logits, batch.classes) for logits in decoded]
            loss = torch.stack(terms + [poincare_ball.norm(point).mean() for point in points]).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        _wait(device)

    return steps


def looped(plan: Recipe, device: str) -> Callable[[int], None]:
    """A function that runs the given number of steps of the training loop, in the recipe's last phase."""
    run = training.start(replace(plan, phases=(replace(plan.phases[-1], steps=10**6),)), device=device)

    def steps(count: int) -> None:
        end = run.step + count
        for _ in training.resume(run, stop=lambda: run.step == end):
            pass
        _wait(device)

    return steps


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def measure(plan: Recipe, device: str, rounds: int, block: int) -> tuple[float, float]:
    """Median milliseconds of a bare step and of a step of the training loop."""
    clock = time.perf_counter if device.startswith("cuda") else time.process_time
    kinds = bare(plan, device), looped(plan, device)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for steps, taken in zip(kinds, times, strict=True):
            began = clock()
            steps(block)
            if number:  # the first round warms up
                taken.append((clock() - began) / block * 1e3)
    return statistics.median(times[0]), statistics.median(times[1])


def reach(plan: Recipe, seed: int, device: str) -> tuple[int, float] | None:
    """Steps and seconds until every operation is reconstructed and no levels overlap, for A and B.

    Checked every 100 steps; the checks are not timed. None if the goal is not reached.
    """
    run, spent = training.start(plan, seed=seed, device=device), 0.0
    clock = time.perf_counter if device.startswith("cuda") else time.process_time
    while run.step < plan.steps:
        began = clock()
        for _ in training.resume(run, stop=lambda: run.step % 100 == 0):
            pass
        _wait(device)
        spent += clock() - began
        found = evaluate(embed(run.model), tree=False)
        covered = min(half.coverage for half in (found.at_mu, found.at_mu_b) if half)
        if covered == 1.0 and (plan.config.projection == "none" or found.a.overlaps == found.b.overlaps == 0):
            return run.step, spent
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", default=list(table.names()))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--optimiser", choices=OPTIMISERS, help="default: the recipe's")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--block", type=int, default=500, help="steps in a block; use a multiple of 500 to include the metrics"
    )
    parser.add_argument(
        "--reach",
        type=int,
        default=0,
        metavar="SEEDS",
        help="also time the training to its goal, median over this many seeds",
    )
    options = parser.parse_args()
    torch.set_num_threads(THREADS)  # as the training loop does
    print(f"{THREADS} thread, {options.device}, torch {torch.__version__}")
    print(f"{'recipe':20} {'bare ms':>8} {'loop ms':>8} {'ratio':>6}  goal: steps, seconds")
    for name in options.recipes:
        plan = with_overrides(table.recipe(name), optimiser=options.optimiser)
        plain, loop = measure(plan, options.device, options.rounds, options.block)
        runs = [reach(plan, seed, options.device) or (plan.steps, math.inf) for seed in range(options.reach)]
        goal = [statistics.median(column) for column in zip(*runs, strict=True)]
        words = f"{goal[0]:.0f}, {goal[1]:.1f}" if goal else "-"
        print(f"{name:20} {plain:8.2f} {loop:8.2f} {loop / plain:6.2f}  {words}", flush=True)


if __name__ == "__main__":
    main()
