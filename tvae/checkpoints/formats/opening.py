"""Open a checkpoint file in any of its forms: the names, shapes and types of its tensors, and how to load them.

The content determines the format, never the file's name. Weights are a dict at the top of the file or under one of
`WEIGHT_KEYS`. One prefix that all names have is removed, because wrappers add it: `module.` (DataParallel),
`_orig_mod.` (torch.compile), `model.` (a LightningModule). Nothing else is guessed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from tvae.checkpoints.formats import foreign, safetensors_file, torch_archive
from tvae.checkpoints.formats.file_signatures import COPY_AGAIN
from tvae.checkpoints.formats.tensor_spec import MAX_DIMENSIONS, BadTorchFile, TensorSpec
from tvae.errors import CheckpointFileError

WEIGHT_KEYS: Final = ("model_state_dict", "model_state", "model", "state_dict")  # the first three are the published
PUBLISHED_KEYS: Final = WEIGHT_KEYS[:3]
UNSUPPORTED_KEYS: Final = ("base_model_state_dict", "snap_state_dict", "soft_proj_state_dict")
PREFIXES: Final = ("module.", "_orig_mod.", "model.")
MAX_NAME: Final = 200  # characters of a tensor's name; ours have up to 40
USE_ANOTHER: Final = "Use another file, or ask the author of this one for a complete copy."

_INSTEAD: Final = (  # what a file may hold in place of a dict of weights
    (TensorSpec, "a single tensor"),
    (list | tuple, "a list"),
    (str | bytes, "a text"),
    (bool | int | float, "a number"),
)

TensorSpecs = Mapping[str, TensorSpec]


@dataclass(frozen=True)
class OpenedFile:
    """A file that was inspected; a torch archive has not been given to torch yet."""

    specs: TensorSpecs  # by name, without a prefix common to all
    recorded: Mapping[Any, Any]  # everything else in the file: Python values, of which nothing is known
    load: Callable[[Collection[str]], Mapping[str, Tensor]]  # the tensors of these names, in the types of the file
    notes: tuple[str, ...]  # how the weights were found, if not as our own files have them


def open_bytes(path: Path, data: bytes) -> OpenedFile:
    """Inspect a file in either format. Raises CheckpointFileError; `path` is used only in messages."""
    if data.startswith(b"PK\x03\x04"):
        opened = _open_torch(path, data)
    elif safetensors_file.begins(data):
        opened = _open_safetensors(path, data)
    else:
        found, action = foreign.kind_of_bytes(data)
        raise CheckpointFileError(path, found, "a checkpoint written by torch.save or safetensors", action)
    if any(not name.isprintable() or len(name) > MAX_NAME for name in opened.specs):
        found = f"a tensor whose name is not printable or longer than {MAX_NAME} characters"
        raise CheckpointFileError(path, found, "names such as encoder_A.fc_mu.bias", USE_ANOTHER)
    if any(len(spec.shape) > MAX_DIMENSIONS for spec in opened.specs.values()):
        raise CheckpointFileError(
            path, f"a tensor of more than {MAX_DIMENSIONS} dimensions", "one or two dimensions", USE_ANOTHER
        )
    return _without_prefix(opened)


def _without_prefix(opened: OpenedFile) -> OpenedFile:
    prefix = common_prefix(opened.specs)
    if not prefix:
        return opened
    return OpenedFile(
        {name.removeprefix(prefix): spec for name, spec in opened.specs.items()},
        opened.recorded,
        lambda names: {
            name.removeprefix(prefix): tensor
            for name, tensor in opened.load([f"{prefix}{name}" for name in names]).items()
        },
        (*opened.notes, f"The prefix {prefix!r} was removed from the names of all tensors."),
    )


def common_prefix(names: Collection[str]) -> str:
    """What wrappers put before every name, such as `module.`; several wrappers put several parts."""
    prefix = ""
    while names:
        parts = (part for part in PREFIXES if all(name.startswith(prefix + part) for name in names))
        found = next(parts, None)
        if found is None:
            break
        prefix += found
    return prefix


def _open_safetensors(path: Path, data: bytes) -> OpenedFile:
    try:
        metadata, tensors = safetensors_file.read(data)
    except safetensors_file.BadSafetensorsFile as error:
        raise CheckpointFileError(
            path, f"a damaged safetensors file ({error})", "a complete safetensors file", COPY_AGAIN
        ) from error
    specs = {name: TensorSpec(tensor.dtype, tuple(tensor.shape)) for name, tensor in tensors.items()}
    return OpenedFile(specs, metadata, lambda names: {name: tensors[name] for name in names}, ())


def _open_torch(path: Path, data: bytes) -> OpenedFile:
    try:
        structure, records, of_pickle = torch_archive.scan(data)
    except BadTorchFile as error:
        raise CheckpointFileError(path, error.found, error.expected, error.action or USE_ANOTHER) from error
    if not isinstance(structure, dict):
        found = next((name for kind, name in _INSTEAD if isinstance(structure, kind)), "no weights")
        raise CheckpointFileError(path, found, "a dict of weights", USE_ANOTHER)
    key = next((key for key in WEIGHT_KEYS if isinstance(structure.get(key), dict)), None)
    if key is None:
        _refuse_without_weights(path, structure)
    state = structure if key is None else structure[key]
    specs = {name: value for name, value in state.items() if isinstance(name, str) and isinstance(value, TensorSpec)}
    if key is not None and len(specs) != len(state):
        odd = next(name for name in state if name not in specs)
        raise CheckpointFileError(
            path, f"{str(odd)[:80]!r} under {key!r}, which is not a named tensor", "only named tensors", USE_ANOTHER
        )
    if sum(spec.nbytes for spec in specs.values()) > len(data):  # views of one storage, which become tensors of ours
        raise CheckpointFileError(
            path, "tensors that together are larger than the file", "tensors with values of their own", USE_ANOTHER
        )

    def load(names: Collection[str]) -> Mapping[str, Tensor]:
        try:
            return torch_archive.load_weights(records, {name: specs[name] for name in names})
        except Exception as error:  # torch's unpickler lets errors of any type through
            raise CheckpointFileError(
                path,
                "a file that torch cannot load",
                "a file written by torch.save",
                USE_ANOTHER,
            ) from error

    recorded = {} if key is None else {name: value for name, value in structure.items() if name not in WEIGHT_KEYS}
    of_key = () if key is None or key in PUBLISHED_KEYS else (f"The weights were read from {key!r}.",)
    return OpenedFile(specs, recorded, load, (*of_pickle, *of_key))


def _refuse_without_weights(path: Path, structure: Mapping[Any, Any]) -> None:
    """Name the known files that have no weights of a model at their top."""
    expected = "weights under " + ", ".join(map(repr, WEIGHT_KEYS))
    unsupported = [key for key in UNSUPPORTED_KEYS if key in structure]
    if unsupported:
        raise CheckpointFileError(
            path,
            f"weights under {unsupported[0]!r}, a layout that is not supported",
            expected,
            "Use a checkpoint of the whole model.",
        )
    no_tensor = not any(isinstance(value, TensorSpec) for value in structure.values())
    if no_tensor and any("param_groups" in str(key)[:80] or "optim" in str(key)[:80] for key in structure):
        raise CheckpointFileError(
            path, "the state of an optimiser without a model", expected, "Use the file with the model's weights."
        )
