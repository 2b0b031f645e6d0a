"""Load a checkpoint by name or path: bundled, a local file, or from the Hub. One is never substituted for another.

The name of a bundled checkpoint is its recipe (`homeostatic_rich`); that of a published one is its path on the Hub
(`homeostatic_rich/best.pt`). They have different weights.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tvae.checkpoints import checkpoint_file
from tvae.checkpoints.catalogue.catalogue import BY_NAME, DEFAULT, ENTRIES
from tvae.checkpoints.catalogue.entry import BUNDLED_SEQUENCES, Entry
from tvae.checkpoints.checkpoint_file import Checkpoint
from tvae.checkpoints.folder import checkpoint_in
from tvae.checkpoints.hub import environment
from tvae.errors import CheckpointError, TvaeError, UnknownCheckpoint
from tvae.models.ternary_vae import TernaryVAE

# What an unknown name is answered with: a published sequence model is in the catalogue, but cannot be opened here.
_OPENED: Final = tuple(entry.name for entry in ENTRIES if entry.status != "another model")

Origin = Literal["bundled", "local", "cache", "hub", "file", "upload", "run"]


@dataclass(frozen=True)
class CheckpointLocation:
    """Where a checkpoint's file is and where it came from; the file has not been read yet."""

    name: str  # as it was asked for
    path: Path
    # local: the directory outputs/models; cache, hub: the cache of the Hub, from before or just downloaded; upload: a
    # file of a session of the page, uploaded or trained; run: of a sweep that the page's owner opened
    origin: Origin
    revision: str | None  # commit on the Hub, if known
    entry: Entry | None  # None for a file that the catalogue does not know

    @property
    def source(self) -> str:
        """Origin of the weights, in words."""
        words = {
            "bundled": "bundled with this program",
            "local": "local file in the checkpoint directory",
            "cache": "Hugging Face Hub, from the cache",
            "hub": "Hugging Face Hub, just downloaded",
            "file": "local file",
            "upload": "opened or trained on this server",
            "run": "run of a sweep, on this server",
        }[self.origin]
        return f"{words}, revision {self.revision[:12]}" if self.revision else words


def known(name: str) -> Entry:
    """Entry of a checkpoint in the catalogue.

    Raises CheckpointError for a bundled sequence model, and UnknownCheckpoint for any other name.
    """
    entry = BY_NAME.get(name) if isinstance(name, str) else None
    if entry is None:
        _refuse_sequences(name)
        raise UnknownCheckpoint("" if name is None else str(name)[:200], _OPENED)
    return entry


def locate(name: str, own_token: bool = True) -> CheckpointLocation:
    """The file of a checkpoint in the catalogue; a published one is downloaded if it is not on this machine.

    `own_token=False` downloads it without the token of this machine, as a server does for its visitors.

    Raises UnknownCheckpoint for any other name, CheckpointError for a sequence model, and HubError if the download
    fails.
    """
    entry = _of_operations(name)
    return locate_on_hub(name, entry, own_token) if entry.source == "hub" else _bundled(entry)


def find(name: str) -> CheckpointLocation | None:
    """As `locate`, but nothing is downloaded: None for a published file that is not on this machine, or is damaged."""
    entry = _of_operations(name)
    return _found_on_hub(entry) if entry.source == "hub" else _bundled(entry)


def _of_operations(name: str) -> Entry:
    """As `known`, but also raises CheckpointError for a published sequence model."""
    entry = known(name)
    if entry.status == "another model":
        raise _another_model(name, entry.architecture)
    return entry


def _bundled(entry: Entry) -> CheckpointLocation:
    return CheckpointLocation(entry.name, entry.bundled_file, "bundled", None, entry)


def locate_any(name_or_path: str | Path) -> CheckpointLocation:
    """`locate` for a name, or the location of a file, or of the only checkpoint in a folder.

    A name takes precedence; write ./NAME for a file.
    """
    if str(name_or_path) in BY_NAME:
        return locate(str(name_or_path))
    _refuse_sequences(name_or_path)
    return locate_file(name_or_path, _OPENED)


def _another_model(name: str, architecture: str) -> CheckpointError:
    return CheckpointError(
        f"{name} holds another model ({architecture}), not a Ternary VAE. To encode sequences with it, use "
        f"/encode_sequence, or python -m tvae sequences {name} FASTA. Choose a Ternary VAE here, for example {DEFAULT}."
    )


def _refuse_sequences(name: object) -> None:
    """Raise CheckpointError for the name of a bundled sequence model."""
    if any(name == path.stem for path in BUNDLED_SEQUENCES.glob("*.safetensors")):
        raise _another_model(str(name), "sequence encoder")


def locate_on_hub(name: str, entry: Entry | None, own_token: bool = True) -> CheckpointLocation:
    """A published file of the default repository; as `locate`. Raises HubError, or SettingError for the environment."""
    environment.check_numbers()
    # Imported here because importing huggingface_hub takes seconds, and bundled checkpoints do not need it.
    from tvae.checkpoints.hub.client import locate_checkpoint

    found = locate_checkpoint(name, token=None if own_token else False)
    return CheckpointLocation(name, found.path, found.origin, found.revision, entry)


def _found_on_hub(entry: Entry) -> CheckpointLocation | None:
    try:
        environment.check_numbers()
        from tvae.checkpoints.hub.client import find_checkpoint  # here for the reason above

        found = find_checkpoint(entry.name)
    except TvaeError:  # a damaged copy, or a setting, about which opening the checkpoint says more
        return None
    return CheckpointLocation(entry.name, found.path, found.origin, found.revision, entry) if found else None


def locate_file(path: str | Path, known_names: tuple[str, ...]) -> CheckpointLocation:
    """An existing file, or the only checkpoint in a folder. Raises UnknownCheckpoint if there is none at this path.

    Raises CheckpointFileError for a folder without or with several, and TypeError for anything but a text or a Path.
    """
    if not isinstance(path, str | Path):
        raise TypeError(f'A checkpoint is a name or a path, not {type(path).__name__}. Give a text, such as "tree".')
    try:
        exists, directory = Path(path).is_file(), path != "" and Path(path).is_dir()
    except OSError:  # a name that is too long, a directory that may not be entered
        exists = directory = False
    if directory:
        return CheckpointLocation(str(path), checkpoint_in(Path(path)), "file", None, None)
    if not exists:
        raise UnknownCheckpoint(str(path)[:200], known_names, files=True)
    return CheckpointLocation(str(path), Path(path), "file", None, None)


def open_located(location: CheckpointLocation, data: bytes | None = None) -> Checkpoint:
    """Read and check the file, or its bytes `data` if given."""
    known_radius = location.entry.max_radius if location.entry else None
    if data is None:
        return checkpoint_file.read(location.path, known_radius)
    return checkpoint_file.parse(location.path, data, known_radius)


def load(name_or_path: str | Path) -> TernaryVAE:
    """The model of a checkpoint, by name or by path, on the CPU, in eval mode.

    The path is that of a file, or of a folder with one checkpoint, such as a snapshot of a repository.
    Raises UnknownCheckpoint, CheckpointFileError or HubError; each message says what to do.
    """
    return checkpoint_file.build(open_located(locate_any(name_or_path)))


def export(checkpoint: Checkpoint, target: str | Path) -> Path:
    """Write a checkpoint as `.safetensors` (our layout) or `.pt` (the published layout), with its metadata."""
    return checkpoint_file.save(target, checkpoint_file.build(checkpoint), checkpoint.metadata)
