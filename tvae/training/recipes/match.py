"""Whether a checkpoint is what its recipe gives in this version of tvae."""

from functools import cache
from typing import Any, Final, Literal

from tvae.checkpoints.catalogue import BY_NAME
from tvae.checkpoints.checkpoint_file import Checkpoint, digest
from tvae.training.recipes import table
from tvae.training.recipes.recipe import Recipe

RecipeMatch = Literal["bytes", "settings", "no"]

_SETTINGS: Final = ("steps", "learning_rate", "optimiser", "emphasis", "stopped_after")


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """What the checkpoint of a recipe records of its settings, besides the network; a missing optimiser is AdamW."""
    optimisers = {} if recipe.optimisers == ["adamw"] else {"optimiser": ", ".join(recipe.optimisers)}
    return {
        "steps": recipe.steps,
        "learning_rate": max(phase.learning_rate for phase in recipe.phases),
        **optimisers,
        **({"emphasis": dict(recipe.emphasis)} if recipe.emphasis else {}),
    }


def recipe_match(checkpoint: Checkpoint) -> RecipeMatch | None:
    """How a checkpoint compares with the recipe whose name it records; None if it records none.

    `bytes`: it is byte for byte the bundled file of that recipe. `settings`: it is not, but it records the recipe's
    network, steps, learning rate, optimiser and weights of the objectives, and was not stopped early; so it has another
    seed, or comes from another machine, version or format. `no`: something of this differs, or there is no such recipe.
    What the file does not record, such as the loss terms of a former version, is not compared.
    """
    name = checkpoint.recorded.run.recipe
    if name is None:
        return None
    if name not in table.names():
        return "no"
    if checkpoint.sha256 == _bundled_digest(name):
        return "bytes"
    recipe = table.recipe(name)
    recorded = {key: checkpoint.metadata[key] for key in _SETTINGS if key in checkpoint.metadata}
    same = recorded == settings_of(recipe) and checkpoint.config == recipe.config
    return "settings" if same else "no"


@cache
def _bundled_digest(name: str) -> str | None:
    """sha256 of the bundled file of a recipe; None if there is none."""
    entry = BY_NAME.get(name)
    return digest(entry.bundled_file.read_bytes()) if entry and entry.bundled_file.exists() else None
