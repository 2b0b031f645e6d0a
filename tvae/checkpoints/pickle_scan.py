"""Inspect a torch `.pt` file as data before torch loads it.

A `.pt` file is a zip archive with one pickle (`data.pkl`) and a record of raw bytes for each tensor storage. A small
interpreter in this module reads the pickle. It knows only what `torch.save` writes: it builds lists, dicts and the
specifications of tensors, calls nothing, imports nothing, and rejects every other instruction and every global name
outside `ALLOWED`. So all sizes are known, and compared with the bytes in the file, before anything is allocated.
`torch.load(weights_only=True)` then loads the weights from a new archive of the same records, because zip readers
differ in how they read a malformed archive, and torch must load the pickle that was inspected.
"""

import io
import math
import pickletools
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy._core.multiarray import scalar

MAX_PICKLE: Final = 2 * 2**20  # bytes; v5_5 files contain histories of a few hundred KB
MAX_RECORDS: Final = 10_000
MAX_DIMENSIONS: Final = 8  # of a tensor

# What `torch.load(weights_only=True)` may build in addition to torch's own types: numpy scalars, under their names in
# numpy >= 2 and numpy 1.x, and the dtypes of the published metrics. Nothing else, ever.
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

_STORAGES: Final = {
    "torch FloatStorage": torch.float32,
    "torch DoubleStorage": torch.float64,
    "torch HalfStorage": torch.float16,
    "torch BFloat16Storage": torch.bfloat16,
    "torch LongStorage": torch.int64,
    "torch IntStorage": torch.int32,
    "torch ShortStorage": torch.int16,
    "torch CharStorage": torch.int8,
    "torch ByteStorage": torch.uint8,
    "torch BoolStorage": torch.bool,
}
_SCALAR_NAMES: Final = ("numpy._core.multiarray scalar", "numpy.core.multiarray scalar")
ALLOWED: Final = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch Size",
        "_codecs encode",
        "numpy dtype",
        *_SCALAR_NAMES,
        *_STORAGES,
    }
)
_SCALAR_BYTES: Final = {"f8": 8, "f4": 4, "i8": 8, "b1": 1}


class BadTorchFile(Exception):
    """The file is rejected; `found` and `expected` are noun phrases for the message."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


@dataclass(frozen=True)
class TensorSpec:
    """Type and shape of a tensor according to the file; nothing is allocated for it."""

    dtype: torch.dtype
    shape: tuple[int, ...]


@dataclass(frozen=True)
class _Global:
    name: str


@dataclass(frozen=True)
class _Storage:
    dtype: torch.dtype
    numel: int


_MARK: Final = object()


def scan(data: bytes) -> tuple[Any, bytes]:
    """Contents of a `.pt` file, and a new archive of its records for `torch.load`.

    The contents are lists, dicts and `TensorSpec`s; numpy scalars appear as None. Raises BadTorchFile for an archive
    that is damaged or compressed or whose records do not fit into the file, for an instruction that `torch.save` does
    not write, for a global name outside `ALLOWED`, and for a tensor that is larger than its record.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = _sizes(archive, len(data))
            root = _root(sizes)
            records = {name.removeprefix(root): archive.read(name) for name in sizes if name.startswith(root)}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, OverflowError, RuntimeError, struct.error) as error:
        raise BadTorchFile(
            f"a damaged or truncated zip archive ({str(error)[:120]})", "a complete file written by torch.save"
        ) from error
    try:
        structure = _Machine({name: len(record) for name, record in records.items()}).run(records["data.pkl"])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadTorchFile("an invalid data.pkl", "a file written by torch.save") from error
    return structure, _packed(records)


def _sizes(archive: zipfile.ZipFile, size: int) -> dict[str, int]:
    """Name -> size of each record; all are uncompressed, and together they fit into the file."""
    infos = archive.infolist()
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


