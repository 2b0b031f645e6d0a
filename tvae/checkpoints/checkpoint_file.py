"""One file <-> (config, weights, metadata): every published layout and our own `.safetensors`, strictly and safely.

Reading goes by content, never by name: what is it, what does it claim, does every claim fit the architecture that its
own keys describe, and only then are tensors made. Every tensor of the file is used or is known and ignored, every
tensor of the model is filled; anything else is an error that names it.

Not here: finding a file (`loading`, `checkpoint_hub`), and looking inside a `.pt` file (`torch_file`).
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
USUAL_SIZE: Final = "0.4 to 5 MB"  # of real files: 2 MB of a Ternary VAE, up to 5 of a model of sequences
MAX_HEADER: Final = 4 * 2**20  # of a .safetensors file
MAX_VALUES: Final = 200_000  # in the metadata; a small file can refer to one list a million times
ASSUMED_MAX_RADIUS: Final = 0.99  # where a file does not record one: the published constructor's default
WEIGHT_KEYS: Final = ("model_state_dict", "model_state", "model")
UNSUPPORTED_KEYS: Final = ("base_model_state_dict", "snap_state_dict", "soft_proj_state_dict")
DOWNLOAD_AGAIN: Final = "Download it again: python -m tvae.checkpoint_hub download --checkpoint NAME."
USE_ANOTHER: Final = "Use another file, or ask whoever wrote this one for a whole copy."

RadiusOrigin = Literal["file", "catalogue", "assumed"]


@dataclass(frozen=True)
class Checkpoint:
    """One file, checked; `build` makes the model."""

    path: Path
    sha256: str  # of the file's bytes
    config: ModelConfig
    weights: Mapping[str, Tensor]  # float32, on the CPU; exactly the tensors of TernaryVAE(config)
    ignored: tuple[str, ...]  # names of tensors that are known and have no part in inference
    metadata: Mapping[str, Any]  # everything else that the file records, as JSON values
    max_radius_from: RadiusOrigin  # Euclidean checkpoints have none; "assumed" then means nothing

    @property
    def stored(self) -> Mapping[str, Any]:
        """The metrics that were recorded in the file at training time, under the file's own names."""
        metrics = self.metadata.get("metrics")
        return metrics if isinstance(metrics, dict) else {}


def read(path: str | Path, max_radius: float | None = None) -> Checkpoint:
    """Read and check one checkpoint file.

    `max_radius` is the value to take where the file records none (a catalogue knows some). Raises CheckpointFileError
    for a file that is not a checkpoint, is broken, or does not fit its own architecture.
    """
    path = Path(path)
    return parse(path, read_bytes(path), max_radius)


def read_bytes(path: Path) -> bytes:
    """The file's bytes, at most 512 MiB of them."""
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
            path, f"a file that cannot be read ({reason})", "a readable file", "Check it."
        ) from error


def digest(data: bytes) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(path: Path, data: bytes, max_radius: float | None = None) -> Checkpoint:
    """`read` for bytes that are at hand; `path` is only for messages and for the record."""
    claims, load = open_bytes(path, data)
    config = architecture.infer(path, claims)
    names = architecture.check(path, claims, config)
    structure, tensors = load()
    weights = chosen_weights(path, claims, names, tensors)
    metadata = json_values(path, {key: value for key, value in structure.items() if key not in WEIGHT_KEYS})
    config, recorded = architecture.apply_recorded_settings(path, config, metadata, max_radius or ASSUMED_MAX_RADIUS)
    origin: RadiusOrigin = "file" if recorded else "assumed" if max_radius is None else "catalogue"
    ignored = tuple(sorted(set(claims) - set(names)))
    return Checkpoint(path, digest(data), config, weights, ignored, metadata, origin)


