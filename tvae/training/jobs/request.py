"""What a visitor may ask of the training tab: an order, and the limits that bound it. `workshop.py` carries it out."""

from dataclasses import dataclass, field
from typing import Final

from tvae.errors import TrainingRefused
from tvae.training.recipes.recipe import Recipe, with_objective_weights, with_overrides
from tvae.training.recipes.table import recipe


@dataclass(frozen=True)
class JobLimits:
    """What one visitor, and all together, may take of this machine."""

    at_once: int = 2  # jobs that train at the same time
    waiting: int = 6  # jobs that wait for one of them; more are refused
    of_a_visitor: int = 1  # jobs of one visitor, waiting or training
    an_hour: int | None = None  # jobs that one visitor may start in an hour; None: as many as they like
    steps: int = 20_000  # of one job
    seconds: float = 300.0  # that one job may train; then it stops and keeps what it learned
    patience: float = 20.0  # seconds without a question for its state after which a job is nobody's

    def in_words(self) -> str:
        """A sentence for the page."""
        hourly = "" if self.an_hour is None else f", {self.an_hour} an hour"
        return (
            f"At most {self.steps:,} steps and {self.seconds:g} s a run, {self.of_a_visitor} run at a time for each "
            f"visitor{hourly}; {self.at_once} runs train at once, {self.waiting} may wait."
        )


LOCAL: Final = JobLimits()
PUBLIC: Final = JobLimits(an_hour=12)


@dataclass(frozen=True)
class TrainingRequest:
    """What a visitor asks for; None is the recipe's own."""

    recipe: str
    seed: int = 0
    steps: int | None = None
    learning_rate: float | None = None
    emphasis: dict[str, float] = field(default_factory=dict)

    def plan(self, limits: JobLimits) -> Recipe:
        """The plan that it means. Raises RecipeError or TrainingRefused with a sentence, before anything runs."""
        if not (isinstance(self.seed, int) and 0 <= self.seed < 2**63):
            raise TrainingRefused(f"Found the seed {self.seed}; it is a whole number in 0..2^63 - 1, such as 0.")
        plan = with_overrides(recipe(self.recipe), steps=self.steps, learning_rate=self.learning_rate)
        if plan.steps > limits.steps:
            raise TrainingRefused(
                f"{plan.steps:,} steps were asked for; at most {limits.steps:,} a run. Take fewer, or train on your "
                f"own machine: python -m tvae train {plan.name}."
            )
        return with_objective_weights(plan, self.emphasis)
