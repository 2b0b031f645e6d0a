"""Whether a checkpoint is what its recipe gives in this version of tvae."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, Literal

from tvae.checkpoints.catalogue.catalogue import BY_NAME
from tvae.checkpoints.checkpoint_file import Checkpoint, digest
from tvae.models.config import ModelConfig
from tvae.operations.validation import quoted
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
    if name in table.names() and checkpoint.sha256 == _bundled_digest(name):
        return "bytes"
    return "no" if differences(checkpoint) else "settings"


def differences(checkpoint: Checkpoint) -> tuple[str, ...]:
    """What a checkpoint records that is not as in the recipe whose name it records, a clause each; see `recipe_match`.

    Empty if it records no recipe.
    """
    name = checkpoint.recorded.run.recipe
    if name is None:
        return ()
    if name not in table.names():
        return (f"this version has no recipe {quoted(name)}",)
    recipe, recorded = table.recipe(name), checkpoint.metadata
    own = settings_of(recipe)
    unlike = [
        f"{key.replace('_', ' ')} {_shown(recorded, key)}, in the recipe {_shown(own, key)}"
        for key in _SETTINGS
        if (key in recorded, recorded.get(key)) != (key in own, own.get(key))
    ]
    return (*unlike, *_network_differences(checkpoint.config, recipe.config))


def _network_differences(found: ModelConfig, own: ModelConfig) -> list[str]:
    """Width and curvature, which a run may choose, by their values; anything else in one clause."""
    chosen = {"width": "hidden_dim", "curvature": "curvature"}
    unlike = [
        f"{word} {getattr(found, name):g}, in the recipe {getattr(own, name):g}"
        for word, name in chosen.items()
        if getattr(found, name) != getattr(own, name)
    ]
    alike = replace(found, **{name: getattr(own, name) for name in chosen.values()})
    return [*unlike, *([] if alike == own else ["the network is not the recipe's"])]


def _shown(settings: Mapping[str, Any], key: str) -> str:
    return quoted(settings[key]) if key in settings else "none"


@cache
def _bundled_digest(name: str) -> str | None:
    """sha256 of the bundled file of a recipe; None if there is none."""
    entry = BY_NAME.get(name)
    return digest(entry.bundled_file.read_bytes()) if entry and entry.bundled_file.exists() else None
