"""Read the pickle of a torch `.pt` file as data.

A small interpreter knows only what `torch.save` writes with pickle protocols 2 to 5: it builds lists, dicts, numbers
and the specifications of tensors, calls nothing, imports nothing, and rejects every other instruction and every global
name outside `ALLOWED`. So all sizes are known, and compared with the bytes in the file, before anything is allocated.

Not here: the archive around the pickle, and the tensors themselves (`torch_archive`).
"""

import math
import pickletools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tvae.checkpoints.formats.tensor_spec import MAX_DIMENSIONS, STORAGES, BadTorchFile, Storage, TensorSpec, View

_SCALAR_NAMES: Final = ("numpy._core.multiarray scalar", "numpy.core.multiarray scalar")  # numpy >= 2, and 1.x
ALLOWED: Final = frozenset(
    {
        "collections Counter",
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch Size",
        "_codecs encode",
        "numpy dtype",
        *_SCALAR_NAMES,
        *STORAGES,
    }
)
PUBLISHED_PROTOCOL: Final = 2
PUBLISHED_SCALARS: Final = ("f8", "f4", "i8", "b1")
# Bytes of each plain numeric type of numpy: bool, integers of either sign, half, single and double precision.
SCALAR_BYTES: Final = {
    name: np.dtype(name).itemsize for name in ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
}


def read_pickle(code: bytes, sizes: Mapping[str, int]) -> tuple[Any, tuple[str, ...]]:
    """The value of a pickle as lists, tuples, dicts, texts, numbers and `TensorSpec`s, and notes on its form.

    `sizes` are the bytes of each record of the archive. A note names what published files do not have. Raises
    BadTorchFile for an instruction that `torch.save` does not write, for a global name outside `ALLOWED`, and for a
    tensor that is larger than its record.
    """
    try:
        machine = _Machine(sizes)
        return machine.run(code), machine.notes()
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BadTorchFile("an invalid data.pkl", "a file written by torch.save") from error


@dataclass(frozen=True)
class _Global:
    name: str


@dataclass
class _Dtype:
    """A type of numpy; a pickle states its byte order after it has named the type."""

    name: str
    order: str = "="


_MARK: Final = object()
_REFERENCE: Final = re.compile(r"[\w.<>]{1,100} [\w.<>]{1,100}", re.ASCII)  # module and name, as messages show them


