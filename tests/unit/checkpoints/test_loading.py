"""Loading by name or path; one checkpoint is never substituted for another."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from archives import saved
from layouts import BY_NAME as LAYOUTS, file_of, state_of

import tvae
from tvae.checkpoints import loading
from tvae.checkpoints.catalogue.catalogue import BY_NAME, ENTRIES
from tvae.checkpoints.checkpoint_file import read
from tvae.checkpoints.loading import (
    export,
    load,
    locate,
    locate_any,
    open_located,
)
from tvae.errors import CheckpointError, CheckpointFileError, HubFileRefused, UnknownCheckpoint


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rich_file: Path) -> Path:
    """The local directory with one published checkpoint, and no network."""
    directory = tmp_path / "models"
    (directory / "homeostatic_rich").mkdir(parents=True)
    shutil.copyfile(rich_file, directory / "homeostatic_rich" / "best.pt")
    monkeypatch.setenv("TVAE_CHECKPOINT_DIR", str(directory))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    return directory


def test_a_published_name_is_found_in_the_local_layout(models: Path) -> None:
    located = locate("homeostatic_rich/best.pt")
    assert located.path == models / "homeostatic_rich" / "best.pt"
    assert (located.origin, located.revision) == ("local", None)
    assert located.entry is BY_NAME["homeostatic_rich/best.pt"]
    assert located.source == "local file in the checkpoint directory"
    checkpoint = open_located(located)
    assert (checkpoint.config.max_radius, checkpoint.max_radius_from) == (0.99, "catalogue")


def test_the_bundled_and_the_published_one_are_different_files(models: Path) -> None:
    bundled = locate("homeostatic_rich")
    assert (bundled.origin, bundled.path.name) == ("bundled", "homeostatic_rich.safetensors")
    assert bundled.path.is_relative_to(Path(loading.__file__).parents[1])
    assert bundled.path != locate("homeostatic_rich/best.pt").path
    assert bundled.source == "bundled with this program"


def test_a_name_takes_precedence_over_a_path(models: Path, tmp_path: Path) -> None:
    (tmp_path / "homeostatic_rich").write_bytes(b"something else")
    assert locate_any("homeostatic_rich").origin == "bundled"
    assert locate_any("./homeostatic_rich").origin == "file"
    with pytest.raises(CheckpointFileError):
        load("./homeostatic_rich")


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path_loads(as_text: bool, rich_file: Path) -> None:
    model = load(str(rich_file) if as_text else rich_file)
    assert not model.training
    assert next(model.parameters()).device == torch.device("cpu")
    assert locate_any(rich_file).entry is None
    assert locate_any(rich_file).source == "local file"
    assert tvae.load is load


UNKNOWN = [
    "",
    "nonsense",
    "HOMEOSTATIC_RICH",
]
NO_FILES = [
    "missing.pt",
    "homeostatic_rich/",
    "best.pt",
    "homeostatic_rich/bset.pt",
    "a/b.safetensors",
    "a\\b",
    "n\0l.pt",
    "/" + "y" * 300 + ".pt",
]


@pytest.mark.parametrize("name", NO_FILES)
def test_a_path_without_a_file_is_called_one(name: str, models: Path) -> None:
    with pytest.raises(UnknownCheckpoint) as caught:
        load(name)
    assert str(caught.value) == f"There is no file {name[:200]!r}, and no checkpoint has this name. Check the path."


@pytest.mark.parametrize("name", [*UNKNOWN, "x" * 5_000])
def test_an_unknown_name_is_an_error_that_lists_the_known(name: str, models: Path) -> None:
    with pytest.raises(UnknownCheckpoint) as caught:
        load(name)
    assert caught.value.known == tuple(entry.name for entry in ENTRIES if entry.status != "another model")
    assert str(caught.value).endswith(f": {', '.join(caught.value.known)}.")
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("name", [None, 5, ["homeostatic_rich"], {"a": 1}])
def test_a_name_of_another_type_is_unknown(name: object) -> None:
    with pytest.raises(UnknownCheckpoint):
        locate(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [None, 5, b"tree", ["tree"]])
@pytest.mark.parametrize("open_", [tvae.load, tvae.load_sequences])
def test_what_is_no_name_and_no_path_is_a_type_error(open_: Callable[[object], object], name: object) -> None:
    with pytest.raises(TypeError, match=f"a name or a path, not {type(name).__name__}. Give a text, such as"):
        open_(name)


@pytest.mark.parametrize("name", ["codon_vae_all.pt", "codon_vae_hiv.pt", "aa_vae_all.pt", "codons_brca1"])
def test_another_model_is_not_opened(name: str) -> None:
    with pytest.raises(CheckpointError, match=rf"{name} holds another model \(.* encoder\), not a Ternary VAE"):
        locate(name)
    with pytest.raises(CheckpointError, match=f"python -m tvae sequences {name} FASTA"):
        load(name)


def test_a_link_out_of_the_local_layout_is_refused(models: Path, rich_file: Path) -> None:
    (models / "v5_11").mkdir()
    (models / "v5_11" / "best.pt").symlink_to(rich_file)
    with pytest.raises(HubFileRefused):
        locate("v5_11/best.pt")


@pytest.mark.parametrize("name", ["homeostatic_rich", "v5_5", "v5_12_1", "v5_11_structural"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_export_keeps_everything_that_matters(name: str, suffix: str, tmp_path: Path) -> None:
    source = tmp_path / "source.pt"
    source.write_bytes(saved(file_of(LAYOUTS[name], state_of(LAYOUTS[name]))))
    target = export(read(source), tmp_path / "out" / f"best{suffix}")
    before, after = read(source), read(target)
    assert after.config == before.config
    assert after.stored == before.stored
    trits = torch.ones(3, 9)
    with torch.no_grad():
        for one, other in zip(load(source)(trits), load(target)(trits), strict=True):
            assert (one is None and other is None) or torch.equal(one, other)


def test_export_records_the_radius_from_the_catalogue(models: Path, tmp_path: Path) -> None:
    (models / "max_hierarchy").mkdir()
    shutil.copyfile(models / "homeostatic_rich" / "best.pt", models / "max_hierarchy" / "best.pt")
    after = read(export(open_located(locate("max_hierarchy/best.pt")), tmp_path / "best.safetensors"))
    assert (after.config.max_radius, after.max_radius_from) == (0.95, "file")
