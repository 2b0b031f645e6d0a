"""Whether a file is what its recipe gives: every bundled one, and copies that differ in one thing."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.checkpoints.checkpoint_file import build, read, save
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE
from tvae.training.recipes import match
from tvae.training.recipes.match import differences, recipe_match
from tvae.training.recipes.table import names


def copied(name: str, path: Path, **changes: Any) -> str | None:
    """The match of a copy of a bundled file whose metadata have these changes; None removes an entry."""
    checkpoint = read(BUNDLED_DIRECTORY / f"{name}.safetensors")
    metadata = {key: value for key, value in {**checkpoint.metadata, **changes}.items() if value is not None}
    return recipe_match(read(save(path, build(checkpoint), metadata)))


@pytest.mark.parametrize("name", names())
def test_a_bundled_file_has_the_bytes_and_another_seed_the_settings(name: str, tmp_path: Path) -> None:
    path = tmp_path / "renamed.safetensors"
    shutil.copy(BUNDLED_DIRECTORY / f"{name}.safetensors", path)
    assert recipe_match(read(path)) == "bytes"
    assert copied(name, tmp_path / "a.safetensors", seed=7) == "settings"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"metrics": {}}, "settings"),
        ({"steps": 20}, "no"),
        ({"learning_rate": 0.1}, "no"),
        ({"learning_rate": None}, "no"),
        ({"optimiser": "adamw"}, "no"),
        ({"emphasis": {"order": 2.0}}, "no"),
        ({"stopped_after": 100}, "no"),
        ({"recipe": "v5_11"}, "no"),
        ({"recipe": "one of the future"}, "no"),
        ({"recipe": None}, None),
        ({"recipe": 5}, None),
    ],
)
def test_a_change_of_what_is_recorded(changes: dict[str, Any], expected: str | None, tmp_path: Path) -> None:
    assert copied("tree", tmp_path / "a.safetensors", **changes) == expected
    assert copied("tree", tmp_path / "a.pt", **changes) == expected


@pytest.mark.parametrize(
    ("changes", "unlike"),
    [
        ({}, ()),
        ({"seed": 7}, ()),
        ({"recipe": None}, ()),
        ({"steps": 20}, ("steps 20, in the recipe {steps}",)),
        ({"learning_rate": None}, ("learning rate none, in the recipe {learning_rate}",)),
        ({"stopped_after": 100}, ("stopped after 100, in the recipe none",)),
        ({"emphasis": {"order": 2.0}}, ('emphasis {{"order": 2.0}}, in the recipe none',)),
        ({"recipe": "one of the future"}, ("this version has no recipe 'one of the future'",)),
    ],
)
def test_what_differs_is_named(changes: dict[str, Any], unlike: tuple[str, ...], tmp_path: Path) -> None:
    bundled = read(BUNDLED_DIRECTORY / "tree.safetensors")
    metadata = {key: value for key, value in {**bundled.metadata, **changes}.items() if value is not None}
    copy = read(save(tmp_path / "a.safetensors", build(bundled), metadata))
    assert differences(copy) == tuple(one.format(**bundled.metadata) for one in unlike)


def test_kfac_is_among_the_settings(tmp_path: Path) -> None:
    assert copied("advanced", tmp_path / "a.safetensors", seed=1) == "settings"
    assert copied("advanced", tmp_path / "a.safetensors", optimiser=None) == "no"


def test_another_network_is_another_setting(tmp_path: Path) -> None:
    recorded = read(BUNDLED_DIRECTORY / "homeostatic_rich.safetensors")
    other = TernaryVAE(ModelConfig(**{**vars(recorded.config), "hidden_dim": 32}))
    changed = read(save(tmp_path / "a.safetensors", other, recorded.metadata))
    assert recipe_match(changed) == "no"
    assert differences(changed) == ("width 32, in the recipe 64",)
    deeper = TernaryVAE(ModelConfig(**{**vars(recorded.config), "layers": 2, "curvature": 0.5}))
    changed = read(save(tmp_path / "b.safetensors", deeper, recorded.metadata))
    assert differences(changed) == ("curvature 0.5, in the recipe 1", "the network is not the recipe's")


def test_a_recipe_without_a_bundled_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "BY_NAME", {})
    match._bundled_digest.cache_clear()
    assert copied("tree", tmp_path / "a.safetensors") == "settings"
    match._bundled_digest.cache_clear()
