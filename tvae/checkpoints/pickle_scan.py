"""What a torch `.pt` file claims to hold, read as data before torch loads it.

A `.pt` file is a zip archive with one pickle (`data.pkl`) and a record of raw bytes for each tensor storage. The pickle
is interpreted here by a small machine of our own that knows only what `torch.save` writes: it builds lists, dicts and
claims about tensors, calls nothing, imports nothing, and refuses every other instruction and every global name outside
`ALLOWED`. So the size of everything is known, and compared with the bytes that are there, before anything is allocated.
Loading itself is left to `torch.load(weights_only=True)`, which gets the records packed anew: zip readers differ in
what they see in an odd archive, and a pickle that was looked at here must be the one that is loaded there.
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

MAX_PICKLE: Final = 2 * 2**20  # bytes; v5_5 files keep histories of a few hundred KB
MAX_RECORDS: Final = 10_000
MAX_DIMENSIONS: Final = 8  # of a tensor

# What `torch.load(weights_only=True)` may build beyond torch's own types: numpy scalars, under the name of numpy >= 2
# and the one of numpy 1.x, and the concrete dtypes that the published metrics have. Nothing else, ever.
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
    """Why a file is refused: `found` and `expected` are clauses of a sentence."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


@dataclass(frozen=True)
class TensorSpec:
    """What the file says of one tensor; nothing is allocated for it yet."""

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
    """What a `.pt` file holds, and its records packed anew for `torch.load`.

    The structure is lists, dicts and `Claim`s; numpy scalars appear as None. Raises BadTorchFile for an archive that is
    broken, compressed or larger than its bytes, for an instruction that `torch.save` does not write, for a global name
    outside `ALLOWED`, and for a tensor that is larger than its record.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = _sizes(archive, len(data))
            root = _root(sizes)
            records = {name.removeprefix(root): archive.read(name) for name in sizes if name.startswith(root)}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, OverflowError, RuntimeError, struct.error) as error:
        raise BadTorchFile(
            f"a broken or cut-off zip archive ({str(error)[:120]})", "a whole file written by torch.save"
        ) from error
    try:
        structure = _Machine({name: len(record) for name, record in records.items()}).run(records["data.pkl"])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadTorchFile("a data.pkl that makes no sense", "a file written by torch.save") from error
    return structure, _packed(records)


def _sizes(archive: zipfile.ZipFile, size: int) -> dict[str, int]:
    """Name -> size of each record; every record is stored uncompressed, and together they fit into the file."""
    infos = archive.infolist()
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise BadTorchFile("compressed or encrypted records", "uncompressed records, as torch.save writes them")
    sizes = {info.filename: info.file_size for info in infos}
    if len(sizes) != len(infos) or len(infos) > MAX_RECORDS or sum(sizes.values()) > size:
        raise BadTorchFile("records that claim more than the file's bytes", "records that fit into the file")
    return sizes


def _root(sizes: dict[str, int]) -> str:
    """The folder of the one data.pkl, with its slash."""
    pickles = [name for name in sizes if name.endswith("/data.pkl")]
    if len(pickles) != 1 or sizes[pickles[0]] > MAX_PICKLE:
        raise BadTorchFile("a zip archive without one data.pkl of a sensible size", "a file written by torch.save")
    root = pickles[0].removesuffix("data.pkl")
    if f"{root}constants.pkl" in sizes:
        raise BadTorchFile("a TorchScript program, which was not run", "weights written by torch.save")
    return root


def _packed(records: dict[str, bytes]) -> bytes:
    """An archive with the records that loading weights needs, and no others."""
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
        self.types: dict[str, torch.dtype] = {}  # of each storage that was met
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
        raise BadTorchFile("a data.pkl without an end", "a whole file")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop_to_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1  # runs into an IndexError below the first element
        items = self.stack[place + 1 :]
        del self.stack[place:]
        return items

    def look_up(self, argument: str) -> None:
        if argument not in ALLOWED:
            raise BadTorchFile(
                f"a request for {argument.replace(' ', '.')}, which is refused and was not run",
                "tensors, numbers, texts, lists and dicts only",
            )
        self.push(_Global(argument))

    def reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        self.push(_CALLS[function.name](self, *arguments))

    def build(self, _: Any) -> None:
        """Attributes (a state dict's _metadata, a dtype's byte order) are of no use here; a tensor could be resized."""
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
                f"a storage that claims {numel:,} values of {dtype.itemsize} bytes but has {size:,} bytes",
                "as many bytes as it claims",
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
                f"a tensor of shape {list(size)} that claims {count:,} values where the file has {storage.numel:,}",
                "tensors no larger than their bytes",
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
            shown = repr(name[:40]) if isinstance(name, str) else "odd"
            raise BadTorchFile(f"a numpy scalar of type {shown}", "one of " + ", ".join(_SCALAR_BYTES))
        return name

    def encode(self, text: str, codec: str) -> bytes:
        """Pickles of protocol 2 spell bytes so; here they are numpy scalars, hence short."""
        if codec != "latin1" or not isinstance(text, str) or len(text) > max(_SCALAR_BYTES.values()):
            raise BadTorchFile("a malformed numpy scalar", "what numpy writes")
        return text.encode("latin1")

    def extend(self, items: list[Any]) -> None:
        self.stack[-1].extend(items)

    def set_items(self, items: list[Any]) -> None:
        if not all(isinstance(key, str | int | float) for key in items[::2]):  # hashing nested tuples can take for ever
            raise BadTorchFile("a dict with odd keys", "texts and numbers as keys")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))


_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "collections OrderedDict": lambda _machine: {},
    "torch._utils _rebuild_tensor_v2": _Machine.tensor,
    "torch._utils _rebuild_parameter": lambda _machine, claim, *_: claim,
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
