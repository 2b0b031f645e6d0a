"""A torch `.pt` file: a zip archive with one pickle (`data.pkl`) and a record of raw bytes for each tensor storage.

`pickle_scan` reads the pickle as data. `torch.load(weights_only=True)` then loads the weights alone, from a new archive
with the records they need and a pickle of protocol 2 that is written here. So torch never sees a stranger's pickle,
and it does not matter that zip readers differ in how they read a malformed archive.
"""

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from numpy._core.multiarray import scalar
from torch import Tensor

from tvae.checkpoints.formats.file_signatures import COPY_AGAIN, kind_of_archive
from tvae.checkpoints.formats.pickle_scan import read_pickle
from tvae.checkpoints.formats.tensor_spec import BadTorchFile, TensorSpec, View

MAX_PICKLE: Final = 2 * 2**20  # bytes; v5_5 files contain histories of a few hundred KB
MAX_RECORDS: Final = 10_000
Records = Mapping[str, bytes]

# What a caller's `torch.load(weights_only=True)` may build in addition to torch's own types, so that published files
# load as their README shows: numpy scalars, under their names in numpy >= 2 and numpy 1.x, and the dtypes of the
# published metrics. Nothing else, ever; `load_weights` needs none of them.
SAFE_GLOBALS: Final = (
    scalar,
    (scalar, "numpy.core.multiarray.scalar"),
    np.dtype,
    np.dtypes.Float64DType,
    np.dtypes.Float32DType,
    np.dtypes.Int64DType,
    np.dtypes.BoolDType,
)
torch.serialization.add_safe_globals(list(SAFE_GLOBALS))


def scan(data: bytes) -> tuple[Any, Records, tuple[str, ...]]:
    """Contents of a `.pt` file, the records of its archive, and notes on its pickle; see `read_pickle`.

    Raises BadTorchFile for an archive that is damaged or compressed or whose records do not fit into the file, and what
    `read_pickle` raises.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = _sizes(archive, len(data))
            root = _root(sizes)
            records = {name.removeprefix(root): archive.read(name) for name in sizes if name.startswith(root)}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, OverflowError, RuntimeError, struct.error) as error:
        raise BadTorchFile(
            "a damaged or truncated zip archive", "a complete file written by torch.save", COPY_AGAIN
        ) from error
    structure, notes = read_pickle(records["data.pkl"], {name: len(record) for name, record in records.items()})
    return structure, records, notes


def _sizes(archive: zipfile.ZipFile, size: int) -> dict[str, int]:
    """Name -> size of each record; all are uncompressed, and together they fit into the file."""
    infos = archive.infolist()
    if not any(info.filename.endswith("data.pkl") for info in infos):
        found, action = kind_of_archive(archive.namelist()[:MAX_RECORDS])
        raise BadTorchFile(found, "a file written by torch.save", action)
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise BadTorchFile("compressed or encrypted records", "uncompressed records, as torch.save writes them")
    sizes = {info.filename: info.file_size for info in infos}
    if len(sizes) != len(infos) or len(infos) > MAX_RECORDS or sum(sizes.values()) > size:
        raise BadTorchFile("records that overlap or exceed the file", "records that fit into the file")
    return sizes


def _root(sizes: dict[str, int]) -> str:
    """Folder of the only data.pkl, with its slash."""
    pickles = [name for name in sizes if name.endswith("/data.pkl")]
    if len(pickles) != 1 or sizes[pickles[0]] > MAX_PICKLE:
        raise BadTorchFile("a zip archive without exactly one data.pkl of at most 2 MB", "a file written by torch.save")
    root = pickles[0].removesuffix("data.pkl")
    if f"{root}constants.pkl" in sizes:
        raise BadTorchFile("a TorchScript program, which was not run", "weights written by torch.save")
    return root


def load_weights(records: Records, specs: Mapping[str, TensorSpec]) -> dict[str, Tensor]:
    """The tensors of these specifications, which `scan` found in the archive of these records, on the CPU."""
    views = {name: spec.view for name, spec in specs.items() if spec.view is not None}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/data.pkl", _weights_pickle(specs, views))
        for name in {"byteorder"} | {f"data/{view.storage.key}" for view in views.values()}:
            if name in records:
                archive.writestr(f"archive/{name}", records[name])
    buffer.seek(0)
    loaded: dict[str, Tensor] = torch.load(buffer, map_location="cpu", weights_only=True)
    return loaded


def _weights_pickle(specs: Mapping[str, TensorSpec], views: Mapping[str, View]) -> bytes:
    """A dict of tensors in pickle protocol 2, as `torch.save` writes it."""
    items = b"".join(_text(name) + _tensor(specs[name].shape, view) for name, view in views.items())
    return b"\x80\x02}(" + items + b"u."


def _tensor(shape: tuple[int, ...], view: View) -> bytes:
    stored = view.storage
    storage = b"(" + _text("storage") + _global(stored.kind) + _text(stored.key) + _text("cpu") + _whole(stored.numel)
    where = _whole(view.offset) + _whole_numbers(shape) + _whole_numbers(view.stride)
    no_gradient, no_hooks = b"\x89", _global("collections OrderedDict") + b")R"
    call = _global("torch._utils _rebuild_tensor_v2")
    return call + b"(" + storage + b"tQ" + where + no_gradient + no_hooks + b"tR"


def _global(name: str) -> bytes:
    return b"c" + name.replace(" ", "\n").encode() + b"\n"


def _text(text: str) -> bytes:
    raw = text.encode()
    return b"X" + len(raw).to_bytes(4, "little") + raw


def _whole(number: int) -> bytes:
    raw = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def _whole_numbers(numbers: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(_whole, numbers)) + b"t"