def _packed(records: dict[str, bytes]) -> bytes:
    """An archive of only those records that loading the weights needs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/version", "3\n")
        for name, record in records.items():
            if name in ("data.pkl", "byteorder") or name.startswith("data/"):
                archive.writestr(f"archive/{name}", record)
    return buffer.getvalue()


class _Machine:
    """Interprets the instructions of a pickle as data."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes  # bytes of each record
        self.types: dict[str, torch.dtype] = {}  # of each storage so far
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, code: bytes) -> Any:
        for opcode, argument, _ in pickletools.genops(code):
            if opcode.name == "STOP":
                return self.stack.pop()
            step = _STEPS.get(opcode.name)
            if step is None:
                raise BadTorchFile(f"the pickle instruction {opcode.name}", "what torch.save writes")
            step(self, argument)
        raise BadTorchFile("a data.pkl without an end", "a complete file")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop_to_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1  # an IndexError below the first element
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items

    def look_up(self, argument: str) -> None:
        if argument not in ALLOWED:
            raise BadTorchFile(
                f"a reference to {argument.replace(' ', '.')}, which is not allowed and was not run",
                "only tensors, numbers, texts, lists and dicts",
            )
        self.push(_Global(argument))

    def reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        self.push(_CALLS[function.name](self, *arguments))

    def build(self, _: Any) -> None:
        """Ignore attributes of dicts (_metadata) and dtypes (byte order). Those of a tensor could resize it."""
        state, target = self.stack.pop(), self.stack[-1]
        if not isinstance(target, str) and not (isinstance(target, dict) and set(state) <= {"_metadata"}):
            raise BadTorchFile("attributes set on a tensor", "what torch.save writes")

    def persistent(self, _: Any) -> None:
        kind, storage, key, _location, numel = self.stack.pop()
        if kind != "storage" or not isinstance(key, str) or not isinstance(numel, int) or numel < 0:
            raise BadTorchFile("a malformed storage", "what torch.save writes")
        dtype = _STORAGES[storage.name]
        if self.types.setdefault(key, dtype) != dtype:
            raise BadTorchFile("one storage with two data types", "one data type for each storage")
        size = self.sizes.get(f"data/{key}", 0)
        if size != numel * dtype.itemsize:
            raise BadTorchFile(
                f"a storage of {numel:,} values of {dtype.itemsize} bytes with {size:,} bytes in the file",
                "as many bytes as its values need",
            )
        self.push(_Storage(dtype, numel))

    def tensor(
        self, storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
    ) -> TensorSpec:
        whole = all(isinstance(number, int) and number >= 0 for number in (offset, *size, *stride))
        if not whole or len(size) != len(stride) or len(size) > MAX_DIMENSIONS:
            raise BadTorchFile("a malformed tensor", "what torch.save writes")
        last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        count = math.prod(size)
        if count > storage.numel or (count and last >= storage.numel):
            raise BadTorchFile(
                f"a tensor of shape {list(size)} that exceeds its storage of {storage.numel:,} values",
                "tensors within their storage",
            )
        return TensorSpec(storage.dtype, tuple(size))

    def size(self, numbers: list[int]) -> tuple[int, ...]:
        if not isinstance(numbers, list | tuple) or len(numbers) > MAX_DIMENSIONS:
            raise BadTorchFile("a malformed size", "what torch.save writes")
        return tuple(numbers)

    def scalar(self, dtype: str, raw: Any = None) -> None:
        if not isinstance(dtype, str) or not isinstance(raw, bytes) or len(raw) != _SCALAR_BYTES[dtype]:
            raise BadTorchFile("a malformed numpy scalar", "what numpy writes")

    def dtype(self, name: str, *_: Any) -> str:
        if not isinstance(name, str) or name not in _SCALAR_BYTES:
            shown = f"type {name[:40]!r}" if isinstance(name, str) else "an invalid type"
            raise BadTorchFile(f"a numpy scalar of {shown}", "one of " + ", ".join(_SCALAR_BYTES))
        return name

    def encode(self, text: str, codec: str) -> bytes:
        """Bytes, as pickle protocol 2 writes them; here they are the values of numpy scalars, hence short."""
        if codec != "latin1" or not isinstance(text, str) or len(text) > max(_SCALAR_BYTES.values()):
            raise BadTorchFile("a malformed numpy scalar", "what numpy writes")
        return text.encode("latin1")

    def extend(self, items: list[Any]) -> None:
        self.stack[-1].extend(items)

    def set_items(self, items: list[Any]) -> None:
        if not all(isinstance(key, str | int | float) for key in items[::2]):  # hashing nested tuples can be endless
            raise BadTorchFile("a dict with keys of another type", "texts and numbers as keys")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))


_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "collections OrderedDict": lambda _machine: {},
    "torch._utils _rebuild_tensor_v2": _Machine.tensor,
    "torch._utils _rebuild_parameter": lambda _machine, spec, *_: spec,
    "torch Size": _Machine.size,
    "_codecs encode": _Machine.encode,
    "numpy dtype": _Machine.dtype,
    **dict.fromkeys(_SCALAR_NAMES, _Machine.scalar),
}

_STEPS: Final[dict[str, Callable[[_Machine, Any], object]]] = {
    "PROTO": lambda _machine, _: None,
    "MARK": lambda m, _: m.push(_MARK),
    "NONE": lambda m, _: m.push(None),
    "NEWTRUE": lambda m, _: m.push(True),
    "NEWFALSE": lambda m, _: m.push(False),
    **dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"), _Machine.push
    ),
    "EMPTY_DICT": lambda m, _: m.push({}),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "TUPLE": lambda m, _: m.push(tuple(m.pop_to_mark())),
    "TUPLE1": lambda m, _: m.push((m.stack.pop(),)),
    "TUPLE2": lambda m, _: m.push(tuple(reversed((m.stack.pop(), m.stack.pop())))),
    "TUPLE3": lambda m, _: m.push(tuple(reversed((m.stack.pop(), m.stack.pop(), m.stack.pop())))),
    "BINPUT": lambda m, place: m.memo.__setitem__(place, m.stack[-1]),
    "LONG_BINPUT": lambda m, place: m.memo.__setitem__(place, m.stack[-1]),
    "BINGET": lambda m, place: m.push(m.memo[place]),
    "LONG_BINGET": lambda m, place: m.push(m.memo[place]),
    "APPEND": lambda m, _: m.extend([m.stack.pop()]),
    "APPENDS": lambda m, _: m.extend(m.pop_to_mark()),
    "SETITEM": lambda m, _: m.set_items(list(reversed((m.stack.pop(), m.stack.pop())))),
    "SETITEMS": lambda m, _: m.set_items(m.pop_to_mark()),
    "GLOBAL": _Machine.look_up,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
}
