"""Read and write checkpoint files, strictly and safely: every published layout and our own `.safetensors`.

The content determines the format, never the file's name. The specifications of all tensors are compared with the
architecture that their keys describe before memory is allocated for any of them. Every tensor of the file is used, or
is known and ignored; every tensor of the model gets a value; anything else is an error that names the tensor.

Not here: finding a file (`loading`, `hub`), and inspecting a `.pt` file (`pickle_scan`).
"""

import hashlib
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from tvae.checkpoints import architecture
from tvae.checkpoints.architecture import TensorSpecs
from tvae.checkpoints.atomic_files import write_atomically
from tvae.checkpoints.pickle_scan import BadTorchFile, TensorSpec, scan
from tvae.errors import CheckpointFileError
from tvae.models.ternary_vae import ModelConfig, TernaryVAE

MAX_BYTES: Final = 512 * 2**20
USUAL_SIZE: Final = "0.4 to 5 MB"  # a Ternary VAE has about 2 MB, a sequence model up to 5 MB
MAX_HEADER: Final = 4 * 2**20  # bytes, of a .safetensors file
MAX_VALUES: Final = 200_000  # in the metadata; a small file can refer to the same list a million times
ASSUMED_MAX_RADIUS: Final = 0.99  # if a file does not record one: default of the published constructor
WEIGHT_KEYS: Final = ("model_state_dict", "model_state", "model")
UNSUPPORTED_KEYS: Final = ("base_model_state_dict", "snap_state_dict", "soft_proj_state_dict")
DOWNLOAD_AGAIN: Final = "Download it again: python -m tvae.checkpoint_hub download --checkpoint NAME."
USE_ANOTHER: Final = "Use another file, or ask the author of this one for a complete copy."

RadiusOrigin = Literal["file", "catalogue", "assumed"]


@dataclass(frozen=True)
class Checkpoint:
    """Contents of a checked file; `build` makes the model."""

    path: Path
    sha256: str  # of the file's bytes
    config: ModelConfig
    weights: Mapping[str, Tensor]  # float32, on the CPU; exactly the tensors of TernaryVAE(config)
    ignored: tuple[str, ...]  # names of known tensors that inference does not use
    metadata: Mapping[str, Any]  # all other values in the file, as JSON values
    max_radius_from: RadiusOrigin  # of no meaning for a Euclidean checkpoint, which has no radius

    @property
    def stored(self) -> Mapping[str, Any]:
        """The metrics that training recorded in the file, under the file's own names."""
        metrics = self.metadata.get("metrics")
        return metrics if isinstance(metrics, dict) else {}


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
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CheckpointFileError(
            path, f"a file that cannot be read ({reason})", "a readable file", "Check the path and its permissions."
        ) from error


def digest(data: bytes) -> str:
    """sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(path: Path, data: bytes, max_radius: float | None = None) -> Checkpoint:
    """`read` for the bytes of a file; `path` is used only in messages and in the result."""
    specs, load = open_bytes(path, data)
    config = architecture.infer(path, specs)
    names = architecture.check(path, specs, config)
    structure, tensors = load()
    weights = chosen_weights(path, specs, names, tensors)
    metadata = json_values(path, {key: value for key, value in structure.items() if key not in WEIGHT_KEYS})
    config, recorded = architecture.apply_recorded_settings(path, config, metadata, max_radius or ASSUMED_MAX_RADIUS)
    origin: RadiusOrigin = "file" if recorded else "assumed" if max_radius is None else "catalogue"
    ignored = tuple(sorted(set(specs) - set(names)))
    return Checkpoint(path, digest(data), config, weights, ignored, metadata, origin)


def chosen_weights(
    path: Path, specs: TensorSpecs, names: tuple[str, ...], tensors: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The tensors with these names; CheckpointFileError unless all match their specifications and are finite."""
    weights = {name: tensors[name] for name in names}
    for name, tensor in weights.items():
        if TensorSpec(tensor.dtype, tuple(tensor.shape)) != specs[name]:
            raise CheckpointFileError(
                path, f"a {name} that differs from its description", "equal types and shapes", USE_ANOTHER
            )
        if not bool(torch.isfinite(tensor).all()):
            raise CheckpointFileError(path, f"values in {name} that are not finite", "finite weights", USE_ANOTHER)
    return weights


def build(checkpoint: Checkpoint) -> TernaryVAE:
    """The model of a checkpoint, on the CPU, in eval mode; weights are loaded strictly."""
    with torch.device("meta"):  # draws no initial weights, so the caller's random state is unchanged
        model = TernaryVAE(checkpoint.config)
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
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    if path.suffix == ".safetensors":
        texts = {"format": form, "config": json.dumps(dict(config)), "metadata": json.dumps(dict(metadata))}
        return write_atomically(path, _safetensors_bytes(weights, texts))
    if path.suffix == ".pt":
        buffer = io.BytesIO()
        torch.save({WEIGHT_KEYS[0]: weights, **published}, buffer)
        return write_atomically(path, buffer.getvalue())
    raise CheckpointFileError(
        path, f"the suffix {path.suffix!r}", ".safetensors or .pt", "Name the file with one of these."
    )


