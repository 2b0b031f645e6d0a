"""A recipe with the settings that a command names: length, rate, optimiser, weights, width and curvature.

`recipe.py` changes the phases and weights; this module changes the network, and combines all of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tvae.checkpoints.architecture import MAX_WIDTH
from tvae.errors import RecipeError
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe, with_objective_weights, with_overrides

MIN_CURVATURE: Final = 1e-3


def overridden(
    name: str,
    *,
    steps: int | None = None,
    epochs: float | None = None,
    learning_rate: float | None = None,
    optimiser: str | None = None,
    weights: Mapping[str, float] | None = None,
    width: int | None = None,
    curvature: float | None = None,
) -> Recipe:
    """The recipe of that name with these settings; None keeps its own. Raises RecipeError for one that it cannot have.

    `weights` are factors of groups of loss terms, as `with_objective_weights` takes them.
    """
    if steps is not None and epochs is not None:
        raise RecipeError(f"Found {steps} steps and {epochs:g} epochs for {name!r}; give one of the two.")
    recipe = with_overrides(
        table.recipe(name), steps=steps, epochs=epochs, learning_rate=learning_rate, optimiser=optimiser
    )
    return with_network(with_objective_weights(recipe, weights or {}), width=width, curvature=curvature)


def with_network(recipe: Recipe, *, width: int | None = None, curvature: float | None = None) -> Recipe:
    """The recipe with another width of its projection, and with points in the ball of curvature -`curvature`.

    The ball of curvature -c has the radius 1 / sqrt(c), and the norms of the recipe must lie in it: c < max_radius^-2.
    Raises RecipeError for a recipe without a ball, for a curvature of one whose target points lie in the ball of
    curvature -1, and for a value out of range.
    """
    config = recipe.config
    changes: dict[str, Any] = {}
    if width is not None and width != own_width(recipe):
        if config.projection == "none":
            raise RecipeError(f"{recipe.name!r} has no projection to give the width {width}. Leave it out.")
        if not 1 <= width <= MAX_WIDTH:
            raise RecipeError(f"Found the width {width}; it is a whole number in 1..{MAX_WIDTH}, such as 64.")
        changes["hidden_dim"] = width
    if curvature is not None and curvature != own_curvature(recipe):
        if config.projection == "none" or recipe.tree is not None:
            lacks = "has no ball" if config.projection == "none" else "has target points in the ball of curvature -1"
            raise RecipeError(f"{recipe.name!r} {lacks}, so it takes no curvature {curvature:g}. Leave it out.")
        least_refused = 1 / config.max_radius**2
        if not MIN_CURVATURE <= curvature < least_refused:
            raise RecipeError(
                f"Found the curvature {curvature:g} for {recipe.name!r}; it is at least {MIN_CURVATURE:g} and below "
                f"{least_refused:.4f}, as points have a norm of up to {config.max_radius:g}."
            )
        changes["curvature"] = float(curvature)
    return replace(recipe, config=replace(config, **changes)) if changes else recipe


def own_width(recipe: Recipe) -> int | None:
    """The width of a recipe's projection; None without one."""
    return None if recipe.config.projection == "none" else recipe.config.hidden_dim


def own_curvature(recipe: Recipe) -> float | None:
    """The curvature of a recipe's ball; None without one."""
    return None if recipe.config.projection == "none" else recipe.config.curvature


def effective_settings(recipe: Recipe) -> dict[str, Any]:
    """Everything that `overridden` may change, with its value in this recipe, as JSON values."""
    return {
        "steps": recipe.steps,
        "learning_rate": max(phase.learning_rate for phase in recipe.phases),
        "optimiser": ", ".join(recipe.optimisers),
        "weights": dict(recipe.emphasis),
        "width": own_width(recipe),
        "curvature": own_curvature(recipe),
    }
