"""A training request from the page, and the limits that apply to it. `queue.py` runs it."""

from dataclasses import dataclass, field
from typing import Final

from tvae.errors import TrainingRefused
from tvae.training.jobs.patience import USUAL as USUAL_PATIENCE
from tvae.training.recipes import table
from tvae.training.recipes.overrides import overridden
from tvae.training.recipes.recipe import Recipe

MAX_SEED: Final = 2**53 - 1  # up to which a browser holds every whole number exactly


@dataclass(frozen=True)
class JobLimits:
    """Limits for one visitor, for the visitors of one address, and for all visitors together."""

    at_once: int = 2  # jobs that train at the same time
    waiting: int = 6  # jobs in the queue; more are refused
    of_a_visitor: int = 1  # jobs of one visitor, waiting or training
    of_an_address: int = 4  # times a visitor's limits, for all visitors of one network address
    an_hour: int | None = None  # jobs that one visitor may start in an hour; None: no limit
    steps: int = 20_000  # of one job
    seconds: float = 300.0  # training time of one job; then it stops and its result is kept
    patience: float = USUAL_PATIENCE  # seconds after which a job that nobody watches is ended

    def in_words(self) -> str:
        """A sentence for the page."""
        hourly = "" if self.an_hour is None else f", {self.an_hour} an hour"
        together = self.of_a_visitor * self.of_an_address
        return (
            f"At most {self.steps:,} steps and {self.seconds:g} s a run, {self.of_a_visitor} run at a time for each "
            f"visitor{hourly}, {together} at a time for all visitors of one network address; {self.at_once} runs train "
            f"at once, {self.waiting} may wait."
        )


LOCAL: Final = JobLimits()
PUBLIC: Final = JobLimits(an_hour=12)


@dataclass(frozen=True)
class TrainingRequest:
    """A recipe and its overrides; None keeps the recipe's value."""

    recipe: str
    seed: int = 0
    steps: int | None = None
    learning_rate: float | None = None
    emphasis: dict[str, float] = field(default_factory=dict)

    def to_recipe(self, limits: JobLimits) -> Recipe:
        """The recipe with these overrides applied. Raises RecipeError or TrainingRefused, before anything runs."""
        if not (isinstance(self.seed, int) and 0 <= self.seed <= MAX_SEED):
            raise TrainingRefused(
                f"Found the seed {self.seed:,}; on the page, a seed is a whole number from 0 to {MAX_SEED:,}, such as "
                "0. Larger ones, up to 2^63 - 1, train on your own machine: python -m tvae train."
            )
        plan = table.recipe(self.recipe)
        steps = plan.steps if self.steps is None else self.steps
        least = len(plan.phases)  # a step each
        if not least <= steps <= limits.steps:
            raise TrainingRefused(
                f"Found {steps:,} steps; a run here has {least} to {limits.steps:,}. Choose another number, or for "
                f"more steps train on your own machine: python -m tvae train {plan.name}."
            )
        return self.overridden()

    def overridden(self) -> Recipe:
        """The same without limits, for the worker. Raises RecipeError."""
        return overridden(self.recipe, steps=self.steps, learning_rate=self.learning_rate, weights=self.emphasis)