def _safetensors_bytes(weights: Mapping[str, Tensor], texts: Mapping[str, str]) -> bytes:
    """A safetensors file with reproducible bytes; the library writes its metadata in random order."""
    plain = safetensors.torch.save(dict(weights))
    size = int.from_bytes(plain[:8], "little")
    header = json.dumps({"__metadata__": texts} | json.loads(plain[8 : 8 + size]), separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + plain[8 + size :]


# The specifications of a file's tensors, and a function that loads (metadata, weights).
Opened = tuple[TensorSpecs, Callable[[], tuple[Mapping[Any, Any], Mapping[str, Tensor]]]]


def open_bytes(path: Path, data: bytes) -> Opened:
    """Specifications and loader of a file in either format, recognised by its bytes and not by its name."""
    if data.startswith(b"PK\x03\x04"):
        return _open_torch(path, data)
    if len(data) > 9 and data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= min(len(data), MAX_HEADER):
        return _open_safetensors(path, data)
    found, action = _describe(data)
    raise CheckpointFileError(path, found, "a checkpoint written by torch.save or safetensors", action)


def _describe(data: bytes) -> tuple[str, str]:
    start = data[:512].lstrip().lower()
    if not data:
        return "an empty file", DOWNLOAD_AGAIN
    if start.startswith(b"version https://git-lfs"):
        return "a git-lfs pointer instead of the weights", f"Run git lfs pull, or: {DOWNLOAD_AGAIN}"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "a web page instead of the weights", DOWNLOAD_AGAIN
    if start.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return (
            "a bare pickle, the format of torch before 1.6",
            "If you trust it, load it and save it with a newer torch.",
        )
    if len(data) > 9 and data[8:9] == b"{":
        return "a truncated safetensors file", DOWNLOAD_AGAIN
    return f"{len(data):,} bytes of something else", DOWNLOAD_AGAIN


def _open_safetensors(path: Path, data: bytes) -> Opened:
    length = int.from_bytes(data[:8], "little")
    try:
        texts = json.loads(data[8 : 8 + length]).get("__metadata__", {})
        metadata = json.loads(texts.get("metadata", "{}")) | {"config": json.loads(texts.get("config", "{}"))}
        tensors = safetensors.torch.load(data)  # checks that the tensors cover the bytes exactly; copies nothing
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError) as error:
        reason = str(error).splitlines()[0][:120] if isinstance(error, SafetensorError) else "its header is invalid"
        raise CheckpointFileError(
            path, f"a damaged safetensors file ({reason})", "a complete safetensors file", DOWNLOAD_AGAIN
        ) from error
    specs = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    return specs, lambda: (metadata, tensors)


def _open_torch(path: Path, data: bytes) -> Opened:
    try:
        structure, packed = scan(data)
    except BadTorchFile as error:
        raise CheckpointFileError(path, error.found, error.expected, USE_ANOTHER) from error
    if not isinstance(structure, dict):
        raise CheckpointFileError(path, f"a {type(structure).__name__}", "a dict of weights", USE_ANOTHER)
    key = next((key for key in WEIGHT_KEYS if isinstance(structure.get(key), dict)), None)
    unsupported = [key for key in UNSUPPORTED_KEYS if key in structure]
    if key is None and unsupported:
        raise CheckpointFileError(
            path,
            f"weights under {unsupported[0]!r}, a layout that is not supported",
            "weights under " + ", ".join(map(repr, WEIGHT_KEYS)),
            "Use a checkpoint of the whole model.",
        )
    state = structure if key is None else structure[key]
    specs = {name: value for name, value in state.items() if isinstance(name, str) and isinstance(value, TensorSpec)}
    if key is not None and len(specs) != len(state):
        odd = next(name for name in state if name not in specs)
        raise CheckpointFileError(
            path, f"{str(odd)[:80]!r} under {key!r}, which is not a named tensor", "only named tensors", USE_ANOTHER
        )

    def load() -> tuple[Mapping[Any, Any], Mapping[str, Tensor]]:
        try:
            loaded = torch.load(io.BytesIO(packed), map_location="cpu", weights_only=True)
        except Exception as error:  # torch's unpickler lets errors of any type through
            raise CheckpointFileError(
                path,
                f"a file that torch cannot load ({type(error).__name__})",
                "a file written by torch.save",
                USE_ANOTHER,
            ) from error
        return ({}, loaded) if key is None else (loaded, loaded[key])

    return specs, load


def json_values(path: Path, metadata: Mapping[Any, Any]) -> dict[str, Any]:
    """Metadata as JSON values. Numpy scalars become numbers; nan, tensors and what is nested too deep become text."""
    left = MAX_VALUES

    def plain(value: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise CheckpointFileError(path, f"more than {MAX_VALUES:,} recorded values", "fewer", USE_ANOTHER)
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if depth < 8 and isinstance(value, dict):
            return {str(key): plain(item, depth + 1) for key, item in value.items()}
        if depth < 8 and isinstance(value, list | tuple):
            return [plain(item, depth + 1) for item in value]
        return f"<{type(value).__name__}>"

    return {str(key): plain(value, 0) for key, value in metadata.items()}