class _Machine:
    """Interprets the instructions of a pickle as data."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes  # bytes of each record
        self.kinds: dict[str, str] = {}  # of each storage so far
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.protocol = 0
        self.scalars: set[str] = set()  # types of numpy's numbers so far

    def notes(self) -> tuple[str, ...]:
        """What published files do not have: a newer protocol, and numbers of other types."""
        words = []
        if self.protocol > PUBLISHED_PROTOCOL:
            words.append(f"The file's pickle of protocol {self.protocol} was read as data, and not by Python.")
        if others := sorted(np.dtype(name).name for name in self.scalars.difference(PUBLISHED_SCALARS)):
            words.append(f"Recorded numbers of NumPy's types {', '.join(others)} were read as plain numbers.")
        return tuple(words)

    def begin(self, protocol: int) -> None:
        self.protocol = protocol

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
        if not _REFERENCE.fullmatch(argument):
            raise BadTorchFile("a malformed reference", "what torch.save writes")
        if argument not in ALLOWED:
            raise BadTorchFile(
                f"a reference to {argument.replace(' ', '.')}, which is not allowed and was not run",
                "only tensors, numbers, texts, lists and dicts",
            )
        self.push(_Global(argument))

    def look_up_on_stack(self, _: Any) -> None:
        """The same for the names that protocol 4 puts on the stack."""
        name, module = self.stack.pop(), self.stack.pop()
        texts = isinstance(name, str) and isinstance(module, str)  # a tuple of tuples can be endless when formatted
        self.look_up(f"{module} {name}" if texts else "")

    def reduce(self, _: Any) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        self.push(_CALLS[function.name](self, *arguments))

    def build(self, _: Any) -> None:
        """The byte order of a dtype. Attributes of dicts (_metadata) are ignored; those of a tensor could resize it."""
        state, target = self.stack.pop(), self.stack[-1]
        if isinstance(target, _Dtype):
            order = state[1]
            if not isinstance(order, str) or order not in ("<", ">", "|", "="):
                raise BadTorchFile("a malformed numpy scalar", "what numpy writes")
            target.order = order
        elif not (isinstance(target, dict) and set(state) <= {"_metadata"}):
            raise BadTorchFile("attributes set on a tensor", "what torch.save writes")

    def persistent(self, _: Any) -> None:
        word, storage, key, _location, numel = self.stack.pop()
        if word != "storage" or not isinstance(key, str) or not isinstance(numel, int) or numel < 0:
            raise BadTorchFile("a malformed storage", "what torch.save writes")
        kind: str = storage.name
        dtype = STORAGES[kind]
        if self.kinds.setdefault(key, kind) != kind:
            raise BadTorchFile("one storage with two data types", "one data type for each storage")
        size = self.sizes.get(f"data/{key}", 0)
        if size != numel * dtype.itemsize:
            raise BadTorchFile(
                f"a storage of {numel:,} values of {dtype.itemsize} bytes with {size:,} bytes in the file",
                "as many bytes as its values need",
            )
        self.push(Storage(key, kind, numel))

    def tensor(
        self, storage: Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
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
        return TensorSpec(STORAGES[storage.kind], tuple(size), View(storage, offset, tuple(stride)))

    def size(self, numbers: list[int]) -> tuple[int, ...]:
        if not isinstance(numbers, list | tuple) or len(numbers) > MAX_DIMENSIONS:
            raise BadTorchFile("a malformed size", "what torch.save writes")
        return tuple(numbers)

    def scalar(self, dtype: _Dtype, raw: Any = None) -> bool | int | float:
        if not isinstance(dtype, _Dtype) or not isinstance(raw, bytes) or len(raw) != SCALAR_BYTES[dtype.name]:
            raise BadTorchFile("a malformed numpy scalar", "what numpy writes")
        self.scalars.add(dtype.name)
        value: bool | int | float = np.frombuffer(raw, f"{dtype.order}{dtype.name}")[0].item()
        return value

    def dtype(self, name: str, *_: Any) -> _Dtype:
        if not isinstance(name, str) or name not in SCALAR_BYTES:
            shown = f"type {name[:40]!r}" if isinstance(name, str) else "an invalid type"
            raise BadTorchFile(f"a numpy scalar of {shown}", "one of " + ", ".join(SCALAR_BYTES))
        return _Dtype(name)

    def encode(self, text: str, codec: str) -> bytes:
        """Bytes, as pickle protocol 2 writes them; here they are the values of numpy scalars, hence short."""
        if codec != "latin1" or not isinstance(text, str) or len(text) > max(SCALAR_BYTES.values()):
            raise BadTorchFile("a malformed numpy scalar", "what numpy writes")
        return text.encode("latin1")

    def extend(self, items: list[Any]) -> None:
        self.stack[-1].extend(items)

    def set_items(self, items: list[Any]) -> None:
        if not all(isinstance(key, str | int | float) for key in items[::2]):  # hashing nested tuples can be endless
            raise BadTorchFile("a dict with keys of another type", "texts and numbers as keys")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))


_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "collections Counter": lambda _machine, counts: counts,  # the milestones of a learning rate schedule
    "collections OrderedDict": lambda _machine: {},
    "torch._utils _rebuild_tensor_v2": _Machine.tensor,
    "torch._utils _rebuild_parameter": lambda _machine, spec, *_: spec,
    "torch Size": _Machine.size,
    "_codecs encode": _Machine.encode,
    "numpy dtype": _Machine.dtype,
    **dict.fromkeys(_SCALAR_NAMES, _Machine.scalar),
}
_VALUES: Final = (  # instructions that push their argument; protocol 4 added short and very long ones
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
)
_STEPS: Final[dict[str, Callable[[_Machine, Any], object]]] = {
    "PROTO": _Machine.begin,
    "FRAME": lambda _machine, _: None,  # says how many bytes a reader of a stream may fetch at once
    "MARK": lambda m, _: m.push(_MARK),
    "NONE": lambda m, _: m.push(None),
    "NEWTRUE": lambda m, _: m.push(True),
    "NEWFALSE": lambda m, _: m.push(False),
    **dict.fromkeys(_VALUES, _Machine.push),
    "EMPTY_DICT": lambda m, _: m.push({}),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "TUPLE": lambda m, _: m.push(tuple(m.pop_to_mark())),
    "TUPLE1": lambda m, _: m.push((m.stack.pop(),)),
    "TUPLE2": lambda m, _: m.push(tuple(reversed((m.stack.pop(), m.stack.pop())))),
    "TUPLE3": lambda m, _: m.push(tuple(reversed((m.stack.pop(), m.stack.pop(), m.stack.pop())))),
    "BINPUT": lambda m, place: m.memo.__setitem__(place, m.stack[-1]),
    "LONG_BINPUT": lambda m, place: m.memo.__setitem__(place, m.stack[-1]),
    "MEMOIZE": lambda m, _: m.memo.__setitem__(len(m.memo), m.stack[-1]),
    "BINGET": lambda m, place: m.push(m.memo[place]),
    "LONG_BINGET": lambda m, place: m.push(m.memo[place]),
    "APPEND": lambda m, _: m.extend([m.stack.pop()]),
    "APPENDS": lambda m, _: m.extend(m.pop_to_mark()),
    "SETITEM": lambda m, _: m.set_items(list(reversed((m.stack.pop(), m.stack.pop())))),
    "SETITEMS": lambda m, _: m.set_items(m.pop_to_mark()),
    "GLOBAL": _Machine.look_up,
    "STACK_GLOBAL": _Machine.look_up_on_stack,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
}
