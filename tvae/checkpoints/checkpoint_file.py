"""Read and write checkpoint files, strictly and safely: every published layout and our own `.safetensors`.

The specifications of all tensors are compared with the architecture that their keys describe before memory is
allocated for any of them. Every tensor of the file is used, or is known and ignored; every tensor of the model gets a
value; anything else is an error that names the tensor. What was done with a file to read it, and what it does not
record, is in `Checkpoint.notes`.

Not here: finding a file (`loading`, `hub`), its format (`formats`), and its metadata (`metadata`).
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

from tvae.checkpoints import architecture
from tvae.checkpoints.architecture import RadiusOrigin
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.formats import foreign, safetensors_file
from tvae.checkpoints.formats.opening import PUBLISHED_KEYS, USE_ANOTHER, OpenedFile, open_bytes
from tvae.checkpoints.formats.tensor_spec import TensorSpec
from tvae.checkpoints.metadata import metadata as metadata_of_files
from tvae.checkpoints.metadata.recorded import Recorded, Scalar
from tvae.errors import CheckpointFileError
from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE

MAX_BYTES: Final = 512 * 2**20
USUAL_SIZE: Final = "0.4 to 5 MB"  # a Ternary VAE has about 2 MB, a sequence model up to 5 MB

Model = TypeVar("Model", bound=TernaryVAE)


@dataclass(frozen=True)
class Checkpoint:
    """Contents of a checked file; `build` makes the model."""

    path: Path
    sha256: str  # of the file's bytes
    config: ModelConfig
    weights: Mapping[str, Tensor]  # float32, on the CPU; exactly the tensors of TernaryVAE(config)
    ignored: tuple[str, ...]  # names of known tensors that inference does not use
    recorded: Recorded  # all other values in the file
    max_radius_from: RadiusOrigin  # of no meaning for a Euclidean checkpoint, which has no radius
    notes: tuple[str, ...]  # sentences: what was done to read the file, what is assumed, what is not used

    @property
    def metadata(self) -> Mapping[str, Any]:
        """All values of the file besides its weights, as JSON values."""
        return self.recorded.values

    @property
    def stored(self) -> Mapping[str, Scalar]:
        """The metrics that training recorded in the file, under the file's own names."""
        return self.recorded.metrics


def read(path: str | Path, max_radius: float | None = None) -> Checkpoint:
    """Read and check one checkpoint file.

    `max_radius` is used if the file does not record one; the catalogue knows some. Raises CheckpointFileError for a
    file that is not a checkpoint, is damaged, or does not match the architecture that its keys describe.
    """
    path = Path(path)
    return parse(path, read_bytes(path), max_radius)


def read_bytes(path: Path) -> bytes:
    """Bytes of a file of at most 512 MiB."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CheckpointFileError(path, f"{size:,} bytes", f"at most {MAX_BYTES:,}", USE_ANOTHER)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CheckpointFileError(path, "no such file", "a .pt or .safetensors file", "Check the path.") from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or "its path has a null character"
        raise CheckpointFileError(
            path, f"a file that cannot be read ({reason})", "a readable file", "Check the path and its permissions."
        ) from error


def digest(data: bytes) -> str:
    """sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(path: Path, data: bytes, max_radius: float | None = None) -> Checkpoint:
    """`read` for the bytes of a file; `path` is used only in messages and in the result."""
    opened = open_bytes(path, data)
    try:
        config = architecture.infer(path, opened.specs)
        names = architecture.check(path, opened.specs, config)
    except CheckpointFileError as error:
        raise explained(error, opened) from error
    recorded = metadata_of_files.parse(path, opened.recorded)
    config, origin, assumed = architecture.apply_recorded_settings(config, recorded, max_radius)
    weights, rounded = chosen_weights(path, opened, names)
    ignored = tuple(sorted(set(opened.specs) - set(names)))
    notes = (*opened.notes, *rounded, *assumed, *recorded.notes)
    return Checkpoint(path, digest(data), config, weights, ignored, recorded, origin, notes)


def explained(error: CheckpointFileError, opened: OpenedFile) -> CheckpointFileError:
    """An error that says what the file is, if its tensors have the names of another library; else `error` itself."""
    known = foreign.kind_of_weights(error.path.name, opened.specs)
    return CheckpointFileError(error.path, known[0], error.expected, known[1]) if known else error


