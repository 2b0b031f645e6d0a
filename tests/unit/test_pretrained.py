"""`from_pretrained`, `save_pretrained` and `push_to_hub`, by the real huggingface_hub to the local Hub."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hub_server import GOOD_TOKEN, LocalHub
from huggingface_hub import ModelCard, constants

import tvae
from tvae import PretrainedVAE
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.errors import (
    CheckpointFileError,
    HubAccessDenied,
    HubNotFound,
    HubUnreachable,
    InputError,
    StorageError,
    UnknownCheckpoint,
)
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE
from tvae.reports.surveys.repository.evaluation import evaluate
from tvae.reports.surveys.repository.files import open_repository
from tvae.reports.surveys.repository.rows import statements

MINE = "alice/mine"
TREE = (BUNDLED_DIRECTORY / "tree.safetensors").read_bytes()
V5_5 = (BUNDLED_DIRECTORY / "v5_5.safetensors").read_bytes()


def same(one: TernaryVAE, other: TernaryVAE) -> bool:
    weights, others = one.state_dict(), other.state_dict()
    return weights.keys() == others.keys() and all(torch.equal(weights[name], others[name]) for name in weights)


@pytest.fixture
def bundled() -> PretrainedVAE:
    return PretrainedVAE.from_pretrained("tree")


def test_it_is_the_model_that_load_gives(bundled: PretrainedVAE, tmp_path: Path) -> None:
    loaded = tvae.load("tree")
    assert type(bundled) is PretrainedVAE
    assert (bundled.config, bundled.training) == (loaded.config, False)
    assert same(bundled, loaded)
    (tmp_path / "model.safetensors").write_bytes(TREE)
    for place in (tmp_path, str(tmp_path), tmp_path / "model.safetensors"):
        assert same(PretrainedVAE.from_pretrained(place), loaded)


def test_a_repository_with_one_checkpoint(hub: LocalHub) -> None:
    repository = hub.add(MINE, {"README.md": b"# Mine", "config.json": b'{"latent_dim": 3}', "model.safetensors": TREE})
    first = PretrainedVAE.from_pretrained(MINE)
    assert same(first, tvae.load("tree")), "the config.json of a stranger decides nothing"
    repository.branches["tree"] = repository.branches["main"]
    repository.put(**{"model.safetensors": V5_5})
    assert same(PretrainedVAE.from_pretrained(MINE), tvae.load("v5_5"))
    assert same(PretrainedVAE.from_pretrained(MINE, revision="tree"), first)
    with pytest.raises(HubNotFound, match="has no revision 'wood'"):
        PretrainedVAE.from_pretrained(MINE, revision="wood")


def test_of_several_checkpoints_one_is_named(hub: LocalHub) -> None:
    hub.add(MINE, {"a/best.safetensors": TREE, "b/best.safetensors": V5_5})
    with pytest.raises(CheckpointFileError) as caught:
        PretrainedVAE.from_pretrained(MINE)
    several = (
        "found 2 checkpoints (a/best.safetensors, b/best.safetensors); expected one. Give filename as one of them."
    )
    assert str(caught.value) == f"mine: {several}"
    assert same(PretrainedVAE.from_pretrained(MINE, filename="b/best.safetensors"), tvae.load("v5_5"))
    with pytest.raises(HubNotFound, match=r"has no file 'c\.pt'"):
        PretrainedVAE.from_pretrained(MINE, filename="c.pt")


def test_of_several_files_in_a_folder_one_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "two"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "best.safetensors").write_bytes(TREE)
    (folder / "ball.safetensors").write_bytes(V5_5)
    (tmp_path / "outside.safetensors").write_bytes(TREE)
    for place in (folder, str(folder)):
        assert same(PretrainedVAE.from_pretrained(place, filename="ball.safetensors"), tvae.load("v5_5"))
        assert same(PretrainedVAE.from_pretrained(place, filename="a/best.safetensors"), tvae.load("tree"))
    outside = ("../outside.safetensors", "a/../../outside.safetensors", str(tmp_path / "outside.safetensors"))
    for name in (*outside, "c.pt", "a", "", "x" * 5000, "a\0b"):
        with pytest.raises(CheckpointFileError, match=r"^two: found no file '.*; expected one in this folder"):
            PretrainedVAE.from_pretrained(folder, filename=name)
    with pytest.raises(InputError, match="is no repository on the Hub, and revision is for one"):
        PretrainedVAE.from_pretrained(folder, filename="ball.safetensors", revision="main")


def test_a_repository_without_a_checkpoint(hub: LocalHub) -> None:
    hub.add(MINE, {"README.md": b"# Mine", "pytorch_model.bin": b"a pickle"})
    with pytest.raises(CheckpointFileError, match="mine: found no checkpoint"):
        PretrainedVAE.from_pretrained(MINE)


def test_a_pickle_is_not_unpickled(hub: LocalHub) -> None:
    hub.add(MINE, {"model.pt": b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94."})
    with pytest.raises(CheckpointFileError):
        PretrainedVAE.from_pretrained(MINE)


def test_the_cache_is_used_without_a_request(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(MINE, {"model.safetensors": TREE})
    with pytest.raises(HubUnreachable, match="this machine has no copy"):
        PretrainedVAE.from_pretrained(MINE, local_files_only=True)
    with pytest.raises(HubUnreachable, match="this machine has no copy"):
        PretrainedVAE.from_pretrained(MINE, filename="model.safetensors", local_files_only=True)
    assert hub.requests == []
    model = PretrainedVAE.from_pretrained(MINE)
    hub.requests.clear()
    assert same(PretrainedVAE.from_pretrained(MINE, local_files_only=True), model)
    assert same(PretrainedVAE.from_pretrained(MINE, filename="model.safetensors", local_files_only=True), model)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert same(PretrainedVAE.from_pretrained(MINE), model)
    assert hub.requests == []
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    hub.fail("GET", "/api/models/", status=503)
    assert same(PretrainedVAE.from_pretrained(MINE), model), "the Hub fails, and the cache has the file"
    with pytest.raises(HubUnreachable, match="failed with 503"):
        PretrainedVAE.from_pretrained("alice/another")


def test_a_private_repository_needs_the_token(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(MINE, {"model.safetensors": TREE}, private=True)
    with pytest.raises(HubAccessDenied, match="401"):
        PretrainedVAE.from_pretrained(MINE)
    assert same(PretrainedVAE.from_pretrained(MINE, token=GOOD_TOKEN), tvae.load("tree"))
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    for token in (None, True):
        PretrainedVAE.from_pretrained(MINE, token=token)
    with pytest.raises(HubAccessDenied, match="without a token"):
        PretrainedVAE.from_pretrained(MINE, token=False)


@pytest.mark.parametrize("options", [{"filename": "best.pt"}, {"revision": "main"}])
@pytest.mark.parametrize("name", ["tree", "homeostatic_rich/best.pt", "./alice/mine"])
def test_what_is_for_a_repository_is_refused_elsewhere(name: str, options: dict[str, str]) -> None:
    (option,) = options
    what = "no repository on the Hub" if option == "revision" else "no folder, and no repository on the Hub"
    with pytest.raises(InputError, match=f"^'{name}' is {what}, and {option} is for one"):
        PretrainedVAE.from_pretrained(name, **options)  # type: ignore[arg-type]


def test_a_name_that_is_nothing_is_the_error_of_load() -> None:
    with pytest.raises(UnknownCheckpoint):
        PretrainedVAE.from_pretrained("nonsense")
    with pytest.raises(TypeError, match="a name or a path, not int"):
        PretrainedVAE.from_pretrained(5)  # type: ignore[arg-type]


def test_a_model_that_is_pushed_comes_back_with_its_claims(
    bundled: PretrainedVAE, hub: LocalHub, tmp_path: Path
) -> None:
    url = bundled.push_to_hub(MINE, token=GOOD_TOKEN, commit_message="A tree")
    mine = hub.repositories[MINE]
    assert url == f"{hub.url}/{MINE}"
    assert mine.private
    assert mine.files().keys() - {".gitattributes"} == {"model.safetensors", "model.pt", "README.md", "radius.png"}
    assert mine.files()["model.safetensors"].data == TREE, "the same weights with the same record of their training"
    assert same(PretrainedVAE.from_pretrained(MINE, token=GOOD_TOKEN), bundled)
    card = ModelCard(mine.files()["README.md"].data.decode(), ignore_metadata_errors=False)
    assert card.data.model_name == "model.safetensors"
    for name, stored in mine.files().items():
        (tmp_path / name).write_bytes(stored.data)
    claimed = [
        one
        for row in evaluate(open_repository(str(tmp_path)), tmp_path / "out", near=True).rows
        for one in statements(row)
        if one.source == "claimed"
    ]
    assert len(claimed) > 30
    assert [one for one in claimed if one.said != one.measured] == []


def test_a_folder_gets_the_files_of_a_push(bundled: PretrainedVAE, hub: LocalHub, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mine"
    bundled.save_pretrained(folder, repo_id=MINE)
    assert hub.requests == []
    bundled.push_to_hub(MINE, token=GOOD_TOKEN)
    pushed = {name: file.data for name, file in hub.repositories[MINE].files().items() if name != ".gitattributes"}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == pushed
    assert same(PretrainedVAE.from_pretrained(folder), bundled)
    (folder / "README.md").write_text("my own")
    bundled.save_pretrained(str(folder))
    assert (folder / "README.md").read_text() == "my own"
    bundled.save_pretrained(tmp_path / "other")
    assert "OWNER/other" in (tmp_path / "other" / "README.md").read_text()
    with pytest.raises(StorageError):
        bundled.save_pretrained(folder / "README.md")


def test_a_model_that_was_changed_does_not_claim_its_training(bundled: PretrainedVAE, hub: LocalHub) -> None:
    with torch.no_grad():
        next(bundled.parameters()).mul_(0.5)
    bundled.push_to_hub(MINE, token=GOOD_TOKEN, private=False)
    found = PretrainedVAE.from_pretrained(MINE)
    assert same(found, bundled)
    assert not hub.repositories[MINE].private
    assert found.checkpoint is not None
    assert (found.checkpoint.recorded.run.recipe, dict(found.checkpoint.stored)) == (None, {})


def test_a_model_of_a_configuration_is_pushed(hub: LocalHub) -> None:
    torch.manual_seed(0)
    model = PretrainedVAE(ModelConfig(learnable_curvature=True))
    model.push_to_hub(MINE, token=GOOD_TOKEN)
    assert model.training, "the model itself is left as it is"
    found = PretrainedVAE.from_pretrained(MINE, token=GOOD_TOKEN)
    assert (same(found, model), found.config) == (True, model.config)


def test_arguments_of_another_kind_are_refused_and_a_token_is_not_shown(bundled: PretrainedVAE, hub: LocalHub) -> None:
    secret: Any = GOOD_TOKEN.encode()
    with pytest.raises(InputError, match=r"^token is of type bytes; give a string, True, False or None\.$"):
        bundled.push_to_hub(MINE, token=secret)
    with pytest.raises(InputError, match=r"^token is of type bytes"):
        PretrainedVAE.from_pretrained(MINE, token=secret)
    wrong: Any = 5
    for name in ("revision", "filename"):
        with pytest.raises(InputError, match=rf"^{name} is '5'; give a string or None\.$"):
            PretrainedVAE.from_pretrained(MINE, **{name: wrong})
    assert hub.requests == []


def test_a_push_needs_a_name_and_a_token(
    bundled: PretrainedVAE, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mine", "a/b/c", None):
        with pytest.raises(InputError, match=r"write owner/name, such as alice/my-model\.$"):
            bundled.push_to_hub(name, token=GOOD_TOKEN)  # type: ignore[arg-type]
    for token in (None, False):
        with pytest.raises(HubAccessDenied, match="needs a token with write access"):
            bundled.push_to_hub(MINE, token=token)
    assert hub.requests == []
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    bundled.push_to_hub(MINE)
    assert json.dumps(hub.repositories[MINE].authors).count("alice") == 2
