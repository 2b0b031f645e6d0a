"""From a name to a model of sequences: bundled, local, file; a Ternary VAE is called what it is, and the reverse."""

from pathlib import Path

import pytest
import torch
from sequence_layouts import LAYOUTS, bytes_of

import tvae
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue import catalogue
from tvae.checkpoints.catalogue.entry import BUNDLED_DIRECTORY
from tvae.errors import CheckpointError, CheckpointFileError, UnknownCheckpoint
from tvae.sequences import loading as sequence_loading
from tvae.sequences.loading import (
    DEFAULT,
    ENTRIES,
    load_sequences,
    locate,
    locate_any,
    open_located,
)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint directory with the three published files, built from the page."""
    for layout in LAYOUTS:
        (tmp_path / layout.file).write_bytes(bytes_of(layout))
    monkeypatch.setenv("TVAE_CHECKPOINT_DIR", str(tmp_path))
    return tmp_path


def test_the_known_models_are_the_published_ones_and_ours() -> None:
    published = {entry.name for entry in ENTRIES if entry.source == "hub"}
    assert published == {layout.file for layout in LAYOUTS}
    assert published == {entry.name for entry in catalogue.ENTRIES if entry.status == "another model"}
    bundled = {path.stem for path in sequence_loading.DIRECTORY.glob("*.safetensors")}
    assert bundled == {entry.name for entry in ENTRIES if entry.source == "bundled"} == {DEFAULT}
    assert {entry.name: entry.alphabet for entry in ENTRIES if entry.source == "hub"} == {
        layout.file: layout.alphabet for layout in LAYOUTS
    }
    assert all(entry.title.startswith(f"{entry.name} - {entry.alphabet}, ") for entry in ENTRIES)
    assert not set(sequence_loading.BY_NAME) & {e.name for e in catalogue.ENTRIES if e.status != "another model"}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_a_published_file_by_name_and_by_path(layout: object, models: Path) -> None:
    name = layout.file  # type: ignore[attr-defined]
    for given in (name, models / name):
        located = locate_any(given)
        assert located.origin == ("local" if given == name else "file")
        assert open_located(located).config.alphabet == layout.alphabet  # type: ignore[attr-defined]
    one, other = load_sequences(name), load_sequences(models / name)
    assert all(torch.equal(tensor, other.state_dict()[key]) for key, tensor in one.state_dict().items())


def test_the_bundled_model_from_the_package() -> None:
    model = tvae.load_sequences(DEFAULT)
    (one,) = tvae.encode_sequences(model, ">a\nATGAAA")
    assert one.length == 2
    assert locate(DEFAULT).source == "bundled with this program"


@pytest.mark.parametrize("name", ["homeostatic_rich", "v5_5/latest.pt"])
def test_a_ternary_checkpoint_is_called_what_it_is(name: str) -> None:
    for ask in (locate, locate_any):
        with pytest.raises(CheckpointError, match=f"{name} holds a Ternary VAE, .* Choose one of these: {DEFAULT}, "):
            ask(name)


def test_a_sequence_model_is_not_opened_as_a_ternary_one(models: Path) -> None:
    with pytest.raises(CheckpointError, match=r"/encode_sequence, or python -m tvae sequences codon_vae_hiv\.pt"):
        loading.locate("codon_vae_hiv.pt")
    with pytest.raises(CheckpointFileError, match="found a Ternary VAE; expected the weights of a codon or amino-acid"):
        load_sequences(BUNDLED_DIRECTORY / "tree.safetensors")


@pytest.mark.parametrize("name", ["nope", "", "../codon_vae_hiv.pt", "x" * 5_000, None, 5, ["a"]])
def test_an_unknown_name_lists_the_known(name: object) -> None:
    with pytest.raises(UnknownCheckpoint) as caught:
        locate(name)  # type: ignore[arg-type]
    assert all(entry.name in str(caught.value) for entry in ENTRIES)
    if isinstance(name, str) and name:
        with pytest.raises(UnknownCheckpoint, match="There is no file" if "/" in name else "or give the path of a"):
            locate_any(name)