def chosen_weights(
    path: Path, claims: TensorSpecs, names: tuple[str, ...], tensors: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The tensors of these names, as they were claimed and finite; raises CheckpointFileError otherwise."""
    weights = {name: tensors[name] for name in names}
    for name, tensor in weights.items():
        if TensorSpec(tensor.dtype, tuple(tensor.shape)) != claims[name]:
            raise CheckpointFileError(path, f"another {name} than its pickle describes", "one tensor", USE_ANOTHER)
        if not bool(torch.isfinite(tensor).all()):
            raise CheckpointFileError(path, f"values in {name} that are not finite", "finite weights", USE_ANOTHER)
    return weights


def build(checkpoint: Checkpoint) -> TernaryVAE:
    """The model of a checkpoint, on the CPU, in eval mode; weights are loaded strictly."""
    with torch.device("meta"):  # no first weights are drawn, so the caller's random state stays as it is
        model = TernaryVAE(checkpoint.config)
    model.load_state_dict({name: tensor.clone() for name, tensor in checkpoint.weights.items()}, assign=True)
    return model.eval()


def save(path: str | Path, model: TernaryVAE, metadata: Mapping[str, Any]) -> Path:
    """Write a model; `.safetensors` in our layout, `.pt` in the published one, atomically and reproducibly.

    `metadata` holds JSON values; "metrics", "recipe", "seed" and "epoch" have a meaning. Raises StorageError when the
    disk is full and the like, CheckpointFileError for another suffix.
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
    """Write a model's weights, as `save` does; `published` is what a `.pt` has beside its weights."""
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
    """A safetensors file whose bytes depend on its content alone; the library itself shuffles metadata."""
    plain = safetensors.torch.save(dict(weights))
    size = int.from_bytes(plain[:8], "little")
    header = json.dumps({"__metadata__": texts} | json.loads(plain[8 : 8 + size]), separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + plain[8 + size :]


# What a file claims of its weights, and a function that then loads (metadata, weights).
Opened = tuple[TensorSpecs, Callable[[], tuple[Mapping[Any, Any], Mapping[str, Tensor]]]]


def open_bytes(path: Path, data: bytes) -> Opened:
    """By what the bytes are, not by the file's name."""
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
        return "a bare pickle, as torch wrote before 1.6", "Load it where it is trusted and save it with a newer torch."
    if len(data) > 9 and data[8:9] == b"{":
        return "a cut-off safetensors file", DOWNLOAD_AGAIN
    return f"{len(data):,} bytes of something else", DOWNLOAD_AGAIN


def _open_safetensors(path: Path, data: bytes) -> Opened:
    length = int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8 : 8 + length])
        texts = header.pop("__metadata__", {})
        claims = {
            name: TensorSpec(_DTYPES.get(row["dtype"], torch.uint8), tuple(row["shape"]))
            for name, row in header.items()
        }
        metadata = json.loads(texts.get("metadata", "{}")) | {"config": json.loads(texts.get("config", "{}"))}
        tensors = safetensors.torch.load(data)  # checks that the claims cover the bytes exactly; makes views only
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError) as error:
        reason = str(error).splitlines()[0][:120] if isinstance(error, SafetensorError) else "its header makes no sense"
        raise CheckpointFileError(
            path, f"a broken safetensors file ({reason})", "a whole safetensors file", DOWNLOAD_AGAIN
        ) from error
    return claims, lambda: (metadata, tensors)


_DTYPES: Final = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "BOOL": torch.bool,
}


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
    claims = {name: value for name, value in state.items() if isinstance(name, str) and isinstance(value, TensorSpec)}
    if key is not None and len(claims) != len(state):
        odd = next(
            name for name, value in state.items() if not isinstance(name, str) or not isinstance(value, TensorSpec)
        )
        raise CheckpointFileError(
            path, f"{str(odd)[:80]!r} under {key!r}, which is no named tensor", "named tensors only", USE_ANOTHER
        )

    def load() -> tuple[Mapping[Any, Any], Mapping[str, Tensor]]:
        try:
            loaded = torch.load(io.BytesIO(packed), map_location="cpu", weights_only=True)
        except Exception as error:  # of any kind: torch's unpickler raises whatever it stumbles over
            raise CheckpointFileError(
                path,
                f"a file that torch cannot load ({type(error).__name__})",
                "a file written by torch.save",
                USE_ANOTHER,
            ) from error
        return ({}, loaded) if key is None else (loaded, loaded[key])

    return claims, load


def json_values(path: Path, metadata: Mapping[Any, Any]) -> dict[str, Any]:
    """Metadata as JSON values: numpy scalars become numbers; nan, tensors, what is too deep or odd a short text."""
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