def chosen_weights(path: Path, opened: OpenedFile, names: tuple[str, ...]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The tensors with these names as float32, and a note on those that were not.

    Raises CheckpointFileError unless all match their specifications and are finite, also as float32.
    """
    weights = dict(opened.load(names))
    change = 0.0
    for name, tensor in weights.items():
        if TensorSpec(tensor.dtype, tuple(tensor.shape)) != opened.specs[name]:
            raise CheckpointFileError(
                path, f"a {name} that differs from its description", "equal types and shapes", USE_ANOTHER
            )
        weights[name] = single = tensor.to(torch.float32)  # the same tensor if it is float32 already
        if not bool(torch.isfinite(single).all()):
            large = bool(torch.isfinite(tensor).all())
            found = f"values in {name} that " + ("are too large for float32" if large else "are not finite")
            raise CheckpointFileError(path, found, "finite weights", USE_ANOTHER)
        if tensor.dtype == torch.float64:
            change = max(change, _relative_change(tensor, single))
    return weights, _rounding_notes([opened.specs[name].dtype for name in names], change)


def _relative_change(before: Tensor, after: Tensor) -> float:
    """The largest |after - before| / |before| of values that are not 0; 1 where one became 0."""
    nonzero = before != 0
    if not bool(nonzero.any()):
        return 0.0
    return float(((after.double() - before).abs()[nonzero] / before.abs()[nonzero]).max())


def _rounding_notes(dtypes: list[torch.dtype], change: float) -> tuple[str, ...]:
    notes = []
    for dtype in architecture.FLOATS[1:]:
        if count := dtypes.count(dtype):
            which = f"All {count} tensors" if count == len(dtypes) else f"{count} of {len(dtypes)} tensors"
            done = "widened to float32, which changes no value"
            if dtype == torch.float64:
                done = f"rounded to the nearest float32; the largest relative change of a value is {change:.1e}"
            notes.append(f"{which} were {str(dtype).removeprefix('torch.')} and were {done}.")
    return tuple(notes)


def build(checkpoint: Checkpoint) -> TernaryVAE:
    """The model of a checkpoint, on the CPU, in eval mode; weights are loaded strictly."""
    return build_as(TernaryVAE, checkpoint)


def build_as(kind: type[Model], checkpoint: Checkpoint) -> Model:
    """`build` for a subclass."""
    with torch.device("meta"):  # draws no initial weights, so the caller's random state is unchanged
        model = kind(checkpoint.config)
    model.load_state_dict({name: tensor.clone() for name, tensor in checkpoint.weights.items()}, assign=True)
    return model.eval()


def save(path: str | Path, model: TernaryVAE, metadata: Mapping[str, Any]) -> Path:
    """Write a model atomically and reproducibly: `.safetensors` in our layout, `.pt` in the published one.

    `metadata` holds JSON values; "metrics", "recipe", "seed" and "epoch" have a meaning. Raises StorageError if the
    disk is full or read-only, and CheckpointFileError for another suffix.
    """
    config = asdict(model.config)
    published = {"epoch": 0, "metrics": {}, **metadata, "config": config}
    return write_model(path, model, "tvae", config, metadata, published)


def safetensors_bytes(model: TernaryVAE, metadata: Mapping[str, Any]) -> bytes:
    """The bytes that `save` writes to a `.safetensors` file."""
    return _safetensors(_weights(model), "tvae", asdict(model.config), metadata)


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}


def _safetensors(
    weights: Mapping[str, Tensor], form: str, config: Mapping[str, Any], metadata: Mapping[str, Any]
) -> bytes:
    texts = {"format": form, "config": json.dumps(dict(config)), "metadata": json.dumps(dict(metadata))}
    return safetensors_file.written(weights, texts)


def write_model(
    path: str | Path,
    model: nn.Module,
    form: str,
    config: Mapping[str, Any],
    metadata: Mapping[str, Any],
    published: Mapping[str, Any],
) -> Path:
    """Write a model's weights, as `save` does; `published` is what a `.pt` file contains besides its weights."""
    path = Path(path)
    weights = _weights(model)
    if path.suffix == ".safetensors":
        return write_atomically(path, _safetensors(weights, form, config, metadata))
    if path.suffix == ".pt":
        buffer = io.BytesIO()
        torch.save({PUBLISHED_KEYS[0]: weights, **published}, buffer)
        return write_atomically(path, buffer.getvalue())
    raise CheckpointFileError(
        path, f"the suffix {path.suffix!r}", ".safetensors or .pt", "Name the file with one of these."
    )
